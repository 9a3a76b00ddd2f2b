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
from kpilang.syntax.keys import COMMON, RESERVED, Form, Shape
from kpilang.syntax.spec import Common, Embedded, QueryDecl, Start, Text
from kpilang.syntax.yaml_tree import Entry, Kind, Mapping, Scalar, Tree, kind_of, shape_of
from kpilang.syntax.yaml_tree import Sequence as YamlList

T = TypeVar("T")

COMMON_NAMES = frozenset(key.name for key in COMMON)


@dataclass(frozen=True, slots=True)
class File:
    """The file that is being read, and where findings go."""

    source: Source
    diags: Diagnostics

    def fields(self, tree: Tree, where: str, shape: Shape, at: Span | None = None) -> Fields:
        """The mapping of this shape, an empty value being one without keys; `at` is blamed for gaps."""
        known, meant = {}, set[str]()
        for entry in self.entries(tree, where):
            if entry.key.value in shape.by_name:
                known[entry.key.value] = entry.value
            elif (reserved := RESERVED.get((shape.title, entry.key.value))) is not None:
                self.diags.add(errors.reserved_key(entry.key.value, *reserved, entry.key.span))
            else:
                self.diags.add(errors.unknown_key(entry.key.value, where, shape.names, entry.key.span))
                meant.update(did_you_mean(entry.key.value, shape.names))
        return Fields(self, where, shape, known, at or tree.span, frozenset(meant))

    def short(self, tree: Tree, shape: Shape, what: str) -> Embedded:
        """The lone expression that may stand in place of a mapping."""
        assert shape.short is not None, f"{shape.title} has no short form"
        return self.embedded(tree, shape.short, what)

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

    def name(self, key: Scalar, is_reference: bool = False) -> Text:
        """A key that declares a name; a reference to one may have a package before it."""
        reason = _name_trouble(key, is_reference)
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
    shape: Shape
    values: dict[str, Tree]
    span: Span
    meant: frozenset[str] = frozenset()

    def has(self, key: str) -> bool:
        return key in self.values

    def _read(self, key: str, form: Form, read: Callable[[Tree], T]) -> T | None:
        """The value in the form that the table of keys says."""
        assert self.shape.by_name[key].form is form, f"`{key}` of {self.shape.title} is read as {form.value}"
        return read(self.values[key]) if key in self.values else None

    def _start(self, key: str) -> Start:
        start = self.shape.by_name[key].start
        assert start is not None, f"`{key}` of {self.shape.title} holds no expressions"
        return start

    def text(self, key: str) -> Text | None:
        return self._read(key, Form.TEXT, lambda tree: self.file.text(tree, f"`{key}`"))

    def name(self, key: str) -> Text | None:
        """A text that names something declared elsewhere."""
        text = self._read(key, Form.NAME, lambda tree: self.file.text(tree, f"`{key}`"))
        return _normalized(text) if text else None

    def texts(self, key: str) -> tuple[Text, ...]:
        return self._read(key, Form.TEXTS, lambda tree: self.file.texts(tree, f"`{key}`")) or ()

    def names(self, key: str) -> tuple[Text, ...]:
        texts = self._read(key, Form.NAMES, lambda tree: self.file.texts(tree, f"`{key}`"))
        return tuple(map(_normalized, texts or ()))

    def embedded(self, key: str) -> Embedded | None:
        start = self._start(key)
        return self._read(key, Form.EXPRESSION, lambda tree: self.file.embedded(tree, start, f"`{key}`"))

    def required(self, key: str) -> Embedded:
        """An expression that must be there."""
        found = self.embedded(key)
        if found is None:
            self.missing(key)
            return broken(self._start(key), self.span)
        return found

    def missing(self, key: str) -> None:
        if key not in self.meant:
            self.file.diags.add(errors.missing_key(key, self.where, self.span))

    def embeddeds(self, key: str) -> tuple[Embedded, ...]:
        start = self._start(key)
        return (
            self._read(key, Form.EXPRESSIONS, lambda tree: self.file.embeddeds(tree, start, f"`{key}`")) or ()
        )

    def one_or_more(self, key: str) -> tuple[Embedded, ...]:
        """One expression, or a list of them."""
        start, what = self._start(key), f"`{key}`"

        def read(tree: Tree) -> tuple[Embedded, ...]:
            if isinstance(tree, Scalar):
                return (self.file.embedded(tree, start, what),)
            return self.file.embeddeds(tree, start, what)

        return self._read(key, Form.ONE_OR_MORE, read) or ()

    def pairs(self, key: str) -> tuple[tuple[Text, Embedded], ...]:
        start = self._start(key)
        return self._read(key, Form.PAIRS, lambda tree: self.file.pairs(tree, start, f"`{key}`")) or ()

    def embedded_or_pairs(self, key: str) -> Embedded | tuple[tuple[Text, Embedded], ...] | None:
        """An expression for the whole, or one for each name."""
        start, what = self._start(key), f"`{key}`"

        def read(tree: Tree) -> Embedded | tuple[tuple[Text, Embedded], ...]:
            if isinstance(tree, Mapping):
                return self.file.pairs(tree, start, what)
            return self.file.embedded(tree, start, what)

        return self._read(key, Form.EXPRESSION_OR_PAIRS, read)

    def entries(self, key: str, form: Form = Form.ENTRIES) -> tuple[Entry, ...]:
        return self._read(key, form, lambda tree: self.file.entries(tree, f"`{key}`")) or ()

    def items(self, key: str) -> tuple[Tree, ...]:
        return self._read(key, Form.ITEMS, lambda tree: self.file.items(tree, f"`{key}`")) or ()

    def one(self, key: str) -> Fields | None:
        """A mapping inside this one."""
        shape = self.shape.by_name[key].shape
        assert shape is not None, f"`{key}` of {self.shape.title} has no keys of its own"
        return self._read(key, Form.ONE, lambda tree: self.file.fields(tree, f"`{key}`", shape))

    def plain(self, key: str) -> object:
        return self._read(key, Form.ANYTHING, self.file.plain)

    def integer(self, key: str) -> int | None:
        """A whole number."""

        def read(tree: Tree) -> int | None:
            if isinstance(tree, Scalar) and kind_of(tree) is Kind.INTEGER:
                return _integer(tree.value)
            self.file.diags.add(errors.wrong_shape(f"`{key}`", "a whole number", _found(tree), tree.span))
            return None

        return self._read(key, Form.WHOLE, read)

    def query(self, key: str) -> QueryDecl | None:
        """SQL: one text, or one for each dialect."""

        def read(tree: Tree) -> QueryDecl | None:
            texts = self._texts_by_word(key, tree)
            return QueryDecl(texts, span=tree.span) if texts or isinstance(tree, Mapping) else None

        return self._read(key, Form.BY_DIALECT, read)

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
        texts = self._read(key, Form.BY_LANGUAGE, lambda tree: self._texts_by_word(key, tree))
        return tuple((language, text.value) for language, text in texts or ())

    def _texts_by_word(self, key: str, tree: Tree) -> tuple[tuple[str, Text], ...]:
        """A text under the empty word, or one for each word."""
        if isinstance(tree, Mapping):
            pairs = [(entry.key.value, self.file.text(entry.value, f"`{key}`")) for entry in tree.entries]
            return tuple((word, text) for word, text in pairs if text is not None)
        text = self.file.text(tree, f"`{key}`")
        return (("", text),) if text else ()


