"""What is wrong with tests as written, and what they find (KPI80x to KPI84x). All prose of this layer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kpilang.diagnostics import Code, Diagnostic, did_you_mean
from kpilang.source import Span

WRONG_GIVEN = Code("KPI801", "wrong-given", "Rows of a test that the model does not have")
NOT_GIVEN = Code("KPI802", "not-given", "A value that the KPI reads and a test does not give")
WRONG_VALUE = Code("KPI803", "wrong-test-value", "A value of a test that is not of its column's type")
NOTHING_EXPECTED = Code("KPI804", "nothing-expected", "A test that could not fail")
WRONG_EXPECTED = Code("KPI805", "wrong-expected", "An expectation that names what the query does not have")
EXAMPLE_FAILED = Code("KPI810", "example-failed", "A KPI that gives another number than its example says")
NOT_REFUSED = Code("KPI811", "not-refused", "A number where an example expects an error")
NO_NUMBER = Code("KPI806", "no-number", "Rows on which the laws give no number")
DISAGREEMENT = Code("KPI812", "disagreement", "SQL gives another number than the laws")


def no_such_entity(name: str, entities: Iterable[str], span: Span) -> Diagnostic:
    close = did_you_mean(name, entities)
    return Diagnostic(
        WRONG_GIVEN,
        f"there is no entity `{name}`",
        span,
        label="rows of nothing",
        help=(f"did you mean `{close[0]}`?",) if close else (),
    )


def made_of_others(name: str, sources: Sequence[str], span: Span) -> Diagnostic:
    return Diagnostic(
        WRONG_GIVEN,
        f"`{name}` has no rows of its own",
        span,
        label="follows from other rows",
        help=(f"give rows of {_listed(sources)}",),
    )


def no_such_column(entity: str, name: str, columns: Iterable[str], span: Span) -> Diagnostic:
    close = did_you_mean(name, columns)
    return Diagnostic(
        WRONG_GIVEN,
        f"`{entity}` has no column `{name}`",
        span,
        notes=("attributes follow from columns and are not given",),
        help=(f"did you mean `{close[0]}`?",) if close else (),
    )


def not_given(entity: str, column: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NOT_GIVEN,
        f"this row of `{entity}` has no `{column}`",
        span,
        label=f"`{column}` is read, and is never null",
        help=(f"give `{column}`; what the query does not read may be left out",),
    )


def wrong_value(entity: str, column: str, wanted: str, found: str, span: Span) -> Diagnostic:
    return Diagnostic(
        WRONG_VALUE,
        f"`{entity}.{column}` is {wanted}, not {found}",
        span,
        label="in this row",
        help=(f"write a value of `{column}` as the entity declares it",),
    )


def nothing_expected(span: Span) -> Diagnostic:
    return Diagnostic(
        NOTHING_EXPECTED,
        "this test expects nothing",
        span,
        help=("`expect:` takes KPIs with their values, a list of rows, or `error: KPI###`",),
    )


def wrong_expected(words: str, columns: Iterable[str], span: Span) -> Diagnostic:
    return Diagnostic(
        WRONG_EXPECTED,
        words,
        span,
        notes=(f"the result has {_listed(tuple(columns))}",),
        help=("expect columns of the result, each row as `column: value`",),
    )


def example_failed(name: str, differences: Sequence[str], span: Span) -> Diagnostic:
    return Diagnostic(
        EXAMPLE_FAILED,
        f"{name}: {differences[0]}",
        span,
        label="this example says so",
        notes=tuple(differences[1:]),
        help=("mend the formula, or the example if the arithmetic is wrong",),
    )


def not_refused(name: str, code: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NOT_REFUSED,
        f"{name}: there is a result, and {code} was expected",
        span,
        help=(f"`kpilang explain {code}` says what is refused by it",),
    )


def no_number(reason: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NO_NUMBER,
        f"the laws give no number on these rows: {reason}",
        span,
        help=("change the rows, or expect the error",),
    )


def disagreement(name: str, differences: Sequence[str], span: Span) -> Diagnostic:
    return Diagnostic(
        DISAGREEMENT,
        f"{name}: SQL and the laws give different numbers",
        span,
        notes=tuple(differences),
        help=("this is a fault of kpilang: please report it with the spec and these rows",),
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
