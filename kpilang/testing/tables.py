"""Rows of a model as tables of DuckDB, typed as a warehouse would have them.

Rows are those the reference reads: by the physical names of columns, values of Python. Ids become BIGINT
where they are all whole numbers, alike on both sides of a reference, else VARCHAR; decimals get as many
digits after the point as the rows have, so that reading still has something to round. A value never becomes
SQL: each column travels as one parameter, a list of texts, and is cast by DuckDB.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import assert_never

import duckdb
from sqlglot import exp

from kpilang import ir
from kpilang.nodes import walk
from kpilang.types import DEFAULT_SCALE, MAX_DIGITS, Kind

Row = Mapping[str, object]
Rows = Mapping[str, Sequence[Row]]
Path = tuple[str, ...]
"""The name of a physical column, and of fields where it is a struct."""

_INT64 = range(-(2**63), 2**63)


def connect() -> duckdb.DuckDBPyConnection:
    """An empty in-memory DuckDB whose session is in UTC, with the optimizers that the engine uses."""
    config = {"python_enable_replacements": "false", "disabled_optimizers": "common_subplan"}
    connection = duckdb.connect(":memory:", config={"threads": 1, **config})
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def load(connection: duckdb.DuckDBPyConnection, model: ir.Model, rows: Rows) -> None:
    """Make a table for each entity, empty where `rows` has none for it; a table of that name is replaced.

    The table is named by the entity's origin (a table or a file), else by the entity itself. An entity of
    several sources has a table for each, whose rows are given under its dotted name. An entity that is a
    query of tables of its own, or derived from another, gets none.
    """
    keys = _Keys(model, rows)
    for entity in model.entities:
        for place in _places(entity):
            _make_schema(connection, place.name)
            leaves = _columns(place, rows.get(place.given, ()), keys) or [_NO_COLUMN]
            text = _statement(place.name, tuple((leaf.path, leaf.type) for leaf in leaves))
            connection.execute(text, [leaf.texts for leaf in leaves])


@dataclass(frozen=True, slots=True)
class _Place:
    """A table to be made: its name, under what name its rows are given, and whose columns it has.

    `declared` holds the physical columns that somebody names, with the column of the entity where one is
    read from them as they are.
    """

    entity: str
    name: Path
    given: str
    declared: tuple[tuple[Path, ir.Column | None], ...]


def _places(entity: ir.Entity) -> Iterator[_Place]:
    match entity.origin:
        case ir.Table(parts):
            yield _Place(entity.name, parts, entity.name, tuple(_declared(entity)))
        case ir.File(pattern):
            yield _Place(entity.name, (pattern,), entity.name, tuple(_declared(entity)))
        case None:
            yield _Place(entity.name, (entity.name,), entity.name, tuple(_declared(entity)))
        case ir.Union(sources):
            for source in sources:
                name = _source_name(source)
                if name is not None:
                    yield _Place(entity.name, name, ".".join(name), tuple(_supplied(entity, source)))
        case ir.SqlText() | ir.Each() | ir.Credits():
            return
        case _:
            assert_never(entity.origin)


def _source_name(source: ir.BoundSource) -> Path | None:
    match source.origin:
        case ir.Table(parts):
            return parts
        case ir.File(pattern):
            return (pattern,)
        case ir.SqlText():
            return None
        case _:
            assert_never(source.origin)


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A physical column, or a field of one, with its type in DuckDB and the text of each value."""

    path: Path
    type: str
    texts: list[str | None]


_NO_COLUMN = _Leaf(("no columns",), "VARCHAR", [])


def _columns(place: _Place, rows: Sequence[Row], keys: _Keys) -> list[_Leaf]:
    """All that is declared or named in expressions, then what the rows have besides."""
    declared: dict[Path, ir.Column | None] = {}
    for path, column in place.declared:
        declared[path] = declared.get(path) or column
    for row in rows:
        for name, value in row.items():
            for path in _paths((name,), value):
                declared.setdefault(path, None)
    inner = {path[:end] for path in declared for end in range(1, len(path))}
    leaves = []
    for path, column in declared.items():
        if path not in inner:
            values = [_value(row, path) for row in rows]
            type_ = _type(place.entity, column, values, keys)
            leaves.append(_Leaf(path, type_, [_text(value, column) for value in values]))
    return leaves


def _declared(entity: ir.Entity) -> Iterator[tuple[Path, ir.Column | None]]:
    for column in entity.columns:
        if column.value is None and column.physical is not None:
            yield (column.physical,), column
        elif isinstance(column.value, ir.Raw):
            yield column.value.path, column
    for value in (*(column.value for column in entity.columns), entity.where):
        for node in walk(value) if value is not None else ():
            if isinstance(node, ir.Raw):
                yield node.path, None


