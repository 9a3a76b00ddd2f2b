"""The whole pipeline on one page: a folder of specs → a question → SQL → a result.

    files ─ read_project, read_spec ─▶ declarations ─ Catalog ─▶ ir.Query ─ plan.build ─▶ Plan
          ─ sql.compile ─▶ Compiled ─ Engine.run ─▶ Result

This is also the Python interface. It adds no meaning of its own: every rule stands in the stage it belongs
to. Planner, printer and engines are imported when they are first needed: checking a spec needs no SQL,
compiling no database.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kpilang import errors, files, packages
from kpilang.diagnostics import Diagnostic, Diagnostics, KpilangError, Severity
from kpilang.ir import Query
from kpilang.results import Result, result_columns
from kpilang.semantics.catalog import Catalog
from kpilang.semantics.names import Package
from kpilang.semantics.request import Request
from kpilang.source import Source
from kpilang.syntax import spec
from kpilang.syntax.reader import read_project, read_spec
from kpilang.zones import zone

if TYPE_CHECKING:
    from kpilang.engines import Engine
    from kpilang.plan import Plan
    from kpilang.sql import Compiled

Moment = str | date | datetime
"""A local date or time: text (`2024-01-31T10:00:00`), a date, a naive datetime; aware: an instant."""


def load(path: str | os.PathLike[str] | None = None, target: str | None = None) -> Project:
    """Read a project: a folder, its `kpilang.yml`, or one spec file; None looks from the working directory
    up.

    What is wrong in the files is kept for `check` and for the first query; a path that is not there raises
    `KpilangError` (KPI090). `target` is the target of `kpilang.yml` to run on, the default one if not
    given.
    """
    return _read(files.find(path), target)


def of_text(source: Source, target: str | None = None) -> Project:
    """One spec that is no file, under settings and imports of the project around the working directory."""
    project = _read(dataclasses.replace(files.find(None), specs=()), target)
    own, *imported = project.packages
    own = dataclasses.replace(own, files=(read_spec(source, project.reading),))
    texts = {**project.sources, source.name: source}
    return dataclasses.replace(project, packages=(own, *imported), sources=texts)


def _read(place: files.Place, target: str | None) -> Project:
    diags = Diagnostics()
    texts: dict[str, Source] = {}
    declaration = spec.ProjectDecl()
    if place.declaration is not None and (source := files.read(place.declaration, diags)):
        texts[source.name] = source
        declaration = read_project(source, diags)
    found, further = packages.read(_name(declaration, place.folder), place, declaration, diags)
    return Project(place.folder, declaration, found, {**texts, **further}, diags, target)


def _name(declaration: spec.ProjectDecl, folder: Path) -> spec.Text:
    return declaration.name or spec.Text(folder.resolve().name, span=declaration.span)


@dataclass
class Project:
    """A project that has been read.

    `folder` is what data and files are relative to; `packages` the project itself and all that it imports,
    with the declarations of spec files in the order of their paths; `sources` the texts by name, which
    renderers of diagnostics need.
    """

    folder: Path
    declaration: spec.ProjectDecl
    packages: tuple[Package, ...]
    sources: dict[str, Source]
    reading: Diagnostics
    target: str | None = None

    # ------------------------------------------------------------------ what there is

    @property
    def name(self) -> str:
        return self.packages[0].name

    @property
    def files(self) -> tuple[spec.SpecFile, ...]:
        """Its own; those of what it imports are in `packages`."""
        return self.packages[0].files

    @property
    def entities(self) -> tuple[spec.EntityDecl, ...]:
        return tuple(entity for file in self.files for entity in file.entities)

    @property
    def kpis(self) -> tuple[spec.KpiDecl, ...]:
        return tuple(kpi for file in self.files for kpi in file.kpis)

    @property
    def dimensions(self) -> tuple[spec.DimensionDecl, ...]:
        return tuple(dimension for file in self.files for dimension in file.dimensions)

    @property
    def params(self) -> tuple[spec.ParamDecl, ...]:
        return tuple(param for file in self.files for param in file.params)

    @property
    def reports(self) -> tuple[spec.ReportDecl, ...]:
        return tuple(report for file in self.files for report in file.reports)

    @property
    def targets(self) -> tuple[spec.TargetDecl, ...]:
        return self.declaration.targets

    @cached_property
    def _built(self) -> tuple[Catalog, Diagnostics]:
        diags = Diagnostics()
        diags.extend(self.reading)
        return Catalog.of(self.declaration, self.packages, diags), diags

    @property
    def catalog(self) -> Catalog:
        return self._built[0]

    # ------------------------------------------------------------------ what can be done

    def check(self) -> Diagnostics:
        """Everything wrong with the specs, and every lint."""
        catalog, building = self._built
        diags = Diagnostics()
        diags.extend(building)
        if not self.files and not diags:
            diags.add(errors.no_specs(files.display_name(self.folder)))
        catalog.check(diags)
        return diags

    def query(
        self,
        kpis: str | Sequence[str],
        by: str | Sequence[str] = (),
        grain: str | None = None,
        from_: Moment | None = None,
        to: Moment | None = None,
        where: str | None = None,
        params: Mapping[str, object] | None = None,
        as_of: Moment | None = None,
        fill: bool = False,
        order: str | Sequence[str] = (),
        limit: int | None = None,
        partial: bool = False,
        *,
        start: Moment | None = None,
        end: Moment | None = None,
    ) -> PreparedQuery:
        """A question: names of KPIs or formulas, or of one report, cut by dimensions and periods.

        What is said besides the name of a report replaces what the report says; conditions and params add up.

        `from_` (or `start`) is included, `to` (or `end`) excluded; both are local. `order` holds
        column names, with a leading `-` for descending. Raises `KpilangError` with all that is wrong.
        """
        request = Request(
            kpis=_names(kpis),
            by=_names(by),
            grain=grain,
            start=self._local(from_ if from_ is not None else start),
            end=self._local(to if to is not None else end),
            where=where,
            params={name: _text(value) for name, value in (params or {}).items()},
            as_of=self._local(as_of),
            fill=fill,
            order=_names(order),
            limit=limit,
            partial=partial,
        )
        return self.ask(request)

    def ask(self, request: Request) -> PreparedQuery:
        """The same with the words of a `Request`."""
        catalog, building = self._built
        diags = Diagnostics()
        diags.extend(building)
        _raise_errors(diags)
        query = catalog.query(request, diags)
        _raise_errors(diags)
        assert query is not None, "no query without an error"
        return PreparedQuery(self, request, query, tuple(diags))

    def _local(self, value: Moment | None) -> str | None:
        """As it is written in the project's time; an instant is shown on the clock of the project's zone."""
        if isinstance(value, datetime) and value.tzinfo is not None:
            shown = value.astimezone(zone(self.catalog.settings.calendar.timezone))
            if shown.fold:
                raise ValueError(f"{value} has no local name of its own: {shown:%H:%M} occurs twice that day")
            value = shown.replace(tzinfo=None)
        return value.isoformat() if isinstance(value, date) else value

    def engine(self, target: str | None = None) -> Engine:
        """The engine of a target by name, else of the project's, else `dev`, else the first there is."""
        from kpilang import engines

        targets = [engines.Target(**_words(declared), folder=self.folder) for declared in self.targets]
        return engines.connect(engines.choose(targets, target or self.target, self.folder))


