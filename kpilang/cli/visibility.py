"""Which KPI can be cut by which dimension, and what stands in the way.

Every pair is asked as a query would ask it, so that the answer is that of `run`; the entities that lack the
dimension are named for the reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from kpilang import ir
from kpilang.cli.words import unbound_of
from kpilang.diagnostics import Diagnostics, Severity
from kpilang.project import Project
from kpilang.semantics.catalog import Catalog
from kpilang.semantics.parts import entity_of, parts
from kpilang.semantics.request import Request
from kpilang.semantics.world import Info
from kpilang.source import NOWHERE
from kpilang.types import Kind

_SOME_MONTH = ("2024-01-01", "2024-02-01")
"""Some KPIs need a period; which one does not matter, as nothing is run."""
_GROUPING = (Kind.STRING, Kind.ENUM, Kind.BOOL)


class Sight(Enum):
    SEEN = "yes"
    BLIND = "no"
    """An entity does not have the dimension."""
    REFUSED = "refused"
    """All have it, and it cannot be used all the same."""


@dataclass(frozen=True, slots=True)
class Cell:
    sight: Sight
    lacking: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A KPI or an entity with a cell for each dimension; `error` where it cannot be asked at all."""

    name: str
    cells: tuple[Cell, ...]
    error: str = ""
    unbound: str = ""
    """Abstract entities for want of whose rows a KPI cannot be computed."""

    def lacking(self) -> tuple[str, ...]:
        """The entities because of which it cannot be cut by all."""
        return tuple(sorted({entity for cell in self.cells for entity in cell.lacking}))


@dataclass(frozen=True, slots=True)
class Matrix:
    dimensions: tuple[str, ...]
    kpis: tuple[Row, ...]
    entities: tuple[Row, ...]
    """Those that some KPI is over."""


def matrix(project: Project, kpis: Sequence[str], dimensions: Sequence[str]) -> Matrix:
    """The KPIs by the dimensions, both names that exist."""
    asked = [_Asked.of(name, project.catalog.inspected) for name in kpis]
    entities = sorted({entity for one in asked for entity in one.entities})
    return Matrix(
        tuple(dimensions),
        tuple(
            Row(one.name, tuple(one.cells(dimensions)), one.error, unbound_of(one.name, project) or "")
            for one in asked
        ),
        tuple(
            Row(name, tuple(_cell_of_entity(name, word, project.catalog.inspected) for word in dimensions))
            for name in entities
        ),
    )


def declared(project: Project) -> tuple[str, ...]:
    """The conformed dimensions."""
    return tuple(sorted(project.catalog.names.dimensions))


def columns(project: Project) -> tuple[str, ...]:
    """Columns and attributes of entities that make sensible groups: texts, words, truths, references."""
    catalog = project.catalog.inspected
    infos = [info for name in catalog.names.entities if (info := catalog.named(name)) is not None]
    return tuple(sorted({name for info in infos for name in info.members if _groups(info, name, catalog)}))


def _groups(info: Info, name: str, catalog: Catalog) -> bool:
    ignored = Diagnostics()
    if name in info.columns:
        column = catalog.column(info, name, NOWHERE, ignored)
        return column is not None and (column.type.kind in _GROUPING or column.reference is not None)
    attribute = catalog.attribute(info, name, NOWHERE, ignored)
    return attribute is not None and attribute.type.kind in _GROUPING


def _sees(info: Info, dimension: str, catalog: Catalog) -> bool:
    return catalog.dimension(dimension, info, NOWHERE, Diagnostics()) is not None


def _cell_of_entity(entity: str, dimension: str, catalog: Catalog) -> Cell:
    info = catalog.entity(entity)
    seen = info is not None and _sees(info, dimension, catalog)
    return Cell(Sight.SEEN) if seen else Cell(Sight.BLIND, (entity,))


@dataclass(frozen=True)
class _Asked:
    """A KPI, what it is over, and the dimensions it must never be without."""

    name: str
    catalog: Catalog
    entities: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    error: str = ""

    @staticmethod
    def of(name: str, catalog: Catalog) -> _Asked:
        diags = Diagnostics()
        kpi = catalog.kpi(name, NOWHERE, diags)
        if kpi is None or diags.has_errors:
            return _Asked(name, catalog, error=_first_error(diags) or "it cannot be resolved")
        return _Asked(name, catalog, _entities(kpi.value), tuple(sorted(kpi.requires)))

    def cells(self, dimensions: Iterable[str]) -> Iterator[Cell]:
        return (self._cell(dimension) for dimension in dimensions)

    def _cell(self, dimension: str) -> Cell:
        if self.error:
            return Cell(Sight.REFUSED, (), self.error)
        infos = [info for name in self.entities if (info := self.catalog.entity(name)) is not None]
        blind = tuple(info.name for info in infos if not _sees(info, dimension, self.catalog))
        reason = self._refusal(dimension)
        if blind:
            return Cell(Sight.BLIND, blind, reason)
        return Cell(Sight.REFUSED, (), reason) if reason else Cell(Sight.SEEN)

    def _refusal(self, dimension: str) -> str:
        """What a query by the dimension is answered."""
        diags = Diagnostics()
        others = tuple(word for word in self.requires if word != dimension)
        start, end = _SOME_MONTH
        self.catalog.query(Request((self.name,), (dimension, *others), start=start, end=end), diags)
        return _first_error(diags)


def _entities(value: ir.Expr) -> tuple[str, ...]:
    return tuple(sorted({entity_of(part) for part in parts(value)}))


def _first_error(diags: Diagnostics) -> str:
    return next((found.message for found in diags if found.severity is Severity.ERROR), "")
