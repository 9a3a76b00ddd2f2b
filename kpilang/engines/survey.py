"""What data files hold, column by column: facts for whoever drafts a spec of them, no judgement.

Files are read as a query would read them (`workspace`): text by what all of its values look like, Parquet by
its types. Counts are exact but for `different`, which is an estimate where there are many. Text files are
read once, into memory, or into a file of DuckDB's own where that is too small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from types import TracebackType
from typing import Self, TypeVar

import duckdb
from sqlglot import exp

from kpilang.diagnostics import Diagnostic, Diagnostics, KpilangError
from kpilang.engines import Target, errors, sqltext, textual, workspace
from kpilang.engines.catalogue import data_tables
from kpilang.engines.datafiles import DataTable
from kpilang.engines.failures import Scene, failure
from kpilang.engines.needs import Need
from kpilang.engines.physical import Family, Physical
from kpilang.engines.textual import Reading
from kpilang.source import NOWHERE
from kpilang.types import DEFAULT_SCALE

T = TypeVar("T")
FEW = 40
"""Different values of a column that are told one by one, at the most."""
FACTS = 6
_LOOKED_AT = 10_000
_KEPT = "kpilang survey"
_NUMBERS = (Family.INTEGER, Family.DECIMAL, Family.DOUBLE)
_TOLD = (Family.TEXT, Family.INTEGER, Family.BOOL)
"""Families whose values are told one by one if they are few."""
_ORDERED = (*_NUMBERS, Family.DATE, Family.TIMESTAMP, Family.INSTANT)


@dataclass(frozen=True, slots=True)
class Column:
    """`filled` are the values that are not null; `values` all of them by how often they occur, if few.

    `least` and `most` are those of numbers and times. `looks` is what a text column would be read as if it
    were declared so. `is_fine` says that six digits after the point hold every number.
    """

    name: str
    physical: Physical
    filled: int
    blank: int
    different: int
    least: object = None
    most: object = None
    values: tuple[object, ...] = ()
    looks: Reading = textual.TEXT
    is_fine: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """`files` is shown to people: the file, or how many of them there are."""

    name: tuple[str, ...]
    files: DataTable
    rows: int
    columns: tuple[Column, ...]

    @property
    def is_text(self) -> bool:
        """Whether columns have no types of their own, so that all are read as they are declared."""
        return self.files.format.has_no_types


class Survey:
    """The tables of a target, open for more questions until it is closed."""

    def __init__(self, target: Target) -> None:
        self._scene = Scene(target.folder)
        diags = Diagnostics()
        self._places = data_tables(target, diags)
        diags.extend(_twice(self._places))
        _raise(diags)
        self._homes: dict[tuple[str, ...], tuple[str, str]] = {}
        self._connection = workspace.connect()
        workspace.make_room(self._connection, [place.name for place in self._places])
        workspace.lock(self._connection, [file for place in self._places for file in place.files])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def ask(self, work: Callable[[Self], T]) -> T:
        """What `work` makes of the survey, in a thread of its own, so that Ctrl-C ends it."""
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(work, self)
            try:
                return future.result()
            except KeyboardInterrupt:
                while not future.done():
                    self._connection.interrupt()
                    wait((future,), timeout=0.05)
                raise

    @property
    def names(self) -> tuple[str, ...]:
        """Of the tables that there are, before any is looked at."""
        return tuple(".".join(place.name) for place in self._places)

    def tables(self) -> Iterator[Table]:
        """Each table with its facts; `KpilangError` where one cannot be read."""
        for number, place in enumerate(self._places):
            diags = Diagnostics()
            views = workspace.Views(self._connection, self._scene, diags)
            need = Need(place.name, False, place.name[-1], NOWHERE, undeclared=None)
            columns = views.make(need, place, frozenset())
            _raise(diags)
            assert columns is not None, "no view without a finding"
            yield self._guarded(place, columns, number)

    def is_key(self, table: Table, columns: Sequence[str]) -> bool:
        """Whether no two rows have the same values in the columns, and none has a null there."""
        row = exp.Tuple(expressions=[sqltext.column(name) for name in columns])
        value = sqltext.column(columns[0]) if len(columns) == 1 else row
        filled = reduce(_both, map(_is_filled, columns))
        different = exp.Count(this=exp.Distinct(expressions=[value]))
        facts = self._one(exp.select(different, sqltext.call("count_if", filled)), table.name)
        return facts == (table.rows, table.rows)

    def found(self, table: Table, column: str, parent: Table, key: str) -> tuple[int, int]:
        """How many of the different values of a column are in the key of another table, and of how many."""
        ours = _distinct(self._home(table.name), column).subquery("ours")
        theirs = _distinct(self._home(parent.name), key).subquery("theirs")
        value, other = (exp.column("value", table=name) for name in ("ours", "theirs"))
        join = exp.select(exp.Count(this=other), exp.Count(this=value.copy())).from_(ours)
        same = exp.EQ(this=value.copy(), expression=other.copy())
        met = self._run(join.join(theirs, on=same, join_type="left"))[0]
        return _whole(met[0]), _whole(met[1])

    # ------------------------------------------------------------------ facts

    def _guarded(self, place: DataTable, columns: workspace.Columns, number: int) -> Table:
        try:
            if place.format.has_no_types:
                self._keep(place, number)
            return self._table(place, columns)
        except duckdb.Error as error:
            raise KpilangError(failure(error, self._scene) or self._unreadable(place, error)) from error

    def _unreadable(self, place: DataTable, error: duckdb.Error) -> Diagnostic:
        return errors.unreadable_data(f"`{'.'.join(place.name)}`", self._scene.words(error))

    def _keep(self, place: DataTable, number: int) -> None:
        """The rows of a text file as a table, so that the text is read once."""
        kept = (_KEPT, str(number))
        self._connection.execute(sqltext.schema(kept[:-1]))
        rows = exp.select(exp.Star()).from_(sqltext.table(place.name))
        create = exp.Create(this=sqltext.table(kept), kind="TABLE", expression=rows)
        self._connection.execute(sqltext.text(create))
        self._homes[place.name] = kept

    def _home(self, table: Sequence[str]) -> exp.Table:
        """Where the rows of a table are now."""
        return sqltext.table(self._homes.get(tuple(table), tuple(table)))

    def _table(self, place: DataTable, columns: workspace.Columns) -> Table:
        types = {name: columns.physical((name,)) for name in columns.types}
        known = {name: physical for name, physical in types.items() if physical is not None}
        facts = [fact for name, physical in known.items() for fact in _facts(name, physical)]
        rows, *found = self._one(exp.select(exp.Count(this=exp.Star()), *facts), place.name)
        each = iter(found)
        texts = [name for name, physical in known.items() if physical.family is Family.TEXT]
        looks = {} if place.format.has_no_types else self._looks(place, texts)
        made = [
            self._column(place, name, physical, looks.get(name, textual.TEXT), list(islice(each, FACTS)))
            for name, physical in known.items()
        ]
        return Table(place.name, place, _whole(rows), tuple(made))

    def _looks(self, place: DataTable, columns: list[str]) -> dict[str, Reading]:
        """What columns of text would be read as if they were declared so, by their first rows."""
        if not columns:
            return {}
        facts = self._run(textual.evidence(columns, exp.select(exp.Star()).from_(sqltext.table(place.name))))[
            0
        ]
        size = textual.FACTS
        return {name: textual.found(*facts[size * i : size * (i + 1)]) for i, name in enumerate(columns)}

    def _column(
        self, place: DataTable, name: str, physical: Physical, looks: Reading, facts: Sequence[object]
    ) -> Column:
        filled, blank, different, least, most, rough = facts
        few = _whole(different) <= FEW and physical.family in _TOLD
        values = self._values(place, name) if few else ()
        is_told = 0 < len(values) <= FEW
        return Column(
            name,
            physical,
            _whole(filled),
            _whole(blank),
            len(values) if is_told else _whole(different),
            least,
            most,
            values if is_told else (),
            looks,
            _whole(rough) == 0,
        )

    def _values(self, place: DataTable, column: str) -> tuple[object, ...]:
        value, count = sqltext.column(column), exp.Count(this=exp.Star())
        often = (
            exp.select(value)
            .from_(sqltext.table(place.name))
            .where(_is_filled(column))
            .group_by(value.copy())
        )
        ordered = often.order_by(exp.Ordered(this=count, desc=True), exp.Ordered(this=value.copy()))
        return tuple(row[0] for row in self._run(ordered.limit(FEW + 1)))

    def _one(self, select: exp.Select, table: Sequence[str]) -> tuple[object, ...]:
        return self._run(select.from_(self._home(table)))[0]

    def _run(self, select: exp.Select) -> list[tuple[object, ...]]:
        rows: list[tuple[object, ...]] = self._connection.execute(sqltext.text(select)).fetchall()
        return rows


def _facts(name: str, physical: Physical) -> Iterable[exp.Expression]:
    """So many as `FACTS` for each column, null where one makes no sense of its type."""
    value = sqltext.column(name)
    is_text = physical.family is Family.TEXT
    is_ordered = physical.family in _ORDERED
    yield exp.Count(this=value)
    yield _count_if(exp.EQ(this=value.copy(), expression=sqltext.string(""))) if is_text else exp.null()
    yield sqltext.call("approx_count_distinct", value.copy()) if _is_comparable(physical) else exp.null()
    yield _text(exp.Min(this=value.copy()), physical) if is_ordered else exp.null()
    yield _text(exp.Max(this=value.copy()), physical) if is_ordered else exp.null()
    is_rough = physical.family in (Family.DECIMAL, Family.DOUBLE)
    yield _count_if(_is_rough(name)) if is_rough else exp.null()


def _is_comparable(physical: Physical) -> bool:
    return physical.family is not Family.OTHER


def _text(value: exp.Expression, physical: Physical) -> exp.Expression:
    """DuckDB needs a package of its own to hand over times with a zone."""
    return sqltext.cast(value, "VARCHAR") if physical.family is Family.INSTANT else value


def _is_rough(name: str) -> exp.Expression:
    rounded = exp.Round(this=sqltext.column(name), decimals=exp.Literal.number(DEFAULT_SCALE))
    return exp.NEQ(this=sqltext.column(name), expression=rounded)


def _count_if(condition: exp.Expression) -> exp.Expression:
    return sqltext.call("count_if", condition)


def _both(one: exp.Expression, other: exp.Expression) -> exp.Expression:
    return exp.And(this=one, expression=other)


def _is_filled(name: str) -> exp.Expression:
    return exp.not_(exp.Is(this=sqltext.column(name), expression=exp.null()))


def _distinct(table: exp.Table, column: str) -> exp.Select:
    """As text, since ids of one kind may be stored as numbers here and as text there."""
    value = exp.alias_(sqltext.cast(sqltext.column(column), "VARCHAR"), "value")
    return exp.select(value).distinct().from_(table).where(_is_filled(column))


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _twice(places: Sequence[DataTable]) -> Iterator[Diagnostic]:
    """Names that two tables have, upper and lower case being one."""
    folded: dict[tuple[str, ...], list[DataTable]] = {}
    for place in places:
        folded.setdefault(tuple(part.casefold() for part in place.name), []).append(place)
    for same in folded.values():
        if len(same) > 1:
            name = ".".join(same[0].name)
            files = [place.files[0].name for place in same]
            yield errors.ambiguous_table(name, same[0].name[-1], files, NOWHERE)


def _raise(diags: Diagnostics) -> None:
    if diags.has_errors:
        raise KpilangError(*diags)
