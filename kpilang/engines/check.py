"""The columns that a query reads, held against those that are there: findings with the place in the spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

from kpilang import ir
from kpilang.diagnostics import Diagnostic, Diagnostics
from kpilang.engines import errors, physical
from kpilang.engines.needs import columns_read, id_links, physical_path, raws
from kpilang.engines.physical import Physical
from kpilang.engines.reach import Reach
from kpilang.engines.workspace import Columns


def check(reach: Reach, there: Mapping[str, Columns], diags: Diagnostics) -> None:
    """`there` has the physical columns of each entity; one that is missing has been reported already."""
    for entity in reach.entities():
        if entity.name in there:
            diags.extend(_columns(entity, reach, there[entity.name]))
    if not diags.has_errors:
        diags.extend(_keys(reach, there))


def _columns(entity: ir.Entity, reach: Reach, there: Columns) -> Iterator[Diagnostic]:
    for column, path in columns_read(entity, reach):
        found = there.physical(path)
        if found is None:
            yield _missing(entity, ".".join(path), there, column)
        elif not physical.fits(column.type, column.zone, found):
            yield _wrong(entity, column, path, found)
    seen = {path for _, path in columns_read(entity, reach)}
    for raw in raws(entity, reach):
        if raw.path not in seen and there.physical(raw.path) is None:
            seen.add(raw.path)
            yield _missing(entity, ".".join(raw.path), there, raw)


def _missing(entity: ir.Entity, name: str, there: Columns, node: ir.Column | ir.Raw) -> Diagnostic:
    return errors.missing_column(name, entity.name, _place(entity), list(there.types), node.span)


def _wrong(entity: ir.Entity, column: ir.Column, path: tuple[str, ...], found: Physical) -> Diagnostic:
    return errors.wrong_column_type(
        column.name,
        entity.name,
        _place(entity),
        _declared(column),
        str(found),
        physical.way_out(".".join(path), column.type, found),
        column.span,
    )


def _declared(column: ir.Column) -> str:
    return str(column.type) if column.zone is None else f"{column.type}({column.zone})"


def _keys(reach: Reach, there: Mapping[str, Columns]) -> Iterator[Diagnostic]:
    """Ids that have to be equal are of one family: else nothing would meet, or the wrong rows."""
    for (entity, column), (target, key) in id_links(reach):
        if entity not in reach.columns or target not in reach.columns:
            continue
        one, other = _found(there, entity, column), _found(there, target, key)
        if one is not None and other is not None and not physical.meet(one, other):
            yield errors.ids_differ(
                f"{entity}.{column.name}", str(one), f"{target}.{key.name}", str(other), column.span
            )


def _found(there: Mapping[str, Columns], entity: str, column: ir.Column) -> Physical | None:
    path = physical_path(column)
    return there[entity].physical(path) if path is not None and entity in there else None


def _place(entity: ir.Entity) -> str:
    match entity.origin:
        case ir.Table(parts):
            return f"the table `{'.'.join(parts)}`"
        case ir.File(pattern):
            return f"the file `{pattern}`"
        case ir.SqlText():
            return f"the query of `{entity.name}`"
        case None | ir.Each() | ir.Union() | ir.Credits():
            return f"`{entity.name}`"
        case _:
            assert_never(entity.origin)
