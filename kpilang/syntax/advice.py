"""Why a text is not in the language, in words: from what the machine refused to a diagnostic.

First come the habits of SQL, spreadsheets and programming languages, which deserve an answer of their own;
what remains says what was expected, in groups a person thinks in ("a value"), not as a list of terminals.
Only `parser` calls this.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from kpilang.diagnostics import Diagnostic, Label
from kpilang.syntax.builder import Place
from kpilang.syntax.errors import expressions as errors
from kpilang.syntax.grammar import END, tables
from kpilang.syntax.machine import UNKNOWN, Refused, Token, expected
from kpilang.syntax.spec import Start


def explain(start: Start, text: str, place: Place, refused: Refused) -> Diagnostic:
    """The one finding about a text that was refused."""
    if not text.strip():
        return errors.empty_expression(WANTED[start], place.at(0, len(text)))
    token = refused.token
    if token.terminal == END:
        return _at_end(text, place, expected(start.value, text, refused))
    if token.terminal == UNKNOWN:
        return _unknown(text, place, token)
    wanted = expected(start.value, text, refused)
    return _habit(text, place, refused, wanted) or _unexpected(place, token, wanted)


WANTED = {
    Start.FORMULA: "a formula",
    Start.CONDITION: "a condition",
    Start.SEGMENT: "a segment",
    Start.GOAL: "a goal (`at least`, `at most`, `above`, `below` or `between … and …`)",
    Start.COVERS: "`from` and a date",
    Start.DUPLICATES: "`latest by` or `earliest by` and a column",
    Start.MODEL: "the name of a model",
    Start.SIGNATURE: "a name with parameters",
    Start.REFERENCE: "a name",
    Start.VALUES: "values (`1..10` or `('a', 'b')`)",
    Start.COLUMN_TYPE: "a type",
    Start.VALID: "two columns (`valid_from to valid_to`)",
    Start.TOUCHES: "an entity",
}

# ---------------------------------------------------------------------------- the end comes too early


def _at_end(text: str, place: Place, wanted: frozenset[str]) -> Diagnostic:
    end = len(text.rstrip())
    opened = _unclosed(text)
    label = (
        Label(place.at(opened, opened + 1), f"this `{text[opened]}` is never closed") if opened >= 0 else None
    )
    return errors.unexpected_end(_in_words(wanted), place.at(end, end), label)


def _unclosed(text: str) -> int:
    """Where the innermost open bracket stands; -1 when there is none."""
    open_at = []
    for found in re.finditer(r"'(?:[^']|'')*'|`[^`\n]*`|[(\[)\]]", text):
        if found[0] in ("(", "["):
            open_at.append(found.start())
        elif found[0] in (")", "]") and open_at:
            open_at.pop()
    return open_at[-1] if open_at else -1


# ---------------------------------------------------------------------------- no token begins here

_LOOK_ALIKES = {
    **dict.fromkeys("‘’‚‛′＇", "'"),
    **dict.fromkeys("“”„‟″＂", "'"),
    **dict.fromkeys("–—−‐‑－", "-"),
    **dict.fromkeys("×∗＊", "*"),
    **dict.fromkeys("÷∕⁄／", "/"),
    **dict.fromkeys("，、", ","),
    "（": "(",
    "）": ")",
    "［": "[",
    "］": "]",
    "＝": "=",
    "＜": "<",
    "＞": ">",
    "≤": "<=",
    "≥": ">=",
    "≠": "<>",
    "＋": "+",
    "％": "%",
    "．": ".",
}

_OPERATORS: tuple[tuple[str, str, str | None], ...] = (
    ("==", "equality is one sign: `=`", "="),
    ("!==", "inequality is `<>`", "<>"),
    ("&&", "write `and`", "and"),
    ("&", "write `and`", "and"),
    ("||", "write `or`; texts are joined by `concat(a, b)`", None),
    ("|", "write `or`", "or"),
    ("!", "write `not`", None),
    ("::", "a unit is given by `as`: `x as EUR`", None),
    ("^", "there is no power operator", None),
    ("%", "a percentage is written without a blank: `25%`", None),
    (";", "an expression has no end sign", None),
    (":", "a choice is written `case when … then … else … end`", None),
    ("@", "a param is written as its bare name", None),
    ("$", "a param is written as its bare name", None),
    ("{", "a param is written as its bare name, without braces", None),
    ("#", "a comment stands in the YAML, outside the value", None),
)


def _unknown(text: str, place: Place, token: Token) -> Diagnostic:
    rest = text[token.start :]
    here = rest[0]
    if here in "'`":
        line = rest.splitlines()[0]
        return errors.unterminated(here, place.at(token.start, token.start + len(line)))
    quoted = re.match(r'"([^"\r\n]*)"?', rest)
    if quoted:
        return errors.double_quoted(quoted[1], place.at(token.start, token.start + quoted.end()))
    if here in _LOOK_ALIKES:
        return errors.typographic_character(here, _LOOK_ALIKES[here], place.at(token.start, token.end))
    if here.isdigit():
        return _malformed(rest, place, token)
    for operator, help, replacement in sorted(_OPERATORS, key=lambda entry: -len(entry[0])):
        if rest.startswith(operator):
            span = place.at(token.start, token.start + len(operator))
            return errors.foreign_operator(operator, help, span, replacement)
    return errors.unknown_character(here, place.at(token.start, token.end))


def _malformed(rest: str, place: Place, token: Token) -> Diagnostic:
    found = re.match(r"\d+-[\w.:+-]*\w|[\w.]*\w", rest)
    text = found[0] if found else rest[0]
    if re.match(r"\d{4}-", text):
        help = "a date is written `2024-01-31`, a time `2024-01-31T10:00:00Z`"
    elif re.fullmatch(r"[\d.]+[eE]\d*", text) or "_" in text:
        help = "numbers are written in digits, with a point: `1000000`, `0.05`"
    else:
        help = "a unit stands behind a blank: `30 days`; a name begins with a letter"
    return errors.malformed_literal(text, help, place.at(token.start, token.start + len(text)))


# ---------------------------------------------------------------------------- habits

_COMPARISONS = frozenset({"EQUALITY", "LESS", "_BETWEEN", "_IN", "_LIKE", "_IS"})

_CLAUSES = {
    "group": "a KPI is cut when it is asked: `--by channel`, or `by:` in a report",
    "order": "results are ordered when they are asked for: `--order`, or `order:` in a report",
    "having": "a condition on a KPI belongs to a segment: `customers with count(orders) >= 3`",
    "select": "write the formula alone: `sum(orders.amount where is_paid)`",
    "distinct": "write `unique(orders.customer)`",
    "over": "`revenue[last 3 months]` moves a window, `revenue / revenue[across channel]` is a share",
    "join": "joins follow the references (`->`) of the entities: `order.customer.country`",
    "limit": "results are limited when they are asked for: `--limit`, or `limit:` in a report",
    "filter": "write `sum(orders.amount where is_paid)`",
    "union": "segments are joined by `or`",
    "from": "the rows are named in the aggregate: `sum(orders.amount)`",
}

_MODIFIERS = ("where", "dated", "via", "by", "per")


def _habit(text: str, place: Place, refused: Refused, wanted: frozenset[str]) -> Diagnostic | None:
    """An answer to what is right elsewhere; None where there is no such habit."""
    token, previous = refused.token, refused.previous
    span = place.at(token.start, token.end)
    if token.terminal == "NULLABLE":
        return errors.foreign_operator("?", "a choice is written `case when … then … else … end`", span)
    if token.terminal == "STAR":
        return _star(text, place, refused)
    if token.terminal in _COMPARISONS and "_AND" in wanted and token.terminal not in wanted:
        return errors.chained_comparison(token.text, span)
    if _is_part_of_a_unit(token, wanted):
        return errors.misplaced_as(span)
    if token.terminal == "COMMA" and "RSQB" in wanted:
        return errors.selector_list(span)
    return _word_habit(place, token, previous, wanted)


def _is_part_of_a_unit(token: Token, wanted: frozenset[str]) -> bool:
    """`a as EUR > b` where no unit may stand, or `a as EUR + b`: behind a unit only `/` goes on."""
    if token.terminal == "_AS":
        return "PLUS" in wanted
    goes_on = token.terminal in _IN_OPERATOR and token.terminal != "LSQB"
    return goes_on and "SLASH" in wanted and not wanted & {"PLUS", "LESS"}


def _star(text: str, place: Place, refused: Refused) -> Diagnostic | None:
    token, previous = refused.token, refused.previous
    if previous is None or previous.terminal not in ("LPAR", "STAR"):
        return None
    if previous.terminal == "STAR":
        return errors.foreign_operator(
            "**", "there is no power operator", place.at(previous.start, token.end)
        )
    function = re.search(r"(\w+)\s*$", text[: previous.start])
    return errors.star_argument(function[1], place.at(token.start, token.end)) if function else None


def _word_habit(
    place: Place, token: Token, previous: Token | None, wanted: frozenset[str]
) -> Diagnostic | None:
    words = tables().words
    span = place.at(token.start, token.end)
    operand_is_complete = "PLUS" in wanted
    if operand_is_complete and token.text in _MODIFIERS:
        return errors.modifier_outside(token.text, span)
    lower = token.text.lower()
    if token.text != lower and lower in words and (words[lower] in wanted or "NAME" not in wanted):
        return errors.upper_case_word(token.text, span)
    if operand_is_complete and lower in _CLAUSES:
        return errors.sql_clause(token.text, _CLAUSES[lower], span)
    if operand_is_complete and previous is not None and previous.text.lower() in ("select", "distinct"):
        return errors.sql_clause(
            previous.text, _CLAUSES[previous.text.lower()], place.at(previous.start, previous.end)
        )
    return None


# ---------------------------------------------------------------------------- what was expected

_VALUE = frozenset({"NAME", "NUMBER", "STRING", "LPAR", "MINUS"})
_OPERATOR = frozenset({"PLUS", "STAR", "SLASH", "LSQB"})
_IN_OPERATOR = _OPERATOR | _COMPARISONS | {"MINUS", "_NOT", "_AND", "_OR"}
_IN_VALUE = frozenset({*_VALUE, "PERCENT", "DATE", "TIMESTAMP", "_TRUE", "_FALSE", "_NULL", "_CASE", "_NOT"})
_SIGNS = {
    "LPAR": "`(`",
    "RPAR": "`)`",
    "LSQB": "`[`",
    "RSQB": "`]`",
    "COMMA": "`,`",
    "DOT": "`.`",
    "__ANON_0": "`..`",
    "_ARROW": "`->`",
    "NULLABLE": "`?`",
    "PLUS": "`+`",
    "MINUS": "`-`",
    "STAR": "`*`",
    "SLASH": "`/`",
    "EQUALITY": "a comparison",
    "LESS": "`<`",
    "NAME": "a name",
    "FIELD": "a name",
    "NUMBER": "a number",
    "STRING": "a string",
    END: "the end",
}


def _unexpected(place: Place, token: Token, wanted: frozenset[str]) -> Diagnostic:
    notes = []
    if token.text in tables().reserved and "NAME" in wanted:
        notes.append(f"`{token.text}` is a word of the language; a name that reads so stands in back-quotes")
    return errors.unexpected(token.text, _in_words(wanted), place.at(token.start, token.end), notes=notes)


def _in_words(wanted: frozenset[str]) -> str:
    """`a value`, `an operator or `)``: the groups first, then the single signs and words."""
    parts = []
    rest = set(wanted)
    if wanted >= _VALUE:
        parts.append("a value")
        rest -= _IN_VALUE
    if wanted >= _OPERATOR:
        parts.append("an operator")
        rest -= _IN_OPERATOR | {"LPAR", "DOT", "_AS", "NAME"}
    words = {name: word for word, name in tables().words.items()}
    singles = {_SIGNS.get(name) or f"`{words[name]}`" for name in rest if name in _SIGNS or name in words}
    parts += sorted(singles - {"the end"}, key=lambda text: (text.strip("`").isalpha(), text))
    if END in rest:
        parts.append("the end")
    return _listed(parts) or "something else"


def _listed(parts: Iterable[str]) -> str:
    items = list(parts)
    return " or ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)