@dataclass(frozen=True)
class PreparedQuery:
    """A question that makes sense: it can be compiled, explained and run, any number of times.

    `ir` is its meaning, `warnings` what the specs it reaches were warned of.
    """

    project: Project
    request: Request
    ir: Query
    warnings: tuple[Diagnostic, ...] = ()

    def plan(self, now: datetime | None = None) -> Plan:
        """How it is computed, as of `now` (an aware instant) where the question has no as-of of its own."""
        from kpilang import plan

        self._need_range()
        return plan.build(self.ir, self._instant(now))

    def compile(
        self, dialect: str = "duckdb", period: str = "literal", now: datetime | None = None
    ) -> Compiled:
        """SQL with its columns and parameters; `period` is `literal`, `bind` or `relative`."""
        from kpilang import sql

        return sql.compile(self.plan(now), dialect, period)

    def sql(self, dialect: str = "duckdb", period: str = "literal") -> str:
        """The text of `compile`."""
        return self.compile(dialect, period).text

    def run(self, target: str | None = None, now: datetime | None = None) -> Result:
        """The answer. By a grain without a range, the data are asked for their periods first."""
        instant = self._instant(now)
        with self.project.engine(target) as engine:
            query = self._ranged(engine, instant)
            if query is None:
                return Result(result_columns(self.ir), (), self.ir, instant)
            asked = dataclasses.replace(self, ir=query)
            return engine.run(asked.compile(engine.dialect, now=instant), query, instant)

    def arrow(self, target: str | None = None) -> Any:
        """The answer as a `pyarrow.Table`; KPI690 where pyarrow is missing."""
        from kpilang.report import arrow

        return arrow.table(self.run(target))

    def df(self, target: str | None = None) -> Any:
        """The answer as a `pandas.DataFrame`: decimals stay `Decimal`; KPI614 where pandas is missing."""
        from kpilang.engines import frames

        return frames.to_pandas(self.run(target))

    def _need_range(self) -> None:
        if self.ir.grain is not None and self.ir.range is None:
            from kpilang.engines import errors as engine_errors

            raise KpilangError(engine_errors.range_needed(self.ir.grain.value))

    def _ranged(self, engine: Engine, instant: datetime) -> Query | None:
        """The question over all periods in which the data have a row; None where they have none."""
        if self.ir.grain is None or self.ir.range is not None:
            return self.ir
        from kpilang import plan, sql
        from kpilang.engines import extent

        found = engine.extent(sql.compile(plan.extent(self.ir, instant), engine.dialect), self.ir)
        return extent.ranged(self.ir, found, instant)

    def _instant(self, now: datetime | None) -> datetime:
        return self.ir.as_of or now or datetime.now(UTC)


def _raise_errors(diags: Diagnostics) -> None:
    wrong = [diagnostic for diagnostic in diags if diagnostic.severity is Severity.ERROR]
    if wrong:
        raise KpilangError(*wrong)


def _names(names: str | Iterable[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _text(value: object) -> str:
    """A param's value as it would be written on the command line."""
    match value:
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _words(target: spec.TargetDecl) -> dict[str, Any]:
    """A declared target in the words of engines, which know nothing of specs."""
    return {
        "name": target.name.value,
        "engine": target.engine.value,
        "data": tuple((text.value, text.span) for text in target.data),
        "database": (target.database.value, target.database.span) if target.database else None,
        "url": (target.url.value, target.url.span) if target.url else None,
        "schema": (target.schema.value, target.schema.span) if target.schema else None,
        "span": target.engine.span,
    }
