"""What kpilang says when something is wrong: one type, many renderers.

A `Diagnostic` is built by a function of the layer that finds the trouble (its `errors.py`), collected
in `Diagnostics`, and rendered by `diagnostics.render`. Only `source` lies below.
"""

from kpilang.diagnostics.core import Code, Diagnostic, Diagnostics, Edit, KpilangError, Label, Severity
from kpilang.diagnostics.suggest import did_you_mean

__all__ = [
    "Code",
    "Diagnostic",
    "Diagnostics",
    "Edit",
    "KpilangError",
    "Label",
    "Severity",
    "did_you_mean",
]
