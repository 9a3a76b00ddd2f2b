"""From row expressions of the IR to values over joined tables.

A `Reader` stands for the rows of one entity. Each expression it is asked for adds the joins to parents that
the expression needs, each once; a parent's rows that do not exist (its `where`) are left out in the join
itself. What needs a relation of its own (aggregates over children, ranks, entities whose rows exist by what
other tables say) is left to `derived`, whose reader extends this one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import assert_never

from kpilang import ir
from kpilang.ir import Op
from kpilang.plan import bounds, nodes, scalars
from kpilang.plan.local import is_local
from kpilang.plan.moments import Clock
from kpilang.plan.names import Names
from kpilang.plan.periods import PeriodValues
from kpilang.plan.relations import MemberRows, Relations
from kpilang.plan.scalars import Apply, Choose, Made, Scalar
from kpilang.plan.strictness import is_strict
from kpilang.types import INTEGER, STRING, Kind, Type

Steps = tuple[str, ...]

SOURCE = "source"
"""The column of a bound entity's rows that names their source."""
NUMBER = "number among its key"
"""The column that tells rows with one key apart: 1 is the one that is there."""


class Reader(ABC):
    """Collects the FROM clause of one relation over the rows of `entity`.

    `outer` says where `this.x` is found: the path of references from here to the outer row, or the alias of a
    relation that holds the outer values under their names. `is_bounded` says that the rows are bounded by
    their own time already, so that coverage need not be said again. `above` is the entity of the outer row.
    `names` are those of a FROM clause shared with another reader.
    """

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
        self.relations = relations
        self.entity = relations.model.entity(entity) if isinstance(entity, str) else entity
        self._above = above
        self.periods = periods
        self.outer = outer
        self._is_bounded = is_bounded
        self.outer_columns: dict[ir.Field, Scalar] = {}
        self.touch_value: Callable[[ir.TouchValue], Scalar] | None = None
        self._names = Names() if names is None else names
        self.alias = self._names.take(self.entity.name)
        self._aliases: dict[Steps, str] = {(): self.alias}
        self._joins: list[nodes.Join] = []
        self._memberships: dict[tuple[str, tuple[Scalar, ...]], str] = {}
        self._hints: list[str] = []
        self._guards: list[Scalar] = []

    # ------------------------------------------------------------------ rows

    def rows(self, *where: Scalar) -> nodes.Rows:
        """The rows that exist and satisfy the conditions. Ask last: every value may add a join."""
        there = (*where, *self.existence(self.entity, ()), *self._guards)
        kept = tuple(part for part in scalars.conjuncts(scalars.all_of(there)) if part != scalars.TRUE)
        return nodes.Rows(self.start, self.alias, tuple(self._joins), kept)

    @property
    @abstractmethod
    def start(self) -> nodes.Source:
        """Where the rows of the entity itself lie."""

    def existence(self, entity: ir.Entity, steps: Steps) -> tuple[Scalar, ...]:
        """Which rows of the entity reached over `steps` exist: within coverage (ruling 8), `where` true."""
        where = () if entity.where is None else scalars.conjuncts(self.value(entity.where, steps))
        return (
            *self._recorded(entity, steps),
            *self._chosen(entity, steps),
            *self._covered(entity, steps),
            *where,
        )

    def _recorded(self, entity: ir.Entity, steps: Steps) -> tuple[Scalar, ...]:
        """Ruling 7: a row is visible that was recorded by as-of."""
        if entity.recorded is None or entity.duplicates is not None:
            return ()
        value = self.named(entity, entity.recorded, steps)
        return (scalars.compare(Op.LE, value, self._as_of(value)),)

    def _as_of(self, beside: Scalar) -> Scalar:
        as_of = self.relations.grid.as_of.instant
        if beside.type.kind is Kind.DATE:
            return scalars.day(self.clock.day_of(as_of))
        return scalars.instant(as_of)

    def _chosen(self, entity: ir.Entity, steps: Steps) -> tuple[Scalar, ...]:
        """Of rows with one key the first is there, in the order that `duplicates` gives."""
        if entity.duplicates is None:
            return ()
        number = self.physical(self.join(steps), NUMBER, INTEGER)
        return (scalars.compare(Op.EQ, number, scalars.ONE),)

    def _covered(self, entity: ir.Entity, steps: Steps) -> tuple[Scalar, ...]:
        covers = entity.covers
        if covers is None or entity.time is None or (self._is_bounded and not steps):
            return ()
        anchor = self.value(field_of(entity, entity.time), steps)
        found: list[Scalar] = []
        if covers.start is not None:
            found.append(bounds.not_before(anchor, self.clock.day(covers.start), self.clock))
        if covers.end is not None:
            found.append(bounds.before(anchor, self.clock.day(covers.end), self.clock))
        return or_undated(anchor, tuple(found))

    def visible(self) -> tuple[Scalar, ...]:
        """For rows read without a period: those dated at or after the as-of instant are not seen."""
        if self.entity.time is None:
            return ()
        anchor = self.named_value(self.entity.time)
        return or_undated(anchor, (bounds.before(anchor, self.relations.grid.as_of, self.clock),))

    @property
    def clock(self) -> Clock:
        return self.relations.grid.clock

    def named_value(self, name: str) -> Scalar:
        """A column or attribute of the entity itself."""
        return self.value(field_of(self.entity, name))

    def add_join(self, join: nodes.Join) -> None:
        self._joins.append(join)

    def take_alias(self, *wishes: str) -> str:
        return self._names.take(*wishes)

    # ------------------------------------------------------------------ values

    def value(self, expr: ir.Expr, steps: Steps = ()) -> Scalar:
        """The value of a row expression of the entity that is reached over `steps`."""
        match expr:
            case ir.Literal():
                return scalars.literal(expr)
            case ir.Field():
                return self._field(expr, (*steps, *expr.steps))
            case ir.Outer(field):
                return self._outer(field)
            case ir.Raw(path, type_):
                return self._raw(self.join(steps), path, type_)
            case ir.Call(op, args, type_):
                words = (self.relations.grid.clock.calendar.timezone,) if op is Op.DATE_OF else ()
                return Apply(op, tuple(self.value(arg, steps) for arg in args), type_, words=words)
            case ir.Case(whens, otherwise, type_):
                pairs = tuple((self.value(w.condition, steps), self.value(w.value, steps)) for w in whens)
                last = None if otherwise is None else self.value(otherwise, steps)
                return Choose(pairs, last, type_)
            case ir.Child():
                return self.child(expr, steps)
            case ir.Rank():
                return self.rank(expr, steps)
            case ir.PeriodValue():
                assert self.periods is not None, "a period in an expression that has none"
                return self.periods.value(expr)
            case ir.Member(key, found):
                rows = self.relations.members(found)
                if rows is None:
                    return scalars.FALSE
                held = held_key(key, self.relations.model)
                return self.is_member(rows, tuple(self.value(part, steps) for part in held))
            case ir.TouchValue():
                assert self.touch_value is not None, "position, touches and age belong to a touch"
                return self.touch_value(expr)
            case ir.Aggregate() | ir.CountOf() | ir.Nested():
                raise AssertionError("a value of many rows inside a row expression")
            case _:
                assert_never(expr)

    def is_member(self, rows: MemberRows, keys: tuple[Scalar, ...], group: tuple[Scalar, ...] = ()) -> Scalar:
        """Whether there is a row with these keys in the group and period at hand; false for a null key."""
        if (rows.name, keys) not in self._memberships:
            alias = self.take_alias(rows.name)
            on = self._same_member(rows, alias, keys, group)
            self.add_join(nodes.Join(nodes.RelationSource(rows.name), alias, on, left=True))
            self._memberships[rows.name, keys] = alias
        first = rows.members[0]
        alias = self._memberships[rows.name, keys]
        return scalars.is_not_null(scalars.Column(alias, first.name, first.value.type.with_null()))

    def _same_member(
        self, rows: MemberRows, alias: str, keys: tuple[Scalar, ...], group: tuple[Scalar, ...]
    ) -> tuple[Scalar, ...]:
        found = [
            scalars.compare(Op.IS, value, scalars.Column(alias, named.name, value.type))
            for named, value in zip(rows.dimensions, group, strict=True)
        ]
        if rows.period is not None:
            assert self.periods is not None, "members change from period to period"
            here = self.periods.key
            found.append(scalars.compare(Op.EQ, here, scalars.Column(alias, rows.period, here.type)))
        for named, value in zip(rows.members, keys, strict=True):
            found.append(scalars.compare(Op.EQ, value, scalars.Column(alias, named.name, value.type)))
        return tuple(found)

    def owner(self, steps: Steps) -> ir.Entity:
        """The entity reached over the references `steps`."""
        here = self.entity
        for step in steps:
            here = self.relations.model.entity(self.reference(here, step).target)
        return here

    def reference(self, entity: ir.Entity, step: str) -> ir.Reference:
        """The reference that a step takes; to an entity that is derived from its column it needs none."""
        column = entity.column(step)
        assert column is not None, f"{entity.name} has no column {step}"
        derived = [e.name for e in self.relations.model.entities if is_derived_by(e, entity.name, step)]
        if self._above in derived or column.reference is None:
            assert derived, f"{entity.name}.{step} is no reference"
            return ir.Reference((step,), self._above if self._above in derived else derived[0])
        return column.reference

    def _field(self, field: ir.Field, steps: Steps) -> Scalar:
        owner = self.relations.model.entity(field.owner)
        column = owner.column(field.name)
        if column is not None:
            return self.column(owner, column, steps)
        attribute = owner.attribute(field.name)
        assert attribute is not None, f"{owner.name} has no {field.name}"
        self._hints.append(attribute.name)
        value = self.value(attribute.value, steps)
        self._hints.pop()
        return value if not steps or is_strict(attribute.value, owner) else self._of_present(value, steps)

    def column(self, owner: ir.Entity, column: ir.Column, steps: Steps) -> Scalar:
        value = self.named(owner, column.name, steps)
        if column.value is None:
            return value
        return value if not steps or is_strict(column.value, owner) else self._of_present(value, steps)

    def _of_present(self, value: Scalar, steps: Steps) -> Scalar:
        """Null where the parent is missing, also for values that would not be null by themselves."""
        return scalars.given(scalars.is_not_null(self.key(steps)[0]), value)

    def _outer(self, field: ir.Field) -> Scalar:
        if self.outer is None:
            return self.outer_columns[field]
        return self._field(field, (*self.outer, *field.steps))

    def key(self, steps: Steps) -> tuple[Scalar, ...]:
        """The key of the entity reached over `steps`, as its own table has it."""
        owner = self.owner(steps)
        return tuple(self.named(owner, name, steps) for name in owner.key)

    def identity(self, steps: Steps) -> tuple[Scalar, ...]:
        """What tells rows apart: the key, and of several sources or versions which one."""
        owner = self.owner(steps)
        source = (self.source_name(steps),) if has_sources(owner) else ()
        version = () if owner.valid is None else (self.named(owner, owner.valid.start, steps),)
        return (*self.key(steps), *source, *version)

    def source_name(self, steps: Steps) -> Scalar:
        """From which source of a bound entity the row is."""
        return self.physical(self.join(steps), SOURCE, STRING)

    def named(self, owner: ir.Entity, name: str, steps: Steps) -> Scalar:
        column = owner.column(name)
        assert column is not None, f"{owner.name} has no column {name}"
        value = self._as_read(owner, column, steps)
        if column.recorded is None:
            return value
        at = self.named(owner, column.recorded, steps)
        later = scalars.compare(Op.GT, at, self._as_of(at))
        return Choose(((later, scalars.null(column.type)),), value, column.type.with_null())

    def _as_read(self, owner: ir.Entity, column: ir.Column, steps: Steps) -> Scalar:
        alias = self.join(steps)
        if isinstance(owner.origin, ir.Each | ir.Union | ir.Credits):
            return self.physical(alias, column.name, column.type)
        if column.value is None and column.physical is not None:
            missing = column.type.nullable or bool(steps)  # a parent may not be there
            return read(self.physical(alias, column.physical, column.type.with_null(missing)), column)
        assert column.value is not None, "a composite reference has no value of its own"
        return read(self.value(column.value, steps), column)

    def reference_key(self, steps: Steps) -> tuple[Scalar, ...]:
        """The columns, on the many side of the last step, that hold the key of what `steps` reach."""
        owner = self.owner(steps[:-1])
        link = self.reference(owner, steps[-1])
        return tuple(self.named(owner, name, steps[:-1]) for name in link.columns)

    def physical(self, alias: str, name: str, type_: Type) -> scalars.Column:
        """A column of a table as it lies; `derived` makes note of what it must hand through."""
        return scalars.Column(alias, name, type_)

    def _raw(self, alias: str, path: tuple[str, ...], type_: Type) -> Scalar:
        value: Scalar = self.physical(alias, path[0], type_)
        for name in path[1:]:
            value = Apply(Made.STRUCT_FIELD, (value,), type_, words=(name,))
        return value

    # ------------------------------------------------------------------ joins

    def join(self, steps: Steps) -> str:
        """The alias under which the entity reached over `steps` is joined."""
        if steps in self._aliases:
            return self._aliases[steps]
        holder = self.reference_key(steps)
        target, owner = self.owner(steps), self.owner(steps[:-1])
        alias = self._names.take(target.name, "_".join(steps))
        self._aliases[steps] = alias
        source, only = self.source(target, alias, steps)
        keys = tuple(self.named(target, name, steps) for name in target.key)
        on: list[Scalar] = [
            scalars.compare(Op.EQ, left, right) for left, right in zip(holder, keys, strict=True)
        ]
        on.extend((*only, *self._in_force(owner, target, steps)))
        if is_local(target):
            on.extend(self.existence(target, steps))
        self._joins.append(nodes.Join(source, alias, tuple(on), left=True))
        return alias

    def _in_force(self, owner: ir.Entity, target: ir.Entity, steps: Steps) -> tuple[Scalar, ...]:
        """Ruling 19: the version whose time holds the time of the reference."""
        if target.valid is None:
            return ()
        link = self.reference(owner, steps[-1])
        assert link.as_of is not None, f"{owner.name} says at what time it refers to {target.name}"
        at = self.named(owner, link.as_of, steps[:-1])
        start = self.named(target, target.valid.start, steps)
        end = self.named(target, target.valid.end, steps)
        from_start = scalars.compare(Op.LE, start, self._beside(start, at))
        until_end = scalars.compare(Op.LT, self._beside(end, at), end)
        return from_start, scalars.any_of((scalars.is_null(end), until_end))

    def _beside(self, bound: Scalar, at: Scalar) -> Scalar:
        """A time as a local day where it meets one: a day begins before the times in it."""
        if bound.type.kind is not Kind.DATE or at.type.kind is Kind.DATE:
            return at
        zone = self.clock.calendar.timezone
        return Apply(Op.DATE_OF, (at,), bound.type.with_null(at.type.nullable), words=(zone,))

    @property
    def hint(self) -> str | None:
        """The attribute being computed; names the columns made for it."""
        return self._hints[-1] if self._hints else None

    # ------------------------------------------------------------------ left to `derived`

    @abstractmethod
    def tie_break(self, anchor: Scalar) -> tuple[Scalar, ...]:
        """The order of `first` and `last`."""

    @abstractmethod
    def source(self, entity: ir.Entity, alias: str, steps: Steps) -> tuple[nodes.Source, tuple[Scalar, ...]]:
        """What to join for the rows of `entity` that exist, reached over `steps`; and which of its rows."""

    @abstractmethod
    def child(self, child: ir.Child, steps: Steps) -> Scalar:
        """An aggregate over the children of the row reached over `steps`."""

    @abstractmethod
    def rank(self, rank: ir.Rank, steps: Steps) -> Scalar:
        """The rank of the row reached over `steps` among all rows of its entity."""


