"""The planted faults still fit the code, and the search finds them; all of them in `make deep`."""

from __future__ import annotations

import os

import pytest

from tests.differential.faults import ROOT, Fault, faults
from tests.differential.faults.__main__ import search

QUICK = ("inner-join-of-parents", "end-of-the-period-included", "count-for-unique")
IS_DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: fault.name)
def test_a_fault_fits_the_code_of_today(fault: Fault) -> None:
    assert fault.planted((ROOT / fault.file).read_text("utf-8")) != fault.before


def test_there_are_enough_and_each_has_a_name_of_its_own() -> None:
    names = [fault.name for fault in faults()]
    assert len(set(names)) == len(names) >= 26


@pytest.mark.parametrize("fault", [f for f in faults() if IS_DEEP or f.name in QUICK], ids=lambda f: f.name)
def test_the_search_finds_it(fault: Fault) -> None:
    assert search(fault, 2000 if IS_DEEP else 200, seed=1).isdecimal()
