"""Functions of one's own: a call is the function's formula with its arguments in place of the parameters.

Arguments are terms, never text: each is resolved where it is written, and the formula sees nothing of the
caller but them. What is wrong in the formula is shown there and at the call.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TypeVar

from kpilang import ir
from kpilang.diagnostics import Diagnostic, Diagnostics, Label
from kpilang.semantics.errors import naming, sizes, values
from kpilang.semantics.expressions import resolve
from kpilang.semantics.memo import MOST_NESTED
from kpilang.semantics.names import WORDS
from kpilang.semantics.scope import Calls, Local, Scope, poison
from kpilang.semantics.sets import Term, resolve_term
from kpilang.semantics.sizes import is_small
from kpilang.semantics.world import World
from kpilang.source import Span
from kpilang.syntax import ast, spec

T = TypeVar("T")

MOST_PLACES = 6
"""Places that a finding shows at most, where functions call functions."""
MOST_CALLS = 2_000
"""Calls that one formula may come to when all are written out."""


def call_own(call: ast.Call, scope: Scope) -> ir.Expr:
    value: ir.Expr | None = _written_out(call, scope, resolve)
    if value is None or value.type.is_error:
        return poison(call.span)
    if not is_small(call.function.dotted, value, call.span, scope.diags):
        return poison(call.span)
    return dataclasses.replace(value, span=call.span)


def set_of_own(call: ast.Call, scope: Scope) -> Term | None:
    """The set that a call means; None after an error."""
    found: Term | None = _written_out(call, scope, resolve_term)
    if found is None or not is_small(call.function.dotted, found, call.span, scope.diags):
        return None
    return found


def _written_out(call: ast.Call, scope: Scope, meaning: Callable[[ast.Expr, Scope], T]) -> T | None:
    """What the formula of the function means with the arguments of the call; None after an error."""
    decl = scope.world.names.functions[call.function.dotted]
    locals = _arguments(call, decl, scope)
    if locals is None or not _may_call(call, decl, scope):
        return None
    found = Diagnostics()
    body = scope.world.expression(decl.formula, found)
    value: T | None = None
    if body is not None:
        calls = Calls((*scope.calls.open, _step(call, decl, scope)), scope.calls.made)
        inside = scope.body(locals, calls, found)
        inside.world = scope.world.at(decl.formula.span)
        value = meaning(body, inside)
    scope.diags.extend(_seen_from(diagnostic, call, decl) for diagnostic in found)
    return value


def _may_call(call: ast.Call, decl: spec.FunctionDecl, scope: Scope) -> bool:
    name, calls, step = call.function.dotted, scope.calls, _step(call, decl, scope)
    if step in calls.open:
        scope.diags.add(naming.cycle(calls.open[calls.open.index(step) :], call.span))
        return False
    calls.made.append(name)
    if len(calls.made) > MOST_CALLS + 1:
        return False  # said once
    if len(calls.open) >= MOST_NESTED:
        scope.diags.add(sizes.too_deep(calls.open[0][0], MOST_NESTED, decl.signature.span))
        return False
    if len(calls.made) > MOST_CALLS:
        scope.diags.add(sizes.too_many_calls(name, MOST_CALLS, decl.signature.span))
        return False
    return True


def _step(call: ast.Call, decl: spec.FunctionDecl, scope: Scope) -> tuple[str, Span]:
    return scope.world.names.canonical(call.function.dotted), decl.signature.span


def _arguments(call: ast.Call, decl: spec.FunctionDecl, scope: Scope) -> dict[str, Local] | None:
    """The parameters by name, each with its argument; None after an error."""
    name = call.function.dotted
    for modifier, given in (("where", call.where), ("dated", call.dated), ("via", call.via)):
        if given is not None:
            scope.diags.add(values.misplaced_modifier(name, modifier, given.span))
            return None
    if call.per or call.by:
        scope.diags.add(values.misplaced_modifier(name, "per" if call.per else "by", call.span))
        return None
    signature = signature_of(decl, scope.world, scope.diags)
    if signature is None:
        return None
    if len(call.arguments) != len(signature.parameters):
        scope.diags.add(values.wrong_count(decl.signature.text, len(call.arguments), call.span))
        return None
    return {
        parameter.text: Local(parameter.text, argument, scope, parameter.span)
        for parameter, argument in zip(signature.parameters, call.arguments, strict=True)
    }


def signature_of(decl: spec.FunctionDecl, world: World, diags: Diagnostics) -> ast.Signature | None:
    """The parameters, each with a name of its own; None after an error."""
    signature = world.tree(decl.signature, diags)
    if not isinstance(signature, ast.Signature):
        return None
    names = [parameter.text for parameter in signature.parameters]
    for place, parameter in enumerate(signature.parameters):
        if parameter.text in WORDS or parameter.text in names[:place]:
            diags.add(naming.bad_local(parameter.text, "a parameter", parameter.span))
            return None
    return signature


def _seen_from(found: Diagnostic, call: ast.Call, decl: spec.FunctionDecl) -> Diagnostic:
    """With the call and the definition, whichever of the two it does not show yet."""
    places = [(call.span, "called here"), (decl.signature.span, "defined here")]
    known = [found.span, *(label.span for label in found.secondary)]
    if len(known) > MOST_PLACES:
        return found
    further = tuple(
        Label(place, text) for place, text in places if not any(_holds(place, other) for other in known)
    )
    return dataclasses.replace(found, secondary=(*found.secondary, *further))


def _holds(place: Span, inner: Span) -> bool:
    return place.file == inner.file and place.start <= inner.start and inner.end <= place.end
