"""Sets of members, gathered and counted.

The blocks of a gathering have a row for each member in each group and period (or cell) in which a sentence
has a row. Where all sentences read the same rows, sets are conditions on them. Else the rows of all sentences
are stacked with a flag each, flags are brought together by member, and sets are conditions on the flags. A
sentence with an `across` has fewer groups: it is joined to the members found, or, for a set that has members
besides these, to the groups of the answer.
"""

from __future__ import annotations

from itertools import product

from kpilang import ir
from kpilang.diagnostics import KpilangError
from kpilang.frozen import dataclass
from kpilang.ir import AggregateOp, Op
from kpilang.plan import errors, nodes, scalars
from kpilang.plan.blocks import build_block
from kpilang.plan.blocks.built import Built, Place
from kpilang.plan.cell_values import CellValues
from kpilang.plan.draft import Among, Gathering, Lookup, Membership, Sentence
from kpilang.plan.measures import measure
from kpilang.plan.names import Names
from kpilang.plan.periods import KEY, CalendarColumns
from kpilang.plan.placed import Placed
from kpilang.plan.relations import MemberRows, Relations
from kpilang.plan.scalars import Apply, Choose, Column, Named, Scalar, Summary
from kpilang.plan.sentences import among_of, window_of
from kpilang.plan.spine import Part, Spine
from kpilang.plan.windows import window_name
from kpilang.types import BOOL, INTEGER

Flags = dict[Sentence, Scalar]
"""Whether a row is that of a member, by sentence; never null."""


@dataclass(frozen=True, slots=True)
class Found:
    """Rows, one for each candidate in each group and period; a null among its members is nobody."""

    rows: nodes.Rows
    dimensions: tuple[Named, ...]
    period: Named | None
    members: tuple[Named, ...]
    flags: Flags

    @property
    def group(self) -> tuple[Named, ...]:
        return self.dimensions if self.period is None else (*self.dimensions, self.period)


