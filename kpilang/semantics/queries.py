"""Queries: from the words that are asked to `ir.Query`, with every check that needs to know what is asked.

Which KPIs, by which dimensions, in which periods, under which condition. KPIs arrive resolved; here they meet
the query's condition, its dimensions and its grain.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from datetime import datetime, time

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.semantics.agreement import common
from kpilang.semantics.asked import Asked
from kpilang.semantics.axes import all_matter, along, axes_of, every_value, same_rows, worlds
from kpilang.semantics.cells import CellScope
from kpilang.semantics.errors import joins, naming, periods
from kpilang.semantics.expressions import resolve
from kpilang.semantics.instants import instant
from kpilang.semantics.kpis import is_value
from kpilang.semantics.lints import remark_before
from kpilang.semantics.models import model_of
from kpilang.semantics.nested import meet
from kpilang.semantics.nesting import check_nesting
from kpilang.semantics.parts import entity_of, parts, regrouped, timed
from kpilang.semantics.ranges import Cut, local_time, read_cut
from kpilang.semantics.selectors import dates_of, known_dimensions, lacks_beginning, with_condition
from kpilang.semantics.sizes import is_small
from kpilang.semantics.world import Bound, Kpi, World
from kpilang.source import Span
from kpilang.syntax import spec
from kpilang.types import TimeUnit, Type

_GOALS = ("target", "warn", "alert")


def resolve_query(world: World, asked: Asked, diags: Diagnostics) -> ir.Query | None:
    """The typed query; None after an error."""
    asked = dataclasses.replace(asked, by=_by(world, asked))
    axes = axes_of(world, asked.by, diags)
    if axes is None:
        return None
    outputs = along(world, axes, diags, lambda under, found, apart: _outputs(under, asked, found, apart))
    calendar = world.settings.calendar
    cut = read_cut(asked.grain, asked.start, asked.end, asked.partial, calendar, diags)
    as_of = _as_of(world, asked, diags)
    if asked.limit is not None and asked.limit < 1:
        diags.add(periods.bad_limit(asked.limit, asked.span))
    if outputs is None or cut.failed:
        return None
    _check_periods(outputs, cut, calendar, diags)
    dimensions = _dimensions(world, asked, axes, outputs, diags)
    if dimensions is None or diags.has_errors:
        return None
    outputs = tuple(_only_across(output, dimensions) for output in outputs)
    for output in outputs:
        for dimension in dimensions:
            remark_before(output, dimension, diags)
    model = _model(world, axes, outputs, dimensions, diags)
    if model is None or not all_matter(axes, outputs, diags):
        return None
    query = ir.Query(
        model,
        outputs,
        dimensions,
        cut.grain,
        cut.range,
        as_of,
        asked.fill,
        (),
        asked.limit,
        axes,
        asked.span,
    )
    query = dataclasses.replace(query, order=_order(query, asked, diags))
    return None if diags.has_errors else query


def _model(
    world: World,
    axes: Sequence[ir.Axis],
    outputs: Sequence[ir.Output],
    dimensions: Sequence[ir.Dimension],
    diags: Diagnostics,
) -> ir.Model | None:
    """What the query reaches, which is the same whatever the params are; None after an error."""
    reached = [value for output in outputs for value in every_value(output)]
    reached += [path for dimension in dimensions for _, path in dimension.paths]
    if not axes:
        return model_of(world, reached, diags)
    models = [model_of(under, reached, diags) for under in worlds(world, axes)]
    return models[0] if same_rows(models, axes, diags) else None


def _by(world: World, asked: Asked) -> tuple[spec.Text, ...]:
    """The dimensions asked for; where none are, those by which all the KPIs are cut by default.

    The word `none` asks for none.
    """
    if [text.value for text in asked.by] == ["none"] and "none" not in world.names.dimensions:
        return ()
    ignored = Diagnostics()
    decls = [_declared(world.at(word.span), word.text.strip(), word.span, ignored) for word in asked.kpis]
    defaults = {tuple(text.value for text in decl.by) if decl is not None else () for decl in decls}
    if asked.by or len(defaults) != 1 or decls[0] is None:
        return asked.by
    return decls[0].by


def _as_of(world: World, asked: Asked, diags: Diagnostics) -> datetime | None:
    if asked.as_of is None:
        return None
    local = local_time("as-of", asked.as_of, diags)
    return instant(local, world.settings.zone) if local is not None else None


# ---------------------------------------------------------------------------- outputs


def _outputs(
    world: World, asked: Asked, diags: Diagnostics, goals_apart: bool
) -> tuple[ir.Output, ...] | None:
    """The columns of the result, those that feed goals last; None after an error.

    With `goals_apart` constant goals are columns, too.
    """
    if not asked.kpis:
        diags.add(periods.no_kpis(asked.span))
        return None
    shown: dict[str, ir.Output] = {}
    hidden: list[ir.Output] = []
    failed = False
    for word in asked.kpis:
        name = _result_name(world, word)
        if name in shown:
            continue
        made = _output(world.at(word.span), word, name, asked, diags, goals_apart)
        if made is None:
            failed = True
            continue
        shown[made[0].name] = made[0]
        hidden.extend(made[1:])
    outputs = (*shown.values(), *hidden)
    if failed:
        return None
    found: tuple[ir.Output, ...] | None = outputs
    for where in asked.where:
        found = _filtered(world.at(where.span), found, where, diags) if found is not None else None
    return found


def _result_name(world: World, word: spec.Embedded) -> str:
    """The shortest name of a KPI in the project, a formula as it stands."""
    name = word.text.strip()
    seen = world.at(word.span).names
    known = name in seen.kpis or name.rpartition(".")[0] in seen.kpis
    return world.names.short(seen.canonical(name)) if known else name


def _output(
    world: World, word: spec.Embedded, shown: str, asked: Asked, diags: Diagnostics, goals_apart: bool
) -> tuple[ir.Output, ...] | None:
    """The output of one KPI or formula, called `shown`, and the hidden ones of its goals."""
    name = word.text.strip()
    decl = _declared(world, name, word.span, diags)
    found = world.kpi(name, word.span, diags) if decl is not None else _formula(world, word, name, diags)
    if found is None:
        return None
    by = [text.value for text in asked.by]
    missing = sorted(found.requires - set(by))
    if missing:
        diags.add(joins.requires(name, missing[0], word.span))
    output = ir.Output(shown, found.value, matures=found.matures, span=word.span)
    if decl is None:
        return (output,)
    known = dataclasses.replace(output, label=_label(decl), better=_better(decl))
    return _with_goals(world, known, name, decl, diags, goals_apart)


def _declared(world: World, name: str, span: Span, diags: Diagnostics) -> spec.KpiDecl | None:
    """The KPI or variant of this name; None where it is a formula."""
    kpi, dot, variant = name.rpartition(".")
    is_variant = dot and kpi in world.names.kpis and variant.isidentifier()
    return world.declared(name, span, diags) if name in world.names.kpis or is_variant else None


def _formula(world: World, word: spec.Embedded, name: str, diags: Diagnostics) -> Kpi | None:
    """Something asked for that is not the name of a KPI."""
    tree = world.expression(word, diags)
    if tree is None:
        return None
    if name.isidentifier() and world.names.kind_of(name) is None:
        diags.add(naming.unknown_kpi(name, tuple(world.names.kpis), word.span))
        return None
    scope = CellScope(world, diags)
    value = resolve(tree, scope)
    if value.type.is_error or not is_value(name, value, diags) or not is_small(name, value, word.span, diags):
        return None
    matures = [used.matures for used in scope.used if used.matures is not None]
    return Kpi(
        name, value, max(matures, default=None), frozenset().union(*(used.requires for used in scope.used))
    )


def _label(decl: spec.KpiDecl) -> str | None:
    """The plain label, else the English one, else the first."""
    labels = dict(decl.common.label)
    return labels.get("") or labels.get("en") or next(iter(labels.values()), None)


def _better(decl: spec.KpiDecl) -> ir.Better | None:
    return ir.Better(decl.better.value) if decl.better is not None else None


def _with_goals(
    world: World, output: ir.Output, kpi: str, decl: spec.KpiDecl, diags: Diagnostics, apart: bool
) -> tuple[ir.Output, ...] | None:
    goals: dict[str, ir.Goal | None] = {}
    hidden: list[ir.Output] = []
    for which in _GOALS:
        before = len(diags)
        bound = world.goal(kpi, which, decl.name.span, diags)
        if bound is None and len(diags) > before and diags.has_errors:
            return None
        goals[which] = _goal(bound, f"{output.name}.{which}", hidden, apart) if bound is not None else None
    judged = dataclasses.replace(output, target=goals["target"], warn=goals["warn"], alert=goals["alert"])
    return (judged, *hidden)


def _goal(bound: Bound, name: str, hidden: list[ir.Output], apart: bool) -> ir.Goal:
    """Constant bounds as they are, unless they are to be apart; others under the names of hidden outputs."""
    bounds: list[ir.Literal | str] = []
    for index, value in enumerate(bound.bounds):
        if isinstance(value, ir.Literal) and not apart:
            bounds.append(value)
            continue
        column = name if len(bound.bounds) == 1 else f"{name}.{index + 1}"
        hidden.append(ir.Output(column, value, hidden=True, span=value.span))
        bounds.append(column)
    return ir.Goal(bound.operator, tuple(bounds))


def _filtered(
    world: World, outputs: tuple[ir.Output, ...], where: spec.Embedded, diags: Diagnostics
) -> tuple[ir.Output, ...] | None:
    """The query's condition joined to that of every aggregate."""
    tree = world.expression(where, diags)
    if tree is None:
        return None
    scope = CellScope(world, diags)
    values = [with_condition(output.value, tree, scope) for output in outputs]
    return (
        tuple(
            dataclasses.replace(output, value=value)
            for output, value in zip(outputs, values, strict=True)
            if value is not None
        )
        if None not in values
        else None
    )


