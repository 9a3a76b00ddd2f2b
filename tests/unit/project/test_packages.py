"""Packages as namespaces: each name means what it means where it is written, and the numbers show it.

`mail` has abstract messages and contacts, `crm` contacts of its own; `mailer` binds those of `mail`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import kpilang
from kpilang import KpilangError

MAIL = """
entities:
  messages:
    key: message_id
    time: sent_on
    columns:
      message_id: id
      sent_on: date
      contact: -> contacts
      opened: bool
      list: string?
  contacts:
    key: contact_id
    time: created_on
    columns:
      contact_id: id
      created_on: date
    attributes:
      first_sent: min(messages.sent_on)
  threads:
    each: messages.contact
    time: began_on
    attributes:
      began_on: min(messages.sent_on)
segments:
  openers: contacts with messages where opened
params:
  most: 2
dimensions:
  way:
    messages: list
functions:
  growth_of(x): x / x[prior] - 1
  busy(x): x / sent * most
kpis:
  sent: count(messages)
  people: count(contacts)
  again: count(openers[prior] and openers)
  threads_begun: count(threads)
  open_rate:
    formula: seen / sent
    let:
      seen: count(messages where opened)
    target: at least 25%
    variants:
      twice:
        formula: 2 * seen / sent
reports:
  overview:
    kpis:
      - sent
      - open_rate
    from: 2024-01-01
    to: 2024-03-01
"""
CRM = """
entities:
  contacts:
    table: crm_contacts
    key: id
    time: since
    columns:
      id: id
      since: date
kpis:
  people: count(contacts)
  deals: count(contacts) * 10
"""
MAILER = """
bindings:
  messages:
    - source: mailer
      table: mails
      values:
        message_id: id
        sent_on: day
        contact: who
        opened: opened
        list: list
  contacts:
    - source: mailer
      table: mail_people
      values:
        contact_id: id
        created_on: day
"""
DATA = {
    "data/mails.csv": "id,day,who,opened,list\n1,2024-01-05,a,true,news\n2,2024-01-06,b,false,news\n"
    "3,2024-02-05,a,true,\n4,2024-02-06,b,true,news\n5,2024-02-07,b,false,news\n",
    "data/mail_people.csv": "id,day\na,2024-01-01\nb,2024-01-02\n",
    "data/crm_contacts.csv": "id,since\n1,2024-01-01\n2,2024-01-01\n3,2024-02-01\n",
    "data/our_contacts.csv": "nr,met\n1,2024-01-09\n",
}
PACKAGES = {
    "packages/mail/kpilang.yml": "name: mail\n",
    "packages/crm/kpilang.yml": "name: crm\n",
    "packages/mail/mail.yml": MAIL,
    "packages/crm/crm.yml": CRM,
    "packages/mailer/kpilang.yml": "name: mailer\nimports:\n  - ../mail\n",
    "packages/mailer/mailer.yml": MAILER,
}
IMPORTS = ("./packages/mail", "./packages/crm", "./packages/mailer")
RANGE = {"from_": "2024-01-01", "to": "2024-03-01"}
FEBRUARY = {"from_": "2024-02-01", "to": "2024-03-01"}


def project(folder: Path, spec: str = "", imports: tuple[str, ...] = IMPORTS) -> kpilang.Project:
    texts = {**DATA, **PACKAGES}
    listed = "".join(f"  - {name}\n" for name in imports)
    texts["kpilang.yml"] = f"name: acme\nimports:\n{listed}" if imports else "name: acme\n"
    texts["own.yml"] = spec
    write(folder, texts)
    return kpilang.load(folder)


def write(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def rows(found: kpilang.Project, kpis: str | list[str], **words: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in found.query(kpis, **{**RANGE, **words}).run().rows]


def codes(found: kpilang.Project) -> list[str]:
    """What is wrong, and in which file."""
    folder = f"{found.folder.as_posix()}/"
    return [f"{one.code.number} {one.span.file.removeprefix(folder)}" for one in found.check()]


# ---------------------------------------------------------------------------- names


def test_a_bare_name_is_the_projects_own_else_that_of_the_one_import(tmp_path: Path) -> None:
    found = project(tmp_path, "kpis:\n  rate: open_rate\n  deals: 1 * sent\n")
    assert codes(found) == ["KPI708 own.yml"]
    # 3 of 5 opened; the project's own `deals` counts messages, crm's counts contacts
    assert rows(found, ["rate", "deals", "crm.deals"]) == [(0.6, 5, 30)]


def test_names_of_results_are_bare_where_they_are_clear(tmp_path: Path) -> None:
    found = project(tmp_path)
    names = found.query(["mail.sent", "mail.people", "mail.open_rate.twice", "crm.deals"]).run().columns
    assert [column.name for column in names][:4] == ["sent", "mail.people", "open_rate.twice", "deals"]


def test_what_two_imports_have_needs_the_package(tmp_path: Path) -> None:
    found = project(tmp_path, "kpis:\n  all: people\n")
    assert codes(found) == ["KPI225 own.yml"]
    assert rows(found, ["mail.people", "crm.people"]) == [(2, 3)]


def test_within_a_package_its_own_names_come_first(tmp_path: Path) -> None:
    """The project has contacts and a `sent` of its own, of which those of `mail` know nothing."""
    own = """
