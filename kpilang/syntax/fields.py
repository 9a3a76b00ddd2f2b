"""Mappings of a spec, field by field: shapes, names and unknown keys are checked here, once for all sections.

`Fields` is one mapping whose keys are known; its methods give the value of a key in the shape that the
section wants (a text, a list of names, an expression, pairs) or, after a diagnostic, nothing. The sections
themselves are read by `reader` and its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from kpilang.diagnostics import Diagnostics, did_you_mean
from kpilang.source import Source, Span
from kpilang.syntax.builder import normalized
from kpilang.syntax.embedding import broken, embed
from kpilang.syntax.errors import files as errors
from kpilang.syntax.spec import Common, Embedded, QueryDecl, Start, Text
from kpilang.syntax.yaml_tree import Entry, Kind, Mapping, Scalar, Tree, kind_of, shape_of
from kpilang.syntax.yaml_tree import Sequence as YamlList

T = TypeVar("T")

COMMON = ("about", "label", "synonyms", "owner", "tags", "status", "replaced_by", "meta")
"""Keys that every entry may have."""


@dataclass(frozen=True, slots=True)
class File:
    """The file that is being read, and where findings go."""

    source: Source
    diags: Diagnostics

    def fields(self, tree: Tree, where: str, keys: Sequence[str], at: Span | None = None) -> Fields:
        """The mapping with just these keys, an empty value being one without any; `at` is blamed for gaps."""
        known, meant = {}, set[str]()
        for entry in self.entries(tree, where):
            if entry.key.value in keys:
                known[entry.key.value] = entry.value
            else:
                self.diags.add(errors.unknown_key(entry.key.value, where, keys, entry.key.span))
                meant.update(did_you_mean(entry.key.value, keys))
        return Fields(self, where, known, at or tree.span, frozenset(meant))

    def entries(self, tree: Tree, what: str) -> tuple[Entry, ...]:
        """Keys and values of a mapping that is no more than a mapping."""
        if isinstance(tree, Mapping):
            return () if self._is_cut_by_flow(tree) else tree.entries
        if not is_empty(tree):
            self.diags.add(errors.wrong_shape(what, "a mapping", shape_of(tree), tree.span))
        return ()

    def items(self, tree: Tree, what: str) -> tuple[Tree, ...]:
        """The items of a list; an empty value has none."""
        if isinstance(tree, YamlList):
            return () if self._is_cut_by_flow(tree) else tree.items
        if not is_empty(tree):
            help = "each item stands on a line of its own, behind `- `"
            self.diags.add(errors.wrong_shape(what, "a list", shape_of(tree), tree.span, help))
        return ()

    def _is_cut_by_flow(self, tree: Mapping | YamlList) -> bool:
        """`{a: enum(b, c)}`: YAML has cut an expression at a comma, so what it made of it is not read."""
        if not tree.is_flow:
            return False
        parts = [entry.value for entry in tree.entries] if isinstance(tree, Mapping) else list(tree.items)
        if not any(
            isinstance(part, Scalar) and part.style.value == "" and _is_half(part.value) for part in parts
        ):
            return False
        self.diags.add(errors.flow_style(tree.span))
        return True

    def name(self, key: Scalar) -> Text:
        """A key that declares a name."""
        reason = _name_trouble(key)
        if reason:
            self.diags.add(errors.invalid_name(reason, key.span))
        return Text(normalized(key.value), span=key.span)

    def text(self, tree: Tree, what: str) -> Text | None:
        """A value that is plain text."""
        if not isinstance(tree, Scalar):
            self.diags.add(errors.wrong_shape(what, "a text", shape_of(tree), tree.span))
            return None
        if is_empty(tree):
            self._add_missing(what, "a text", tree)
            return None
        return Text(tree.value, span=tree.span)

    def texts(self, tree: Tree, what: str) -> tuple[Text, ...]:
        """One text, or a list of them."""
        trees = (tree,) if isinstance(tree, Scalar) else self.items(tree, what)
        found = (self.text(item, what) for item in trees)
        return tuple(text for text in found if text is not None)

    def embedded(self, tree: Tree, start: Start, what: str) -> Embedded:
        """A value that is an expression."""
        if not isinstance(tree, Scalar):
            help = _BRACKETS_HELP if isinstance(tree, (YamlList, Mapping)) and tree.is_flow else ""
            self.diags.add(errors.wrong_shape(what, "an expression", shape_of(tree), tree.span, help))
            return broken(start, tree.span)
        if is_empty(tree):
            self._add_missing(what, "an expression", tree)
            return broken(start, tree.span)
        return embed(self.source, tree, start, self.diags)

    def _add_missing(self, what: str, wanted: str, scalar: Scalar) -> None:
        if not scalar.refused:
            self.diags.add(errors.missing_value(what, wanted, scalar.span))

    def embeddeds(self, tree: Tree, start: Start, what: str) -> tuple[Embedded, ...]:
        """A list of expressions."""
        return tuple(self.embedded(item, start, what) for item in self.items(tree, what))

    def pairs(self, tree: Tree, start: Start, what: str) -> tuple[tuple[Text, Embedded], ...]:
        """Names with an expression each."""
        return tuple(
            (self.name(entry.key), self.embedded(entry.value, start, f"`{entry.key.value}`"))
            for entry in self.entries(tree, what)
        )

    def plain(self, tree: Tree) -> object:
        """The value itself: dicts, lists, None, bools, integers, decimals, texts (dates stay texts)."""
        match tree:
            case Mapping():
                return {entry.key.value: self.plain(entry.value) for entry in tree.entries}
            case YamlList():
                return [self.plain(item) for item in tree.items]
            case Scalar():
                return self._plain_scalar(tree)

    def _plain_scalar(self, scalar: Scalar) -> object:
        match kind_of(scalar):
            case Kind.NULL:
                return None
            case Kind.BOOL:
                return scalar.value.lower() == "true"
            case Kind.INTEGER:
                return _integer(scalar.value)
            case Kind.DECIMAL:
                return Decimal(scalar.value)
            case Kind.AMBIGUOUS:
                self.diags.add(errors.ambiguous_value(scalar.value, scalar.span))
                return scalar.value
            case Kind.TEXT:
                return scalar.value


@dataclass(frozen=True, slots=True)
class Fields:
    """One mapping: `where` names it in messages, `values` are those of known keys.

    `meant` are keys that misspelt ones may have meant: nobody is told that those are missing.
    """

    file: File
    where: str
    values: dict[str, Tree]
    span: Span
    meant: frozenset[str] = frozenset()

    def has(self, key: str) -> bool:
        return key in self.values

    def _read(self, key: str, read: Callable[[Tree], T]) -> T | None:
        return read(self.values[key]) if key in self.values else None

    def text(self, key: str) -> Text | None:
        return self._read(key, lambda tree: self.file.text(tree, f"`{key}`"))

    def name(self, key: str) -> Text | None:
        """A text that names something declared elsewhere."""
        text = self.text(key)
        return Text(normalized(text.value), span=text.span) if text else None

    def texts(self, key: str) -> tuple[Text, ...]:
        return self._read(key, lambda tree: self.file.texts(tree, f"`{key}`")) or ()

    def names(self, key: str) -> tuple[Text, ...]:
        return tuple(Text(normalized(text.value), span=text.span) for text in self.texts(key))

    def embedded(self, key: str, start: Start) -> Embedded | None:
        return self._read(key, lambda tree: self.file.embedded(tree, start, f"`{key}`"))

    def required(self, key: str, start: Start) -> Embedded:
        """An expression that must be there."""
        found = self.embedded(key, start)
        if found is None:
            self.missing(key)
            return broken(start, self.span)
        return found

    def missing(self, key: str) -> None:
        if key not in self.meant:
            self.file.diags.add(errors.missing_key(key, self.where, self.span))

    def embeddeds(self, key: str, start: Start) -> tuple[Embedded, ...]:
        return self._read(key, lambda tree: self.file.embeddeds(tree, start, f"`{key}`")) or ()

    def pairs(self, key: str, start: Start) -> tuple[tuple[Text, Embedded], ...]:
        return self._read(key, lambda tree: self.file.pairs(tree, start, f"`{key}`")) or ()

    def entries(self, key: str) -> tuple[Entry, ...]:
        return self._read(key, lambda tree: self.file.entries(tree, f"`{key}`")) or ()

    def items(self, key: str) -> tuple[Tree, ...]:
        return self._read(key, lambda tree: self.file.items(tree, f"`{key}`")) or ()

    def plain(self, key: str) -> object:
        return self._read(key, self.file.plain)

    def integer(self, key: str) -> int | None:
        """A whole number."""
        tree = self.values.get(key)
        if tree is None:
            return None
        if isinstance(tree, Scalar) and kind_of(tree) is Kind.INTEGER:
            return _integer(tree.value)
        self.file.diags.add(errors.wrong_shape(f"`{key}`", "a whole number", _found(tree), tree.span))
        return None

    def query(self, key: str) -> QueryDecl | None:
        """SQL: one text, or one for each dialect."""
        tree = self.values.get(key)
        if tree is None:
            return None
        if isinstance(tree, Mapping):
            pairs = [(entry.key.value, self.file.text(entry.value, f"`{key}`")) for entry in tree.entries]
            texts = tuple((dialect, text) for dialect, text in pairs if text is not None)
            return QueryDecl(texts, span=tree.span)
        text = self.file.text(tree, f"`{key}`")
        return QueryDecl((("", text),), span=tree.span) if text else None

    def common(self) -> Common:
        """The keys that every entry may have."""
        owner, status = self.text("owner"), self.text("status")
        return Common(
            about=self._by_language("about"),
            label=self._by_language("label"),
            synonyms=tuple(text.value for text in self.texts("synonyms")),
            owner=owner.value if owner else None,
            tags=tuple(text.value for text in self.texts("tags")),
            status=status.value if status else None,
            replaced_by=self.name("replaced_by"),
            meta=self.plain("meta"),
            span=self.span,
        )

    def _by_language(self, key: str) -> tuple[tuple[str, str], ...]:
        tree = self.values.get(key)
        if isinstance(tree, Mapping):
            pairs = [(entry.key.value, self.file.text(entry.value, f"`{key}`")) for entry in tree.entries]
            return tuple((language, text.value) for language, text in pairs if text is not None)
        text = self.text(key)
        return (("", text.value),) if text else ()


_BRACKETS_HELP = "to YAML a value that begins with `[` or `{` is a list or a mapping: put it in double quotes"
MAX_NAME = 200
"""Characters of one name."""


def is_empty(tree: Tree) -> bool:
    """`key:` and nothing behind it."""
    return isinstance(tree, Scalar) and tree.value == "" and tree.style.value == ""


def named(entries: Sequence[Entry], file: File) -> Iterator[tuple[Text, Tree]]:
    """The declarations of a section: each key is a new name."""
    for entry in entries:
        yield file.name(entry.key), entry.value


def _integer(text: str) -> int:
    """Python refuses to read numbers of thousands of digits; no column holds them either."""
    return int(text) if len(text) < 1000 else int(Decimal(text))


def _found(tree: Tree) -> str:
    return f"`{tree.value}`" if isinstance(tree, Scalar) else shape_of(tree)


def _is_half(text: str) -> bool:
    return text.count("(") != text.count(")")


def _name_trouble(key: Scalar) -> str | None:
    """Why no expression could hold this name; None when one can."""
    name = key.value
    if not name.strip():
        return "the name is empty"
    if name != name.strip():
        return "the name begins or ends with a blank"
    if len(name) > MAX_NAME:
        return f"the name has more than {MAX_NAME} characters"
    if not name.isprintable():
        return "the name holds a character that cannot be seen"
    if "`" in name or "." in name:
        return "the name holds a back-quote" if "`" in name else "the name holds a dot, which separates names"
    if kind_of(key) not in (Kind.TEXT, Kind.BOOL, Kind.AMBIGUOUS):
        return f"the name is {kind_of(key).value} to YAML; quoted it is a text"
    return None
