"""What can be wrong with an expression: 1xx, one function for each finding."""

from __future__ import annotations

from collections.abc import Iterable

from kpilang.diagnostics import Code, Diagnostic, Edit, Label
from kpilang.source import Span
from kpilang.syntax.errors.words import shown

# ---------------------------------------------------------------------------- 10x: what stands there

UNEXPECTED = Code("KPI101", "unexpected-token", "Something else was expected at this place of an expression")


def unexpected(
    text: str, expected: str, span: Span, *, notes: Iterable[str] = (), help: Iterable[str] = ()
) -> Diagnostic:
    return Diagnostic(
        UNEXPECTED,
        f"unexpected {shown(text)}",
        span,
        f"expected {expected}",
        notes=tuple(notes),
        help=tuple(help),
    )


UNEXPECTED_END = Code("KPI102", "unexpected-end", "An expression ends too early")


def unexpected_end(expected: str, span: Span, opened: Label | None) -> Diagnostic:
    return Diagnostic(
        UNEXPECTED_END,
        "the expression ends too early",
        span,
        f"expected {expected}",
        secondary=(opened,) if opened else (),
    )


EMPTY = Code("KPI103", "empty-expression", "There is nothing where an expression should be")


def empty_expression(wanted: str, span: Span) -> Diagnostic:
    return Diagnostic(EMPTY, f"there is nothing where {wanted} should be", span, f"expected {wanted}")


UNTERMINATED = Code("KPI104", "unterminated-text", "A string or a quoted name is not closed")


def unterminated(quote: str, span: Span) -> Diagnostic:
    what = "string" if quote == "'" else "quoted name"
    help = (
        "a quote inside a string is written twice: 'it''s'"
        if quote == "'"
        else "a quoted name ends on its line"
    )
    return Diagnostic(
        UNTERMINATED, f"the {what} is not closed", span, f"no closing {quote} after this", help=(help,)
    )


UNKNOWN_CHARACTER = Code("KPI105", "unknown-character", "A character that means nothing in an expression")


def unknown_character(char: str, span: Span) -> Diagnostic:
    return Diagnostic(UNKNOWN_CHARACTER, f"{shown(char)} means nothing here", span)


TYPOGRAPHIC = Code("KPI106", "typographic-character", "A typographic look-alike of a sign of the language")


def typographic_character(char: str, plain: str, span: Span) -> Diagnostic:
    return Diagnostic(
        TYPOGRAPHIC,
        f"`{char}` (U+{ord(char):04X}) is not `{plain}`",
        span,
        f"looks like `{plain}`",
        help=(f"write `{plain}`",),
        edits=(Edit(span, plain),),
    )


MALFORMED = Code("KPI107", "malformed-literal", "A number or a date is not written as the language wants it")


def malformed_literal(text: str, help: str, span: Span) -> Diagnostic:
    return Diagnostic(MALFORMED, f"`{text}` is neither a number nor a date", span, help=(help,))


NOT_WHOLE = Code("KPI108", "not-a-whole-number", "A number of periods is not whole")


def not_whole(text: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NOT_WHOLE,
        f"`{text}` is not a whole number of units",
        span,
        help=("use a smaller unit, such as hours or days",),
    )


# ---------------------------------------------------------------------------- 11x: habits from elsewhere

DOUBLE_QUOTED = Code("KPI110", "double-quoted-string", "A string in double quotes")


def double_quoted(inner: str, span: Span) -> Diagnostic:
    return Diagnostic(
        DOUBLE_QUOTED,
        "strings stand in single quotes",
        span,
        help=(
            f"for the text write '{inner.replace(chr(39), chr(39) * 2)}'",
            f"for the column write `{inner}`",
        ),
    )


FOREIGN_OPERATOR = Code("KPI111", "foreign-operator", "An operator of another language")


def foreign_operator(text: str, help: str, span: Span, replacement: str | None = None) -> Diagnostic:
    edits = (Edit(span, replacement),) if replacement is not None else ()
    return Diagnostic(FOREIGN_OPERATOR, f"`{text}` is not an operator here", span, help=(help,), edits=edits)