# ---------------------------------------------------------------------------- periods


def _check_periods(outputs: Sequence[ir.Output], cut: Cut, calendar: ir.Calendar, diags: Diagnostics) -> None:
    is_open = cut.grain is None and cut.range is None
    for output in _one_by_one(outputs):
        if is_open:
            _check_beginning(output, diags)
        else:
            check_nesting(output.value, cut, calendar, diags)
        for name in dates_of(output.value):
            _check_hours(name, output.span, cut, diags)


def _one_by_one(outputs: Sequence[ir.Output]) -> Iterator[ir.Output]:
    """Each under every combination of params, as an output of its own."""
    for output in outputs:
        for value in every_value(output):
            yield dataclasses.replace(output, value=value, along=())


def _check_beginning(output: ir.Output, diags: Diagnostics) -> None:
    for node in timed(output.value):
        trouble = lacks_beginning(node, node.window, is_open=True)
        if trouble is not None:
            diags.add(periods.no_beginning(trouble, "a query without a range", node.span))
            return


def _check_hours(anchor: str, span: Span, cut: Cut, diags: Diagnostics) -> None:
    if cut.grain is TimeUnit.HOUR:
        diags.add(periods.no_hours(anchor, "grain `hour`", span))
    elif cut.range is not None and (cut.range.start.time() != time() or cut.range.end.time() != time()):
        diags.add(periods.no_hours(anchor, "a range that cuts a day", span))


