"""How findings show what they talk about: pieces of text, lists of names."""

from __future__ import annotations

from collections.abc import Iterable


def listed(items: Iterable[str], word: str = "and") -> str:
    """`a`, `b` and `c`."""
    quoted = [f"`{item}`" for item in items]
    return f" {word} ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def shown(text: str) -> str:
    """A piece of text between back-quotes; what cannot be seen by its number."""
    if len(text) == 1 and not text.isprintable():
        return f"character U+{ord(text):04X}"
    visible = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)
    return f"`{visible}`" if "`" not in visible else f"“{visible}”"