def _normalized(text: Text) -> Text:
    return Text(normalized(text.value), span=text.span)


_BRACKETS_HELP = "to YAML a value that begins with `[` or `{` is a list or a mapping: put it in double quotes"
MAX_NAME = 200
"""Characters of one name."""


def is_empty(tree: Tree) -> bool:
    """`key:` and nothing behind it."""
    return isinstance(tree, Scalar) and tree.value == "" and tree.style.value == ""


def named(entries: Sequence[Entry], file: File, is_reference: bool = False) -> Iterator[tuple[Text, Tree]]:
    """The declarations of a section: each key is a new name, or that of something perhaps of a package."""
    for entry in entries:
        yield file.name(entry.key, is_reference), entry.value


def _integer(text: str) -> int:
    """Python refuses to read numbers of thousands of digits; no column holds them either."""
    return int(text) if len(text) < 1000 else int(Decimal(text))


def _found(tree: Tree) -> str:
    return f"`{tree.value}`" if isinstance(tree, Scalar) else shape_of(tree)


def _is_half(text: str) -> bool:
    return text.count("(") != text.count(")")


def _name_trouble(key: Scalar, has_dots: bool) -> str | None:
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
    if "`" in name:
        return "the name holds a back-quote"
    if "." in name and not has_dots:
        return "the name holds a dot, which separates names"
    if kind_of(key) not in (Kind.TEXT, Kind.BOOL, Kind.AMBIGUOUS):
        return f"the name is {kind_of(key).value} to YAML; quoted it is a text"
    return None
