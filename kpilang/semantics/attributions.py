"""Attributions: from the keys of the declaration to `ir.Credits`.

An attribution is an entity like any other once it is known what its rows are: which conversions, which
touches each of them may have, and how these share its value. How they share is in `attribution_models`.
"""

from __future__ import annotations

from datetime import timedelta

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.semantics.aggregates import anchor_of, paths, value_fields
from kpilang.semantics.attribution_models import MILESTONE_MODELS, shares_of
from kpilang.semantics.attribution_windows import Window, window_of
from kpilang.semantics.credit_columns import column_names
from kpilang.semantics.credit_names import OWN
from kpilang.semantics.entities import covers_of
from kpilang.semantics.errors import attributions as errors
from kpilang.semantics.errors import joins, naming
from kpilang.semantics.expressions import resolve, resolve_condition
from kpilang.semantics.nested import meet
from kpilang.semantics.paths import in_row
from kpilang.semantics.row_money import mixes_currencies
from kpilang.semantics.rows import Place, RowScope
from kpilang.semantics.world import Attribution, Info, World
from kpilang.source import Span
from kpilang.syntax import ast, spec
from kpilang.types import Exactness, Kind, Type

_NEEDED = ("convert", "touches", "via")


# ---------------------------------------------------------------------------- what is known from the text


def info_of(world: World, called: str, decl: spec.AttributionDecl) -> Info:
    """The attribution as an entity, `called` so by the IR, seen from its own package.

    Finds out between which entities it is, and no more.
    """
    name = decl.name
    base = spec.Text(name.value.split(".")[0], span=name.span)
    known_as = world.names.canonical
    between = known_as(_conversions(world, decl)), known_as(_touches(world, decl))
    attribution = Attribution(decl, known_as(base.value), *between)
    conversions, touches = world.entity(attribution.conversions), world.entity(attribution.touches)
    columns = {column: _column(column, name) for column in column_names(conversions, touches)}
    entity = spec.EntityDecl(
        name,
        time=spec.Embedded(spec.Start.REFERENCE, ir.CREDIT_TIME, exact=False, span=name.span),
        columns=tuple(columns.values()),
        covers=_covers(world, decl, conversions),
        unit=base,
        common=decl.common,
        span=decl.span,
    )
    return Info(called, entity, columns, {}, attribution=attribution)


def _column(column: str, name: spec.Text) -> spec.ColumnDecl:
    """A column that nobody declares: `credit_columns` says of what type it is."""
    nothing = spec.Embedded(spec.Start.COLUMN_TYPE, "", broken=True, span=name.span)
    return spec.ColumnDecl(spec.Text(column, span=name.span), nothing, span=name.span)


def _conversions(world: World, decl: spec.AttributionDecl) -> str:
    """The entity that the first qualified name of `convert` begins with."""
    tree = world.expression(decl.convert, Diagnostics()) if decl.convert is not None else None
    found = (path.names[0].text for path in (paths(tree) if tree is not None else ()))
    return next((name for name in found if name in world.names.entities), "")


def _touches(world: World, decl: spec.AttributionDecl) -> str:
    tree = world.tree(decl.touches, Diagnostics()) if decl.touches is not None else None
    name = tree.entity.dotted if isinstance(tree, ast.Touches) else ""
    return name if name in world.names.entities else ""


def _covers(world: World, decl: spec.AttributionDecl, conversions: Info | None) -> spec.Embedded | None:
    """Credits are as complete as their conversions, where these are dated by their own time."""
    if conversions is None or conversions.decl.time is None:
        return None
    if decl.dated is None or _bare(world, decl.dated, conversions) == _bare(
        world, conversions.decl.time, conversions
    ):
        return conversions.decl.covers
    return None


def _bare(world: World, embedded: spec.Embedded, info: Info) -> str | None:
    tree = world.tree(embedded, Diagnostics())
    return ast.Path(in_row(tree.names, info, world)).dotted if isinstance(tree, ast.Path) else None


# ---------------------------------------------------------------------------- what it means


def credits_of(world: World, info: Info, diags: Diagnostics) -> ir.Credits | None:
    """The rows of an attribution; None after an error."""
    assert info.attribution is not None, "asked only of attributions"
    decl = info.attribution.decl
    found = Diagnostics()
    made = _made(world, info.attribution, found) if _is_complete(world, info.attribution, found) else None
    if decl.window is None and not info.attribution.is_variant:
        found.add(errors.no_window(decl.name.span))
    diags.extend(found)
    return None if found.has_errors else made


def _is_complete(world: World, attribution: Attribution, diags: Diagnostics) -> bool:
    """Whether the keys are there that every attribution has, and none too many."""
    decl = attribution.decl
    missing = [key for key in _NEEDED if getattr(decl, key) is None]
    if decl.model is None and decl.weight is None:
        missing.append("model")
    if missing:
        diags.add(errors.missing_keys(attribution.base, missing, decl.name.span))
    if decl.model is not None and decl.weight is not None:
        diags.add(errors.model_and_weight(decl.weight.span, decl.model.span))
    for variant in world.names.attributions[attribution.base].variants:
        if variant.name.value in OWN:
            diags.add(errors.named_like_a_column(attribution.base, variant.name.value, variant.name.span))
    return not diags.has_errors