def _supplied(entity: ir.Entity, source: ir.BoundSource) -> Iterator[tuple[Path, ir.Column | None]]:
    """A column of a source is one of the entity's where it stands for it alone, cast at most."""
    for name, value in source.values:
        plain = _uncast(value)
        if isinstance(plain, ir.Raw):
            yield plain.path, entity.column(name)
    for expression in (*(value for _, value in source.values), source.where):
        for node in walk(expression) if expression is not None else ():
            if isinstance(node, ir.Raw):
                yield node.path, None


def _uncast(value: ir.Expr) -> ir.Expr:
    while isinstance(value, ir.Call) and value.op is ir.Op.CAST:
        value = value.args[0]
    return value


def _paths(start: Path, value: object) -> Iterator[Path]:
    """The leaves of a value: itself, or the fields of a dict."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _paths((*start, name), inner)
    elif value is not None or len(start) == 1:
        yield start


def _value(row: Row, path: Path) -> object:
    here: object = row
    for name in path:
        here = here.get(name) if isinstance(here, Mapping) else None
    return here


# ---------------------------------------------------------------------------- types and texts


def _type(entity: str, column: ir.Column | None, values: Sequence[object], keys: _Keys) -> str:
    if column is None:
        return _type_of_values(values)
    match column.type.kind:
        case Kind.ID:
            return keys.type_of(entity, column.name)
        case Kind.INTEGER:
            return _whole(values)
        case Kind.NUMBER | Kind.PERCENT | Kind.DURATION | Kind.CALENDAR:
            return "DOUBLE" if column.type.is_double else _decimal(values)
        case Kind.BOOL:
            return "BOOLEAN"
        case Kind.DATE:
            return "DATE"
        case Kind.TIMESTAMP:
            return "TIMESTAMP"
        case Kind.STRING | Kind.ENUM | Kind.NULL:
            return "VARCHAR"
        case Kind.RAW | Kind.ERROR:
            return _type_of_values(values)


_BY_CLASS: tuple[tuple[type, Callable[[Sequence[object]], str]], ...] = (
    (bool, lambda _: "BOOLEAN"),
    (int, lambda values: _whole(values)),
    (Decimal, lambda values: _decimal(values)),
    (float, lambda _: "DOUBLE"),
    (datetime, lambda _: "TIMESTAMP"),
    (date, lambda _: "DATE"),
)
"""From narrow to wide; Python's own kinship (a bool is an int) puts them in order."""


def _type_of_values(values: Sequence[object]) -> str:
    """Of a column that nobody declares: whole numbers widen to decimals, and these to doubles; else text."""
    there = [value for value in values if value is not None]
    if not there:
        return "VARCHAR"
    classes = {next((class_ for class_, _ in _BY_CLASS if isinstance(value, class_)), str) for value in there}
    if classes <= {int, Decimal}:
        return _decimal(there) if Decimal in classes else _whole(there)
    if classes <= {int, Decimal, float}:
        return "DOUBLE"
    made = dict(_BY_CLASS).get(classes.pop()) if len(classes) == 1 else None
    return made(there) if made is not None else "VARCHAR"


def _whole(values: Iterable[object]) -> str:
    fits = all(value in _INT64 for value in values if isinstance(value, int))
    return "BIGINT" if fits else "HUGEINT"


def _decimal(values: Iterable[object]) -> str:
    """As wide as there are; a column that 38 digits cannot hold is text, which is cast when it is read."""
    digits = [_decimal_of(value).as_tuple() for value in values if value is not None]
    exponents = [number.exponent for number in digits if isinstance(number.exponent, int)]
    scale = max(DEFAULT_SCALE, *(-exponent for exponent in exponents)) if exponents else DEFAULT_SCALE
    before = max((len(n.digits) + n.exponent for n in digits if isinstance(n.exponent, int)), default=0)
    return f"DECIMAL({MAX_DIGITS}, {scale})" if before + scale <= MAX_DIGITS else "VARCHAR"


def _decimal_of(value: object) -> Decimal:
    """A double stands for its spelling: 0.1 is one tenth."""
    return Decimal(str(value))


def _text(value: object, column: ir.Column | None) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case float() if column is not None and not column.type.is_double:
            return f"{_decimal_of(value):f}"
        case float():
            return repr(value)
        case Decimal():
            return f"{value:f}"
        case datetime():
            return _stored(value, column).isoformat(" ")
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _stored(value: datetime, column: ir.Column | None) -> datetime:
    """Times are stored without an offset: as they are, or of UTC."""
    return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo is not None else value


# ---------------------------------------------------------------------------- ids


