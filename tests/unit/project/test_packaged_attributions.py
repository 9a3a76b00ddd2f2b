"""Attributions of packages: between the entities of their own package, however these are called elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

import kpilang
from tests.unit.project.test_packages import codes, write

SALES = """
entities:
  contacts:
    table: contacts
    key: contact_id
    columns:
      contact_id: id
      country: string
  touchpoints:
    table: touchpoints
    key: touch_id
    time: touched_on
    columns:
      touch_id: id
      contact: -> contacts
      touched_on: date
      channel: string
  deals:
    table: deals
    key: deal_id
    time: closed_on
    columns:
      deal_id: id
      contact: -> contacts
      closed_on: date
      amount: money(EUR)
attributions:
  credit:
    convert: deals.amount
    touches: touchpoints
    via: contact
    window: 30 days
    model: linear
    variants:
      first:
        model: first
      influence:
        model: any
dimensions:
  country:
    deals: contact.country
    touchpoints: contact.country
    credit: conversion.contact.country
kpis:
  credited: sum(credit.value)
"""
OWN = """
attributions:
  mine:
    convert: {deals}
    touches: {touches}
    via: contact
    window: 7 days
    model: last
    variants:
      even:
        model: linear
"""
FILES = {
    "kpilang.yml": "name: acme\nimports:\n  - ./sales\n",
    "sales/kpilang.yml": "name: sales\n",
    "sales/sales.yml": SALES,
    "data/contacts.csv": "contact_id,country\nann,DE\n",
    "data/touchpoints.csv": "touch_id,contact,touched_on,channel\n"
    "1,ann,2024-01-01,email\n2,ann,2024-01-09,web\n",
    "data/deals.csv": "deal_id,contact,closed_on,amount\n1,ann,2024-01-10,64\n",
}


def project(folder: Path, own: str = "") -> kpilang.Project:
    write(folder, {**FILES, "own.yml": own})
    return kpilang.load(folder)


def value(found: kpilang.Project, kpi: str, **words: str) -> object:
    (row,) = found.query(kpi, from_="2024-01-01", to="2024-02-01", **words).run().rows
    return row[0]


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [
        ("credited", 64),
        ("sum(credit.value where channel = 'email')", 32),
        ("sum(sales.credit.value where channel = 'email')", 32),
        ("sum(credit.first.value where channel = 'email')", 64),
        ("sum(sales.credit.first.value where channel = 'email')", 64),
        ("count(sales.credit.first)", 1),
        ("count(sales.credit.influence)", 1),
        ("sum(credit.influence.value)", 64),
        ("sum(credit.value)[country = 'DE']", 64),
        ("sum(credit.first.value)[country = 'DE']", 64),
    ],
)
def test_an_imported_attribution(tmp_path: Path, formula: str, wanted: int) -> None:
    assert value(project(tmp_path), formula) == wanted


@pytest.mark.parametrize(
    ("deals", "touches"),
    [
        ("deals.amount", "touchpoints"),
        ("sales.deals.amount", "sales.touchpoints where sales.touchpoints.channel is not null"),
        ("2 * sales.deals.amount - deals.amount", "sales.touchpoints"),
    ],
)
def test_an_attribution_over_imported_entities(tmp_path: Path, deals: str, touches: str) -> None:
    found = project(tmp_path, OWN.format(deals=deals, touches=touches))
    assert codes(found) == []
    assert value(found, "sum(mine.value where channel = 'web')") == 64
    assert value(found, "sum(mine.even.value where channel = 'web')") == 64
    assert value(found, "count(mine)") == 1


@pytest.mark.parametrize("deals", ["deals", "sales.deals"])
def test_an_imported_entity_alone(tmp_path: Path, deals: str) -> None:
    assert value(project(tmp_path, OWN.format(deals=deals, touches="touchpoints")), "sum(mine.value)") == 1


def test_the_projects_own_comes_first(tmp_path: Path) -> None:
    own = OWN.format(deals="sales.deals.amount", touches="sales.touchpoints").replace("mine", "credit")
    found = project(tmp_path, own)
    assert "KPI210" not in codes(found)
    assert value(found, "sum(credit.value where channel = 'email')") == 0
    assert value(found, "sum(sales.credit.value where channel = 'email')") == 32
    assert value(found, "sum(credit.even.value)") == 64
    assert value(found, "credited") == 64
