"""Which file is which table."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpilang.engines import datafiles


def laid_out(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")
    return folder


def named(folder: Path, *patterns: str) -> dict[str, list[str]]:
    """Tables by name, with their files relative to the folder."""
    found: dict[str, list[str]] = {}
    for table in datafiles.tables(folder, patterns):
        files = [file.relative_to(folder).as_posix() for file in table.files]
        found.setdefault(".".join(table.name), []).extend(files)
    return found


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("data/*.parquet", {"orders": ["data/orders.parquet"]}),
        ("data/*", {"orders": ["data/orders.parquet"], "shop.orders": ["data/shop/orders.csv"]}),
        ("data", {"orders": ["data/orders.parquet"], "shop.orders": ["data/shop/orders.csv"]}),
        ("data/**/*.csv", {"shop.orders": ["data/shop/orders.csv"]}),
        ("data/*/*.csv", {"shop.orders": ["data/shop/orders.csv"]}),
        ("data/shop/*", {"orders": ["data/shop/orders.csv"]}),
        ("data/orders.parquet", {"orders": ["data/orders.parquet"]}),
        ("nothing/*.csv", {}),
    ],
)
def test_a_table_is_named_below_the_first_wildcard(
    tmp_path: Path, pattern: str, wanted: dict[str, list[str]]
) -> None:
    laid_out(
        tmp_path,
        "data/orders.parquet",
        "data/shop/orders.csv",
        "data/readme.md",
        "data/.hidden.csv",
        "data/_tmp/x.csv",
    )
    assert named(tmp_path, pattern) == wanted


def test_partitions_are_columns_of_the_folder_above(tmp_path: Path) -> None:
    laid_out(tmp_path, "data/events/year=2024/month=01/a.parquet", "data/events/year=2024/month=02/b.parquet")
    (table,) = datafiles.tables(tmp_path, ["data"])
    assert (table.name, table.partitions, len(table.files)) == (("events",), ("year", "month"), 2)


def test_a_folder_named_like_a_file_is_one_table(tmp_path: Path) -> None:
    laid_out(
        tmp_path,
        "data/orders.parquet/part-0.parquet",
        "data/orders.parquet/part-1.parquet",
        "data/orders.parquet/_SUCCESS",
    )
    (table,) = datafiles.tables(tmp_path, ["data"])
    assert (table.name, len(table.files), table.partitions) == (("orders",), 2, ())


def test_a_partition_above_the_project_is_none_of_ours(tmp_path: Path) -> None:
    laid_out(tmp_path, "run=1/data/orders.csv")
    (table,) = datafiles.tables(tmp_path / "run=1", ["data"])
    assert table.partitions == ()


def test_the_same_file_by_two_patterns_is_one_table(tmp_path: Path) -> None:
    laid_out(tmp_path, "data/orders.csv")
    assert named(tmp_path, "data", "data/*.csv", "data/*") == {"orders": ["data/orders.csv"]}


def test_files_deeper_than_three_names_are_no_tables(tmp_path: Path) -> None:
    laid_out(tmp_path, "data/a/b/c.csv", "data/a/b/c/d.csv")
    assert named(tmp_path, "data") == {"a.b.c": ["data/a/b/c.csv"]}


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    laid_out(tmp_path, "data/orders.csv")
    (tmp_path / "data/again").symlink_to(tmp_path / "data")
    assert named(tmp_path, "data") == {"orders": ["data/orders.csv"]}
    assert "orders" in named(tmp_path, "data/**/*.csv")


def test_formats_are_told_by_the_end_of_the_name() -> None:
    assert datafiles.format_of("A.CSV") is datafiles.Format.CSV
    assert datafiles.format_of("a.b.jsonl.gz") is datafiles.Format.JSON
    assert datafiles.format_of("a.xlsx") is None and datafiles.format_of("csv") is None
