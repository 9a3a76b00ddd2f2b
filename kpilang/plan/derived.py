"""Row values that need a relation of their own: aggregates over children, ranks, existence.

Correlated aggregates are never correlated subqueries: child rows are joined to the outer row over their own
references, conditions on `this` stand in the aggregates, the result is grouped by the outer key and joined
back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from kpilang import ir
from kpilang.ir import AggregateOp, Op
from kpilang.nodes import Node, children, map_children
from kpilang.plan import nodes, scalars
from kpilang.plan.child_coverage import is_outside, time_bounds
from kpilang.plan.conditions import factor
from kpilang.plan.credits import CreditRows
from kpilang.plan.local import is_local
from kpilang.plan.matching import Matching, matching
from kpilang.plan.measures import measure, of_nothing, share_of, sort_value
from kpilang.plan.names import Names
from kpilang.plan.origins import EachValue, MadeRows, identity_names, made_rows, one_of_sources
from kpilang.plan.periods import PeriodValues
from kpilang.plan.reading import SOURCE, Reader, Steps, has_sources, source_names, table_of
from kpilang.plan.relations import Relations
from kpilang.plan.scalars import Apply, Named, Scalar
from kpilang.types import BOOL, INTEGER, STRING, Type


class RowReader(Reader):
    """A reader that makes the relations its values need."""

    def __init__(
        self,
        relations: Relations,
        entity: str | ir.Entity,
        periods: PeriodValues | None = None,
        outer: Steps | None = None,
        is_bounded: bool = False,
        above: str | None = None,
        names: Names | None = None,
    ) -> None:
        super().__init__(relations, entity, periods, outer, is_bounded, above, names)
        self._handed_through: dict[str, MadeRows] = {}
        self._credits: CreditRows | None = None
        self._parts: dict[str, str] = {}
        self._joined: dict[tuple[str, Steps], str] = {}
        self._start = self._table(self.entity, self.alias)
        self.existence(
            self.entity, ()
        )  # now, so that all relations below are known when this one is finished

    # ------------------------------------------------------------------ rows that exist by other tables

    @property
    def start(self) -> nodes.Source:
        return self._start

    def source(self, entity: ir.Entity, alias: str, steps: Steps) -> tuple[nodes.Source, tuple[Scalar, ...]]:
        if has_sources(entity):
            return self._of_sources(entity, alias, steps)
        return self._existing(entity, alias), ()

    def _existing(self, entity: ir.Entity, alias: str) -> nodes.Source:
        if is_local(entity) or self._aliases.get(self.outer or ()) == alias:
            return self._table(entity, alias)
        made = self.relations.shared.get(
            ("existing", entity.name), lambda: _ExistingRows(self.relations, entity)
        )
        return self._handed(cast(MadeRows, made), alias)

    def _table(self, entity: ir.Entity, alias: str) -> nodes.Source:
        """The rows as they lie, or a relation where they have to be made first."""
        made = made_rows(self.relations, entity, RowReader)
        if isinstance(made, CreditRows):
            made.read_by(self)
            self._credits = made
        return table_of(entity) if made is None else self._handed(made, alias)

    def _of_sources(
        self, entity: ir.Entity, alias: str, steps: Steps
    ) -> tuple[nodes.Source, tuple[Scalar, ...]]:
        """References stay within the source; rows of a source that the others have not refer by the key."""
        holder, theirs = self.owner(steps[:-1]), source_names(entity)
        own = source_names(holder)
        if own and set(own) <= set(theirs):
            source = self._existing(entity, alias)
            return source, (scalars.compare(Op.EQ, self.source_name(steps[:-1]), self.source_name(steps)),)
        made = one_of_sources(self.relations, entity, RowReader)
        source = self._handed(made, alias)
        if not set(own) & set(theirs):
            self._guards.append(made.guard(alias, scalars.TRUE))
            return source, (made.first(alias),)
        here = self.source_name(steps[:-1])
        names = tuple(scalars.Constant(name, STRING) for name in theirs)
        known = Apply(Op.IN, (here, *names), BOOL)
        strange = Apply(Op.NOT, (known,), BOOL)
        self._guards.append(made.guard(alias, strange))
        same = scalars.compare(Op.EQ, here, self.source_name(steps))
        either = scalars.any_of((same, scalars.all_of((strange, made.first(alias)))))
        return source, (either,)

    def _handed(self, made: MadeRows, alias: str) -> nodes.Source:
        self._handed_through[alias] = made
        return nodes.RelationSource(made.name)

    def physical(self, alias: str, name: str, type_: Type) -> scalars.Column:
        if alias in self._parts:
            assert self._credits is not None, "parts are of credits"
            shown = self._credits.of_part(self._parts[alias], name, type_)
            return scalars.Column(self.alias, shown, type_.with_null())
        if alias in self._handed_through:
            self._handed_through[alias].want(name, type_)
        return super().physical(alias, name, type_)

    # ------------------------------------------------------------------ credits

    def join(self, steps: Steps) -> str:
        """The conversion and the touch of a credit lie beside it already."""
        is_part = self._credits is not None and len(steps) == 1 and steps[0] in (ir.CONVERSION, ir.TOUCH)
        if is_part and steps not in self._aliases:
            self._aliases[steps] = self.take_alias(steps[0])
            self._parts[self._aliases[steps]] = steps[0]
        return super().join(steps)

    def rows(self, *where: Scalar) -> nodes.Rows:
        found = super().rows(*where)
        if self._credits is not None:
            self._credits.only(self, self.alias, found.where)
        return found

    # ------------------------------------------------------------------ aggregates over children

    def child(self, child: ir.Child, steps: Steps) -> Scalar:
        beside = self._of_each(child, steps)
        if beside is not None:
            return self._within_coverage(child, of_nothing(child.op, beside), steps)
        matched = None if child.link else matching(child)
        totals = self._totals(child, matched, steps)
        column = totals.column(child if matched is None else matched.rest, self.hint)
        value: Scalar = scalars.Column(self._join_totals(totals, steps), column, child.type.with_null())
        return self._within_coverage(child, of_nothing(child.op, value), steps)

    def _of_each(self, child: ir.Child, steps: Steps) -> Scalar | None:
        """What the rows of a derived entity are grouped from can be added up in the same look at them."""
        owner = self.owner(steps)
        if not isinstance(owner.origin, ir.Each):
            return None
        made = made_rows(self.relations, owner, RowReader)
        column = made.measure(child, self.hint) if isinstance(made, EachValue) else None
        return None if column is None else self.physical(self.join(steps), column, child.type.with_null())

    def _totals(self, child: ir.Child, matched: Matching | None, steps: Steps) -> _Totals:
        owner = self.owner(steps)
        outer = tuple(dict.fromkeys(part.field for part in _outside(child)))
        level = self.relations.levels.of(child)
        if child.link:
            key: tuple[object, ...] = ("linked", owner.name, child.entity, child.link, level)
            made = self.relations.shared.get(key, lambda: _linked(self.relations, child, owner))
        elif matched is not None:
            key = ("matched", owner.name, child.entity, matched.pairs, level)
            made = self.relations.shared.get(key, lambda: _matched(self.relations, owner, child, matched))
        elif outer:
            key = ("values", owner.name, child.entity, outer, level)
            made = self.relations.shared.get(key, lambda: _by_values(self.relations, owner, child, outer))
        else:
            key = ("all", child.entity, level)
            made = self.relations.shared.get(key, lambda: _of_all(self.relations, child))
        return cast(_Totals, made)

    def _join_totals(self, totals: _Totals, steps: Steps) -> str:
        if (totals.name, steps) in self._joined:
            return self._joined[totals.name, steps]
        outer = tuple(self.value(expr, steps) for expr in totals.outer)
        here = outer if totals.outer else self.identity(steps)
        alias = self.take_alias(totals.name, "_".join((*steps, totals.name)))
        same = Op.IS if totals.has_nulls else Op.EQ
        there = tuple(scalars.Column(alias, named.name, named.value.type) for named in totals.keys)
        pairs = zip(here, there, strict=True) if there else ()
        on = tuple(scalars.compare(same, left, right) for left, right in pairs)
        self.add_join(nodes.Join(nodes.RelationSource(totals.name), alias, on, left=bool(on)))
        self._joined[totals.name, steps] = alias
        return alias

    def _within_coverage(self, child: ir.Child, value: Scalar, steps: Steps) -> Scalar:
        """Ruling 8: bounds that lie wholly outside coverage give null, not 0."""
        entity = self.relations.model.entity(child.entity)
        if entity.covers is None:
            return value
        found = ((bound, self.value(_own(bound.value), steps)) for bound in time_bounds(child, entity))
        outside = scalars.any_of(tuple(is_outside(b, v, entity.covers, self.clock) for b, v in found))
        if outside == scalars.FALSE:
            return value
        return scalars.Choose(((outside, scalars.null(value.type)),), value, value.type.with_null())

    # ------------------------------------------------------------------ ranks

    def rank(self, rank: ir.Rank, steps: Steps) -> Scalar:
        owner = self.owner(steps)
        assert owner.key, "ranks are refused for an entity without a key"
        key = ("ranked", owner.name, self.relations.levels.of(rank))
        made = self.relations.shared.get(key, lambda: _RankedRows(self.relations, owner))
        ranked = cast(_RankedRows, made)
        column = ranked.column(rank, self.hint or "rank")
        if (ranked.name, steps) not in self._joined:
            alias = self.take_alias(ranked.name, "_".join((*steps, ranked.name)))
            there = tuple(scalars.Column(alias, k.name, k.value.type) for k in ranked.keys)
            pairs = zip(self.identity(steps), there, strict=True)
            on = tuple(scalars.compare(Op.EQ, left, right) for left, right in pairs)
            self.add_join(nodes.Join(nodes.RelationSource(ranked.name), alias, on, left=True))
            self._joined[ranked.name, steps] = alias
        return scalars.Column(self._joined[ranked.name, steps], column, rank.type.with_null())

    # ------------------------------------------------------------------ what can be seen at all

    def tie_break(self, anchor: Scalar) -> tuple[Scalar, ...]:
        """The order of `first` and `last`: the anchor, then the key."""
        assert self.entity.key, "first and last are refused for an entity without a key"
        return (anchor, *(sort_value(key) for key in self.identity(())))


def _outside(node: Node) -> Iterator[ir.Outer]:
    """The outer fields that an aggregate over children looks at, not those of aggregates inside it."""
    for part in children(node):
        if isinstance(part, ir.Outer):
            yield part
        elif not isinstance(part, ir.Child):
            yield from _outside(part)


def _own(expr: ir.Expr) -> ir.Expr:
    """An expression over `this`, as one over the row at hand."""
    return expr.field if isinstance(expr, ir.Outer) else map_children(expr, _own)


class _ExistingRows:
    """The relation of an entity whose `where` looks at other tables; columns are noted as they are read."""

    def __init__(self, relations: Relations, entity: ir.Entity) -> None:
        self.name = relations.names.take(f"existing_{entity.name}")
        self.columns: dict[str, Type] = {}
        self._entity = entity
        self._reader = RowReader(relations, entity.name)
        relations.add(self.name, self._node)

    def want(self, name: str, type_: Type) -> None:
        self.columns.setdefault(name, type_)

    def _node(self) -> nodes.Existing:
        reader = self._reader
        columns = tuple(Named(n, reader.physical(reader.alias, n, t)) for n, t in self.columns.items())
        return nodes.Existing(
            self.name, self._reader.rows(), columns, f"rows of {self._entity.name} that exist"
        )


class _RankedRows:
    """Key and ranks of every row of an entity."""

    def __init__(self, relations: Relations, entity: ir.Entity) -> None:
        self.name = relations.names.take(f"ranked_{entity.name}")
        self._reader = RowReader(relations, entity.name)
        names = Names()
        self.keys = tuple(
            Named(names.take(name), value)
            for name, value in zip(identity_names(entity), self._reader.identity(()), strict=True)
        )
        self._visible = self._reader.visible()
        self._names = names
        self._ranks: dict[ir.Rank, Named] = {}
        relations.add(self.name, self._node)

    def column(self, rank: ir.Rank, hint: str) -> str:
        if rank not in self._ranks:
            self._ranks[rank] = Named(self._names.take(hint), self._number(rank))
        return self._ranks[rank].name

    def _number(self, rank: ir.Rank) -> Scalar:
        """Null where a part or an order is null; such rows move no other row's rank."""
        partition = tuple(self._reader.value(part) for part in rank.per)
        by = tuple((self._reader.value(key.value), key.descending) for key in rank.by)
        known = scalars.all_of(
            tuple(scalars.is_not_null(value) for value in (*partition, *(v for v, _ in by)))
        )
        last: tuple[tuple[Scalar, bool], ...] = ()
        if len(by) > 1:
            last = ((scalars.Choose(((known, scalars.ZERO),), scalars.ONE, INTEGER), False),)
        order = tuple((sort_value(value), descending) for value, descending in by)
        ties = tuple((sort_value(key), False) for key in self._reader.identity(()))
        return scalars.given(known, scalars.RowNumber(partition, (*last, *order, *ties)))

    def _node(self) -> nodes.Ranked:
        about = f"each row of {self._reader.entity.name} with its rank"
        columns = (*self.keys, *self._ranks.values())
        return nodes.Ranked(self.name, self._reader.rows(*self._visible), columns, about)


