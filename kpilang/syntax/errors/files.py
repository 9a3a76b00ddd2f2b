"""What can be wrong with a file and its YAML: 0xx, one function for each finding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kpilang.diagnostics import Code, Diagnostic, Edit, Label, Severity, did_you_mean
from kpilang.source import Span
from kpilang.syntax.errors.words import listed, shown

# ---------------------------------------------------------------------------- 00x: files

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
        f"duplicate key {shown(key)}",
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
        f"{shown(tag)} is a YAML tag, which specs do not have",
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
        NOT_A_MAPPING, f"{what} is a mapping with sections", span, help=(f"its keys are {listed(sections)}",)
    )


UNKNOWN_KEY = Code("KPI014", "unknown-key", "A key that means nothing at this place")


def unknown_key(key: str, where: str, valid: Sequence[str], span: Span) -> Diagnostic:
    close = did_you_mean(key, valid)
    return Diagnostic(
        UNKNOWN_KEY,
        f"unknown key {shown(key)} in {where}",
        span,
        notes=(f"keys of {where}: {', '.join(valid)}",),
        help=(f"did you mean {listed(close, 'or')}?",) if close else (),
        edits=(Edit(span, close[0]),) if len(close) == 1 else (),
    )


def reserved_key(key: str, meaning: str, instead: str, span: Span) -> Diagnostic:
    return Diagnostic(
        UNKNOWN_KEY,
        f"the key {shown(key)} is reserved",
        span,
        "has no meaning in this version of the language",
        notes=(f"it will name {meaning}",),
        help=(instead,),
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


STRIPPED = Code(
    "KPI019", "stripped-quotes", "Quotes that belong to YAML, not to the expression", Severity.WARNING
)


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
        help=(
            f'for the text write `"{text}"`',
            "for a value write `true`, `false`, or a number in plain digits",
        ),
    )


VERSION = Code("KPI024", "unsupported-version", "A version of the language that this kpilang does not know")


def unsupported_version(text: str, span: Span) -> Diagnostic:
    return Diagnostic(
        VERSION, f"unknown version {shown(text)} of the language", span, help=("write `kpilang: 1`",)
    )


SECRET = Code("KPI026", "secret-in-file", "A password in a file")


def secret_in_file(span: Span) -> Diagnostic:
    """Points at the target, so that no excerpt shows the password."""
    return Diagnostic(
        SECRET,
        "a password in the `url:` of a target",
        span,
        "whoever reads the file has it",
        notes=("secrets are taken from the environment alone",),
        help=("write `env(NAME)`, and set the variable NAME where kpilang runs; then change the password",),
    )


MISSING_KEY = Code("KPI025", "missing-key", "A key that must be there is not")


def missing_key(key: str, where: str, span: Span) -> Diagnostic:
    return Diagnostic(MISSING_KEY, f"{where} has no `{key}`", span)