COUNT_STAR = Code("KPI112", "count-star", "A star as the argument of an aggregate")


def star_argument(function: str, span: Span) -> Diagnostic:
    return Diagnostic(
        COUNT_STAR,
        f"`{function}(*)` does not say which rows",
        span,
        "expected an entity",
        help=(f"name the entity whose rows are meant: `{function}(orders)`",),
    )


SQL_CLAUSE = Code("KPI113", "sql-clause", "A clause of SQL in an expression")


def sql_clause(text: str, help: str, span: Span) -> Diagnostic:
    return Diagnostic(SQL_CLAUSE, f"`{text}` is SQL", span, help=(help,))


OUTSIDE_CALL = Code(
    "KPI114", "modifier-outside-call", "A modifier of an aggregate stands outside its parentheses"
)


def modifier_outside(word: str, span: Span) -> Diagnostic:
    return Diagnostic(
        OUTSIDE_CALL,
        f"`{word}` stands inside the parentheses of an aggregate",
        span,
        help=(_OUTSIDE_HELP.get(word, f"write `sum(orders.amount {word} …)`"),),
    )


_OUTSIDE_HELP = {
    "where": "write `sum(orders.amount where is_paid)`; a whole KPI takes a selector: `revenue[is_paid]`",
    "by": "a KPI is cut when it is asked: `--by channel`, or `by:` in a report",
    "per": "write `avg(revenue per customer)`",
}

CHAINED = Code("KPI115", "chained-comparison", "Comparisons do not chain")


def chained_comparison(operator: str, span: Span) -> Diagnostic:
    return Diagnostic(
        CHAINED,
        "comparisons do not chain",
        span,
        f"a second comparison by `{operator}`",
        help=("join them: `a < b and b < c`, or write `b between a and c` where both ends belong",),
    )


MISPLACED_AS = Code("KPI116", "misplaced-as", "`as` binds loosest of all")


def misplaced_as(span: Span) -> Diagnostic:
    return Diagnostic(
        MISPLACED_AS,
        "`as` gives a unit to a whole expression",
        span,
        help=("put the part in parentheses: `(a as EUR) + b`",),
    )


LETTER_CASE = Code("KPI117", "upper-case-word", "The words of the language are written in lower case")


def upper_case_word(text: str, span: Span) -> Diagnostic:
    return Diagnostic(
        LETTER_CASE,
        f"`{text}` is written in lower case",
        span,
        help=(f"write `{text.lower()}`",),
        edits=(Edit(span, text.lower()),),
    )


MODIFIER_TWICE = Code("KPI118", "modifier-twice", "The same modifier twice in one call")


def modifier_twice(word: str, span: Span, first: Span) -> Diagnostic:
    help = ("join the conditions: `where a and b`",) if word == "where" else ()
    return Diagnostic(
        MODIFIER_TWICE, f"a second `{word}`", span, secondary=(Label(first, "the first"),), help=help
    )


SELECTOR_LIST = Code("KPI119", "selector-list", "Two selectors in one pair of brackets")


def selector_list(span: Span) -> Diagnostic:
    return Diagnostic(
        SELECTOR_LIST,
        "one pair of brackets holds one selector",
        span,
        help=(
            "repeat the brackets: `revenue[channel = 'email'][prior]`",
            "several dimensions: `[across a and b]`",
        ),
    )


# ---------------------------------------------------------------------------- 12x: limits

TOO_LONG = Code("KPI120", "expression-too-long", "An expression is over the size limit")


def expression_too_long(what: str, limit: int, span: Span) -> Diagnostic:
    return Diagnostic(
        TOO_LONG,
        f"the expression has more than {limit:,} {what}",
        span,
        help=("give parts of it names of their own",),
    )


TOO_DEEP = Code("KPI121", "expression-too-deep", "An expression is nested too deep")


def nested_too_deep(limit: int, span: Span) -> Diagnostic:
    return Diagnostic(
        TOO_DEEP,
        f"the expression is nested more than {limit} levels deep",
        span,
        help=("give parts of it names of their own",),
    )
