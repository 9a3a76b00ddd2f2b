"""The last relation: for each group and period the values of the query's cell expressions."""

from __future__ import annotations

from kpilang import ir
from kpilang.plan import nodes
from kpilang.plan.axes import AxisColumns, expressions
from kpilang.plan.cell_values import CellValues
from kpilang.plan.draft import Draft
from kpilang.plan.measures import sort_value
from kpilang.plan.periods import label_values
from kpilang.plan.relations import Relations
from kpilang.plan.scalars import Named, Scalar
from kpilang.plan.spine import Spine
from kpilang.types import TimeUnit


class AnswerBuilder:
    """Asks for the values of the outputs beside the spine, and puts all in order."""

    def __init__(self, relations: Relations, draft: Draft, spine: Spine, values: CellValues) -> None:
        self._draft = draft
        self._query = draft.query
        self._spine = spine
        self._values = values
        self._calendar = relations.calendar
        self._axes = AxisColumns(relations, draft.query.axes)

    def build(self) -> nodes.Answer:
        dimensions = [
            Named(d.name, value)
            for d, value in zip(self._query.dimensions, self._spine.dimensions, strict=True)
        ]
        period = [] if self._spine.period is None else [Named("period", self._label(self._spine.period))]
        outputs = [Named(o.name, self._value(o)) for o in _in_order(self._query)]
        columns = (*dimensions, *self._axes.columns(), *period, *outputs)
        rows = self._axes.beside(self._values.rows())
        return nodes.Answer(rows, columns, self._order(outputs), self._query.limit)

    def _value(self, output: ir.Output) -> Scalar:
        return self._axes.choose([self._values.value(e) for e in expressions(output)], output.type)

    def _label(self, period: Scalar) -> Scalar:
        if self._draft.grid.grain is not TimeUnit.HOUR:
            return period
        assert self._calendar is not None
        labels = label_values(self._draft.grid)
        return self._calendar.column("label", labels, labels[0].type)

    # ------------------------------------------------------------------ order

    def _order(self, outputs: list[Named]) -> tuple[nodes.Sort, ...]:
        """As asked, then dimensions, axes and period: law 12's order, in which no two rows are alike."""
        keys: dict[str, Scalar] = {
            d.name: sort_value(value)
            for d, value in zip(self._query.dimensions, self._spine.dimensions, strict=True)
        }
        keys |= self._axes.sorts()
        if self._spine.period is not None:
            keys["period"] = self._spine.period
        shown = {**{named.name: sort_value(named.value) for named in outputs}, **keys}
        asked = tuple(nodes.Sort(shown[order.column], order.descending) for order in self._query.order)
        taken = {order.column for order in self._query.order}
        return (*asked, *(nodes.Sort(value) for name, value in keys.items() if name not in taken))


def _in_order(query: ir.Query) -> tuple[ir.Output, ...]:
    shown = tuple(output for output in query.outputs if not output.hidden)
    return (*shown, *(output for output in query.outputs if output.hidden))
