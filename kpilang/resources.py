"""Where the files are that are shipped beside the code: the grammar and the standard library.

In a wheel they lie inside the package; an editable install reads those of the repository.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The folder `grammar` or `specs`."""
    shipped = PACKAGE / f"_{name}"
    return shipped if shipped.is_dir() else PACKAGE.parent / name
