"""Everything that the syntax layer can find wrong: one function for each finding, all its prose here.

0xx is about files and YAML, 1xx about expressions. Each code stands above the functions that use it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kpilang.diagnostics import Code, Diagnostic, Edit, Label, Severity, did_you_mean
from kpilang.source import Span

# ---------------------------------------------------------------------------- 00x: files

UNREADABLE = Code("KPI001", "unreadable-file", "A file cannot be read")


def unreadable_file(name: str, reason: str) -> Diagnostic:
    return Diagnostic(UNREADABLE, f"cannot read `{name}`: {reason}", Span(name, 0, 0))


NOT_UTF8 = Code("KPI002", "not-utf8", "A file is not UTF-8")


def not_utf8(name: str, byte: int, line: int) -> Diagnostic:
    return Diagnostic(
        NOT_UTF8,
        f"`{name}` is not UTF-8: byte {byte:,}, in line {line:,}",
        Span(name, 0, 0),
        help=("save the file as UTF-8",),
    )


TOO_LARGE = Code("KPI003", "file-too-large", "A file is over the size limit")


def file_too_large(name: str, size: int, limit: int) -> Diagnostic:
    return Diagnostic(
        TOO_LARGE,
        f"`{name}` is too large: {size:,} of at most {limit:,}",
        Span(name, 0, 0),
        help=("split it: a project may have any number of spec files",),
    )


CONTROL_CHARACTER = Code("KPI004", "control-character", "A character that no text file should hold")


def control_character(char: str, span: Span) -> Diagnostic:
    what = "NUL character" if char == "\0" else f"control character U+{ord(char):04X}"
    return Diagnostic(CONTROL_CHARACTER, f"{what} in a spec file", span, help=("remove it",))


# ---------------------------------------------------------------------------- 00x-02x: YAML

INVALID_YAML = Code("KPI005", "invalid-yaml", "A file is not YAML")


def invalid_yaml(problem: str, span: Span, help: str = "") -> Diagnostic:
    return Diagnostic(INVALID_YAML, f"invalid YAML: {problem}", span, help=(help,) if help else ())


TAB = Code("KPI006", "tab-indentation", "A tab where YAML wants blanks")


def tab_indentation(span: Span) -> Diagnostic:
    return Diagnostic(TAB, "a tab where YAML wants blanks", span, help=("indent by blanks",))


DUPLICATE_KEY = Code("KPI007", "duplicate-key", "The same key twice in one mapping")


def duplicate_key(key: str, span: Span, first: Span) -> Diagnostic:
    return Diagnostic(
        DUPLICATE_KEY,
        f"duplicate key {_shown(key)}",
        span,
        secondary=(Label(first, "the first"),),
        notes=("YAML would silently keep the last one",),
    )


ANCHOR = Code("KPI008", "anchor-or-alias", "YAML anchors and aliases")

_STARTS_SO = "a value that begins with `{}` is quoted"


def anchor(name: str, span: Span) -> Diagnostic:
    return Diagnostic(
        ANCHOR,
        f"`&{name}` is a YAML anchor, which specs do not have",
        span,
        help=(_STARTS_SO.format("&"), "to share a definition, give it a name of its own, or use `extends`"),
    )


def alias(name: str, span: Span) -> Diagnostic:
    return Diagnostic(
        ANCHOR,
        f"`*{name}` is a YAML alias, which specs do not have",
        span,
        help=(_STARTS_SO.format("*"), "to share a definition, give it a name of its own, or use `extends`"),
    )


MERGE_KEY = Code("KPI009", "merge-key", "A YAML merge key")


def merge_key(span: Span) -> Diagnostic:
    return Diagnostic(
        MERGE_KEY,
        "`<<` is a YAML merge key, which specs do not have",
        span,
        help=("a KPI takes over another's keys by `extends`",),
    )


YAML_TAG = Code("KPI010", "yaml-tag", "A YAML tag")


def yaml_tag(tag: str, span: Span) -> Diagnostic:
    return Diagnostic(
        YAML_TAG,
        f"{_shown(tag)} is a YAML tag, which specs do not have",
        span,
        help=(_STARTS_SO.format("!"), "negation is written `not`"),
    )


SEVERAL_DOCUMENTS = Code("KPI011", "several-documents", "More than one YAML document in a file")


def several_documents(span: Span) -> Diagnostic:
    return Diagnostic(
        SEVERAL_DOCUMENTS,
        "a second document begins here",
        span,
        help=("a spec file holds one document: remove the `---`, or make it two files",),
    )


YAML_TOO_DEEP = Code("KPI012", "yaml-too-deep", "YAML is nested too deep")


def yaml_too_deep(limit: int, span: Span) -> Diagnostic:
    return Diagnostic(YAML_TOO_DEEP, f"YAML is nested more than {limit} levels deep", span)


NOT_A_MAPPING = Code("KPI013", "not-a-mapping", "A file does not hold sections")


def not_a_mapping(what: str, sections: Iterable[str], span: Span) -> Diagnostic:
    return Diagnostic(
        NOT_A_MAPPING, f"{what} is a mapping with sections", span, help=(f"its keys are {_listed(sections)}",)
    )


UNKNOWN_KEY = Code("KPI014", "unknown-key", "A key that means nothing at this place")


def unknown_key(key: str, where: str, valid: Sequence[str], span: Span) -> Diagnostic:
    close = did_you_mean(key, valid)
    return Diagnostic(
        UNKNOWN_KEY,
        f"unknown key {_shown(key)} in {where}",
        span,
        notes=(f"keys of {where}: {', '.join(valid)}",),
        help=(f"did you mean {_listed(close, 'or')}?",) if close else (),
        edits=(Edit(span, close[0]),) if len(close) == 1 else (),
    )


WRONG_SHAPE = Code("KPI015", "wrong-shape", "A list, a mapping or a value where another is wanted")


def wrong_shape(what: str, wanted: str, found: str, span: Span, help: str = "") -> Diagnostic:
    return Diagnostic(
        WRONG_SHAPE,
        f"{what} is {wanted}, not {found}",
        span,
        f"expected {wanted}",
        help=(help,) if help else (),
    )


BOOLEAN_KEY = Code("KPI016", "boolean-key", "A key that YAML 1.1 reads as true or false")


def boolean_key(key: str, span: Span) -> Diagnostic:
    return Diagnostic(
        BOOLEAN_KEY,
        f"the key `{key}` is true or false to YAML 1.1",
        span,
        notes=("other tools would not find it under this name",),
        help=(f'quote it: `"{key}"`',),
        edits=(Edit(span, f'"{key}"'),),
    )


FLOW_STYLE = Code("KPI017", "flow-style-expression", "An expression inside `{…}` or `[…]` of YAML")


def flow_style(span: Span) -> Diagnostic:
    return Diagnostic(
        FLOW_STYLE,
        "an expression inside YAML's `{…}` or `[…]`",
        span,
        notes=("there YAML cuts values at commas and brackets",),
        help=("write it in block style: each key, or each `- item`, on a line of its own",),
    )


CUT = Code("KPI018", "cut-by-comment", "YAML took the rest of a value for a comment")


def cut_by_comment(span: Span, comment: Span) -> Diagnostic:
    return Diagnostic(
        CUT,
        "YAML ends this value at ` #`",
        span,
        "only this is left",
        secondary=(Label(comment, "a comment to YAML"),),
        help=("put the value in double quotes, or in a block of its own behind `|`",),
    )


STRIPPED = Code("KPI019", "stripped-quotes", "Quotes that belong to YAML, not to the expression", Severity.WARNING)


def stripped_quotes(word: str, span: Span) -> Diagnostic:
    return Diagnostic(
        STRIPPED,
        f"the quotes are YAML's: this is the name `{word}`, not a text",
        span,
        help=(f"""for the text write "'{word}'\"""", f"for the name write `{word}` without quotes"),
    )


