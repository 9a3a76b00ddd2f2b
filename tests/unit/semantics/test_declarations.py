"""Entities, settings and names: what is read from declarations, and what is refused in them."""

from __future__ import annotations

from datetime import date

import pytest

from kpilang import ir
from kpilang.diagnostics import Diagnostics, Severity
from kpilang.semantics.models import whole_entity
from kpilang.types import Enumeration, Exactness, Kind

from .asking import SHOP, catalog_of, lints, refusals, resolved


def entity(declaration: str, settings: str = "", other: str = "") -> tuple[ir.Entity, list[str]]:
    """The entity `rows` with all columns that `declaration` gives it, by counting and naming each."""
    text = f"entities:\n  rows:\n    time: at\n{declaration}{other}kpis:\n  total: count(rows)\n"
    catalog, diags = catalog_of(text, settings)
    catalog.check(diags)
    codes = [str(found.code) for found in diags if found.severity is Severity.ERROR]
    info = catalog.entity("rows")
    assert info is not None
    return whole_entity(catalog, info, Diagnostics()), codes


def column(
    type_: str, extra: str = "", settings: str = "", other: str = ""
) -> tuple[ir.Column | None, list[str]]:
    made, codes = entity(
        f"    columns:\n      at: date\n      a: id\n      b: id\n      x:\n        type: {type_}\n{extra}",
        settings,
        other,
    )
    return made.column("x"), codes


PARENTS = """\
  ones:
    key: a
    columns:
      a: id
  pairs:
    key:
      - a
      - b
    columns:
      a: id
      b: id
  keyless:
    columns:
      a: id
"""


@pytest.mark.parametrize(
    ("type_", "kind", "unit", "scale", "nullable"),
    [
        ("id", Kind.ID, "plain number", None, False),
        ("string?", Kind.STRING, "plain number", None, True),
        ("bool", Kind.BOOL, "plain number", None, False),
        ("integer", Kind.INTEGER, "plain number", None, False),
        ("number", Kind.NUMBER, "plain number", 6, False),
        ("number(2)?", Kind.NUMBER, "plain number", 2, True),
        ("percent", Kind.PERCENT, "plain number", 6, False),
        ("money", Kind.NUMBER, "EUR", 6, False),
        ("money(USD, 2)", Kind.NUMBER, "USD", 2, False),
        ("money(by a)", Kind.NUMBER, "by a", 6, False),
        ("duration", Kind.DURATION, "second", 6, False),
        ("duration(days)", Kind.DURATION, "day", 6, False),
        ("date", Kind.DATE, "plain number", None, False),
        ("timestamp", Kind.TIMESTAMP, "plain number", None, False),
        ("-> ones?", Kind.ID, "plain number", None, True),
    ],
)
def test_types_of_columns(type_: str, kind: Kind, unit: str, scale: int | None, nullable: bool) -> None:
    found, codes = column(type_, settings="currency: EUR\n", other=PARENTS)
    assert codes == [] and found is not None
    assert (found.type.kind, str(found.type.unit), found.type.scale, found.type.nullable) == (
        kind,
        unit,
        scale,
        nullable,
    )
    assert found.type.exactness is Exactness.EXACT and found.physical == "x"


def test_floats_are_approximate() -> None:
    found, _ = column("float")
    assert found is not None and found.type.is_double and found.type.scale is None


def test_enums_keep_their_order() -> None:
    found, _ = column("enum(lead < mql < sql, rejected, 'not known')")
    assert found is not None
    assert found.type.enumeration == Enumeration(
        ("lead", "mql", "sql", "rejected", "not known"), ("lead", "mql", "sql")
    )


def test_zones_of_timestamps() -> None:
    for zone, stored in (("UTC", None), ("Europe/Paris", "Europe/Paris")):
        found, codes = column(f"timestamp({zone})")
        assert found is not None and found.zone == stored and codes == []


@pytest.mark.parametrize(
    ("type_", "code"),
    [
        ("money", "KPI316"),
        ("money(EURO)", "KPI215"),
        ("money(by nothing)", "KPI205"),
        ("number(99)", "KPI316"),
        ("integer(2)", "KPI316"),
        ("enum", "KPI316"),
        ("enum(a, a)", "KPI316"),
        ("enum(a < b, c < d)", "KPI316"),
        ("timestamp(Europe/Pariss)", "KPI212"),
        ("duration(hours)", "KPI316"),
        ("decimal", "KPI220"),
        ("-> nothing", "KPI204"),
        ("-> keyless", "KPI407"),
        ("-> pairs", "KPI407"),
        ("(a, b) -> ones", "KPI407"),
        ("(a, c) -> pairs", "KPI205"),
        ("-> ones as of at", "KPI426"),
    ],
)
def test_types_that_are_refused(type_: str, code: str) -> None:
    _, codes = column(type_, other=PARENTS)
    assert codes == [code]


