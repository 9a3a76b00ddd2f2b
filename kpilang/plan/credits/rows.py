"""The rows of an attribution, as a relation to be read: one for each credit, one for each conversion without.

Besides its own columns it hands through those of the conversion and of the touch, so that a credit's channel
takes no second look at the touches.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from kpilang import ir
from kpilang.ir import Op
from kpilang.plan import nodes, scalars
from kpilang.plan.credits.pairs import Pairs, Readers
from kpilang.plan.credits.times import Times, around, times_of
from kpilang.plan.credits.weighing import InParts, weighing
from kpilang.plan.names import Names
from kpilang.plan.relations import Relations
from kpilang.plan.scalars import DOUBLE, ONE, ZERO, Apply, Choose, Column, Constant, Made, Named, Scalar
from kpilang.types import DEFAULT_SCALE, INTEGER, Kind, Type


class CreditRows:
    """The credits of one attribution in the making; columns are noted as they are asked for."""

    def __init__(self, relations: Relations, entity: ir.Entity, origin: ir.Credits, readers: Readers) -> None:
        of = entity.name.replace(".", "_")
        self.name = relations.names.take(of, f"credits_of_{of}")
        self._entity = entity
        self._origin = origin
        self._pairs = _pairs(relations, origin, readers)
        self._pairs.read_by(self._times)
        self._weighing = weighing(self._pairs, origin, relations, of)
        self._kept = self._weighing.kept()
        self._columns: dict[str, Scalar] = {}
        self._names = Names(column.name for column in entity.columns)
        self._parts: dict[tuple[str, str], str] = {}
        self._seen: dict[object, Times | None] = {}
        relations.add(self.name, self._node)

    # ------------------------------------------------------------------ what is asked for

    def want(self, name: str, type_: Type) -> None:
        if name not in self._columns:
            self._columns[name] = self._value(name)

    def of_part(self, part: str, name: str, type_: Type) -> str:
        """The column that hands through one of the rows of the conversion or touch."""
        if (part, name) not in self._parts:
            is_touch = part == ir.TOUCH
            column = (self._pairs.of_touch if is_touch else self._pairs.of_conversion)(name, type_)
            shown = self._names.take(f"{part}_{name}")
            self._parts[part, name] = shown
            self._columns[shown] = self._of_touch(column) if is_touch else self._through(column)
        return self._parts[part, name]

    def _value(self, name: str) -> Scalar:
        match name:
            case ir.CREDIT_TIME:
                return self._through(self._pairs.hold(name, self._pairs.anchor))
            case ir.CREDIT_VALUE:
                return self._credit()
            case ir.IS_ATTRIBUTED:
                return self._weighing.is_attributed()
            case _:
                return self._key(name)

    def _key(self, name: str) -> Scalar:
        """A column of the reference to the conversion, or to the touch."""
        for part in (ir.CONVERSION, ir.TOUCH):
            reference = self._declared(part).reference
            assert reference is not None, f"{part} refers to rows"
            if name in reference.columns:
                index = reference.columns.index(name)
                if part == ir.TOUCH:
                    return self._of_touch(self._pairs.touch_key(index))
                return self._through(self._pairs.conversion_keys()[index])
        raise AssertionError(f"{self._entity.name} has no column {name}")

    def _declared(self, name: str) -> ir.Column:
        column = self._entity.column(name)
        assert column is not None, f"{self._entity.name} has no column {name}"
        return column

    def _through(self, column: Column) -> Column:
        return self._weighing.rows.through(column)

    def _of_touch(self, column: Column) -> Scalar:
        """Null for a conversion whose touches have no credit."""
        value = self._through(column)
        return scalars.given(self._weighing.is_attributed(), value) if self._weighing.may_be_void else value

    # ------------------------------------------------------------------ the value

    def _credit(self) -> Scalar:
        type_ = self._declared(ir.CREDIT_VALUE).type
        found = self._pairs.conversion.value(self._origin.value)
        held = self._pairs.hold(ir.CREDIT_VALUE, _as(found, type_))
        value, parts = self._through(held), self._weighing.parts()
        if parts is None:
            return value
        share = self._part_of(found, parts, type_)
        alone = scalars.compare(Op.EQ, parts.whole, ZERO)
        return Choose(((alone, value),), share, type_)

    def _part_of(self, value: Scalar, parts: InParts, type_: Type) -> Scalar:
        """Law 13: what is due up to this touch less what is due up to the one before; signs come last."""
        scale = _scale(value.type, type_)
        exact = _as(value, _decimal(value.type, scale)) if not value.type.is_double else value
        size = self._size(Apply(Op.ABS, (exact,), exact.type), scale)
        kind = DOUBLE if type_.is_double else INTEGER
        due, before = (
            Apply(Made.PART, (size, weights, parts.whole), kind) for weights in (parts.so_far, parts.before)
        )
        below = scalars.compare(
            Op.LT, self._through(self._pairs.hold(ir.CREDIT_VALUE, _as(value, type_))), ZERO
        )
        sign = Choose(((below, Constant(-1, INTEGER)),), ONE, INTEGER)
        share = Apply(Op.MUL, (sign, Apply(Op.SUB, (due, before), kind)), kind)
        if type_.is_double:
            return Apply(Op.DIV, (share, Constant(10**scale, INTEGER)), DOUBLE)
        return Apply(Made.OF_UNITS, (share,), type_)

    def _size(self, value: Scalar, scale: int) -> Scalar:
        if value.type.is_double:
            return Apply(
                Op.MUL, (self._through(self._pairs.hold("size", value)), Constant(10**scale, INTEGER)), DOUBLE
            )
        wish = "millionths" if scale == DEFAULT_SCALE else "units"
        return self._through(self._pairs.hold(wish, Apply(Made.UNITS, (value,), INTEGER), wide=True))

    # ------------------------------------------------------------------ who reads it

    def read_by(self, reader: object) -> None:
        """A reader is taken to look at all times until it says otherwise."""
        self._seen[reader] = None

    def only(self, reader: object, alias: str, conditions: Sequence[Scalar]) -> None:
        """The reader looks at rows that satisfy these conditions only."""
        anchor = Column(alias, ir.CREDIT_TIME, self._declared(ir.CREDIT_TIME).type)
        self._seen[reader] = times_of(conditions, anchor)

    def _times(self) -> Times:
        return around(list(self._seen.values()))

    def _node(self) -> nodes.Credited:
        rows = nodes.Rows(
            nodes.RelationSource(self._weighing.rows.name), self._weighing.rows.name, (), self._kept
        )
        columns = tuple(Named(name, value) for name, value in self._columns.items())
        about = f"{self._entity.name}: {_shared(self._origin.shares)}"
        return nodes.Credited(self.name, rows, columns, about)


def _pairs(relations: Relations, origin: ir.Credits, readers: Readers) -> Pairs:
    """Attributions of the same conversions to the same touches share them."""
    alike = dataclasses.replace(origin, shares=ir.Evenly(), value=ir.Literal(None, INTEGER))
    made = relations.shared.get(("pairs", alike), lambda: Pairs(relations, origin, readers))
    assert isinstance(made, Pairs), "pairs are shared as pairs"
    return made


def _as(value: Scalar, type_: Type) -> Scalar:
    return Apply(Op.CAST, (value,), type_.with_null(value.type.nullable))


def _scale(value: Type, credit: Type) -> int:
    return max(value.scale or 0, DEFAULT_SCALE) if credit.scale is None else credit.scale


def _decimal(type_: Type, scale: int) -> Type:
    return dataclasses.replace(type_, kind=Kind.NUMBER, scale=scale)


def _shared(shares: ir.Shares) -> str:
    """What the model does, for readers of the SQL."""
    match shares:
        case ir.FirstTouch():
            return "all to the first touch"
        case ir.LastTouch(None):
            return "all to the last touch"
        case ir.LastTouch():
            return "all to the last touch that is not direct"
        case ir.Evenly():
            return "the same to each touch"
        case ir.ByPosition(first, between, last):
            return f"by position, {first:f} : {between:f} : {last:f}"
        case ir.ByDecay():
            return "less to older touches"
        case ir.ByMilestones():
            return "by milestones"
        case ir.ByWeight():
            return "by weight"
        case ir.InFull():
            return "the whole to each touch"