MISSING_VALUE = Code("KPI020", "missing-value", "A key without a value")


def missing_value(what: str, wanted: str, span: Span) -> Diagnostic:
    return Diagnostic(MISSING_VALUE, f"{what} has no value", span, f"expected {wanted}")


INVALID_NAME = Code("KPI021", "invalid-name", "A name that could not be written in an expression")


def invalid_name(reason: str, span: Span) -> Diagnostic:
    return Diagnostic(
        INVALID_NAME,
        reason,
        span,
        notes=("names are written in expressions, in back-quotes where they are not plain words",),
        help=("a column of the table with such a name is reached by `column:`",),
    )


NEEDS_QUOTES = Code("KPI022", "value-needs-quotes", "A value that YAML cannot read without quotes")


def needs_quotes(problem: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NEEDS_QUOTES,
        problem,
        span,
        help=("put the value in double quotes, or in a block of its own behind `|`",),
    )


AMBIGUOUS = Code("KPI023", "ambiguous-value", "A value that different readers of YAML read differently")


def ambiguous_value(text: str, span: Span) -> Diagnostic:
    return Diagnostic(
        AMBIGUOUS,
        f"`{text}` is not the same to all readers of YAML",
        span,
        help=(f'for the text write `"{text}"`', "for a value write `true`, `false`, or a number in plain digits"),
    )