class _Keys:
    """Which id columns hold whole numbers: decided for all at once that meet over references."""

    def __init__(self, model: ir.Model, rows: Rows) -> None:
        self._leader: dict[tuple[str, str], tuple[str, str]] = {}
        self._classes: dict[tuple[str, str], set[type]] = {}
        for entity in model.entities:
            for column in entity.columns:
                self._link(model, entity, column)
            if isinstance(entity.origin, ir.Credits):
                self._share(entity.origin)
        for entity in model.entities:
            for place in _places(entity):
                self._look_at(place, rows.get(place.given, ()))
        self._otherwise = self._sql_type(set().union(*self._classes.values()))

    def type_of(self, entity: str, column: str) -> str:
        """BIGINT or VARCHAR; where no column of the group has a value, as most of the model's ids."""
        classes = self._classes.get(self._root((entity, column)))
        return self._sql_type(classes) if classes else self._otherwise

    @staticmethod
    def _sql_type(classes: set[type]) -> str:
        return "BIGINT" if classes == {int} else "VARCHAR"

    def _look_at(self, place: _Place, rows: Sequence[Row]) -> None:
        for path, column in place.declared:
            if column is not None and column.type.kind is Kind.ID:
                found = {type(value) for row in rows if (value := _value(row, path)) is not None}
                self._classes.setdefault(self._root((place.entity, column.name)), set()).update(found)

    def _link(self, model: ir.Model, entity: ir.Entity, column: ir.Column) -> None:
        reference = column.reference
        target = next(
            (e for e in model.entities if reference is not None and e.name == reference.target), None
        )
        if reference is not None and target is not None:
            for own, key in zip(reference.columns, target.key, strict=False):
                self._lead((entity.name, own), (target.name, key))

    def _share(self, credits: ir.Credits) -> None:
        """What conversions and touches have in common meets by equal values."""
        for ours, theirs in credits.keys:
            if isinstance(ours, ir.Field) and isinstance(theirs, ir.Field):
                self._lead((ours.owner, ours.name), (theirs.owner, theirs.name))

    def _lead(self, column: tuple[str, str], above: tuple[str, str]) -> None:
        if self._root(column) != self._root(above):
            self._leader[self._root(column)] = self._root(above)

    def _root(self, column: tuple[str, str]) -> tuple[str, str]:
        while (above := self._leader.get(column, column)) != column:
            column = above
        return column


# ---------------------------------------------------------------------------- statements


def _make_schema(connection: duckdb.DuckDBPyConnection, name: Path) -> None:
    if len(name) == 3:
        aliased = exp.Alias(this=exp.Literal.string(":memory:"), alias=_identifier(name[0]))
        connection.execute(exp.Attach(this=aliased, exists=True).sql("duckdb"))
    if len(name) > 1:
        place = exp.Table(db=_identifier(name[-2]), catalog=_identifier(name[0]) if len(name) == 3 else None)
        connection.execute(exp.Create(this=place, kind="SCHEMA", exists=True).sql("duckdb"))


@lru_cache(maxsize=4096)
def _statement(name: Path, columns: tuple[tuple[Path, str], ...]) -> str:
    """One parameter a leaf; structs are put together from leaves. Worlds of one shape share the text."""
    inner = exp.select(
        *(
            exp.alias_(exp.Cast(this=_unnested(), to=_data_type(type_)), f"leaf {number}", quoted=True)
            for number, (_, type_) in enumerate(columns)
        )
    )
    outer = exp.select(*_outer([(path, f"leaf {number}") for number, (path, _) in enumerate(columns)]))
    parts = dict(zip(("this", "db", "catalog"), map(_identifier, reversed(name)), strict=False))
    rows = outer.from_(inner.subquery("leaves"))
    return exp.Create(this=exp.Table(**parts), kind="TABLE", replace=True, expression=rows).sql("duckdb")


def _unnested() -> exp.Expression:
    return exp.Anonymous(
        this="unnest", expressions=[exp.Cast(this=exp.Placeholder(), to=_data_type("VARCHAR[]"))]
    )


def _outer(columns: list[tuple[Path, str]]) -> Iterator[exp.Expr]:
    """Each top name once: a leaf, or the struct of all leaves below it."""
    for name in dict.fromkeys(path[0] for path, _ in columns):
        below = [(path[1:], leaf) for path, leaf in columns if path[0] == name]
        yield exp.alias_(_packed(below), name, quoted=True)


def _packed(below: list[tuple[Path, str]]) -> exp.Expression:
    if below[0][0] == ():
        return exp.Column(this=_identifier(below[0][1]))
    fields = [
        exp.PropertyEQ(
            this=exp.Literal.string(name),
            expression=_packed([(path[1:], leaf) for path, leaf in below if path[0] == name]),
        )
        for name in dict.fromkeys(path[0] for path, _ in below)
    ]
    return exp.Struct(expressions=fields)


def _identifier(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)


@cache
def _data_type(name: str) -> exp.DataType:
    return exp.DataType.build(name, dialect="duckdb")