# ---------------------------------------------------------------------------- dimensions


def _dimensions(
    world: World,
    asked: Asked,
    axes: Sequence[ir.Axis],
    outputs: Sequence[ir.Output],
    diags: Diagnostics,
) -> tuple[ir.Dimension, ...] | None:
    """The dimensions of the query, with a path for every entity that is aggregated; None after an error."""
    found: dict[str, ir.Dimension] = {}
    failed = False
    apart = tuple(_one_by_one(outputs))
    for word in asked.by:
        if word.value in found or any(output.name == word.value for output in outputs):
            diags.add(naming.result_column_twice(word.value, word.span))
            return None
        if any(axis.name == word.value for axis in axes):
            continue
        dimension = _dimension(world, word, _entities(apart), apart, diags)
        failed = failed or dimension is None
        if dimension is not None:
            found[word.value] = dimension
    return None if failed else tuple(found.values())


def _entities(outputs: Sequence[ir.Output]) -> dict[str, str]:
    """The entities whose rows are read, each with an output it is in."""
    return {entity_of(part): output.name for output in reversed(outputs) for part in parts(output.value)}


def _lies_across(entity: str, dimension: str, outputs: Sequence[ir.Output]) -> bool:
    """Whether only parts of sets read the entity, and the dimension groups none of them."""
    found = [part for output in outputs for part in parts(output.value) if entity_of(part) == entity]
    return all(
        not isinstance(part, ir.Aggregate) and (dimension in part.across or part.across == ir.ALL_DIMENSIONS)
        for part in found
    )