VERSION = Code("KPI024", "unsupported-version", "A version of the language that this kpilang does not know")


def unsupported_version(text: str, span: Span) -> Diagnostic:
    return Diagnostic(VERSION, f"unknown version {_shown(text)} of the language", span, help=("write `kpilang: 1`",))


MISSING_KEY = Code("KPI025", "missing-key", "A key that must be there is not")


def missing_key(key: str, where: str, span: Span) -> Diagnostic:
    return Diagnostic(MISSING_KEY, f"{where} has no `{key}`", span)


# ---------------------------------------------------------------------------- 10x: what stands there

UNEXPECTED = Code("KPI101", "unexpected-token", "Something else was expected at this place of an expression")


def unexpected(text: str, expected: str, span: Span, *, notes: Iterable[str] = (), help: Iterable[str] = ()) -> Diagnostic:
    return Diagnostic(
        UNEXPECTED, f"unexpected {_shown(text)}", span, f"expected {expected}", notes=tuple(notes), help=tuple(help)
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
    help = "a quote inside a string is written twice: 'it''s'" if quote == "'" else "a quoted name ends on its line"
    return Diagnostic(UNTERMINATED, f"the {what} is not closed", span, f"no closing {quote} after this", help=(help,))


UNKNOWN_CHARACTER = Code("KPI105", "unknown-character", "A character that means nothing in an expression")


def unknown_character(char: str, span: Span) -> Diagnostic:
    return Diagnostic(UNKNOWN_CHARACTER, f"{_shown(char)} means nothing here", span)


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
        NOT_WHOLE, f"`{text}` is not a whole number of units", span, help=("use a smaller unit, such as hours or days",)
    )


# ---------------------------------------------------------------------------- 11x: habits from elsewhere

DOUBLE_QUOTED = Code("KPI110", "double-quoted-string", "A string in double quotes")


def double_quoted(inner: str, span: Span) -> Diagnostic:
    return Diagnostic(
        DOUBLE_QUOTED,
        "strings stand in single quotes",
        span,
        help=(f"for the text write '{inner.replace(chr(39), chr(39) * 2)}'", f"for the column write `{inner}`"),
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


OUTSIDE_CALL = Code("KPI114", "modifier-outside-call", "A modifier of an aggregate stands outside its parentheses")


def modifier_outside(word: str, span: Span) -> Diagnostic:
    return Diagnostic(
        OUTSIDE_CALL,
        f"`{word}` stands inside the parentheses of an aggregate",
        span,
        help=(_OUTSIDE_HELP.get(word, f"write `sum(orders.amount {word} …)`"),),
    )


_OUTSIDE_HELP = {
    "where": "write `sum(orders.amount where is_paid)`; for a whole KPI use a condition selector: `revenue[is_paid]`",
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
        help=("repeat the brackets: `revenue[channel = 'email'][prior]`", "several dimensions: `[across a and b]`"),
    )


# ---------------------------------------------------------------------------- 12x: limits

TOO_LONG = Code("KPI120", "expression-too-long", "An expression is over the size limit")


def expression_too_long(length: int, limit: int, span: Span) -> Diagnostic:
    return Diagnostic(
        TOO_LONG,
        f"the expression has {length:,} characters, more than {limit:,}",
        span,
        help=("give parts of it names of their own",),
    )


def chain_too_long(limit: int, span: Span) -> Diagnostic:
    return Diagnostic(
        TOO_LONG, f"more than {limit:,} operators in a row", span, help=("give parts of it names of their own",)
    )


TOO_DEEP = Code("KPI121", "expression-too-deep", "An expression is nested too deep")


def nested_too_deep(limit: int, span: Span) -> Diagnostic:
    return Diagnostic(
        TOO_DEEP,
        f"the expression is nested more than {limit} levels deep",
        span,
        help=("give parts of it names of their own",),
    )


def _listed(items: Iterable[str], word: str = "and") -> str:
    """`a`, `b` and `c`."""
    quoted = [f"`{item}`" for item in items]
    return f" {word} ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def _shown(text: str) -> str:
    """A piece of text between back-quotes; what cannot be seen by its number."""
    if len(text) == 1 and not text.isprintable():
        return f"character U+{ord(text):04X}"
    visible = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)
    return f"`{visible}`" if "`" not in visible else f"“{visible}”"