def _made(world: World, attribution: Attribution, diags: Diagnostics) -> ir.Credits | None:
    decl = attribution.decl
    conversion = _conversion(world, attribution, diags)
    touch, touch_where = _touch(world, decl, diags)
    if conversion is None or touch is None:
        return None
    value = _value(world, decl, conversion)
    anchor = _anchor(world, decl, conversion)
    order = world.time(touch.info, decl.name.span, diags)
    if value is None or anchor is None or order is None:
        return None
    window = window_of(world, decl.window, anchor, order, diags)
    keys = _keys(world, decl, conversion, touch)
    if window is None or keys is None:
        return None
    _remark_coverage(world, decl, window, conversion, touch)
    shares = shares_of(world, decl, conversion, touch, window.touched.type)
    if shares is None:
        return None
    return ir.Credits(
        conversion.info.name,
        value,
        anchor,
        touch.info.name,
        keys,
        window.touched,
        window.earliest,
        window.latest,
        order,
        shares,
        _condition(world, decl.where, conversion),
        touch_where,
    )


def _condition(world: World, embedded: spec.Embedded | None, scope: RowScope) -> ir.Expr | None:
    tree = world.expression(embedded, scope.diags) if embedded is not None else None
    return resolve_condition(tree, scope) if tree is not None else None


def _remark_coverage(
    world: World, decl: spec.AttributionDecl, window: Window, conversion: RowScope, touch: RowScope
) -> None:
    """Conversions that look back to before touches are known have their credits among those that are."""
    touches = covers_of(world, touch.info, conversion.diags)
    conversions = covers_of(world, conversion.info, conversion.diags)
    if touches is None or touches.start is None or window.days is None or decl.window is None:
        return
    whole = touches.start + timedelta(days=window.days)
    if conversions is None or conversions.start is None or conversions.start < whole:
        conversion.diags.add(
            errors.touches_unknown(touches.start, whole, conversion.info.name, decl.window.span)
        )


# ---------------------------------------------------------------------------- the two sides


def _conversion(world: World, attribution: Attribution, diags: Diagnostics) -> RowScope | None:
    """A row of the entity that is converted."""
    convert = attribution.decl.convert
    assert convert is not None, "it is complete"
    tree = world.expression(convert, diags)
    if tree is None:
        return None
    info = world.entity(attribution.conversions)
    if info is None:
        first = next(paths(tree), None)
        if first is not None and len(first.names) > 1 and world.names.kind_of(first.names[0].text) is None:
            diags.add(naming.unknown_entity(first.names[0].text, tuple(world.names.entities), first.span))
        else:
            diags.add(errors.no_conversions(convert.text, convert.span))
        return None
    return _side(world, info, convert.span, diags)


def _touch(
    world: World, decl: spec.AttributionDecl, diags: Diagnostics
) -> tuple[RowScope | None, ir.Expr | None]:
    """A row of the entity of the touches, and the condition on it."""
    assert decl.touches is not None, "it is complete"
    tree = world.tree(decl.touches, diags)
    if not isinstance(tree, ast.Touches):
        return None, None
    info = world.named(tree.entity.dotted) if tree.entity.dotted in world.names.entities else None
    if info is None:
        diags.add(naming.unknown_entity(tree.entity.dotted, tuple(world.names.entities), tree.entity.span))
        return None, None
    scope = _side(world, info, tree.entity.span, diags)
    if scope is None:
        return None, None
    if info.decl.time is None:
        diags.add(errors.touches_without_time(info.name, tree.entity.span))
        return None, None
    return scope, resolve_condition(tree.where, scope) if tree.where is not None else None


def _side(world: World, info: Info, span: Span, diags: Diagnostics) -> RowScope | None:
    """A row of an entity that has a key, by which ties are broken and rows are found again."""
    if not world.usable(info, span, diags):
        return None
    if not info.key:
        diags.add(joins.no_key("an attribution", info.name, span))
        return None
    if info.decl.valid is not None:
        diags.add(errors.versions_credited(info.name, span))
        return None
    return RowScope(world, info, Place.ATTRIBUTION, diags)


def _anchor(world: World, decl: spec.AttributionDecl, conversion: RowScope) -> ir.Field | None:
    """When a conversion happened."""
    assert decl.convert is not None, "it is complete"
    if decl.dated is None:
        return anchor_of(None, conversion, decl.convert.span)
    tree = world.tree(decl.dated, conversion.diags)
    return anchor_of(tree, conversion, decl.dated.span) if isinstance(tree, ast.Path) else None


# ---------------------------------------------------------------------------- the value


def _value(world: World, decl: spec.AttributionDecl, conversion: RowScope) -> ir.Expr | None:
    """What each conversion is worth: an exact number of its own, or 1 where the entity alone is named."""
    assert decl.convert is not None, "it is complete"
    tree = world.expression(decl.convert, conversion.diags)
    if tree is None:
        return None
    if isinstance(tree, ast.Path) and world.names.canonical(tree.dotted) == conversion.info.name:
        return ir.Literal(1, Type(Kind.INTEGER, unit=conversion.info.counted), span=tree.span)
    found = resolve(tree, conversion)
    if found.type.is_error or not _is_creditable(found, conversion):
        return None
    return found