def _dimension(
    world: World, word: spec.Text, entities: dict[str, str], outputs: Sequence[ir.Output], diags: Diagnostics
) -> ir.Dimension | None:
    if not entities:
        diags.add(joins.nothing_aggregated(outputs[0].name, outputs[0].span))
        return None
    paths: list[tuple[str, ir.Expr]] = []
    blind: list[tuple[str, str]] = []
    for entity, output in sorted(entities.items()):
        info = world.entity(entity)
        assert info is not None, "aggregates are over entities that exist"
        path = world.dimension(word.value, info, word.span, diags)
        if path is None and not _lies_across(entity, word.value, outputs):
            blind.append((entity, output))
        elif path is not None:
            paths.append((entity, path))
    if blind or not paths:
        blind = blind or list(entities.items())
        _blind(world, word, blind, entities, bool(paths), diags)
        return None
    if any(path.type.is_error for _, path in paths):
        return None
    type_ = _common_type(word, [path for _, path in paths], diags)
    return ir.Dimension(word.value, type_, tuple(paths), span=word.span) if type_ is not None else None


def _blind(
    world: World,
    word: spec.Text,
    blind: list[tuple[str, str]],
    entities: dict[str, str],
    is_seen: bool,
    diags: Diagnostics,
) -> None:
    if is_seen or word.value in world.names.dimensions:
        diags.add(joins.dimension_not_visible(word.value, blind, word.span))
        return
    known = known_dimensions(world, entities)
    diags.add(naming.unknown_dimension(word.value, known, sorted(entities), word.span))


def _common_type(word: spec.Text, paths: list[ir.Expr], diags: Diagnostics) -> Type | None:
    """Groups of several facts meet by equal values, so their kinds and units must be one."""
    first = paths[0].type
    for path in paths[1:]:
        if not meet(first, path.type):
            diags.add(joins.conflicting_dimension(word.value, str(first), str(path.type), word.span))
            return None
    return common(paths)


def _only_across(output: ir.Output, dimensions: Sequence[ir.Dimension]) -> ir.Output:
    """`across` keeps what the query has of it."""
    names = {dimension.name for dimension in dimensions}

    def kept(across: tuple[str, ...]) -> tuple[str, ...]:
        return across if across == ir.ALL_DIMENSIONS else tuple(name for name in across if name in names)

    along = tuple(regrouped(value, kept) for value in output.along)
    return dataclasses.replace(output, value=regrouped(output.value, kept), along=along)


def _order(query: ir.Query, asked: Asked, diags: Diagnostics) -> tuple[ir.Order, ...]:
    hidden = {output.name for output in query.outputs if output.hidden}
    columns = [column for column in query.columns if column not in hidden]
    found = []
    for text in asked.order:
        name = text.value.removeprefix("-")
        if name not in columns:
            diags.add(naming.unknown_result_column(name, columns, text.span))
            continue
        found.append(ir.Order(name, text.value.startswith("-")))
    return tuple(found)
