"""kpilang: a declarative KPI language with a compiler to SQL.

    import kpilang
    kpilang.load("shop").query(["revenue"], by=["channel"], grain="month").df()

What is public stands in `__all__`; it is imported when it is first used, so that importing the package costs
nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpilang.diagnostics import Diagnostic, Diagnostics, KpilangError
    from kpilang.project import PreparedQuery, Project, load
    from kpilang.results import Result, ResultColumn

__version__ = "0.1.0"
__all__ = [
    "Diagnostic",
    "Diagnostics",
    "KpilangError",
    "PreparedQuery",
    "Project",
    "Result",
    "ResultColumn",
    "__version__",
    "load",
]

_HOMES = {
    "Diagnostic": "kpilang.diagnostics",
    "Diagnostics": "kpilang.diagnostics",
    "KpilangError": "kpilang.diagnostics",
    "PreparedQuery": "kpilang.project",
    "Project": "kpilang.project",
    "Result": "kpilang.results",
    "ResultColumn": "kpilang.results",
    "load": "kpilang.project",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