def _is_creditable(value: ir.Expr, conversion: RowScope) -> bool:
    diags = conversion.diags
    if not value.type.is_numeric:
        diags.add(errors.not_a_number(value.type, value.span))
    elif value.type.exactness is not Exactness.EXACT:
        diags.add(errors.not_exact(value.type, value.span))
    elif mixes_currencies(value.type.unit):
        diags.add(errors.several_currencies(value.span))
    else:
        return _is_own(value, conversion)
    return False


def _is_own(value: ir.Expr, conversion: RowScope) -> bool:
    """Ruling 17: a value of the parent would be credited once for each of its children."""
    behind = next((field for field in value_fields(value) if field.steps), None)
    if behind is not None:
        path = ".".join((*behind.steps, behind.name))
        conversion.diags.add(errors.parents_value(path, conversion.info.name, behind.owner, value.span))
    return behind is None


# ---------------------------------------------------------------------------- what both share

Pair = tuple[ir.Expr, ir.Expr]


def _keys(
    world: World, decl: spec.AttributionDecl, conversion: RowScope, touch: RowScope
) -> tuple[Pair, ...] | None:
    """What a conversion and its touches have in common, by the name that it has on both sides."""
    assert decl.via is not None, "it is complete"
    tree = world.tree(decl.via, conversion.diags)
    if not isinstance(tree, ast.Path):
        return None
    ours, theirs = _shared(tree, conversion, touch), _shared(tree, touch, conversion)
    if ours is None or theirs is None:
        return None
    for one, other in zip(ours, theirs, strict=False):
        if not meet(one.type, other.type) or one.type.is_double:
            conversion.diags.add(errors.shared_differs(tree.dotted, one.type, other.type, tree.span))
            return None
    if len(ours) != len(theirs):
        conversion.diags.add(errors.shared_differs(tree.dotted, ours[0].type, theirs[0].type, tree.span))
        return None
    return tuple(zip(ours, theirs, strict=True))


def _shared(tree: ast.Path, side: RowScope, other: RowScope) -> tuple[ir.Expr, ...] | None:
    """The path from one side; where it leads from the other to this very entity, that is its key."""
    names = tree.names
    if names[0].text in side.info.members:
        return _columns(names, tree, side)
    if names[0].text in other.info.members and _leads_to(names, tree, other) == side.info.name:
        key = (ast.Name(column, span=tree.span) for column in side.info.key)
        found = tuple(side.field((name,), tree) for name in key)
        return None if any(column.type.is_error for column in found) else found
    both = sorted(set(side.info.columns) & set(other.info.columns))
    side.diags.add(errors.not_shared(tree.dotted, side.info.name, both, tree.span))
    return None


def _columns(names: tuple[ast.Name, ...], tree: ast.Path, side: RowScope) -> tuple[ir.Expr, ...] | None:
    """The column at the end of the path; all those that a reference by several columns has."""
    reference = _reference(names, tree, side)
    if reference is not None and len(reference.columns) > 1:
        ends = [ast.Name(column, span=names[-1].span) for column in reference.columns]
    else:
        ends = [names[-1]]
    found = tuple(side.field((*names[:-1], end), tree) for end in ends)
    return None if any(column.type.is_error for column in found) else found


def _reference(names: tuple[ast.Name, ...], tree: ast.Path, side: RowScope) -> ir.Reference | None:
    """What the last name of the path refers to, if it does."""
    owner = side.info
    if len(names) > 1:
        found = RowScope(side.world, side.info, Place.PATH, Diagnostics()).field(names, tree)
        if not isinstance(found, ir.Field):
            return None
        owner = side.world.entity(found.owner) or owner
    if names[-1].text not in owner.columns:
        return None
    column = side.world.column(owner, names[-1].text, tree.span, Diagnostics())
    return column.reference if column is not None else None


def _leads_to(names: tuple[ast.Name, ...], tree: ast.Path, side: RowScope) -> str | None:
    reference = _reference(names, tree, side)
    return reference.target if reference is not None else None


# ---------------------------------------------------------------------------- keys that nobody asks for


def has_used_keys(decl: spec.AttributionDecl, world: World, diags: Diagnostics) -> None:
    """Reports what is said for models that neither the attribution nor a variant has."""
    models = {_model(world, each) for each in (decl, *decl.variants)}
    for each in (decl, *decl.variants):
        if each.direct is not None and "last_non_direct" not in models:
            diags.add(errors.unused_key("direct", "last_non_direct", each.direct.span))
        if each.milestones and not models & set(MILESTONE_MODELS):
            place = each.milestones[0][0].span
            diags.add(errors.unused_key("milestones", ", ".join(MILESTONE_MODELS), place))


def _model(world: World, decl: spec.AttributionDecl) -> str | None:
    tree = world.tree(decl.model, Diagnostics()) if decl.model is not None else None
    return tree.name.text if isinstance(tree, ast.Model) else None
