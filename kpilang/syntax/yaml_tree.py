"""YAML with places: from the text of a file to a frozen tree, or to diagnostics.

PyYAML reads the text (its C parser where there is one) and we keep its events only: our nodes know their
exact extent, and everything of YAML that specs do without (anchors, aliases, merge keys, tags, several
documents) is refused here, each with a code. Keys are unique. No value is converted: `kind_of` tells what a
plain scalar is. This module knows nothing of specs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import Any

import yaml

from kpilang.diagnostics import Diagnostic, Diagnostics
from kpilang.frozen import dataclass
from kpilang.nodes import Node
from kpilang.source import Source, Span
from kpilang.syntax.errors import files as errors
from kpilang.syntax.errors.words import shown

MAX_SIZE = 2_000_000
"""Bytes of one file; a spec of 500 KPIs has about 200,000."""
MAX_DEPTH = 50
"""Levels of lists and mappings."""


class Style(Enum):
    """How a scalar was written."""

    PLAIN = ""
    SINGLE = "'"
    DOUBLE = '"'
    LITERAL = "|"
    FOLDED = ">"


@dataclass(frozen=True, slots=True)
class Scalar(Node):
    """One value as text; `span` covers quotes and the sign of a block.

    `refused` stands where an error was already reported, so that nobody misses the value.
    """

    value: str
    style: Style = Style.PLAIN
    in_flow: bool = False
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Entry(Node):
    """One key of a mapping with its value."""

    key: Scalar
    value: Tree


@dataclass(frozen=True, slots=True)
class Sequence(Node):
    items: tuple[Tree, ...] = ()
    is_flow: bool = False


@dataclass(frozen=True, slots=True)
class Mapping(Node):
    entries: tuple[Entry, ...] = ()
    is_flow: bool = False


Tree = Scalar | Sequence | Mapping


class Kind(Enum):
    """What a scalar is to every reader of YAML; AMBIGUOUS where 1.1 and 1.2 disagree."""

    NULL = "nothing"
    BOOL = "true or false"
    INTEGER = "a whole number"
    DECIMAL = "a number"
    TEXT = "a text"
    AMBIGUOUS = "ambiguous"


_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+")
_BOOL_1_1 = re.compile(r"y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF")
_NUMBER_1_1 = re.compile(
    r"[-+]?(?:0[0-7_]+|0x[0-9a-fA-F_]+|0o[0-7]+|0b[01_]+|[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"
    r"|[0-9][0-9_]*_[0-9_]*|[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|\.[0-9_]+(?:[eE][-+]?[0-9]+)?"
    r"|[0-9]+[eE][-+]?[0-9]+|\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN)|="
)


def kind_of(scalar: Scalar) -> Kind:
    """What the scalar is; everything in quotes or in a block is text."""
    if scalar.style is not Style.PLAIN:
        return Kind.TEXT
    for pattern, kind in _KINDS:
        if pattern.fullmatch(scalar.value):
            return kind
    return Kind.TEXT


_KINDS = (
    (_NULL, Kind.NULL),
    (_BOOL, Kind.BOOL),
    (_INTEGER, Kind.INTEGER),
    (_DECIMAL, Kind.DECIMAL),
    (_BOOL_1_1, Kind.AMBIGUOUS),
    (_NUMBER_1_1, Kind.AMBIGUOUS),
)


def read_tree(source: Source, diags: Diagnostics) -> Tree | None:
    """The tree of the file's one document; None when it is empty or no YAML at all (then with an error)."""
    if len(source.text) > MAX_SIZE:
        diags.add(errors.file_too_large(source.name, len(source.text), MAX_SIZE))
        return None
    forbidden = _FORBIDDEN.search(source.text)
    if forbidden:
        diags.add(errors.control_character(forbidden[0], source.span(*forbidden.span())))
        return None
    return _Reader(source, diags).read()


