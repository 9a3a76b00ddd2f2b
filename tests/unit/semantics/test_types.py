"""`tests/corpus/types`: a title, an expression, what it is with all its types; `--update-golden` writes them.

`cells` are formulas of KPIs, `rows` expressions in a row of `orders`, `attributes` those of `customers`,
`values` over the columns of a table. What is refused is shown by code and message.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.semantics.attributes import AttributeScope
from kpilang.semantics.catalog import Catalog
from kpilang.semantics.cells import CellScope
from kpilang.semantics.expressions import resolve
from kpilang.semantics.rows import Place, RawScope, RowScope
from kpilang.semantics.scope import Scope
from kpilang.semantics.world import Info
from kpilang.source import Span
from kpilang.syntax.spec import Embedded, Start

from .asking import MEMBERS, SHOP, catalog_of
from .printing import printed

FOLDER = Path(__file__).parents[2] / "corpus" / "types"
_CASE = re.compile(
    r"={3,}\n(?P<title>[^\n]+)\n={3,}\n(?P<text>.*?)\n---\n(?P<types>.*?)(?=\n={3,}\n|\Z)", re.S
)


def _info(catalog: Catalog, name: str) -> Info:
    info = catalog.entity(name)
    assert info is not None
    return info


SCOPES: dict[str, Callable[[Catalog, Diagnostics], Scope]] = {
    "cells": CellScope,
    "sets": CellScope,
    "rows": lambda catalog, diags: RowScope(catalog, _info(catalog, "orders"), Place.AGGREGATE, diags),
    "attributes": lambda catalog, diags: AttributeScope(
        catalog, _info(catalog, "customers"), "customers.x", diags
    ),
    "values": RawScope,
}


@dataclass(frozen=True)
class Case:
    place: str
    title: str
    text: str
    types: str


def cases(file: Path) -> list[Case]:
    found = _CASE.finditer(file.read_text("utf-8"))
    return [Case(file.stem, case["title"], case["text"].strip(), case["types"].strip()) for case in found]


FILES = sorted(FOLDER.glob("*.txt"))
CASES = [case for file in FILES for case in cases(file)]


def types_of(case: Case) -> str:
    text = MEMBERS if case.place == "sets" else SHOP
    catalog, diags = catalog_of(text, "timezone: Europe/Berlin\n")
    assert not diags.has_errors
    scope = SCOPES[case.place](catalog, diags)
    tree = catalog.expression(Embedded(Start.FORMULA, case.text, span=Span("case", 0, len(case.text))), diags)
    found: ir.Expr | None = resolve(tree, scope) if tree is not None else None
    said = [f"{finding.code}: {finding.message}" for finding in diags]
    if found is None or found.type.is_error:
        return "\n".join(said)
    return "\n".join([printed(found), *said])


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.place}: {case.title}")
def test_each_expression_has_its_types(case: Case, request: pytest.FixtureRequest) -> None:
    if not _is_writing(request):
        assert types_of(case) == case.types


def _is_writing(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden", default=False))


def test_titles_are_unique_and_every_place_has_a_file(request: pytest.FixtureRequest) -> None:
    if _is_writing(request):
        for file in FILES:
            blocks = [f"===\n{case.title}\n===\n{case.text}\n---\n{types_of(case)}" for case in cases(file)]
            file.write_text("\n\n".join(blocks) + "\n", "utf-8")
    assert {file.stem for file in FILES} == set(SCOPES)
    assert len({(case.place, case.title) for case in CASES}) == len(CASES)
