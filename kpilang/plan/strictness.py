"""Whether a row expression is null on a row that is missing altogether.

Over a left join the columns of a missing parent are null; an expression over them that is strict is then null
by itself, any other must be guarded (a parent that is missing gives null, whatever is asked of it).
"""

from __future__ import annotations

from typing import assert_never

from kpilang import ir
from kpilang.ir import Op

_NOT_STRICT = (Op.IS, Op.IS_NOT, Op.COALESCE, Op.AND, Op.OR)


def is_strict(expr: ir.Expr, owner: ir.Entity) -> bool:
    match expr:
        case ir.Raw():
            return True
        case ir.Field():
            return _field_is_strict(expr, owner)
        case ir.Call(op, args):
            if op in _NOT_STRICT:
                return all(is_strict(arg, owner) for arg in args) and op in (Op.COALESCE, Op.AND, Op.OR)
            if op in (Op.IN, Op.NULLIF, Op.CAST, Op.ROUND):
                return is_strict(args[0], owner)
            return any(is_strict(arg, owner) for arg in args)
        case ir.Literal() | ir.Case() | ir.Child() | ir.Rank() | ir.Member():
            return False
        case ir.Outer() | ir.PeriodValue() | ir.Aggregate() | ir.CountOf() | ir.Nested() | ir.TouchValue():
            return False
        case _:
            assert_never(expr)


def _field_is_strict(field: ir.Field, owner: ir.Entity) -> bool:
    if field.steps:
        return True
    column = owner.column(field.name)
    if column is not None:
        return column.value is None or is_strict(column.value, owner)
    attribute = owner.attribute(field.name)
    return attribute is not None and is_strict(attribute.value, owner)
