"""All codes there are: every `Code` constant of the layers' `errors` modules, found when somebody asks.

Each layer keeps its codes beside the functions that use them; this module only collects. It is for
`kpilang explain`, for the renderers' users and for the tests that hold codes, pages and cases together.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

import kpilang
from kpilang.diagnostics import Code


def modules() -> Iterator[ModuleType]:
    """The `errors` modules of all layers, and those inside an `errors` package."""
    for name in _names():
        module = import_module(name)
        yield module
        for inner in pkgutil.iter_modules(getattr(module, "__path__", ())):
            yield import_module(f"{name}.{inner.name}")


def defined() -> list[Code]:
    """Every code in order of the numbers; a number that two layers gave away comes twice."""
    once = {
        id(code): code for module in modules() for code in vars(module).values() if isinstance(code, Code)
    }
    return sorted(once.values(), key=lambda code: (code.number, code.slug))


@cache
def all_codes() -> dict[str, Code]:
    """By number."""
    return {code.number: code for code in defined()}


def find(word: str) -> Code | None:
    """The code with this number or slug, in any case: `KPI203`, `kpi203`, `unknown-dimension`."""
    wanted = word.casefold()
    codes = all_codes().values()
    return next((code for code in codes if wanted in (code.number.casefold(), code.slug)), None)


def _names() -> Iterator[str]:
    if find_spec("kpilang.errors"):
        yield "kpilang.errors"
    for layer in pkgutil.iter_modules(kpilang.__path__):
        if layer.ispkg and find_spec(f"kpilang.{layer.name}.errors"):
            yield f"kpilang.{layer.name}.errors"
