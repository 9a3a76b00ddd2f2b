"""What all tests share: writing goldens anew, and how long searches take."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

settings.register_profile("dev", deadline=None)
settings.register_profile("deep", deadline=None, max_examples=5_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


def pytest_addoption(parser: pytest.Parser) -> None:
    help = "write the golden files anew instead of comparing; the difference is for a person to read"
    parser.addoption("--update-golden", action="store_true", default=False, help=help)
