"""A YAML tree as an untidy author would write it: any indentation, flow style, quotes, comments, blank lines.

What is drawn changes nothing of what is said. `Page.marks` tells of each comment what stood behind it, or
what it stood behind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from hypothesis import strategies as st

from kpilang.format.scalars import is_text
from kpilang.syntax.yaml_tree import Entry, Kind, Mapping, Scalar, Sequence, Style, Tree, kind_of

_NO_FLOW = re.compile(r"[\n#`\"\\]|: ")


@dataclass
class Page:
    """The lines so far; without `data` it is written tidily and without comments."""

    source: str
    data: st.DataObject | None
    lines: list[str] = field(default_factory=list)
    marks: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Comment → where it stands (`above`, `behind`) and the key or item that this is about."""

    def is_drawn(self, odds: int = 4) -> bool:
        return self.data is not None and self.data.draw(st.integers(0, odds)) == odds

    def number(self, low: int, high: int) -> int:
        return low if self.data is None else self.data.draw(st.integers(low, high))

    # ------------------------------------------------------------------ collections

    def write(self, tree: Tree, indent: int) -> None:
        match tree:
            case Mapping():
                for entry in tree.entries:
                    self._entry(entry, indent, " " * indent)
            case Sequence():
                for item in tree.items:
                    self._item(item, indent)
            case Scalar():
                self.lines.append(self._scalar(tree))

    def _entry(self, entry: Entry, indent: int, head: str) -> None:
        name = self._key(entry.key)
        if head.isspace() or not head:
            self._above(entry.key.value, indent)
        match entry.value:
            case Scalar() as scalar if scalar.style in (Style.LITERAL, Style.FOLDED):
                self._block_scalar(f"{head}{name}: ", scalar, indent)
            case Scalar() as scalar:
                gap = " " * self.number(1, 3) if scalar.value or scalar.style.value else ""
                if gap and self.is_drawn(8):
                    gap = "\n" + " " * (indent + self.number(1, 4))
                self._line(f"{head}{name}:{gap}{self._scalar(scalar)}", entry.key.value)
            case Mapping() | Sequence() as inner if self._is_flow(inner):
                self._line(f"{head}{name}: {self._flow(inner)}", entry.key.value)
            case Sequence() as items if self.is_drawn(2):
                self._line(f"{head}{name}:", entry.key.value)
                self.write(items, indent)
            case inner:
                self._line(f"{head}{name}:", entry.key.value)
                self.write(inner, indent + self.number(2, 5))

    def _item(self, item: Tree, indent: int) -> None:
        head = " " * indent + "-" + " " * self.number(1, 3)
        match item:
            case Mapping() if item.entries and not self._is_flow(item):
                self._above(item.entries[0].key.value, indent)
                for number, entry in enumerate(item.entries):
                    self._entry(entry, len(head), " " * len(head) if number else head)
            case Scalar():
                self._above("- ", indent)
                self._line(head + self._scalar(item), "- ")
            case _:
                self._line(head + self._flow(item), "- ")

    def _is_flow(self, tree: Mapping | Sequence) -> bool:
        empty = not (tree.entries if isinstance(tree, Mapping) else tree.items)
        return empty or (self.is_drawn(3) and _may_flow(tree))

    def _flow(self, tree: Tree) -> str:
        gap = "" if self.data is None else self.data.draw(st.sampled_from(["", " ", "\n      "]))
        match tree:
            case Mapping():
                parts = [f"{self._key(e.key)}: {self._flow(e.value)}" for e in tree.entries]
                return "{" + gap + f",{gap or ' '}".join(parts) + gap + "}"
            case Sequence():
                return "[" + gap + f",{gap or ' '}".join(map(self._flow, tree.items)) + gap + "]"
            case Scalar():
                return self.source[tree.span.start : tree.span.end]

    # ------------------------------------------------------------------ values

    def _key(self, key: Scalar) -> str:
        if self.is_drawn(8) and '"' not in key.value and is_text(key.value):
            return f'"{key.value}"'
        return self.source[key.span.start : key.span.end]

    def _scalar(self, scalar: Scalar) -> str:
        """A lone word in quotes is a finding where it is a formula, so it keeps what it has."""
        raw = self.source[scalar.span.start : scalar.span.end]
        free = kind_of(scalar) is Kind.TEXT and is_text(scalar.value) and not scalar.value.isidentifier()
        if not free or scalar.style is not Style.PLAIN or not self.is_drawn() or "\n" in raw:
            return raw
        if self.is_drawn(1) or re.search(r'["\\]', scalar.value):
            return "'" + scalar.value.replace("'", "''") + "'"
        return f'"{scalar.value}"'

    def _block_scalar(self, head: str, scalar: Scalar, indent: int) -> None:
        raw = self.source[scalar.span.start : scalar.span.end]
        sign, _, body = raw.partition("\n")
        lines = body.rstrip("\n").split("\n")
        depth = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
        self.lines.append(head + sign)
        inner = indent + self.number(1, 4)
        self.lines += [" " * inner + line[depth:] if line.strip() else "" for line in lines]

    # ------------------------------------------------------------------ comments and blank lines

    def _above(self, about: str, indent: int) -> None:
        while self.is_drawn():
            if self.is_drawn(1):
                self.lines.append("" if self.is_drawn(1) else " " * self.number(0, 6))
            else:
                self.lines.append(" " * self.number(0, indent) + self._comment("above", about))

    def _line(self, text: str, about: str) -> None:
        if self.is_drawn() and "\n" not in text:
            text += " " * self.number(1, 5) + self._comment("behind", about)
        self.lines.append(text)

    def _comment(self, where: str, about: str) -> str:
        comment = f"#{len(self.marks)} it's a: [note]"
        self.marks[comment] = (where, about)
        return comment


def _may_flow(tree: Tree) -> bool:
    """Texts of several lines, and what is quoted for block style, stay in block style."""
    match tree:
        case Scalar():
            bare = re.sub(r"'[^']*'|\([^()]*(?:\([^()]*(?:\([^()]*\)[^()]*)*\)[^()]*)*\)", "", tree.value)
            plain = tree.style is Style.PLAIN and bool(tree.value)
            return plain and not _NO_FLOW.search(tree.value) and "," not in bare and "'" not in bare
        case Mapping():
            return all(_may_flow(entry.key) and _may_flow(entry.value) for entry in tree.entries)
        case Sequence():
            return all(map(_may_flow, tree.items))