_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|(?!\\A)\ufeff")
"""What YAML does not allow in a text, and byte order marks behind its begin, which PyYAML's parsers read
differently; to look first gives the exact place."""


@dataclass
class _Open:
    """A list or mapping that is being read; `key` waits for its value."""

    start: int
    is_mapping: bool
    is_flow: bool
    items: list[Any]
    key: Tree | None = None


class _Reader:
    """One pass over the events of one text."""

    def __init__(self, source: Source, diags: Diagnostics) -> None:
        self.source = source
        self.diags = diags
        self.bom = 1 if source.text.startswith("\ufeff") else 0
        self.open: list[_Open] = []
        self.root: Tree | None = None
        self.end = 0
        self.documents = 0

    def read(self) -> Tree | None:
        """The tree; after a syntax error what came before it is dropped, since its shape is not known."""
        try:
            for event in self._events():
                if not self._take(event):
                    return None
        except yaml.YAMLError as error:
            self.diags.add(_explain(self.source, error, self.bom))
            return None
        return self.root

    def _events(self) -> Iterator[Any]:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        return iter(yaml.parse(self.source.text[self.bom :], Loader=loader))

    def _take(self, event: Any) -> bool:
        """False to stop."""
        match event:
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    self.diags.add(errors.several_documents(self._span(event)))
                    return False
            case yaml.ScalarEvent():
                self._check_properties(event)
                self._place(self._scalar(event))
            case yaml.AliasEvent():
                self.diags.add(errors.alias(event.anchor or "", self._span(event)))
                self._place(Scalar("", refused=True, span=self._span(event)))
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self._check_properties(event)
                return self._push(event)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self._pop(event)
        return True

    def _span(self, event: Any) -> Span:
        return self.source.span(event.start_mark.index + self.bom, event.end_mark.index + self.bom)

    def _check_properties(self, event: Any) -> None:
        """Anchors and tags stand before the value; the value itself is read all the same."""
        if event.anchor is not None:
            self.diags.add(errors.anchor(event.anchor, self._span(event)))
        if event.tag is not None:
            self.diags.add(errors.yaml_tag(event.tag, self._span(event)))

    def _scalar(self, event: Any) -> Scalar:
        span = self._span(event)
        self.end = max(self.end, span.end)
        in_flow = bool(self.open) and self.open[-1].is_flow
        refused = event.tag is not None and not event.value
        return Scalar(event.value, Style(event.style or ""), in_flow, refused, span=span)

    def _push(self, event: Any) -> bool:
        if len(self.open) >= MAX_DEPTH:
            self.diags.add(errors.yaml_too_deep(MAX_DEPTH, self._span(event)))
            return False
        start = event.start_mark.index + self.bom
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        self.open.append(_Open(start, is_mapping, bool(event.flow_style), []))
        return True

    def _pop(self, event: Any) -> None:
        """A block ends where its last value does, not where the next line begins."""
        done = self.open.pop()
        end = event.end_mark.index + self.bom if done.is_flow else max(done.start, self.end)
        self.end = max(self.end, end)
        span = self.source.span(done.start, end)
        if done.is_mapping:
            self._place(Mapping(tuple(self._unique(done.items)), done.is_flow, span=span))
        else:
            self._place(Sequence(tuple(done.items), done.is_flow, span=span))

    def _place(self, node: Tree) -> None:
        """Into the list or mapping that is open, or as the root."""
        if not self.open:
            self.root = node
            return
        here = self.open[-1]
        if not here.is_mapping:
            here.items.append(node)
        elif here.key is None:
            here.key = node
        else:
            key, here.key = here.key, None
            self._add_entry(here, key, node)

    def _add_entry(self, here: _Open, key: Tree, value: Tree) -> None:
        if not isinstance(key, Scalar):
            self.diags.add(errors.wrong_shape("a key", "a text", _SHAPES[type(key)], key.span))
        elif key.value == "<<" and key.style is Style.PLAIN:
            self.diags.add(errors.merge_key(key.span))
        else:
            if key.style is Style.PLAIN and (_BOOL.fullmatch(key.value) or _BOOL_1_1.fullmatch(key.value)):
                self.diags.add(errors.boolean_key(key.value, key.span))
            here.items.append(Entry(key, value, span=key.span.to(value.span)))

    def _unique(self, entries: list[Entry]) -> Iterator[Entry]:
        seen: dict[str, Entry] = {}
        for entry in entries:
            first = seen.setdefault(entry.key.value, entry)
            if first is entry:
                yield entry
            else:
                self.diags.add(errors.duplicate_key(entry.key.value, entry.key.span, first.key.span))