def table_of(entity: ir.Entity) -> nodes.TableSource:
    """The table of an entity."""
    assert entity.origin is not None, "what is abstract has been refused"
    return nodes.TableSource(entity.name, entity.origin)


def field_of(entity: ir.Entity, name: str) -> ir.Field:
    """A column or attribute of an entity's own row."""
    found = entity.column(name) or entity.attribute(name)
    assert found is not None, f"{entity.name} has no {name}"
    return ir.Field(entity.name, (), entity.name, name, found.type)


def held_key(member: ir.Expr, model: ir.Model) -> tuple[ir.Expr, ...]:
    """What holds the key that an expression stands for: of a composite reference its columns."""
    if not isinstance(member, ir.Field):
        return (member,)
    owner = model.entity(member.owner)
    column = owner.column(member.name)
    if column is None or column.reference is None or len(column.reference.columns) < 2:
        return (member,)
    held = (field_of(owner, name) for name in column.reference.columns)
    return tuple(ir.Field(member.entity, member.steps, f.owner, f.name, f.type.with_null()) for f in held)


def or_undated(anchor: Scalar, conditions: tuple[Scalar, ...]) -> tuple[Scalar, ...]:
    """A row without a time lies neither within bounds nor outside them: it stays."""
    if not anchor.type.nullable:
        return conditions
    return (scalars.any_of((scalars.all_of(conditions), scalars.is_null(anchor))),)


