"""Whether a text and its canonical form say the same: every value, every declaration, every comment."""

from __future__ import annotations

from kpilang.format.comments import comments
from kpilang.format.reading import Reading, meaning
from kpilang.syntax.yaml_tree import Mapping, Scalar, Sequence, Tree, kind_of


def difference(before: Reading, block: Reading, after: Reading) -> str | None:
    """What is not as it was, in words.

    `block` is the same as `before` in block style, where every expression can be read.
    """
    if after.errors:
        return f"it has the finding {after.errors[0].code}: {after.errors[0].message}"
    if _values(before.tree) != _values(block.tree) or _shape(block.tree, block) != _shape(after.tree, after):
        return "a value is another"
    if meaning(block) != meaning(after) or (not before.errors and meaning(before) != meaning(after)):
        return "a declaration is another"
    if not _comments(before) == _comments(block) == _comments(after):
        return "a comment is missing"
    if _lints(block) != _lints(after):
        return "a warning is gone, or is new"
    return None


def _values(tree: Tree | None) -> object:
    """Keys and values in their order, as texts."""
    match tree:
        case Scalar():
            return (kind_of(tree), tree.value)
        case Mapping():
            return tuple((entry.key.value, _values(entry.value)) for entry in tree.entries)
        case Sequence():
            return (Sequence, *map(_values, tree.items))
    return None


def _shape(tree: Tree | None, reading: Reading) -> object:
    """Keys and values in their order, expressions as trees."""
    match tree:
        case Scalar():
            written = reading.expressions.get(tree.span.start)
            return (kind_of(tree), tree.value) if written is None else written
        case Mapping():
            return tuple((_key(entry.key, reading), _shape(entry.value, reading)) for entry in tree.entries)
        case Sequence():
            return (Sequence, *(_shape(item, reading) for item in tree.items))
    return None


def _key(key: Scalar, reading: Reading) -> object:
    return reading.expressions.get(key.span.start) or key.value


def _comments(reading: Reading) -> list[str]:
    text = reading.source.text
    return [comment.text for comment in comments(text, reading.tree)]


def _lints(reading: Reading) -> list[str]:
    return sorted(item.code.number for item in reading.findings if item not in reading.errors)