class GatheringBuilder:
    """Makes the relations of one gathering."""

    def __init__(
        self, relations: Relations, query: ir.Query, gathering: Gathering, calendar: CalendarColumns | None
    ) -> None:
        self._relations = relations
        self._gathering = gathering
        self._calendar = calendar
        self._placed = Placed(relations.grid, calendar)
        self._places = {
            (place.cell, place.among, block.keys): (built, place)
            for block in gathering.blocks
            for built in build_block(relations, query, block)
            for place in built.places
        }
        whole = gathering.dimensions
        names = Names()
        self._columns = {name: names.take(name) for name in whole}
        self._when = names.take(KEY)
        self._members = tuple(names.take(name) for name in relations.model.entity(gathering.entity).key)
        self._full = tuple(m for m in gathering.memberships if m.dimensions == whole)
        self._reduced = tuple(m for m in gathering.memberships if m.dimensions != whole)

    @property
    def needs_groups(self) -> bool:
        """Whether a set may have members that no sentence with all dimensions knows of."""
        inside = {m.sentence for m in self._full if not m.witness}
        further = [m.sentence for m in self._reduced]
        return any(_reaches_beyond(count.set, inside, further) for count in self._gathering.counts)

    def counts(self, spine: Spine | None = None) -> Built:
        """How many members each set has in each group and period; `spine` where groups are needed."""
        found = self._found(spine)
        name = self._relations.names.take(f"{self._gathering.entity}_in_sets")
        names = Names(named.name for named in found.group)
        made: dict[Scalar, Named] = {}
        places: list[Place] = []
        for count in self._gathering.counts:
            value = Summary(AggregateOp.COUNT, _counted(count.set, found), INTEGER)
            if value not in made:
                made[value] = Named(names.take(count.name or "members", "members"), value)
            column = None if self._gathering.witness else made[value].name
            places.append(Place(count, column, self._relations.grid.always()))
        by = f" by {', '.join(named.name for named in found.group)}" if found.group else ""
        about = f"how many {self._gathering.entity} are in each set{by}"
        node = nodes.Block(name, found.rows, found.group, tuple(made.values()), about)
        self._relations.add(name, lambda: node)
        period = None if found.period is None else found.period.name
        return Built(name, self._gathering.dimensions, found.dimensions, period, tuple(places))

    def groups(self) -> tuple[Part, ...]:
        """The groups that have a row of some sentence."""
        found = (self._read((membership,)) for membership in self._full)
        return tuple((part.rows, part.group) for part in found)

    def members(self, set_: ir.Set) -> MemberRows:
        """Who is a member."""
        if self.needs_groups:
            raise KpilangError(errors.set_beyond_groups(self._gathering.entity, set_.span))
        found = self._found(None)
        name = self._relations.names.take(f"{self._gathering.entity}_in_set")
        known = tuple(scalars.is_not_null(m.value) for m in found.members if m.value.type.nullable)
        holds = scalars.all_of((_holds(set_, found.flags), *known))
        where = tuple(c for c in scalars.conjuncts(holds) if c != scalars.TRUE)
        rows = nodes.Rows(found.rows.source, found.rows.alias, found.rows.joins, (*found.rows.where, *where))
        columns = (*found.group, *found.members)
        node = nodes.Members(name, rows, columns, f"{self._gathering.entity} in a set")
        self._relations.add(name, lambda: node)
        period = None if found.period is None else found.period.name
        return MemberRows(name, self._gathering.dimensions, found.dimensions, period, found.members)

    # ------------------------------------------------------------------ candidates and their flags

    def _found(self, spine: Spine | None) -> Found:
        heads: dict[tuple[str, Lookup | None, Among | None], list[Membership]] = {}
        for membership in self._full:
            built, place = self._head(membership)
            heads.setdefault((built.name, place.lookup, place.among), []).append(membership)
        parts = [self._read(tuple(together)) for together in heads.values()]
        if self.needs_groups:
            assert spine is not None, "groups of the answer are needed"
            parts += [self._in_groups(membership, spine) for membership in self._reduced]
        found = parts[0] if len(parts) == 1 and not self._reduced else self._stacked(parts)
        return found if self.needs_groups else self._joined(found)

    def _head(self, membership: Membership) -> tuple[Built, Place]:
        """Where the rows of a sentence are counted."""
        among = among_of(membership.sentence, membership.dimensions)
        return self._places[membership.rows, among, membership.keys]

    def _read(self, together: tuple[Membership, ...]) -> Found:
        """Sentences whose rows lie in the same cells of one block."""
        built, place = self._head(together[0])
        rows, period = self._placed.rows(built, place)
        counts = [self._has_row(membership) for membership in together]
        where = tuple(c for c in scalars.conjuncts(scalars.any_of(tuple(counts))) if c != scalars.TRUE)
        columns = tuple(Column(built.name, k.name, k.value.type) for k in built.keys)
        conditions = (*rows.where, *where)
        spine = Spine(
            rows.source, rows.alias, built.dimensions, columns, period, rows.joins, conditions, place.lookup
        )
        alike = [
            (b, p)
            for (_, among, keys), (b, p) in self._places.items()
            if keys == together[0].keys and among == place.among
        ]
        relations = self._relations
        values = CellValues(relations.model, relations.grid, spine, self._calendar, alike)
        lone = len(together) == 1
        flags: Flags = {}
        for membership, has_row in zip(together, counts, strict=True):
            if not membership.witness:
                own = () if lone else (has_row,)
                flags[membership.sentence] = scalars.all_of((*own, *_having(membership, values)))
        return self._laid_out(values.rows(), together[0].dimensions, columns, period, flags)

    def _has_row(self, membership: Membership) -> Scalar:
        built, place = self._head(membership)
        if len({place.column for place in built.places}) == 1:
            return scalars.TRUE
        assert place.column is not None, "rows of sentences are counted"
        return scalars.compare(Op.GT, Column(built.name, place.column, INTEGER), scalars.ZERO)

    def _laid_out(
        self,
        rows: nodes.Rows,
        dimensions: tuple[str, ...],
        columns: tuple[Scalar, ...],
        period: Scalar | None,
        flags: Flags,
    ) -> Found:
        """The columns, dimensions first, under the names that they have in all relations of the gathering."""
        split = len(dimensions)
        group = tuple(Named(self._columns[n], v) for n, v in zip(dimensions, columns[:split], strict=True))
        when = None if period is None else Named(self._when, period)
        members = tuple(Named(n, v) for n, v in zip(self._members, columns[split:], strict=True))
        return Found(rows, group, when, members, flags)

    # ------------------------------------------------------------------ several parts

    def _stacked(self, parts: list[Found]) -> Found:
        """All parts one after another, then one row for each member with all its flags."""
        entity = self._gathering.entity
        first = parts[0]
        wished = Names(named.name for named in (*first.group, *first.members))
        names = {s: wished.take(_flag_name(s)) for part in parts for s in part.flags}
        stack = self._relations.names.take(f"{entity}_by_sentence")
        shown = tuple((part.rows, (*part.group, *part.members, *_marks(part.flags, names))) for part in parts)
        about = f"{entity} that some sentence of a set has"
        self._relations.add(stack, lambda: nodes.Stacked(stack, shown, about))
        name = self._relations.names.take(f"{entity}_with_flags")
        keys = tuple(Named(n.name, _nullable(stack, n)) for n in (*first.group, *first.members))
        flags = tuple(
            Named(flag, measure(AggregateOp.MAX, Column(stack, flag, INTEGER), scalars.TRUE, INTEGER))
            for flag in names.values()
        )
        together = nodes.Block(
            name,
            nodes.Rows(nodes.RelationSource(stack), stack),
            keys,
            flags,
            f"{entity} and where they belong",
        )
        self._relations.add(name, lambda: together)
        return Found(
            nodes.Rows(nodes.RelationSource(name), name),
            tuple(Named(n.name, _nullable(name, n)) for n in first.dimensions),
            None if first.period is None else Named(first.period.name, _same(name, first.period)),
            tuple(Named(n.name, _nullable(name, n)) for n in first.members),
            {sentence: _is_marked(Column(name, flag, INTEGER)) for sentence, flag in names.items()},
        )

    def _joined(self, found: Found) -> Found:
        """Members with the flags of sentences that have fewer groups."""
        flags = dict(found.flags)
        joins = list(found.rows.joins)
        for membership in self._reduced:
            there = self._alone(membership)
            join, is_member = _join(there, found, left=True)
            joins.append(join)
            flags[membership.sentence] = is_member
        rows = nodes.Rows(found.rows.source, found.rows.alias, tuple(joins), found.rows.where)
        return Found(rows, found.dimensions, found.period, found.members, flags)

    def _in_groups(self, membership: Membership, spine: Spine) -> Found:
        """The members of a sentence with fewer groups, in each group of the answer."""
        there = self._alone(membership)
        names = self._gathering.dimensions
        group = dict(zip(spine.names, spine.dimensions, strict=True))
        rows = nodes.Rows(spine.source, spine.alias, spine.joins, spine.where)
        columns = tuple(group[name] for name in names)
        here = Found(
            rows,
            tuple(Named(self._columns[n], v) for n, v in zip(names, columns, strict=True)),
            None if spine.period is None else Named(self._when, spine.period),
            (),
            {},
        )
        join, _ = _join(there, here, left=False)
        joined = nodes.Rows(spine.source, spine.alias, (*spine.joins, join), spine.where)
        members = tuple(Column(there.name, m.name, m.value.type) for m in there.members)
        flags: Flags = {membership.sentence: scalars.TRUE}
        return self._laid_out(joined, names, (*columns, *members), spine.period, flags)

    def _alone(self, membership: Membership) -> MemberRows:
        """The members of one sentence as a relation."""
        found = self._read((membership,))
        flag = found.flags[membership.sentence]
        name = self._relations.names.take(_flag_name(membership.sentence))
        where = tuple(c for c in scalars.conjuncts(flag) if c != scalars.TRUE)
        rows = nodes.Rows(found.rows.source, found.rows.alias, found.rows.joins, (*found.rows.where, *where))
        columns = (*found.group, *found.members)
        node = nodes.Members(name, rows, columns, f"{self._gathering.entity} of one sentence")
        self._relations.add(name, lambda: node)
        period = None if found.period is None else found.period.name
        return MemberRows(name, membership.dimensions, found.dimensions, period, found.members)