def test_a_reference_by_several_columns_has_no_column_of_its_own() -> None:
    found, codes = column("(a, b) -> pairs", other=PARENTS)
    assert codes == [] and found is not None
    assert found.reference == ir.Reference(("a", "b"), "pairs") and found.physical is None


def test_columns_by_another_name_and_by_an_expression() -> None:
    named, _ = column("integer", "        column: the x\n")
    assert named is not None and named.physical == "the x"
    made, _ = column("money(EUR)", "        value: micros / 1000000 as money(EUR)\n")
    assert made is not None and made.physical is None and isinstance(made.value, ir.Call)
    assert made.value.op is ir.Op.CAST and made.value.type == made.type
    wrong = column("money(EUR)", "        value: micros / 1000000 as money(USD)\n")
    assert wrong[1] == ["KPI301"]


def test_a_unit_for_plain_numbers_only() -> None:
    clicks, _ = column("integer", "        unit: click\n")
    assert clicks is not None and str(clicks.type.unit) == "click"
    assert column("money(EUR)", "        unit: click\n")[1] == ["KPI316"]


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        ("    table: a.b\n    file: c.csv\n", ["KPI419"]),
        ("    table: a..b\n", ["KPI419"]),
        ("    table: a.b.c.d\n", ["KPI419"]),
        ("    table: '`a.b`.c'\n", []),
        ("    key: nothing\n", ["KPI205"]),
        ("    where: nothing = 1\n", ["KPI205"]),
        ("    where: at\n", ["KPI308"]),
        ("    covers: from 2024-01-01 to 2023-01-01\n", ["KPI411"]),
        ("    covers: from 2024-01-01T06:00:00\n", ["KPI422"]),
        ("    rules:\n      - at > 5\n", ["KPI302"]),
        ("    duplicates: latest by at\n", ["KPI407"]),
    ],
)
def test_what_an_entity_says_of_its_rows(lines: str, codes: list[str]) -> None:
    assert entity(f"{lines}    columns:\n      at: date\n")[1] == codes


def test_tables_and_coverage() -> None:
    made, _ = entity("    table: '`a.b`.c'\n    covers: from 2024-01-01\n    columns:\n      at: date\n")
    assert made.origin == ir.Table(("a.b", "c"))
    assert made.covers == ir.Coverage(date(2024, 1, 1), None)


def test_settings() -> None:
    settings = "timezone: Asia/Tokyo\nweek_starts: sunday\nfiscal_year_starts: april\n"
    calendar = resolved(SHOP, "revenue", settings=settings).model.calendar
    assert calendar == ir.Calendar("Asia/Tokyo", 6, 4)
    for wrong, code in (
        ("timezone: CEST", "KPI212"),
        ("week_starts: 1", "KPI213"),
        ("currency: euro", "KPI215"),
    ):
        _, diags = catalog_of(SHOP, wrong + "\n")
        assert [str(found.code) for found in diags] == [code]


def test_names_that_clash_show_both_places() -> None:
    _, diags = catalog_of(SHOP + "  orders: count(orders)\n")
    (found,) = diags
    assert str(found.code) == "KPI208" and found.secondary[0].span.start < found.span.start


def test_cycles_show_the_whole_loop() -> None:
    text = SHOP + "  a: b + 1\n  b: c + 1\n  c: a[prior]\n"
    assert refusals(text, "a") == ["KPI210"]
    _, diags = catalog_of(text)
    catalog_of(text)[0].check(diags)
    assert [str(found.code) for found in diags] == ["KPI210"]


def test_attributes_that_lean_on_each_other_over_two_entities() -> None:
    text = SHOP.replace("      nth:", "      age: customer.oldest\n      nth:").replace(
        "      first_order:", "      oldest: max(orders.age[ever])\n      first_order:"
    )
    assert refusals(text, "max(orders.age)") == ["KPI210"]


@pytest.mark.parametrize(
    ("formula", "codes"),
    [
        ("count(orders where channel <> 'a')", ["KPI701"]),
        ("count(orders where currency <> 'a')", []),
        ("count(orders where not is_test)", ["KPI701"]),
        ("count(orders where not (channel is null))", []),
        ("count(orders where not channel = 'a')", ["KPI701"]),
        ("count(orders where channel not in ('a', 'b'))", ["KPI701"]),
        ("count(orders where weight = 0.5)", ["KPI702"]),
        ("count(orders where amount / quantity = 2)", []),
    ],
)
def test_lints(formula: str, codes: list[str]) -> None:
    assert lints(SHOP, formula) == codes


def test_names_in_any_script_and_words_of_sql() -> None:
    text = """\
entities:
  注文:
    key: select
    time: 日
    columns:
      select: id
      日: date
      "'; drop table x; --": money(EUR)
kpis:
  名前: sum(注文.`'; drop table x; --`)
  from: count(注文)
"""
    query = resolved(text, "名前", "from", by=("select",))
    assert query.columns == ("select", "名前", "from")