entities:
  contacts:
    table: our_contacts
    key: nr
    time: met
    columns:
      nr: id
      met: date
params:
  most: 100
kpis:
  sent: 1000 * count(contacts)
  met: count(contacts)
"""
    found = project(tmp_path, own)
    asked = ["met", "sent", "mail.people", "crm.people", "open_rate", "busy(sent)", "mail.again"]
    # busy(x) is x / mail's sent * mail's most: 1000 / 5 * 2
    assert rows(found, asked, **FEBRUARY) == [(0, 0, 0, 1, 2 / 3, 0.0, 1)]
    assert rows(found, asked[:-1]) == [(1, 1000, 2, 3, 0.6, 400.0)]


def test_imports_of_imports_are_not_seen(tmp_path: Path) -> None:
    found = project(tmp_path, imports=("./packages/mailer",))
    for name in ("open_rate", "mail.open_rate", "count(messages)"):
        with pytest.raises(KpilangError, match=r"KPI20[124]"):
            found.query([name])


def test_a_package_does_not_see_who_imports_it(tmp_path: Path) -> None:
    write(tmp_path, {"packages/lone/lone.yml": "kpis:\n  stolen: count(things)\n"})
    own = "entities:\n  things:\n    table: t\n    key: i\n    columns:\n      i: id\n"
    assert codes(project(tmp_path, own, ("./packages/lone",))) == ["KPI204 packages/lone/lone.yml"]


def test_a_column_called_like_a_package_is_a_column(tmp_path: Path) -> None:
    own = """
entities:
  notes:
    table: our_contacts
    key: nr
    time: met
    columns:
      nr: id
      met: date
      mail: -> mail.contacts?
    attributes:
      since: mail.created_on
kpis:
  noted: count(notes where mail.created_on is null)
"""
    found = project(tmp_path, own)
    assert not list(found.check())


# ---------------------------------------------------------------------------- across packages


def test_references_and_derived_entities_reach_into_packages(tmp_path: Path) -> None:
    own = """
entities:
  letters:
    table: mails
    key: id
    time: day
    columns:
      id: id
      day: date
      who: -> mail.contacts
  days:
    each: mail.messages.contact
    time: last_day
    attributes:
      last_day: max(messages.sent_on)[ever]
kpis:
  late: count(letters where day > who.created_on + 30 days)
  last_ones: count(days)
"""
    found = project(
        tmp_path, own.replace("last_day: max(mail.messages.sent_on)", "last_day: max(messages.sent_on)[ever]")
    )
    assert [finding.message for finding in found.check() if finding.severity.value == "error"] == []
    assert rows(found, ["late", "last_ones"], **FEBRUARY) == [(3, 2)]


def test_extends_takes_over_across_packages(tmp_path: Path) -> None:
    own = """
params:
  opened: 5
kpis:
  rate:
    extends: mail.open_rate
    target: at least opened * 10%
  doubled: rate.twice
"""
    found = project(tmp_path, own)
    result = found.query(["rate", "doubled"], **RANGE).run()
    assert [tuple(row)[:2] for row in result.rows] == [(0.6, 1.2)]
    target = result.query.outputs[0].target
    assert target is not None and target.operator == ">="


def test_functions_take_terms_of_the_caller(tmp_path: Path) -> None:
    found = project(tmp_path, "kpis:\n  more: growth_of(mail.sent)\n")
    assert rows(found, ["more", "mail.growth_of(open_rate)"], **FEBRUARY)[0] == (0.5, pytest.approx(1 / 3))


def test_params_of_packages_can_be_given(tmp_path: Path) -> None:
    found = project(tmp_path)
    for name in ("most", "mail.most"):
        assert rows(found, "busy(sent)", params={name: 7}) == [(7.0,)]


def test_sources_of_a_pack_and_of_the_project_are_one_union(tmp_path: Path) -> None:
    own = """
