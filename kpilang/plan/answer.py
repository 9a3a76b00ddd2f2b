"""The last relation: for each group and period the values of the query's cell expressions."""

from __future__ import annotations

from typing import assert_never

from kpilang import ir
from kpilang.ir import Op
from kpilang.plan import nodes, scalars
from kpilang.plan.blocks.built import Built, Place
from kpilang.plan.draft import Draft, Lookup, reaches_of
from kpilang.plan.lookups import is_identity
from kpilang.plan.measures import ZERO_OF_NOTHING, sort_value
from kpilang.plan.names import Names
from kpilang.plan.periods import CalendarColumns, PeriodValues, key_type, label_values
from kpilang.plan.scalars import Apply, Choose, Named, Scalar
from kpilang.plan.spine import Spine, lookup_column, period_condition
from kpilang.plan.windows import window_name
from kpilang.types import TimeUnit


class AnswerBuilder:
    """Joins the blocks to the spine as the outputs ask for them."""

    def __init__(
        self, draft: Draft, built: tuple[Built, ...], spine: Spine, calendar: CalendarColumns | None
    ) -> None:
        self._draft = draft
        self._query = draft.query
        self._spine = spine
        self._calendar = calendar
        self._periods = PeriodValues(draft.grid, calendar)
        self._places = {
            place.atom.aggregate: (b, place) for b in built for place in b.places if not place.atom.witness
        }
        self._names = Names((spine.alias, *(join.alias for join in spine.joins)))
        self._joins: list[nodes.Join] = []
        self._aliases: dict[tuple[str, Lookup | None], str] = {}

    def build(self) -> nodes.Answer:
        dimensions = [
            Named(d.name, value)
            for d, value in zip(self._query.dimensions, self._spine.dimensions, strict=True)
        ]
        period = [] if self._spine.period is None else [Named("period", self._label(self._spine.period))]
        outputs = [Named(o.name, self._cell(o.value)) for o in _in_order(self._query)]
        columns = (*dimensions, *period, *outputs)
        return nodes.Answer(self._rows(), columns, self._order(outputs), self._query.limit)

    def _rows(self) -> nodes.Rows:
        """The spine, the calendar if something was read from it, then the blocks."""
        spine = self._spine
        joins = (*spine.joins, *self._calendar_join(), *self._joins)
        if spine.source is not None or not self._joins:
            return nodes.Rows(spine.source, spine.alias, joins, spine.where)
        first, *rest = self._joins
        return nodes.Rows(first.source, first.alias, tuple(rest), spine.where)

    def _calendar_join(self) -> tuple[nodes.Join, ...]:
        calendar, period = self._calendar, self._spine.period
        if calendar is None or period is None or period == calendar.key or not calendar.was_read:
            return ()
        on = (scalars.compare(Op.EQ, calendar.key, period),)
        return (nodes.Join(nodes.RelationSource(calendar.name), calendar.alias, on, left=False),)

    def _label(self, period: Scalar) -> Scalar:
        if self._draft.grid.grain is not TimeUnit.HOUR:
            return period
        assert self._calendar is not None
        labels = label_values(self._draft.grid)
        return self._calendar.column("label", labels, labels[0].type)

    # ------------------------------------------------------------------ cells

    def _cell(self, expr: ir.Expr) -> Scalar:
        match expr:
            case ir.Literal():
                return scalars.literal(expr)
            case ir.Aggregate():
                return self._aggregate(expr)
            case ir.PeriodValue():
                return self._periods.value(expr)
            case ir.Call(op, args, type_):
                words = (self._draft.grid.clock.calendar.timezone,) if op is Op.DATE_OF else ()
                return Apply(op, tuple(self._cell(arg) for arg in args), type_, words=words)
            case ir.Case(whens, otherwise, type_):
                pairs = tuple((self._cell(when.condition), self._cell(when.value)) for when in whens)
                return Choose(pairs, None if otherwise is None else self._cell(otherwise), type_)
            case ir.Field() | ir.Outer() | ir.Raw() | ir.Child() | ir.Rank():
                raise AssertionError("a row's value in a cell")
            case _:
                assert_never(expr)

    def _aggregate(self, aggregate: ir.Aggregate) -> Scalar:
        if aggregate not in self._places:
            return scalars.null(aggregate.type.with_null())
        built, place = self._places[aggregate]
        assert place.column is not None, "a witness is not shown"
        alias, wide = self._join(built, place), aggregate.op in ZERO_OF_NOTHING
        value: Scalar = scalars.Column(alias, place.column, aggregate.type.with_null(), wide)
        if aggregate.op in ZERO_OF_NOTHING:
            value = scalars.or_else(value, scalars.zero(aggregate.type))
        return scalars.given(self._known(aggregate), value)

    def _known(self, aggregate: ir.Aggregate) -> Scalar:
        """In which periods the value is known: not after as-of, wholly covered."""
        reaches = reaches_of(aggregate, self._query, self._draft.grid)
        holds = tuple(reach is not None and reach.known for reach in reaches)
        if self._spine.period is None:
            return scalars.TRUE if holds[0] else scalars.FALSE
        return period_condition(self._draft, self._spine.period, holds)

    def _join(self, built: Built, place: Place) -> str:
        if (built.name, place.lookup) in self._aliases:
            return self._aliases[built.name, place.lookup]
        if self._spine.alias == built.name:
            self._aliases[built.name, place.lookup] = built.name
            return built.name
        window = window_name(place.atom.aggregate.window)
        own = place.lookup is None or is_identity(place.lookup, self._draft.grid)
        alias = self._names.take(built.name if own else f"{built.name}_{window}")
        self._aliases[built.name, place.lookup] = alias
        on = (*self._same_group(built, alias), *self._same_period(built, place, alias))
        self._joins.append(nodes.Join(nodes.RelationSource(built.name), alias, on, left=bool(on)))
        return alias

    def _same_group(self, built: Built, alias: str) -> tuple[Scalar, ...]:
        here = dict(zip((d.name for d in self._query.dimensions), self._spine.dimensions, strict=True))
        pairs = zip(built.dimensions, built.keys, strict=True)
        there = ((here[name], scalars.Column(alias, key.name, key.value.type)) for name, key in pairs)
        return tuple(scalars.compare(Op.IS, left, right) for left, right in there)

    def _same_period(self, built: Built, place: Place, alias: str) -> tuple[Scalar, ...]:
        if built.period is None:
            return ()
        assert self._spine.period is not None and self._calendar is not None
        here = self._spine.period
        if place.lookup is not None and not is_identity(place.lookup, self._draft.grid):
            here = lookup_column(self._draft, self._calendar, place)
        there = scalars.Column(alias, built.period, key_type(self._draft.grid))
        return (scalars.compare(Op.EQ, here, there),)

    # ------------------------------------------------------------------ order

    def _order(self, outputs: list[Named]) -> tuple[nodes.Sort, ...]:
        """As asked, then dimensions and period: law 12's order, in which no two rows are alike."""
        keys: dict[str, Scalar] = {
            d.name: sort_value(value)
            for d, value in zip(self._query.dimensions, self._spine.dimensions, strict=True)
        }
        if self._spine.period is not None:
            keys["period"] = self._spine.period
        shown = {**{named.name: sort_value(named.value) for named in outputs}, **keys}
        asked = tuple(nodes.Sort(shown[order.column], order.descending) for order in self._query.order)
        taken = {order.column for order in self._query.order}
        return (*asked, *(nodes.Sort(value) for name, value in keys.items() if name not in taken))


def _in_order(query: ir.Query) -> tuple[ir.Output, ...]:
    shown = tuple(output for output in query.outputs if not output.hidden)
    return (*shown, *(output for output in query.outputs if output.hidden))
