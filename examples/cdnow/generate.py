"""Generates a small stand-in for the CDNOW sample: invented purchases in the same shape.

    python examples/cdnow/generate.py

It writes `data/cdnow_transactions.csv`, which is committed. Most customers of the first quarter of 1997 buy
once and never again; some come back; there are purchases of nothing, two on one day, and a month without any.
"""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path

SEED = 19970101
DATA = Path(__file__).parent / "data"
FIRST, LAST = date(1997, 1, 1), date(1998, 6, 30)
SILENT = (1997, 9)

Row = tuple[int, int, str, int, str]


def purchases_of(chance: random.Random, customer: int) -> list[Row]:
    day = FIRST + timedelta(days=chance.randrange(84))
    rows: list[Row] = []
    while day <= LAST:
        if (day.year, day.month) != SILENT:
            discs = chance.choice((1, 1, 1, 2, 2, 3, 5))
            cents = 0 if chance.random() < 0.02 else discs * chance.randint(1099, 1749)
            spent = f"{cents // 100}.{cents % 100:02}"
            rows.append((customer * 7, customer, day.strftime("%Y%m%d"), discs, spent))
        if chance.random() < 0.45:
            break
        day += timedelta(days=int(chance.expovariate(1 / 95)))
    return rows


def generate(seed: int = SEED) -> list[Row]:
    chance = random.Random(seed)
    return [row for customer in range(1, 241) for row in purchases_of(chance, customer)]


def write(folder: Path, rows: list[Row]) -> None:
    folder.mkdir(exist_ok=True)
    with (folder / "cdnow_transactions.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("_id", "id", "date", "cds_bought", "spent"))
        writer.writerows(rows)


if __name__ == "__main__":
    write(DATA, generate())
