"""Nodes of the syntax tree from what the machine reduces: one method for each rule or alias of the grammar.

Each method gets the extent of what it was made of and the children that the grammar hands on, and returns a
node of `ast`. What the grammar cannot say (a modifier twice, half a day ago) is said here, as diagnostics;
the tree is made all the same, so one text may have several. Nothing is resolved.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kpilang.diagnostics import Diagnostics
from kpilang.source import Span
from kpilang.syntax import ast
from kpilang.syntax.errors import expressions as errors
from kpilang.syntax.machine import Token


@dataclass(frozen=True, slots=True)
class Place:
    """Where the text stands in its file; when not `exact`, every node is the whole."""

    span: Span
    exact: bool

    def at(self, start: int, end: int) -> Span:
        if not self.exact:
            return self.span
        return Span(self.span.file, self.span.start + start, self.span.start + end)


@dataclass(frozen=True, slots=True)
class _Modifier:
    """`where …`, `via …`: a part of a call or of a `with`, until it finds its field."""

    field: str
    value: Any
    span: Span


@dataclass(frozen=True, slots=True)
class _Arguments:
    values: tuple[ast.Expr, ...]


@dataclass(frozen=True, slots=True)
class _By:
    """`by currency` among the arguments of a type."""

    path: ast.Path


class Builder:
    """`build` is what the machine calls."""

    def __init__(self, place: Place, diags: Diagnostics) -> None:
        self.place = place
        self.diags = diags

    def build(self, name: str, start: int, end: int, children: list[Any]) -> Any:
        return getattr(self, name)(self.place.at(start, end), *children)

    def span_of(self, token: Token) -> Span:
        return self.place.at(token.start, token.end)

    # ------------------------------------------------------------------------ names

    def name(self, span: Span, token: Token) -> ast.Name:
        return _name(span, token.text)

    def path(self, span: Span, first: ast.Name, *fields: Token) -> ast.Path:
        return ast.Path((first, *(_name(self.span_of(field), field.text) for field in fields)), span=span)

    # ------------------------------------------------------------------------ literals

    def number(self, span: Span, token: Token) -> ast.Number:
        return ast.Number(Decimal(token.text), "." not in token.text, span=span)

    def quantity(self, span: Span, token: Token, unit: ast.Name) -> ast.Quantity:
        return ast.Quantity(Decimal(token.text), "." not in token.text, unit, span=span)

    def percent(self, span: Span, token: Token) -> ast.Percent:
        return ast.Percent(Decimal(token.text[:-1]), span=span)

    def date(self, span: Span, token: Token) -> ast.DateLiteral:
        return ast.DateLiteral(token.text, span=span)

    def timestamp(self, span: Span, token: Token) -> ast.TimestampLiteral:
        return ast.TimestampLiteral(token.text, span=span)

    def string(self, span: Span, token: Token) -> ast.String:
        return ast.String(_unquoted(token.text), span=span)

    def true(self, span: Span) -> ast.Bool:
        return ast.Bool(True, span=span)

    def false(self, span: Span) -> ast.Bool:
        return ast.Bool(False, span=span)

    def null(self, span: Span) -> ast.Null:
        return ast.Null(span=span)

    # ------------------------------------------------------------------------ calls

    def call(self, span: Span, function: ast.Path, *parts: _Arguments | _Modifier) -> ast.Call:
        arguments: tuple[ast.Expr, ...] = ()
        modifiers: list[_Modifier] = []
        for part in parts:
            if isinstance(part, _Arguments):
                arguments = part.values
            else:
                modifiers.append(part)
        return ast.Call(function, arguments, **self._fields(modifiers), span=span)

    def arguments(self, span: Span, *values: ast.Expr) -> _Arguments:
        return _Arguments(values)

    def all_rows(self, span: Span, entity: ast.Path) -> ast.AllRows:
        return ast.AllRows(entity, span=span)

    def where_modifier(self, span: Span, condition: ast.Expr) -> _Modifier:
        return _Modifier("where", condition, span)

    def dated_modifier(self, span: Span, path: ast.Path) -> _Modifier:
        return _Modifier("dated", path, span)

    def via_modifier(self, span: Span, path: ast.Path) -> _Modifier:
        return _Modifier("via", path, span)

    def per_modifier(self, span: Span, *paths: ast.Path) -> _Modifier:
        return _Modifier("per", paths, span)

    def by_modifier(self, span: Span, *keys: ast.OrderKey) -> _Modifier:
        return _Modifier("by", keys, span)

    def order_key(self, span: Span, value: ast.Expr, direction: Token | None = None) -> ast.OrderKey:
        return ast.OrderKey(value, direction is not None and direction.text == "desc", span=span)

    def _fields(self, modifiers: Iterable[_Modifier]) -> dict[str, Any]:
        """One value for each modifier; a second one of a kind is an error and is left out."""
        fields: dict[str, _Modifier] = {}
        for modifier in modifiers:
            if modifier.field in fields:
                first = fields[modifier.field].span
                self.diags.add(errors.modifier_twice(modifier.field, modifier.span, first))
            else:
                fields[modifier.field] = modifier
        return {field: modifier.value for field, modifier in fields.items()}

    # ------------------------------------------------------------------------ case

    def case(self, span: Span, *parts: ast.When | ast.Expr) -> ast.Case:
        whens = tuple(part for part in parts if isinstance(part, ast.When))
        rest = [part for part in parts if not isinstance(part, ast.When)]
        return ast.Case(whens, rest[0] if rest else None, span=span)

    def when(self, span: Span, condition: ast.Expr, value: ast.Expr) -> ast.When:
        return ast.When(condition, value, span=span)

    # ------------------------------------------------------------------------ operators

    def group(self, span: Span, inner: ast.Expr) -> ast.Expr:
        return inner

    def negative(self, span: Span, sign: Token, operand: ast.Expr) -> ast.Negative:
        return ast.Negative(operand, span=span)

    def binary(self, span: Span, left: ast.Expr, operator: Token, right: ast.Expr) -> ast.Binary:
        return ast.Binary(operator.text, left, right, span=span)

    def compare(self, span: Span, left: ast.Expr, operator: Token, right: ast.Expr) -> ast.Compare:
        return ast.Compare("<>" if operator.text == "!=" else operator.text, left, right, span=span)

    def is_same(self, span: Span, left: ast.Expr, right: ast.Expr) -> ast.Is:
        return ast.Is(left, right, span=span)

    def is_not_same(self, span: Span, left: ast.Expr, right: ast.Expr) -> ast.Is:
        return ast.Is(left, right, negated=True, span=span)

    def between(self, span: Span, operand: ast.Expr, low: ast.Expr, high: ast.Expr) -> ast.Between:
        return ast.Between(operand, low, high, span=span)

    def not_between(self, span: Span, operand: ast.Expr, low: ast.Expr, high: ast.Expr) -> ast.Between:
        return ast.Between(operand, low, high, negated=True, span=span)

    def is_in(self, span: Span, operand: ast.Expr, *items: ast.Expr) -> ast.In:
        return ast.In(operand, items, span=span)

    def is_not_in(self, span: Span, operand: ast.Expr, *items: ast.Expr) -> ast.In:
        return ast.In(operand, items, negated=True, span=span)

    def like(
        self, span: Span, operand: ast.Expr, pattern: ast.Expr, escape: ast.Expr | None = None
    ) -> ast.Like:
        return ast.Like(operand, pattern, escape, span=span)

    def not_like(
        self, span: Span, operand: ast.Expr, pattern: ast.Expr, escape: ast.Expr | None = None
    ) -> ast.Like:
        return ast.Like(operand, pattern, escape, negated=True, span=span)

    def negation(self, span: Span, operand: ast.Expr) -> ast.Not:
        return ast.Not(operand, span=span)

    def conjunction(self, span: Span, *operands: ast.Expr) -> ast.And:
        return ast.And(operands, span=span)

    def disjunction(self, span: Span, *operands: ast.Expr) -> ast.Or:
        return ast.Or(operands, span=span)

    def as_unit(self, span: Span, operand: ast.Expr, unit: ast.UnitName) -> ast.As:
        return ast.As(operand, unit, span=span)

    def unit(self, span: Span, name: ast.Name, *rest: ast.Name | Token) -> ast.UnitName:
        argument = rest[0] if rest and isinstance(rest[0], ast.Name) else None
        divisors = tuple(part for part in rest if isinstance(part, ast.Name) and part is not argument)
        return ast.UnitName(name, argument, divisors, span=span)

    # ------------------------------------------------------------------------ selectors

    def select(self, span: Span, operand: ast.Expr, selector: ast.Selector) -> ast.Select:
        return ast.Select(operand, selector, span=span)

    def prior(self, span: Span) -> ast.Prior:
        return ast.Prior(span=span)

    def before(self, span: Span) -> ast.Before:
        return ast.Before(span=span)

    def ever(self, span: Span) -> ast.Ever:
        return ast.Ever(span=span)

    def all_time(self, span: Span) -> ast.AllTime:
        return ast.AllTime(span=span)

    def last(self, span: Span, amount: ast.Amount) -> ast.Last:
        return ast.Last(amount, span=span)

    def next(self, span: Span, amount: ast.Amount) -> ast.Next:
        return ast.Next(amount, span=span)

    def ago(self, span: Span, amount: ast.Amount) -> ast.Ago:
        return ast.Ago(amount, span=span)

    def to_date(self, span: Span, unit: ast.Name) -> ast.ToDate:
        return ast.ToDate(unit, span=span)

    def from_to(self, span: Span, start: ast.Expr, end: ast.Expr) -> ast.FromTo:
        return ast.FromTo(start, end, span=span)

    def across(self, span: Span, *dimensions: ast.Path) -> ast.Across:
        return ast.Across(dimensions, span=span)

    def across_all(self, span: Span, star: Token) -> ast.Across:
        return ast.Across(span=span)

    def condition_selector(self, span: Span, condition: ast.Expr) -> ast.Condition:
        return ast.Condition(condition, span=span)

    def amount(self, span: Span, first: Token | ast.Path, unit: ast.Name | None = None) -> ast.Amount:
        if isinstance(first, ast.Path):
            return ast.Amount(param=first, span=span)
        count = Decimal(first.text)
        if count != int(count):
            self.diags.add(errors.not_whole(first.text, self.span_of(first)))
        return ast.Amount(int(count), unit, span=span)

    # ------------------------------------------------------------------------ sentences

    def sentence(
        self, span: Span, entity: ast.Path, clause: ast.With | ast.While | ast.Dated
    ) -> ast.Sentence:
        return ast.Sentence(entity, clause=clause, span=span)

    def sentence_where(
        self,
        span: Span,
        entity: ast.Path,
        where: ast.Expr,
        clause: ast.With | ast.While | ast.Dated | None = None,
    ) -> ast.Sentence:
        return ast.Sentence(entity, where, clause, span=span)

    def with_clause(self, span: Span, source: ast.Expr, *modifiers: _Modifier) -> ast.With:
        return ast.With(source, **self._fields(modifiers), span=span)

    def while_clause(self, span: Span, start: ast.Expr, end: ast.Expr) -> ast.While:
        return ast.While(start, end, span=span)

    def dated_clause(self, span: Span, anchor: ast.Path, where: ast.Expr | None = None) -> ast.Dated:
        return ast.Dated(anchor, where, span=span)

    # ------------------------------------------------------------------------ types of columns

    def reference_type(self, span: Span, *parts: Any) -> ast.ReferenceType:
        """In the order of the text: perhaps the own columns, the target, perhaps `?`, perhaps `as of`."""
        rest = list(parts)
        columns = rest.pop(0) if isinstance(rest[0], tuple) else ()
        target = rest.pop(0)
        nullable = bool(rest) and isinstance(rest[0], Token)
        as_of = rest[-1] if rest and isinstance(rest[-1], ast.Path) else None
        return ast.ReferenceType(target, columns, nullable, as_of, span=span)

    def key_columns(self, span: Span, *names: ast.Name) -> tuple[ast.Name, ...]:
        return names

    def scalar_type(self, span: Span, name: ast.Name, *parts: Any) -> ast.ScalarType:
        ladders = tuple(part for part in parts if isinstance(part, tuple))
        bys = [part.path for part in parts if isinstance(part, _By)]
        for path in bys[1:]:
            self.diags.add(errors.modifier_twice("by", path.span, bys[0].span))
        nullable = bool(parts) and isinstance(parts[-1], Token)
        return ast.ScalarType(name, ladders, bys[0] if bys else None, nullable, span=span)

    def by_column(self, span: Span, path: ast.Path) -> _By:
        return _By(path)

    def ladder(self, span: Span, *rungs: ast.Name | Token) -> tuple[ast.Name, ...]:
        return tuple(rung for rung in rungs if isinstance(rung, ast.Name))

    def rung(self, span: Span, value: Token | ast.Name) -> ast.Name:
        if isinstance(value, ast.Name):
            return value
        if value.terminal == "STRING":
            return ast.Name(_unquoted(value.text), quoted=True, span=span)
        return _name(span, value.text)

    def zone(self, span: Span, *parts: Token) -> ast.Name:
        return ast.Name("".join(part.text for part in parts), span=span)

    def zone_step(self, span: Span, *parts: Token) -> Token:
        return Token("FIELD", "".join(part.text for part in parts), parts[0].start, parts[-1].end)

    # ------------------------------------------------------------------------ the other small languages

    def at_goal(self, span: Span, word: Token, bound: ast.Expr) -> ast.Goal:
        return ast.Goal(">=" if word.text == "least" else "<=", (bound,), span=span)

    def beyond_goal(self, span: Span, word: Token, bound: ast.Expr) -> ast.Goal:
        return ast.Goal(">" if word.text == "above" else "<", (bound,), span=span)

    def between_goal(self, span: Span, low: ast.Expr, high: ast.Expr) -> ast.Goal:
        return ast.Goal("between", (low, high), span=span)

    def covers(self, span: Span, start: ast.Expr, end: ast.Expr | None = None) -> ast.Covers:
        return ast.Covers(start, end, span=span)

    def duplicates(self, span: Span, word: Token, *keys: ast.OrderKey) -> ast.Duplicates:
        return ast.Duplicates(word.text == "latest", keys, span=span)

    def model(self, span: Span, name: ast.Name, arguments: _Arguments | None = None) -> ast.Model:
        return ast.Model(name, arguments.values if arguments else (), span=span)

    def signature(self, span: Span, name: ast.Name, *parameters: ast.Name) -> ast.Signature:
        return ast.Signature(name, parameters, span=span)

    def range_of_values(self, span: Span, low: ast.Expr, high: ast.Expr) -> ast.Values:
        return ast.Values((low, high), is_range=True, span=span)

    def list_of_values(self, span: Span, *items: ast.Expr) -> ast.Values:
        return ast.Values(items, span=span)

    def valid(self, span: Span, start: ast.Path, end: ast.Path) -> ast.Valid:
        return ast.Valid(start, end, span=span)

    def touches(self, span: Span, entity: ast.Path, where: ast.Expr | None = None) -> ast.Touches:
        return ast.Touches(entity, where, span=span)


def normalized(text: str) -> str:
    """A name in composed form: the same word looks and compares alike, however it was typed."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _name(span: Span, text: str) -> ast.Name:
    quoted = text.startswith("`")
    return ast.Name(normalized(text[1:-1] if quoted else text), quoted, span=span)


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'")