bindings:
  mail.contacts:
    - source: ours
      table: our_contacts
      values:
        contact_id: nr
        created_on: met
"""
    found = project(tmp_path, own)
    assert not list(found.check())
    assert rows(found, "mail.people", by="source") == [("mailer", 2), ("ours", 1)]


def test_the_paths_of_a_dimension_come_from_all_packages(tmp_path: Path) -> None:
    own = """
entities:
  letters:
    table: mails
    key: id
    time: day
    columns:
      id: id
      day: date
      list: string?
dimensions:
  way:
    letters: list
kpis:
  letters_sent: count(letters)
"""
    found = project(tmp_path, own)
    assert not list(found.check())
    assert rows(found, ["sent", "letters_sent"], by="way") == [("news", 4, 4), (None, 1, 1)]
    assert rows(found, "sent[way = 'news']") == [(4,)]


def test_reports_of_packages_are_asked_like_ones_own(tmp_path: Path) -> None:
    found = project(tmp_path, "kpis:\n  sent: 0 * mail.sent\n")
    result = found.query("overview", where="opened").run()
    assert [column.name for column in result.columns][:2] == ["mail.sent", "open_rate"]
    assert [tuple(row)[:2] for row in result.rows] == [(3, 1.0)]
    assert rows(found, "mail.overview", **FEBRUARY) == rows(found, ["mail.sent", "open_rate"], **FEBRUARY)


CREDIT = """
entities:
  visits:
    table: visits
    key: visit_id
    time: day
    columns:
      visit_id: id
      day: date
      who: id
  wins:
    table: wins
    key: win_id
    time: day
    columns:
      win_id: id
      day: date
      who: id
      amount: money(EUR)
attributions:
  credit:
    convert: wins.amount
    touches: visits
    via: who
    window: 30 days
    model: linear
    variants:
      first:
        model: first
kpis:
  credited: sum(credit.value where is_attributed)
"""


def test_attributions_of_packages_and_their_variants(tmp_path: Path) -> None:
    """Both packages and the project have wins and visits of these names; here the project's are empty."""
    empty = "\nkpis:\n  ours: count(wins)\n  theirs: count(one.credit.first where is_attributed)\n"
    own = (
        CREDIT.split("attributions:")[0]
        .replace("table: visits", "table: none")
        .replace("table: wins", "table: none2")
    )
    write(
        tmp_path,
        {
            "packages/one/kpilang.yml": "name: one\n",
            "packages/one/a.yml": CREDIT,
            "packages/two/kpilang.yml": "name: two\n",
            "packages/two/a.yml": CREDIT,
            "data/visits.csv": "visit_id,day,who\n1,2024-01-02,a\n2,2024-01-03,a\n",
            "data/wins.csv": "win_id,day,who,amount\n1,2024-01-05,a,10\n2,2024-01-06,b,7\n",
            "data/none.csv": "visit_id,day,who\n",
            "data/none2.csv": "win_id,day,who,amount\n",
        },
    )
    found = project(tmp_path, own + empty, ("./packages/one", "./packages/two"))
    assert rows(found, ["ours", "theirs", "one.credited", "two.credited"]) == [(0, 1, 10, 10)]
    with pytest.raises(KpilangError, match="KPI225"):
        found.query("count(credit.first)")


# ---------------------------------------------------------------------------- what can be wrong


def test_nothing_bound_says_what_to_bind(tmp_path: Path) -> None:
    found = project(tmp_path, imports=("./packages/mail",))
    assert not list(found.check())
    with pytest.raises(KpilangError, match=r"KPI502.*`open_rate` needs rows of `messages`"):
        found.query("open_rate", **RANGE).sql()


def test_mistakes_in_a_package_are_shown_there(tmp_path: Path) -> None:
    write(tmp_path, {"packages/bad/one.yml": "kpis:\n  a: nope + 1\nkpi: 1\n"})
    found = project(tmp_path, imports=("./packages/bad",))
    assert codes(found) == ["KPI201 packages/bad/one.yml", "KPI014 packages/bad/one.yml"]


def test_a_package_may_need_a_newer_language(tmp_path: Path) -> None:
    write(tmp_path, {"packages/new/kpilang.yml": "kpilang: 2\n", "packages/new/a.yml": "params:\n  a: 1\n"})
    found = project(tmp_path, imports=("./packages/new",))
    assert codes(found) == ["KPI024 packages/new/kpilang.yml"]
