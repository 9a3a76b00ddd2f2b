"""The findings that every renderer is tested with: one of each shape that the layers can build."""

from __future__ import annotations

from kpilang.diagnostics import Code, Diagnostic, Edit, Label, Severity
from kpilang.source import Source, Span

SPEC = Source(
    "specs/growth.yml",
    "kpis:\n"
    "  cac: marketing_spend / new_customers\n"
    "  roi: revenue[chanel = 'x'] - cost\n"
    "\ttabbed: a\tb\n"
    "  名前: sum(注文.金額)\n"
    "  cafe\u0301: ligne\n"
    "  long: " + "(" * 400 + "x" + ")" * 400 + "\n"
    "  block: |\n"
    "    a +\n"
    "    b +\n"
    "    c\n"
    "  far: away\n"
    "  end: count(",
)
MODEL = Source("specs/model.yml", "\ufeffentities:\r\n  orders:\r\n    unit: order\r\n")
SOURCES = {source.name: source for source in (SPEC, MODEL)}

# Numbers that no layer uses, so that no page of a code is part of the goldens.
NAME = Code("KPI298", "unknown-dimension", "A dimension that no entity of the query has")
UNIT = Code("KPI398", "units-differ", "Two units that cannot meet")
LINT = Code("KPI798", "negated-null", "A negation over a nullable column", Severity.WARNING)


def at(text: str, source: Source = SPEC) -> Span:
    start = source.text.index(text)
    return source.span(start, start + len(text))


SAMPLES = [
    Diagnostic(NAME, "nowhere to point at"),
    Diagnostic(NAME, "nowhere, with a way out", help=("give a name",)),
    Diagnostic(
        NAME,
        "unknown dimension `chanel`",
        at("chanel"),
        "`orders` and `ad_spend` have no such dimension",
        help=("did you mean `channel`?",),
        edits=(Edit(at("chanel"), "channel"),),
    ),
    Diagnostic(LINT, "`cost` may be null", at("cost")),
    Diagnostic(
        UNIT,
        "a sum of two units",
        at("- cost"),
        "EUR and orders",
        (Label(at("revenue"), "EUR"), Label(at("cost"), "orders")),
        notes=("units are shown, never guessed",),
        help=("divide one by the other", "`as EUR` overrides"),
    ),
    Diagnostic(UNIT, "inside one another", at("marketing_spend / new_customers"), "whole", (
        Label(at("marketing_spend"), "EUR"), Label(at("new_customers"), "customers"))),
    Diagnostic(UNIT, "two at one place", at("cac"), "here", (Label(at("cac"), "and here"),)),
    Diagnostic(NAME, "after a tab", at("b\n", SPEC)),
    Diagnostic(NAME, "wide characters", at("金額"), "not a column of `注文`", (
        Label(at("名前"), "of this KPI"),)),
    Diagnostic(NAME, "after a combining accent", at("ligne"), "here"),
    Diagnostic(NAME, "in a line far too long", at("x)"), "deep inside"),
    Diagnostic(NAME, "wider than the screen", at("(" * 400), "all of them"),
    Diagnostic(NAME, "several lines", at("a +\n    b +\n    c"), "this block"),
    Diagnostic(NAME, "many lines", SPEC.span(8, len(SPEC.text) - 20), "from here to there"),
    Diagnostic(NAME, "lines apart", at("far"), "here", (Label(at("cac"), "and there"), Label(at("c\n"), ""))),
    Diagnostic(NAME, "past the end", SPEC.span(len(SPEC.text), len(SPEC.text)), "`)` is missing"),
    Diagnostic(NAME, "an empty place", SPEC.span(6, 6), "something is missing"),
    Diagnostic(NAME, "beyond the end", SPEC.span(len(SPEC.text) + 5, len(SPEC.text) + 9)),
    Diagnostic(
        UNIT,
        "across files",
        at("cac"),
        "here",
        (Label(at("unit", MODEL), "declared"), Label(at("entities", MODEL), "")),
    ),
    Diagnostic(NAME, "a file whose text is gone", Span("gone.yml", 3, 5), "label", help=("look again",)),
    Diagnostic(
        NAME,
        "hostile `\x1b[31m\u202ered\x00\ud800\n::error::x` name",
        at("away"),
        "a,b:c%\r\n",
        (Label(Span("a,b:c%.yml", 0, 1), "\u2066x"),),
        notes=("first line\nsecond \x9b line",),
        help=("x" * 700,),
    ),
]  # fmt: skip