class _Totals:
    """An aggregation of child rows in the making: attributes over the same rows share it.

    `outer` are expressions of the outer row that its keys are held against, its identity without any;
    `has_nulls` says that a null among them is a value.
    """

    def __init__(
        self,
        name: str,
        reader: RowReader,
        keys: tuple[Named, ...],
        about: str,
        outer: tuple[ir.Expr, ...] = (),
        has_nulls: bool = False,
    ) -> None:
        self.name = name
        self.keys = keys
        self.outer = outer
        self.has_nulls = has_nulls
        self._reader = reader
        self._about = about
        self._visible = reader.visible()
        self._names = Names(named.name for named in keys)
        self._wanted: dict[ir.Child, tuple[str, Scalar]] = {}
        reader.relations.add(name, self._node)

    def column(self, child: ir.Child, hint: str | None) -> str:
        """The column that holds the aggregate."""
        if child not in self._wanted:
            name = self._names.take(hint or child.op.value)
            self._wanted[child] = (name, self._condition(child))
            self._measure(child, scalars.TRUE)  # now, so that its joins are made
        return self._wanted[child][0]

    def _condition(self, child: ir.Child) -> Scalar:
        value = self._reader.value
        found = [] if child.where is None else [value(child.where)]
        if child.interval is not None:
            assert child.anchor is not None, "an interval bounds an anchor"
            anchor = value(child.anchor)
            start, end = (value(bound) for bound in child.interval)
            found += [scalars.compare(Op.GE, anchor, start), scalars.compare(Op.LT, anchor, end)]
        return scalars.all_of(tuple(found))

    def _measure(self, child: ir.Child, condition: Scalar) -> Scalar:
        argument = None if child.argument is None else self._reader.value(child.argument)
        order: tuple[Scalar, ...] = ()
        if child.op in (AggregateOp.FIRST, AggregateOp.LAST):
            anchor = self._anchor(child)
            order = self._reader.tie_break(anchor)
            if anchor.type.nullable:  # an undated row stands neither first nor last
                condition = scalars.all_of((condition, scalars.is_not_null(anchor)))
        return measure(child.op, argument, condition, child.type, share_of(child), order)

    def _anchor(self, child: ir.Child) -> Scalar:
        if child.anchor is not None:
            return self._reader.value(child.anchor)
        assert self._reader.entity.time is not None, "first and last go by a time"
        return self._reader.named_value(self._reader.entity.time)

    def _node(self) -> nodes.ChildTotals:
        factored = factor([condition for _, condition in self._wanted.values()])
        measures = tuple(
            Named(name, self._measure(child, rest))
            for (child, (name, _)), rest in zip(self._wanted.items(), factored.rest, strict=True)
        )
        found = tuple(scalars.is_not_null(key.value) for key in self.keys if key.value.type.nullable)
        keep = () if self.has_nulls else found
        rows = self._reader.rows(*keep, *self._visible, *factored.shared, factored.any)
        return nodes.ChildTotals(self.name, rows, self.keys, measures, self._about)


