"""The tools of the search: worlds can be had again, cases can be kept, what is found becomes small."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpilang.diagnostics import KpilangError
from kpilang.ir import Op
from tests.conformance import cases as kept
from tests.conformance import running
from tests.differential import constructs
from tests.differential.case_text import case_text
from tests.differential.choices import Seeded
from tests.differential.nasty import CURES
from tests.differential.search import each_world
from tests.differential.shrink import shrunk
from tests.differential.world import NOW, World
from tests.differential.worlds import world
from tests.pipeline import by_reference, resolve


def test_a_world_can_be_had_again() -> None:
    assert world(Seeded(7, 3)) == world(Seeded(7, 3))
    assert world(Seeded(7, 3)) != world(Seeded(7, 4))


def test_every_operation_is_a_construct_once() -> None:
    assert sorted(op.name for op in constructs.FAMILY_OF) == sorted(op.name for op in Op)
    assert sum(map(len, constructs.FAMILIES.values())) == len(Op)


def test_cures_cure() -> None:
    """A cured world has nothing left to cure."""
    for _, drawn in each_world(40, 11):
        for feature, cure in CURES.items():
            cured = cure(drawn)
            again = cured and cure(cured)
            assert again is None or again == cured or feature == "gap", feature


@pytest.mark.parametrize("number", range(12))
def test_a_world_can_be_kept_as_a_case(number: int, tmp_path: Path) -> None:
    drawn = world(Seeded(5, number))
    try:
        query = resolve(drawn.spec_text, drawn.query, drawn.season.project)
    except KpilangError:
        return
    text = case_text(drawn, query, by_reference(query, drawn.rows, NOW))
    (tmp_path / "found.yml").write_text(text, "utf-8")
    (case,) = kept.cases(tmp_path)
    again = running.resolve(case)
    assert running.differences(case, again, running.by_reference(case, again)) == []


def test_what_is_found_becomes_small() -> None:
    found = next(drawn for _, drawn in each_world(50, 3) if shows(drawn))
    small = shrunk(found, shows)
    assert shows(small)
    assert sum(map(len, small.rows.values())) == 2
    assert len(small.query["kpis"]) == 1
    assert len(small.spec["kpis"][small.query["kpis"][0]]) < 40


def shows(drawn: World) -> bool:
    """Two orders and a sum, whatever it adds up."""
    asked = [str(drawn.spec["kpis"].get(name)) for name in drawn.query["kpis"]]
    return len(drawn.rows.get("orders", ())) >= 2 and any("sum(" in text for text in asked)
