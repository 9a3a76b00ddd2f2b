"""The model of a query: the entities it reaches, each with the columns and attributes it reaches.

So an engine asks its tables for nothing that the query does not need, and what is wrong elsewhere in the
specs is no trouble of this query.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.nodes import Node, walk
from kpilang.semantics.entities import covers_of, origin_of, rules_of, time_name, where_of
from kpilang.semantics.versions import duplicates_of, recorded_of, validity_of
from kpilang.semantics.world import Info, World


def model_of(world: World, expressions: Iterable[ir.Expr], diags: Diagnostics) -> ir.Model:
    """The model that the expressions need."""
    reach = _Reach(world, diags)
    for expression in expressions:
        reach.follow(expression)
    return ir.Model(reach.entities(), world.settings.calendar)


def whole_entity(world: World, info: Info, diags: Diagnostics) -> ir.Entity:
    """An entity with all that is declared of it, rules included."""
    reach = _Reach(world, diags)
    reach.add_entity(info.name)
    for name in info.members:
        reach.add(info, name)
    return reach.entity(info, rules_of(world.at(info.decl.name.span), info, diags))


class _Reach:
    """Collects members by entity; what is added is followed at once."""

    def __init__(self, world: World, diags: Diagnostics) -> None:
        self.world = world
        self.diags = diags
        self.members: dict[str, dict[str, ir.Column | ir.Attribute]] = {}
        self.wheres: dict[str, ir.Expr | None] = {}

    def follow(self, expression: Node) -> None:
        for node in walk(expression):
            match node:
                case ir.Field(entity=entity, steps=steps, owner=owner, name=name):
                    self._walk_steps(entity, steps)
                    self._add_member(owner, name)
                case ir.Aggregate(entity=entity) | ir.State(entity=entity) | ir.Event(entity=entity):
                    self.add_entity(entity)
                case ir.Always(entity=entity):
                    self.add_entity(entity)
                case ir.With(entity=entity, rows=rows):
                    self.add_entity(rows)
                    self._add_derived(entity)
                case ir.Child(entity=entity, link=link):
                    self.add_entity(entity)
                    self._walk_steps(entity, link)
                case _:
                    pass

    def _add_derived(self, entity: str) -> None:
        """Members that no reference leads to, only the column that they are derived by."""
        info = self.world.entity(entity)
        if info is not None and info.source is not None:
            self.add_entity(entity)

    def _walk_steps(self, entity: str, steps: tuple[str, ...]) -> None:
        for step in steps:
            column = self._add_member(entity, step)
            assert isinstance(column, ir.Column), "steps are columns"
            if column.reference is None:
                return  # the column that an entity is derived by
            entity = column.reference.target
            self.add_entity(entity)

    def _add_member(self, entity: str, name: str) -> ir.Column | ir.Attribute | None:
        self.add_entity(entity)
        info = self.world.entity(entity)
        assert info is not None, "only entities that exist are referred to"
        return self.add(info, name)

    def add_entity(self, entity: str) -> None:
        """The entity with its key and its own condition; with its time where coverage needs it."""
        if entity in self.members:
            return
        self.members[entity] = {}
        info = self.world.entity(entity)
        assert info is not None, "only entities that exist are referred to"
        for name in info.key:
            if name in info.columns:  # else it has been reported
                self.add(info, name)
        self._add_source(info)
        where = where_of(self._home(info), info, self.diags)
        self.wheres[entity] = where
        if where is not None:
            self.follow(where)
        if info.covers and info.decl.time is not None:
            time = self.world.time(info, info.decl.time.span, self.diags)
            if time is not None:
                self.follow(time)

    def _home(self, info: Info) -> World:
        """Where the names in the declaration of the entity mean what they mean."""
        return self.world.at(info.decl.name.span)

    def _add_source(self, info: Info) -> None:
        """What it takes to know which rows there are, and in which version."""
        if info.source is not None:
            self._add_member(info.source.entity, info.source.column)
        if info.attribution is not None:
            self._add_credits(info)
        home = self._home(info)
        recorded = recorded_of(home, info, self.diags)
        duplicates = duplicates_of(home, info, self.diags)
        valid = validity_of(home, info, self.diags)
        for name in (
            *((recorded,) if recorded is not None else ()),
            *(duplicates.by if duplicates is not None else ()),
            *((valid.start, valid.end) if valid is not None else ()),
        ):
            self.add(info, name)

    def _add_credits(self, info: Info) -> None:
        """All columns of a credit, and what they are made of."""
        credits = self.world.credits(info, info.decl.name.span, self.diags)
        if credits is None:
            return
        self.add_entity(credits.conversions)
        self.add_entity(credits.touches)
        for expression in (*credits.of_conversion, *credits.of_touch):
            self.follow(expression)
        for name in info.columns:
            self.add(info, name)

    def add(self, info: Info, name: str) -> ir.Column | ir.Attribute | None:
        known = self.members[info.name]
        if name in known:
            return known[name]
        found: ir.Column | ir.Attribute | None
        if name in info.columns:
            found = self.world.column(info, name, info.columns[name].name.span, self.diags)
        else:
            found = self.world.attribute(info, name, info.attributes[name].name.span, self.diags)
        if found is None:
            return None
        known[name] = found
        if isinstance(found, ir.Attribute):
            self.follow(found.value)
            return found
        if info.source is not None:
            self._add_member(info.source.entity, name)
        if found.recorded is not None:
            self.add(info, found.recorded)
        if found.reference is not None:
            for column in found.reference.columns:
                self.add(info, column)
            if found.reference.as_of is not None:
                self.add(info, found.reference.as_of)
        return found

    def entities(self) -> tuple[ir.Entity, ...]:
        infos = [self.world.entity(name) for name in sorted(self.members)]
        reached = [self.entity(info) for info in infos if info is not None]
        return tuple(sorted((*reached, *self._neighbours(reached)), key=lambda entity: entity.name))

    def _neighbours(self, reached: list[ir.Entity]) -> Iterator[ir.Entity]:
        """Entities that references lead to and nobody asks: their keys alone, which say what the ids are."""
        targets = {
            column.reference.target for entity in reached for column in entity.columns if column.reference
        }
        for name in targets - set(self.members):
            info, ignored = self.world.entity(name), Diagnostics()
            if info is not None:
                there = [key for key in info.key if key in info.columns]  # else it has been reported
                keys = [self.world.column(info, key, info.decl.name.span, ignored) for key in there]
                columns = tuple(column for column in keys if column is not None)
                yield ir.Entity(
                    name, origin_of(self._home(info), info, columns, ignored), info.key, columns=columns,
                    unit=info.unit, span=info.decl.name.span,
                )  # fmt: skip

    def entity(self, info: Info, rules: tuple[ir.Expr, ...] = ()) -> ir.Entity:
        known = self.members[info.name]
        home = self._home(info)
        time = time_name(home, info)
        members = [known[name] for name in info.members if name in known]
        columns = tuple(member for member in members if isinstance(member, ir.Column))
        return ir.Entity(
            info.name,
            origin_of(home, info, columns, self.diags),
            info.key,
            time if time in known else None,
            columns,
            tuple(member for member in members if isinstance(member, ir.Attribute)),
            self.wheres[info.name],
            rules,
            covers_of(home, info, self.diags),
            recorded_of(home, info, self.diags),
            duplicates_of(home, info, self.diags),
            validity_of(home, info, self.diags),
            unit=info.unit,
            span=info.decl.name.span,
        )
