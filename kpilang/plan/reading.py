"""From row expressions of the IR to values over joined tables.

A `Reader` stands for the rows of one entity. Each expression it is asked for adds the joins to parents that
the expression needs, each once; a parent's rows that do not exist (its `where`) are left out in the join
itself. What needs a relation of its own (aggregates over children, ranks, entities whose rows exist by what
other tables say) is left to `derived`, whose reader extends this one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import assert_never

from kpilang import ir
from kpilang.diagnostics import KpilangError
from kpilang.ir import Op
from kpilang.plan import bounds, errors, nodes, scalars
from kpilang.plan.local import is_local
from kpilang.plan.moments import Clock
from kpilang.plan.names import Names
from kpilang.plan.periods import PeriodValues
from kpilang.plan.relations import MemberRows, Relations
from kpilang.plan.scalars import Apply, Choose, Made, Scalar
from kpilang.plan.strictness import is_strict
from kpilang.types import Kind, Type

Steps = tuple[str, ...]


class Reader(ABC):
    """Collects the FROM clause of one relation over the rows of `entity`.

    `outer` says where `this.x` is found: the path of references from here to the outer row, or the alias of a
    relation that holds the outer values under their names. `is_bounded` says that the rows are bounded by
    their own time already, so that coverage need not be said again.
    """

    def __init__(
        self,
        relations: Relations,
        entity: str,
        periods: PeriodValues | None = None,
        outer: Steps | None = None,
        is_bounded: bool = False,
    ) -> None:
        self.relations = relations
        self.entity = relations.model.entity(entity)
        self.periods = periods
        self.outer = outer
        self._is_bounded = is_bounded
        self.outer_columns: dict[ir.Field, scalars.Column] = {}
        self._names = Names()
        self.alias = self._names.take(entity)
        self._aliases: dict[Steps, str] = {(): self.alias}
        self._joins: list[nodes.Join] = []
        self._memberships: dict[tuple[str, tuple[Scalar, ...]], str] = {}
        self._hints: list[str] = []

    # ------------------------------------------------------------------ rows

    def rows(self, *where: Scalar) -> nodes.Rows:
        """The rows that exist and satisfy the conditions. Ask last: every value may add a join."""
        conditions = scalars.conjuncts(scalars.all_of((*where, *self.existence(self.entity, ()))))
        kept = tuple(condition for condition in conditions if condition != scalars.TRUE)
        return nodes.Rows(table_of(self.entity), self.alias, tuple(self._joins), kept)

    def existence(self, entity: ir.Entity, steps: Steps) -> tuple[Scalar, ...]:
        """Which rows of the entity reached over `steps` exist: within coverage (ruling 8), `where` true."""
        where = () if entity.where is None else scalars.conjuncts(self.value(entity.where, steps))
        return (*self._covered(entity, steps), *where)

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
            here = self.relations.model.entity(reference(here, step).target)
        return here

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

    def named(self, owner: ir.Entity, name: str, steps: Steps) -> Scalar:
        column = owner.column(name)
        assert column is not None, f"{owner.name} has no column {name}"
        alias = self.join(steps)
        if column.value is None and column.physical is not None:
            missing = column.type.nullable or bool(steps)  # a parent may not be there
            return read(self.physical(alias, column.physical, column.type.with_null(missing)), column)
        assert column.value is not None, "a composite reference has no value of its own"
        return read(self.value(column.value, steps), column)

    def reference_key(self, steps: Steps) -> tuple[Scalar, ...]:
        """The columns, on the many side of the last step, that hold the key of what `steps` reach."""
        owner = self.owner(steps[:-1])
        link = reference(owner, steps[-1])
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
        target = self.owner(steps)
        alias = self._names.take(target.name, "_".join(steps))
        self._aliases[steps] = alias
        source = self.source(target, alias)
        keys = tuple(self.named(target, name, steps) for name in target.key)
        on: list[Scalar] = [
            scalars.compare(Op.EQ, left, right) for left, right in zip(holder, keys, strict=True)
        ]
        if isinstance(source, nodes.TableSource) and is_local(target):
            on.extend(self.existence(target, steps))
        self._joins.append(nodes.Join(source, alias, tuple(on), left=True))
        return alias

    @property
    def hint(self) -> str | None:
        """The attribute being computed; names the columns made for it."""
        return self._hints[-1] if self._hints else None

    # ------------------------------------------------------------------ left to `derived`

    @abstractmethod
    def source(self, entity: ir.Entity, alias: str) -> nodes.Source:
        """What to join for the rows of `entity` that exist."""

    @abstractmethod
    def child(self, child: ir.Child, steps: Steps) -> Scalar:
        """An aggregate over the children of the row reached over `steps`."""

    @abstractmethod
    def rank(self, rank: ir.Rank, steps: Steps) -> Scalar:
        """The rank of the row reached over `steps` among all rows of its entity."""


def table_of(entity: ir.Entity) -> nodes.TableSource:
    """The table of an entity; KPI502 if it is abstract."""
    if entity.origin is None:
        raise KpilangError(errors.no_origin(entity.name, entity.span))
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


def reference(entity: ir.Entity, name: str) -> ir.Reference:
    column = entity.column(name)
    assert column is not None, f"{entity.name} has no column {name}"
    assert column.reference is not None, f"{entity.name}.{name} is no reference"
    return column.reference


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