def is_derived_by(entity: ir.Entity, rows: str, column: str) -> bool:
    """Whether an entity is derived from rows by one of their columns."""
    origin = entity.origin
    return isinstance(origin, ir.Each) and (origin.entity, origin.column) == (rows, column)


def has_sources(entity: ir.Entity) -> bool:
    """Whether rows of several sources may have one key."""
    return len(source_names(entity)) > 1


def source_names(entity: ir.Entity) -> tuple[str, ...]:
    """The sources of a bound entity."""
    if not isinstance(entity.origin, ir.Union):
        return ()
    return tuple(source.name for source in entity.origin.sources)


def read(value: Scalar, column: ir.Column) -> Scalar:
    """The value of a column as its type says: decimals rounded, floats as doubles, all else as it lies."""
    type_ = column.type.with_null(column.type.nullable or value.type.nullable)
    if column.zone is not None and column.zone != "UTC":
        return Apply(Made.READ, (value,), type_, words=(column.zone,))
    needs = column.type.is_double or column.type.scale is not None
    if column.value is not None:
        needs = needs or _differs(column.value.type, column.type)
    return Apply(Made.READ, (value,), type_) if needs else value


def _differs(found: Type, wanted: Type) -> bool:
    return (
        wanted.kind in (Kind.INTEGER, Kind.DATE, Kind.TIMESTAMP, Kind.BOOL) and found.kind is not wanted.kind
    )