def _linked(relations: Relations, child: ir.Child, target: ir.Entity) -> _Totals:
    reader = RowReader(relations, child.entity, outer=child.link, above=target.name)
    name = relations.names.take(
        f"{child.entity}_by_{child.link[-1]}", f"{child.entity}_by_{'_'.join(child.link)}"
    )
    names = Names()
    wishes = (child.link[-1],) if len(target.key) == 1 else target.key
    held = reader.reference_key(child.link)
    if has_sources(target) or target.valid is not None:
        wishes, held = _told_apart(reader, child.link, wishes, held)
    keys = tuple(Named(names.take(wish), value) for wish, value in zip(wishes, held, strict=True))
    return _Totals(name, reader, keys, f"{child.entity} of each row of {target.name}")


def _told_apart(
    reader: RowReader, link: Steps, wishes: tuple[str, ...], held: tuple[Scalar, ...]
) -> tuple[tuple[str, ...], tuple[Scalar, ...]]:
    """Of several sources or versions with one key, which one the child belongs to."""
    target = reader.owner(link)
    reader.join(link)
    if has_sources(target):
        wishes, held = (*wishes, SOURCE), (*held, reader.source_name(link))
    if target.valid is not None:
        start = reader.named(target, target.valid.start, link)
        wishes, held = (*wishes, target.valid.start), (*held, start)
    return wishes, held


