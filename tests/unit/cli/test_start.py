"""What `init` writes passes `check` and runs, whatever the data are; it overwrites nothing."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import duckdb
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kpilang.cli.start import place, write
from kpilang.cli.start.names import identifier, singular, unused
from kpilang.diagnostics import KpilangError
from kpilang.project import load
from tests.cli.harness import Outcome, run_cli


def drafted(folder: Path, *patterns: str) -> dict[str, dict[str, object]]:
    """The entities that are drafted, as YAML has them; what is written is clean, and its report runs."""
    arguments = [word for pattern in patterns or ("data/*",) for word in ("--data", pattern)]
    outcome = run_cli(["init", "kpis", *arguments], folder)
    assert outcome.exit == 0, outcome.both
    checked = run_cli(["check", "-p", "kpis"], folder)
    assert checked.exit == 0 and not checked.stdout, checked.both
    if (folder / "kpis/kpis.yml").exists():
        ran = run_cli(["run", "overview", "-p", "kpis"], folder)
        assert ran.exit == 0, ran.both
    found = yaml.safe_load((folder / "kpis/entities.yml").read_text("utf-8"))
    entities: dict[str, dict[str, object]] = found["entities"]
    return entities


def types(entity: dict[str, object]) -> dict[str, str]:
    columns = entity["columns"]
    assert isinstance(columns, dict)
    return {name: column["type"] if isinstance(column, dict) else column for name, column in columns.items()}


def save(folder: Path, name: str, text: str) -> None:
    file = folder / "data" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8")


# ---------------------------------------------------------------------------- the sample


def test_the_sample_answers_at_once(tmp_path: Path) -> None:
    assert run_cli(["init", "shop", "--sample"], tmp_path).exit == 0
    assert run_cli(["check", "-p", "shop"], tmp_path).exit == 0
    outcome = run_cli(["run", "scorecard", "-p", "shop", "--format", "csv"], tmp_path)
    assert outcome.stdout.splitlines() == [
        "orders_placed,revenue,refund_rate",
        "11,540.400000,0.18181818181818182",
    ]
    outcome = run_cli(["run", "revenue", "-p", "shop", "--by", "channel", "--grain", "month"], tmp_path)
    assert outcome.exit == 0


def test_without_rows_it_is_a_spec_that_compiles(tmp_path: Path) -> None:
    assert run_cli(["init"], tmp_path).exit == 0
    assert run_cli(["check"], tmp_path).exit == 0
    assert "SELECT" in run_cli(["compile", "scorecard"], tmp_path).stdout
    assert load(tmp_path).name == tmp_path.name


def test_other_files_that_would_be_read_are_told(tmp_path: Path) -> None:
    (tmp_path / "compose.yml").write_text("services: {}\n")
    assert "read as specs too: compose.yml" in run_cli(["init"], tmp_path).stderr


# ---------------------------------------------------------------------------- what is guessed

SHOP = {
    "customers.csv": ("customer_id,tier,joined_on\n", "{i},{tier},2024-01-{day:02}\n"),
    "orders.csv": (
        "id,customer_id,created_at,updated_at,status,amount,currency\n",
        "{i},{parent},2024-02-{day:02}T10:00:00Z,2024-03-01T00:00:00Z,{status},{i}.50,USD\n",
    ),
    "order_lines.csv": ("order_id,line,sku,qty,unit_price_cents\n", "{parent},{i},A{i},2,{i}99\n"),
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name, (head, row) in SHOP.items():
        rows = (
            row.format(
                i=i, parent=i // 2 + 1, day=i % 28 + 1, tier=["gold", "silver"][i % 2],
                status=["paid", "refunded", "open"][i % 3],
            )
            for i in range(1, 41)
        )  # fmt: skip
        save(tmp_path, name, head + "".join(rows))
    return tmp_path


def test_keys_times_references_and_words(shop: Path) -> None:
    entities = drafted(shop)
    orders, customers, lines = entities["orders"], entities["customers"], entities["order_lines"]
    assert (orders["key"], orders["time"]) == ("id", "created_at")
    assert (customers["key"], customers["time"]) == ("customer_id", "joined_on")
    assert lines["time"] == "created_at" and lines["attributes"] == {"created_at": "order.created_at"}
    assert types(orders) == {
        "id": "id", "customer": "-> customers", "created_at": "timestamp", "updated_at": "timestamp",
        "status": "enum(open, paid, refunded)", "amount": "money(USD)", "currency": "enum(USD)",
    }  # fmt: skip
    assert types(lines)["order"] == "-> orders"
    assert types(lines)["unit_price_cents"] == "money"
    assert types(customers)["tier"] == "enum(gold, silver)"


def test_guesses_are_marked(shop: Path) -> None:
    drafted(shop)
    text = (shop / "kpis/entities.yml").read_text("utf-8")
    marked = [line.strip() for line in text.splitlines() if "# check:" in line]
    for piece in (
        "key: id",
        "time: created_at",
        "customer:",
        "status: enum",
        "amount: money",
        "unit_price_cents:",
    ):
        assert any(line.startswith(piece) for line in marked), piece
    assert "all 21 values are in customers" in text


def test_numbers_follow_references(shop: Path) -> None:
    drafted(shop)
    outcome = run_cli(["run", "orders_amount", "--by", "tier", "-p", "kpis", "--format", "csv"], shop)
    assert outcome.stdout.splitlines()[0] == "tier,orders_amount"


def test_orphans_are_told_and_strangers_refused(tmp_path: Path) -> None:
    save(tmp_path, "people.csv", "person_id\n" + "".join(f"{i}\n" for i in range(1, 31)))
    rows = "".join(f"{i},{i + 900}\n" for i in range(5, 35))
    save(tmp_path, "calls.csv", "person_id,billing_people_id\n" + rows + "5,905\n")
    calls = drafted(tmp_path)["calls"]
    text = (tmp_path / "kpis/entities.yml").read_text("utf-8")
    assert types(calls) == {"person": "-> people", "billing_people_id": "id"}
    assert "check: 26 of 30 values are in people" in text
    assert "check: named as if it referred to people, but 30 of 30 values are not there" in text


def test_a_key_that_is_a_reference(tmp_path: Path) -> None:
    save(tmp_path, "customers.csv", "customer_id,tier\n" + "".join(f"{i},gold\n" for i in range(20)))
    save(tmp_path, "addresses.csv", "customer_id,city\n" + "".join(f"{i},Rome\n" for i in range(15)))
    entities = drafted(tmp_path)
    assert types(entities["addresses"])["customer"] == "-> customers"
    assert entities["addresses"]["key"] == "customer"
    assert types(entities["customers"])["customer_id"] == "id"


def test_a_key_of_several_columns(tmp_path: Path) -> None:
    rows = "".join(f"2024-01-{d:02},{c},{d}.5\n" for d in range(1, 15) for c in ("search", "social"))
    save(tmp_path, "spend.csv", "day,channel,cost\n" + rows)
    spend = drafted(tmp_path)["spend"]
    assert (spend["key"], spend["time"]) == (["day", "channel"], "day")
    assert spend["about"] == "One row per day and channel."


def test_without_a_time_nothing_is_counted(tmp_path: Path) -> None:
    save(tmp_path, "things.csv", "id,weight\n1,2\n2,3\n")
    drafted(tmp_path)
    assert not (tmp_path / "kpis/kpis.yml").exists()


def test_several_currencies_are_not_added(tmp_path: Path) -> None:
    save(tmp_path, "sales.csv", "id,day,price,currency\n" + "".join(
        f"{i},2024-01-01,1.5,{'EUR' if i % 2 else 'USD'}\n" for i in range(9)
    ))  # fmt: skip
    assert types(drafted(tmp_path)["sales"])["price"] == "money(by currency)"
    assert "sum(" not in (tmp_path / "kpis/kpis.yml").read_text("utf-8")


def test_parquet_has_types(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    file = tmp_path / "data" / "events.parquet"
    duckdb.sql(
        "COPY (SELECT i AS id, uuid() AS token, [i] AS tags, CAST(i / 7 AS DECIMAL(38, 10)) AS ratio, "
        "i / 7.0 AS x, "
        "TIMESTAMPTZ '2024-01-01 00:00:00+01' AS seen_at, '2024-01-0' || (i % 9 + 1) AS text_day, "
        "i % 2 = 0 AS flag, i % 2 AS is_paid, NULL::INTEGER AS nothing, (i % 100) / 100 AS open_rate, "
        f"(i % 100) AS pct FROM range(1, 300) t(i)) TO '{file}'"
    )
    events = drafted(tmp_path)["events"]
    assert types(events) == {
        "id": "id", "token": "id", "ratio": "number(10)", "x": "float", "seen_at": "timestamp",
        "text_day": "string", "flag": "bool", "is_paid": "bool", "nothing": "integer?",
        "open_rate": "percent", "pct": "percent",
    }  # fmt: skip
    text = (tmp_path / "kpis/entities.yml").read_text("utf-8")
    assert "# tags is left out: a BIGINT[] is not read" in text
    assert "value: pct / 100" in text and "value: is_paid = 1" in text


NASTY = {
    "Order Items (2024).csv": "Order ID,end,Is Paid?,価格,note,on,Order ID\n"
    + "".join(f'{i},{i % 3},{"yes" if i % 2 else "no"},{i}.5,"a: b # c","x: {i % 2}",z\n' for i in range(30)),
    "a.b.csv": "id,day,period\n1,2024-01-01,x\n2,2024-01-02,y\n",
    "null.csv": "id,x\n1,\n2,\n",
    "header_only.csv": "id,created_at\n",
    "キャンペーン.csv": "番号,名前,開始日\n" + "".join(f"{i},名{i},2024-01-01\n" for i in range(9)),
    "back`tick.csv": "`,day\n1,2024-01-01\n",
}


def test_names_and_values_that_mean_something_to_yaml_or_to_us(tmp_path: Path) -> None:
    for name, text in NASTY.items():
        save(tmp_path, name, text)
    entities = drafted(tmp_path)
    assert types(entities["order_items_2024"])["on_"] == "enum('x: 0', 'x: 1')"
    assert list(types(entities["a_b"])) == ["id", "day", "period_"]
    assert entities["キャンペーン"]["time"] == "開始日"


CELLS = st.sampled_from(
    [
        "", "0", "1", "007", "1.5", "2024-01-01", "2024-01-01T00:00:00Z", "yes", "no", "EUR", "a b", "it's",
        "x: y", "#", "é", "نص", "{", "-", "null", "1e5", "9" * 30,
    ]
)  # fmt: skip
HEADS = st.sampled_from(
    [
        "id", "order_id", "amount", "currency", "is_x", "rate_pct", "day", "Created At", "status", "価格",
        "null", "end", "*", "a.b", "_x", "1st", "x y", "'", "total_cents", "parent_id", "by", "key", "count",
    ]
)  # fmt: skip
NAMES = st.sampled_from(["orders", "order", "items", "Sum", "where"])


@st.composite
def tables(draw: st.DrawFn) -> str:
    heads = draw(st.lists(HEADS, min_size=1, max_size=6, unique=True))
    rows = draw(st.lists(st.lists(CELLS, min_size=len(heads), max_size=len(heads)), max_size=12))
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([heads, *rows])
    return out.getvalue()


@settings(max_examples=25, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["orders", "order", "items", "Sum", "where"]), tables(), min_size=1, max_size=3
    )
)
def test_any_table_makes_a_clean_draft(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    for name, text in files.items():
        save(folder, f"{name}.csv", text)
    outcome = run_cli(["init", "kpis", "--data", "data/*.csv"], folder)
    assert outcome.exit == 0, outcome.both
    assert run_cli(["check", "-p", "kpis"], folder).exit == 0


# ---------------------------------------------------------------------------- where it is put


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "orders.yml").write_text("mine")
    outcome = run_cli(["init"], tmp_path)
    assert outcome.exit == 2 and "KPI098" in outcome.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["orders.yml"]
    assert (tmp_path / "orders.yml").read_text() == "mine"


def test_a_failure_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    linked = []

    def fail_later(source: Path, target: Path) -> None:
        linked.append(target)
        if len(linked) == 2:
            raise OSError(28, "No space left on device")
        target.write_bytes(source.read_bytes())

    monkeypatch.setattr(place, "link", fail_later)
    with pytest.raises(KpilangError) as caught:
        place.place(tmp_path / "new/deep", {"a.yml": b"a", "data/b.csv": b"b"})
    assert caught.value.diagnostics[0].code.number == "KPI086"
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_appears_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "refuse_taken", lambda *_: (tmp_path / "b.yml").write_text("mine"))
    with pytest.raises(KpilangError) as caught:
        place.place(tmp_path, {"a.yml": b"a", "b.yml": b"b"})
    assert caught.value.diagnostics[0].code.number == "KPI098"
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"b.yml": "mine"}


def test_data_are_found_from_where_one_stands(tmp_path: Path) -> None:
    """The pattern is relative to the working directory, in the project to the project."""
    save(tmp_path, "visits.csv", "id,day\n1,2024-01-01\n")
    assert run_cli(["init", "deep/er", "--data", "data/*.csv"], tmp_path).exit == 0
    assert "data: ../../data/*.csv" in (tmp_path / "deep/er/kpilang.yml").read_text("utf-8")
    outcome: Outcome = run_cli(["run", "visits_count", "-p", "deep/er", "--format", "csv"], tmp_path)
    assert outcome.stdout == "visits_count\n1\n"


def test_a_name_that_two_files_have_is_refused(tmp_path: Path) -> None:
    save(tmp_path, "visits.csv", "id,day\n1,2024-01-01\n")
    save(tmp_path, "Visits.tsv", "id\tday\n1\t2024-01-01\n")
    outcome = run_cli(["init", "kpis", "--data", "data"], tmp_path)
    assert outcome.exit == 2 and "stands in 2 places" in outcome.stderr
    assert not (tmp_path / "kpis").exists()


def test_data_that_cannot_be_read_are_a_finding(tmp_path: Path) -> None:
    save(tmp_path, "ragged.csv", "id,day\n1,2024-01-01,more\n")
    outcome = run_cli(["init", "kpis", "--data", "data"], tmp_path)
    assert outcome.exit == 2 and "error[KPI6" in outcome.stderr, outcome.both
    assert not (tmp_path / "kpis").exists()


# ---------------------------------------------------------------------------- words


@pytest.mark.parametrize(
    "text, name",
    [
        ("Order ID", "order_id"), ("orderId", "order_id"), ("HTTPStatus", "http_status"), ("1st", "n_1st"),
        ("end", "end_"), ("", "column"), ("Ünïcode", "ünïcode"), ("a--b", "a_b"), ("_x", "x"), ("価", "価"),
    ],
)  # fmt: skip
def test_identifiers(text: str, name: str) -> None:
    assert identifier(text) == name


@pytest.mark.parametrize(
    "many, one",
    [("orders", "order"), ("order_entries", "order_entry"), ("boxes", "box"), ("status", "status"),
     ("addresses", "address"), ("news", "news"), ("ties", "tie"), ("campaign", "campaign")],
)  # fmt: skip
def test_singular(many: str, one: str) -> None:
    assert singular(many) == one


def test_unused() -> None:
    assert unused("a", ["b"]) == "a"
    assert unused("a", ["a", "a_2"]) == "a_3"


@pytest.mark.parametrize(
    "text",
    [
        "plain", "on", "Null", "a: b", "a #b", "- a", "-> x?", "'q'", '"q"', "back\\slash", "", " x", "~",
        "key:", "{a}", "[a]", "*a", "&a", "!a", "%a", "@a", "`a`", "|", ">", "?", "1", "1.5", "2024-01-01",
        "a\nb", "a\u202eb", "\U0001f600", "<<", "enum('a: b')", "data/*.csv", "../x", "0x1F", "1_000", ".inf",
    ],
)  # fmt: skip
def test_scalars_are_read_back(text: str) -> None:
    assert yaml.safe_load(f"key: {write.scalar(text)}\n") == {"key": text}
