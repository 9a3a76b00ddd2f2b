"""The canonical text of a syntax tree: blanks around operators, the fewest parentheses, modifiers in order.

`parse(unparse(tree)) == tree` for every tree that a parser makes; so a name keeps its back-quotes, and a name
that reads like a word of its place gets parentheses or back-quotes. Chains of `+ - * /` are written in a
loop, since they are as deep as they are long. Where a line may end is said here, where it does by `layout`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import IntEnum
from functools import cache
from typing import assert_never

from kpilang.syntax import ast
from kpilang.syntax.grammar import tables
from kpilang.syntax.layout import SPACE, Doc, Group, Nest, bracketed, flat, joined, laid_out


class Level(IntEnum):
    """How tightly an expression holds together; where a tighter one is wanted it stands in parentheses."""

    TYPED = 0
    OR = 1
    AND = 2
    NOT = 3
    COMPARISON = 4
    SUM = 5
    PRODUCT = 6
    UNARY = 7
    POSTFIX = 8
    PRIMARY = 9


def unparse(tree: ast.Tree, width: int | None = None) -> str:
    """The text of a whole tree: on one line, or in lines of at most `width` characters as far as can be.

    A string may hold line ends of its own, which stay as they are.
    """
    doc = _tree(tree)
    return flat(doc) if width is None else laid_out(doc, width)


def _tree(tree: ast.Tree) -> Doc:
    match tree:
        case ast.Sentence():
            return _sentence(tree)
        case ast.ReferenceType() | ast.ScalarType():
            return _column_type(tree)
        case ast.Goal():
            return _goal(tree)
        case ast.Covers(start, end):
            return ("from ", _expr(start, Level.OR), (" to ", _expr(end, Level.OR)) if end else "")
        case ast.Duplicates(latest, keys):
            return (f"{'latest' if latest else 'earliest'} by ", _keys(keys))
        case ast.Model(name, arguments):
            return (_name(name), bracketed("(", _arguments(arguments), ")") if arguments else "")
        case ast.Signature(name, parameters):
            return f"{_name(name)}({', '.join(map(_name, parameters))})"
        case ast.Values():
            return _values(tree)
        case ast.Valid(start, end):
            return f"{_path(start)} to {_path(end)}"
        case ast.Touches(entity, where):
            return (_path(entity), Nest(_where(where)))
        case _:
            return _expr(tree, Level.TYPED)


# ---------------------------------------------------------------------------- names

_WORD = re.compile(r"[^\W\d]\w*")


def _name(name: ast.Name, taken: Iterable[str] = ()) -> str:
    """`taken` are words that would not be names at this place."""
    if name.quoted or name.text in tables().reserved or name.text in taken or not _is_word(name.text):
        return f"`{name.text}`"
    return name.text


def _field(name: ast.Name) -> str:
    return f"`{name.text}`" if name.quoted or not _is_word(name.text) else name.text


def _is_word(text: str) -> bool:
    """A word, or words with dots between them: what a package has, as one name."""
    return not text.startswith("`") and all(map(_field_pattern().fullmatch, text.split(".")))


@cache
def _field_pattern() -> re.Pattern[str]:
    return re.compile(dict(tables().patterns)["FIELD"])


def _path(path: ast.Path, taken: Iterable[str] = ()) -> str:
    first, *rest = path.names
    return ".".join([_name(first, taken), *map(_field, rest)])


# ---------------------------------------------------------------------------- expressions


def _expr(expr: ast.Expr, wanted: Level) -> Doc:
    doc = _write(expr)
    return bracketed("(", doc, ")") if _level(expr) < wanted else doc


def _level(expr: ast.Expr) -> Level:
    match expr:
        case ast.As():
            return Level.TYPED
        case ast.Or():
            return Level.OR
        case ast.And():
            return Level.AND
        case ast.Not():
            return Level.NOT
        case ast.Compare() | ast.Is() | ast.Between() | ast.In() | ast.Like():
            return Level.COMPARISON
        case ast.Binary(operator):
            return Level.SUM if operator in "+-" else Level.PRODUCT
        case ast.Negative():
            return Level.UNARY
        case ast.Select():
            return Level.POSTFIX
        case _:
            return Level.PRIMARY


def _write(expr: ast.Expr) -> Doc:
    match expr:
        case ast.Path():
            return _path(expr)
        case ast.Call() | ast.AllRows():
            return _call(expr)
        case ast.Case():
            return _case(expr)
        case ast.Select(operand, selector):
            return (_expr(operand, Level.POSTFIX), bracketed("[", _selector(selector), "]"))
        case ast.Negative(operand):
            return ("-", _expr(operand, Level.UNARY))
        case ast.Binary():
            return _chain(expr)
        case ast.Compare() | ast.Is() | ast.Between() | ast.In() | ast.Like():
            return _comparison(expr)
        case ast.Not(operand):
            return ("not ", _expr(operand, Level.NOT))
        case ast.And(operands):
            return _row("and", [_expr(operand, Level.NOT) for operand in operands])
        case ast.Or(operands):
            return _row("or", [_expr(operand, Level.AND) for operand in operands])
        case ast.As(operand, unit):
            return (_expr(operand, Level.OR), f" as {_unit(unit)}")
        case _:
            return _literal(expr)


def _row(operator: str, operands: Sequence[Doc]) -> Doc:
    """Each operator begins a line, where there are lines."""
    return Group(joined(operands, (SPACE, f"{operator} ")))


def _case(case: ast.Case) -> Doc:
    parts: list[Doc] = []
    for when in case.whens:
        condition, value = _expr(when.condition, Level.OR), _expr(when.value, Level.OR)
        parts += [SPACE, Group(("when ", Nest(condition), Nest((SPACE, "then ", value))))]
    if case.otherwise:
        parts += [SPACE, ("else ", Nest(_expr(case.otherwise, Level.OR)))]
    return Group(("case", Nest(tuple(parts)), SPACE, "end"))


_Literal = (
    ast.Number
    | ast.Quantity
    | ast.Percent
    | ast.DateLiteral
    | ast.TimestampLiteral
    | ast.String
    | ast.Bool
    | ast.Null
)


def _literal(literal: _Literal) -> str:
    match literal:
        case ast.Number(value, is_integer):
            return _number(value, is_integer)
        case ast.Quantity(value, is_integer, unit):
            return f"{_number(value, is_integer)} {_name(unit, AFTER_A_NUMBER)}"
        case ast.Percent(value):
            return f"{value:f}%"
        case ast.DateLiteral(text) | ast.TimestampLiteral(text):
            return text
        case ast.String(value):
            return _string(value)
        case ast.Bool(value):
            return "true" if value else "false"
        case ast.Null():
            return "null"
    assert_never(literal)


AFTER_A_NUMBER = frozenset({"asc", "by", "dated", "desc", "escape", "to", "via", "while", "with"})
"""Words that go on after a number, so no units; a test compares them with the grammar."""


def _number(value: Decimal, is_integer: bool) -> str:
    text = f"{value:f}"
    return text if is_integer or "." in text else f"{text}.0"


def _string(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _chain(binary: ast.Binary) -> Doc:
    """The left spine in a loop; an operand on the right is as tight as the next level.

    The tighter begin of a chain (`a * b` in `a * b + c`) is a group of its own.
    """
    groups: list[list[Doc]] = [[]]
    here: ast.Expr = binary
    wanted = _level(binary)
    while isinstance(here, ast.Binary) and _level(here) >= wanted:
        level = _level(here)
        if level > wanted:
            groups.append([])
        groups[-1] += [_expr(here.right, Level(level + 1)), f"{here.operator} ", SPACE]
        here, wanted = here.left, level
    written = _expr(here, wanted)
    for group in reversed(groups):
        written = Group((written, *reversed(group)))
    return written


def _comparison(expr: ast.Compare | ast.Is | ast.Between | ast.In | ast.Like) -> Doc:
    match expr:
        case ast.Compare(operator, left, right):
            return _beside(left, f"{operator} ", _sum(right))
        case ast.Is(left, right, negated):
            return _beside(left, f"is {'not ' if negated else ''}", _sum(right))
        case ast.Between(operand, low, high, negated):
            return _beside(operand, f"{_not(negated)}between ", _sum(low), " and ", _sum(high))
        case ast.In(operand, items, negated):
            return (_sum(operand), f" {_not(negated)}in ", _choice(items))
        case ast.Like(operand, pattern, escape, negated):
            end: Doc = (" escape ", _sum(escape)) if escape else ""
            return _beside(operand, f"{_not(negated)}like ", _sum(pattern), end)
    assert_never(expr)


def _beside(left: ast.Expr, operator: str, *right: Doc) -> Doc:
    return Group((_sum(left), Nest((SPACE, operator, *right))))


def _not(negated: bool) -> str:
    return "not " if negated else ""


def _sum(expr: ast.Expr) -> Doc:
    return _expr(expr, Level.SUM)


def _choice(items: tuple[ast.Expr, ...]) -> Doc:
    """A name is a segment or a list of one, which only types tell; a literal is a list."""
    if len(items) == 1 and isinstance(items[0], ast.Path | ast.Select | ast.Call):
        return _sum(items[0])
    level = Level.OR if len(items) > 1 else Level.TYPED
    return _list([_expr(item, level) for item in items])


def _list(items: Sequence[Doc]) -> Doc:
    return bracketed("(", joined(items, (",", SPACE)), ")")


def _unit(unit: ast.UnitName) -> str:
    argument = f"({_name(unit.argument)})" if unit.argument else ""
    return "/".join([_name(unit.name) + argument, *map(_name, unit.divisors)])


# ---------------------------------------------------------------------------- calls


def _call(call: ast.Call | ast.AllRows) -> Doc:
    if isinstance(call, ast.AllRows):
        return f"all {_path(call.entity)}"
    parts: list[Doc] = [Group(_arguments(call.arguments))] if call.arguments else []
    parts += _modifiers(call)
    if not parts:
        return f"{_path(call.function)}()"
    return (_path(call.function), bracketed("(", joined(parts, SPACE), ")"))


def _arguments(arguments: tuple[ast.Expr, ...]) -> Doc:
    written = (_guarded(_expr(argument, Level.TYPED), argument, ("all",)) for argument in arguments)
    return joined(written, (",", SPACE))


def _modifiers(call: ast.Call) -> list[Doc]:
    """`where` last, since it is the longest; but without arguments a reserved word must come first."""
    per: list[Doc] = [f"per {', '.join(map(_path, call.per))}"] if call.per else []
    by: list[Doc] = [("by ", _keys(call.by))] if call.by else []
    via: list[Doc] = [f"via {_path(call.via)}"] if call.via else []
    dated: list[Doc] = [f"dated {_path(call.dated)}"] if call.dated else []
    where: list[Doc] = [("where ", Nest(_expr(call.where, Level.OR)))] if call.where else []
    if not call.arguments and not call.per:
        return where + by + via + dated
    return per + by + via + dated + where


def _keys(keys: tuple[ast.OrderKey, ...]) -> Doc:
    return joined(((_sum(key.value), " desc" if key.descending else "") for key in keys), ", ")


def _where(condition: ast.Expr | None) -> Doc:
    return (SPACE, "where ", Nest(_expr(condition, Level.OR))) if condition else ""


def _guarded(doc: Doc, expr: ast.Expr, taken: Iterable[str]) -> Doc:
    """In parentheses when the text would begin with a word of this place."""
    first = _WORD.match(flat(doc))
    if isinstance(expr, ast.AllRows) or first is None or first[0] not in taken:
        return doc
    return bracketed("(", doc, ")")


# ---------------------------------------------------------------------------- selectors

SELECTOR_WORDS = frozenset({"across", "all", "before", "ever", "from", "last", "next", "prior"})
"""Words that begin a selector, so no names there; a test compares them with the grammar."""


def _selector(selector: ast.Selector) -> Doc:
    match selector:
        case ast.Prior():
            return "prior"
        case ast.Before():
            return "before"
        case ast.Ever():
            return "ever"
        case ast.AllTime():
            return "all time"
        case ast.Last(amount):
            return f"last {_amount(amount)}"
        case ast.Next(amount):
            return f"next {_amount(amount)}"
        case ast.Ago(amount):
            return f"{_amount(amount, SELECTOR_WORDS)} ago"
        case ast.ToDate(unit):
            return f"{_name(unit, SELECTOR_WORDS)} to date"
        case ast.FromTo(start, end):
            return ("from ", _sum(start), " to ", _sum(end))
        case ast.Across(dimensions):
            return f"across {' and '.join(map(_path, dimensions)) or '*'}"
        case ast.Condition(condition):
            return _guarded(_expr(condition, Level.OR), condition, SELECTOR_WORDS)
    assert_never(selector)


def _amount(amount: ast.Amount, taken: Iterable[str] = ()) -> str:
    if amount.param is not None:
        return _path(amount.param, taken)
    assert amount.unit is not None, "an amount is a param, or a number of units"
    return f"{amount.count} {_name(amount.unit, AFTER_A_NUMBER)}"


# ---------------------------------------------------------------------------- the other small languages


def _sentence(sentence: ast.Sentence) -> Doc:
    clause: Doc = (SPACE, _clause(sentence.clause)) if sentence.clause else ""
    return Group((_path(sentence.entity), Nest((_where(sentence.where), clause))))


def _clause(clause: ast.With | ast.While | ast.Dated) -> Doc:
    match clause:
        case ast.With(source, where, via, dated):
            ends = (f" via {_path(via)}" if via else "") + (f" dated {_path(dated)}" if dated else "")
            return ("with ", _expr(source, Level.OR), ends, _where(where))
        case ast.While(start, end):
            return ("while ", _sum(start), " to ", _sum(end))
        case ast.Dated(anchor, where):
            return (f"dated {_path(anchor)}", _where(where))
    assert_never(clause)


def _column_type(column: ast.ColumnType) -> Doc:
    optional = "?" if column.nullable else ""
    match column:
        case ast.ReferenceType(target, columns, _, as_of):
            keys = f"({', '.join(map(_name, columns))}) " if columns else ""
            moment = f" as of {_path(as_of)}" if as_of else ""
            return f"{keys}-> {_path(target)}{optional}{moment}"
        case ast.ScalarType(name, ladders, by, _):
            arguments = [_row("<", list(map(_rung, ladder))) for ladder in ladders]
            arguments += [f"by {_path(by)}"] if by else []
            return (_name(name), _list(arguments) if arguments else "", optional)
    assert_never(column)


_BARE_RUNG = re.compile(r"\d+(?:\.\d+)?|[^\W\d]\w*(?:/[^\W\d]\w*(?:[+-]\w+)*)*")


def _rung(name: ast.Name) -> str:
    """A word, a number or a zone as it is; everything else as a string."""
    bare = _is_word(name.text) or _BARE_RUNG.fullmatch(name.text)
    if name.quoted or not bare or name.text == "by":
        return _string(name.text)
    return name.text


def _goal(goal: ast.Goal) -> Doc:
    bounds = [_sum(bound) for bound in goal.bounds]
    if goal.operator == "between":
        return ("between ", bounds[0], " and ", bounds[1])
    words = {">=": "at least", "<=": "at most", ">": "above", "<": "below"}
    return (f"{words[goal.operator]} ", bounds[0])


def _values(values: ast.Values) -> Doc:
    if values.is_range:
        return joined([_sum(item) for item in values.items], "..")
    if len(values.items) == 1:
        return _sum(values.items[0])
    return _list([_expr(item, Level.OR) for item in values.items])