_SHAPES = {Sequence: "a list", Mapping: "a mapping", Scalar: "a value"}


def shape_of(tree: Tree) -> str:
    """`a list`, `a mapping`, `a value`: for messages."""
    return _SHAPES[type(tree)]


# ---------------------------------------------------------------------------- what PyYAML refused


def _explain(source: Source, error: yaml.YAMLError, bom: int) -> Diagnostic:
    """PyYAML's two parsers word the same trouble differently, so the text itself is looked at."""
    text = source.text
    context, problem = (str(getattr(error, name, None) or "") for name in ("context", "problem"))
    at = _offset(text, getattr(error, "problem_mark", None), bom)
    opened = _offset(text, getattr(error, "context_mark", None), bom)
    line = text.rfind("\n", 0, at) + 1
    if text[at : at + 1] == "\t" or text[line:at].strip(" ").startswith("\t"):
        tab = text.index("\t", line)
        return errors.tab_indentation(source.span(tab, tab + 1))
    if "quoted scalar" in context and "end of stream" in problem:
        return errors.invalid_yaml("a quote is not closed", source.span(opened, opened + 1))
    begin = opened if "block scalar" in context or "anchor" in context or "alias" in context else at
    return (
        _needs_quotes(source, text[line:begin], begin, problem)
        or _in_flow(source, at, context)
        or errors.invalid_yaml(problem or "no YAML at all", source.span(at, min(at + 1, len(text))))
    )


def _offset(text: str, mark: Any, bom: int) -> int:
    return min(mark.index + bom if mark is not None else 0, len(text))


_AFTER_QUOTE = re.compile(r"(?:^|[:\-?] +)(?:'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\") *$")
_SECOND_COLON = re.compile(r"[^\s:][^:]*: ")


def _needs_quotes(source: Source, before: str, begin: int, problem: str) -> Diagnostic | None:
    """Values that mean something else to YAML; `before` is what stands before `begin` on its line."""
    sign = source.text[begin : begin + 1]
    span = source.span(begin, begin + len(sign))
    if _AFTER_QUOTE.search(before):
        return errors.needs_quotes("a value that begins with a quote ends with it", span)
    if sign == ":":
        if _SECOND_COLON.search(before):
            return errors.needs_quotes("a value that holds `: ` reads as a key", span)
        help = "keys of one mapping are indented alike, and each has its colon"
        return errors.invalid_yaml("no key is possible here", span, help)
    if sign == "`" and not before.strip():
        help = "put the name in double quotes, or leave the back-quotes out: only expressions need them"
        return errors.invalid_yaml("a key cannot begin with a back-quote", span, help)
    if sign and sign in "`@%|>&*]}-?" and before.rstrip().endswith((":", "-")) and "indent" not in problem:
        return errors.needs_quotes(
            f"a value that begins with {shown(sign)} means something else to YAML", span
        )
    return None


def _in_flow(source: Source, at: int, context: str) -> Diagnostic | None:
    if "flow" not in context:
        return None
    sign = source.text[at : at + 1]
    if sign and sign in "[{?&*!|>'\"%@`":
        return errors.flow_style(source.span(at, at + 1))
    return errors.invalid_yaml(
        "a bracket is not closed, or a comma is missing", source.span(at, at + len(sign))
    )
