"""Faults that an honest programmer might make in the compiler, planted one at a time.

Each is a small edit, kept as text in the YAML files here; `python -m tests.differential.faults` plants them
in a copy of kpilang and counts the worlds that the search needs to find each.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[3]
INDENTS = range(0, 40, 4)


@dataclass(frozen=True)
class Fault:
    """`before` must occur exactly once in `file`; its lines are indented from where the first one stands.

    `found` is how it shows: as another value, or as a crash where the engine gives what no result may be.
    """

    name: str
    mistake: str
    file: str
    before: str
    after: str
    found: str = "value"

    def planted(self, text: str) -> str:
        """The text of the file with the fault in it; `ValueError` if it no longer fits."""
        places = [(i, at) for i in INDENTS for at in starts(text, indented(self.before, i), i)]
        if not self.before.count("\n"):
            places = places[:1] if text.count(self.before) == 1 else []
        if len(places) != 1:
            raise ValueError(f"`{self.name}` fits {len(places)} times into {self.file}")
        indent, at = places[0]
        end = at + len(indented(self.before, indent))
        return text[:at] + indented(self.after, indent) + text[end:]


def starts(text: str, needle: str, indent: int) -> list[int]:
    """Where the needle begins in a line that is indented so far."""
    found = []
    at = text.find(needle)
    while at >= 0:
        line = text[text.rfind("\n", 0, at) + 1 :]
        if len(line) - len(line.lstrip(" ")) == indent:
            found.append(at)
        at = text.find(needle, at + 1)
    return found


def indented(text: str, indent: int) -> str:
    """Every line but the first."""
    first, *rest = text.split("\n")
    return "\n".join([first, *(" " * indent + line if line else line for line in rest)])


def faults() -> tuple[Fault, ...]:
    return tuple(
        Fault(**entry)
        for path in sorted(Path(__file__).parent.glob("*.yml"))
        for entry in yaml.safe_load(path.read_text("utf-8"))
    )
