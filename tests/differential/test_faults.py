"""The planted faults still fit the code, and the search finds them; all of them in `make deep`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.differential.faults import ROOT, Fault, faults
from tests.differential.faults.__main__ import search
from tests.differential.faults.hunt import prepare

QUICK = ("inner-join-of-parents", "end-of-the-period-included", "null-groups-joined-by-equality")
IS_DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
SEED = 1


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("worlds") / "worlds"
    prepare(2000 if IS_DEEP else 40, SEED, path)
    return path


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: fault.name)
def test_a_fault_fits_the_code_of_today(fault: Fault) -> None:
    text = (ROOT / fault.file).read_text("utf-8")
    assert fault.planted(text) != text


def test_there_are_enough_and_each_has_a_name_of_its_own() -> None:
    names = [fault.name for fault in faults()]
    assert len(set(names)) == len(names) >= 100


@pytest.mark.parametrize("fault", [f for f in faults() if IS_DEEP or f.name in QUICK], ids=lambda f: f.name)
def test_the_search_finds_it(fault: Fault, worlds: Path) -> None:
    assert search(fault, worlds, SEED).isdecimal()
