"""The page of a code: what it means, why it matters, an example, the way out. Markdown, in the package."""

from __future__ import annotations

from importlib import resources


def page(number: str) -> str | None:
    """The text of `pages/KPI203.md`; None if the code has none."""
    file = resources.files("kpilang.diagnostics").joinpath("pages", f"{number}.md")
    return file.read_text("utf-8") if file.is_file() else None