def _join(there: MemberRows, here: Found, left: bool) -> tuple[nodes.Join, Scalar]:
    """Members of a sentence beside rows of their group and period, and of themselves if the rows have any."""
    groups = {named.name: named.value for named in here.dimensions}
    members = {named.name: named.value for named in here.members}

    def column(name: str, like: Scalar) -> Column:
        return Column(there.name, name, like.type)

    on = [scalars.compare(Op.IS, groups[n.name], column(n.name, n.value)) for n in there.dimensions]
    if there.period is not None:
        assert here.period is not None, "both are on one grid"
        on.append(scalars.compare(Op.EQ, here.period.value, column(there.period, here.period.value)))
    on += [
        scalars.compare(Op.EQ, members[n.name], column(n.name, n.value))
        for n in there.members
        if n.name in members
    ]
    first = there.members[0]
    is_member = scalars.is_not_null(Column(there.name, first.name, first.value.type.with_null()))
    return nodes.Join(nodes.RelationSource(there.name), there.name, tuple(on), left and bool(on)), is_member


def _having(membership: Membership, values: CellValues) -> tuple[Scalar, ...]:
    if membership.having is None:
        return ()
    condition = values.value(membership.having)
    return (scalars.or_else(condition, scalars.FALSE),)


def _flag_name(sentence: Sentence) -> str:
    rows = sentence.rows if isinstance(sentence, ir.With) else sentence.entity
    window = window_of(sentence)
    return f"{rows}_{window_name(window)}" if window else f"in_{rows}"