def _of_all(relations: Relations, child: ir.Child) -> _Totals:
    reader = RowReader(relations, child.entity)
    return _Totals(relations.names.take(f"all_{child.entity}"), reader, (), f"all {child.entity}")


def _by_values(
    relations: Relations, owner: ir.Entity, child: ir.Child, outer: tuple[ir.Field, ...]
) -> _Totals:
    """Without a link, outer rows are told apart by the values that the conditions look at."""
    over = RowReader(relations, owner.name)
    names = Names()
    columns = tuple(Named(names.take(f.name, "_".join((*f.steps, f.name))), over.value(f)) for f in outer)
    name = relations.names.take(f"{owner.name}_values")
    why = f"different values of {owner.name} that decide about {child.entity}"
    rows = over.rows()
    relations.add(name, lambda: nodes.OuterValues(name, rows, columns, why))
    reader = RowReader(relations, child.entity)
    alias = reader.take_alias("this")
    reader.add_join(nodes.Join(nodes.RelationSource(name), alias, (), left=False))
    keys = tuple(Named(c.name, scalars.Column(alias, c.name, c.value.type)) for c in columns)
    reader.outer_columns = {
        f: scalars.Column(alias, k.name, k.value.type) for f, k in zip(outer, keys, strict=True)
    }
    wish = relations.names.take(f"{child.entity}_for_{owner.name}")
    about = f"{child.entity} for each such value of {owner.name}"
    return _Totals(wish, reader, keys, about, outer, has_nulls=True)


def _matched(relations: Relations, owner: ir.Entity, child: ir.Child, matched: Matching) -> _Totals:
    """Children found by equal values are grouped by theirs: the outer rows need not be read before."""
    reader = RowReader(relations, child.entity)
    names = Names()
    keys = tuple(Named(names.take(wish), reader.value(theirs)) for wish, (theirs, _) in matched.named())
    name = relations.names.take(f"{child.entity}_for_{owner.name}")
    about = f"{child.entity} by {', '.join(key.name for key in keys)}, to be met by {owner.name}"
    return _Totals(name, reader, keys, about, tuple(_own(ours) for _, ours in matched.pairs))