def _marks(flags: Flags, names: dict[Sentence, str]) -> tuple[Named, ...]:
    return tuple(Named(name, _mark(flags.get(sentence, scalars.FALSE))) for sentence, name in names.items())


def _mark(flag: Scalar) -> Scalar:
    if flag in (scalars.TRUE, scalars.FALSE):
        return scalars.ONE if flag == scalars.TRUE else scalars.ZERO
    return Choose(((flag, scalars.ONE),), scalars.ZERO, INTEGER)


def _is_marked(flag: Scalar) -> Scalar:
    return scalars.compare(Op.EQ, flag, scalars.ONE)


def _nullable(table: str, named: Named) -> Column:
    return Column(table, named.name, named.value.type.with_null())


def _same(table: str, named: Named) -> Column:
    return Column(table, named.name, named.value.type)


# ---------------------------------------------------------------------------- the algebra


def _counted(found: ir.Set, rows: Found) -> Scalar:
    """The member, null for who is none."""
    known = tuple(scalars.is_not_null(m.value) for m in rows.members[1:])
    return scalars.given(scalars.all_of((_holds(found, rows.flags), *known)), rows.members[0].value)


def _holds(found: ir.Set | ir.Outside, flags: Flags) -> Scalar:
    match found:
        case ir.AllOf(operands):
            return scalars.all_of(tuple(_holds(operand, flags) for operand in operands))
        case ir.AnyOf(operands):
            return scalars.any_of(tuple(_holds(operand, flags) for operand in operands))
        case ir.Outside(operand):
            return _not(_holds(operand, flags))
        case _:
            return flags.get(found, scalars.FALSE)


def _not(flag: Scalar) -> Scalar:
    if flag in (scalars.TRUE, scalars.FALSE):
        return scalars.FALSE if flag == scalars.TRUE else scalars.TRUE
    return Apply(Op.NOT, (flag,), BOOL)


MANY_SENTENCES = 10
"""Sets of more are taken to have members of any sort."""


def _reaches_beyond(found: ir.Set, inside: set[Sentence], further: list[Sentence]) -> bool:
    """Whether some combination of sentences with fewer groups makes a member by itself."""
    if not further or len(further) > MANY_SENTENCES:
        return bool(further)
    for flags in product((False, True), repeat=len(further)):
        holding = {s for s, flag in zip(further, flags, strict=True) if flag}
        if _is_in(found, holding):
            return True
    return False


def _is_in(found: ir.Set | ir.Outside, holding: set[Sentence]) -> bool:
    match found:
        case ir.AllOf(operands):
            return all(_is_in(operand, holding) for operand in operands)
        case ir.AnyOf(operands):
            return any(_is_in(operand, holding) for operand in operands)
        case ir.Outside(operand):
            return not _is_in(operand, holding)
        case _:
            return found in holding
