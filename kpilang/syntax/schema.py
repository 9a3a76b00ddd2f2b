"""The keys as JSON Schema, for editors and for whoever reads specs without us.

From the tables of `keys` to plain data: names of keys, forms of values and what they say. Expressions are
texts to it; what is right in them, `check` says. Draft 7, which the language servers of YAML know best. The
files in `grammar/` are written by `make golden`.
"""

from __future__ import annotations

import re
from typing import Any, assert_never

from kpilang.syntax.keys import Form, Key, Shape, shapes
from kpilang.syntax.spec import Start

Schema = dict[str, Any]

_DRAFT = "http://json-schema.org/draft-07/schema#"
_SCALAR = ["string", "number", "boolean"]
"""YAML makes a number of `5` and a truth of `true`; both are texts to whoever wants a text."""

_NAMES: Schema = {"pattern": r"^[^\s.`]([^.`\r\n\t]*[^\s.`])?$", "maxLength": 200}
_REFERENCES: Schema = {"pattern": r"^[^\s.`]([^`\r\n\t]*[^\s.`])?$", "maxLength": 200}
"""Names of what is declared elsewhere, perhaps with a package before them."""
_SIGNATURES: Schema = {"pattern": r"^[^()]+\([^()]+\)\s*$"}

_EXAMPLES = {
    Start.FORMULA: "sum(orders.amount where is_paid)",
    Start.CONDITION: "status = 'paid' and amount > 0",
    Start.SEGMENT: "customers with orders where is_paid",
    Start.GOAL: "at least 25%",
    Start.COVERS: "from 2023-03-01",
    Start.DUPLICATES: "latest by loaded_at",
    Start.MODEL: "position(40%, 20%, 40%)",
    Start.SIGNATURE: "retention(s)",
    Start.REFERENCE: "customer.country",
    Start.VALUES: "0..24 months",
    Start.COLUMN_TYPE: "money(EUR)",
    Start.VALID: "valid_from to valid_to",
    Start.TOUCHES: "touchpoints where is_marketing",
}


def schema(root: Shape) -> Schema:
    """The schema of a file whose top mapping has this shape."""
    below = [shape for shape in shapes(root) if shape is not root]
    return {
        "$schema": _DRAFT,
        "title": root.title,
        "description": root.about,
        **_mapping(root),
        "definitions": {_word(shape): _definition(shape) for shape in below},
    }


def _definition(shape: Shape) -> Schema:
    """With `if`, so that an editor speaks of the wrong key in a mapping, not of a text that it could be."""
    described = {"title": shape.title, "description": shape.about}
    if shape.short is None:
        return {**described, **_mapping(shape)}
    mapping = {"if": {"type": "object"}, "then": _mapping(shape, "object")}
    return {**described, **mapping, "else": _expression(shape.short)}


def _mapping(shape: Shape, *types: str) -> Schema:
    """A mapping of the shape; one without keys may be left empty."""
    others = False if shape.others is None else _expression(shape.others)
    found: Schema = {
        "type": list(types or ("object", "null")),
        "properties": {key.name: {"description": key.about, **_value(key)} for key in shape.keys},
        "additionalProperties": others,
    }
    for names in shape.required:
        found |= (
            {"anyOf": [{"required": [name]} for name in names]} if len(names) > 1 else {"required": [*names]}
        )
    return found


def _value(key: Key) -> Schema:
    """The form of a key's value."""
    match key.form:
        case Form.EXPRESSION:
            return _of(key)
        case Form.EXPRESSIONS:
            return _list(_of(key))
        case Form.ONE_OR_MORE:
            return {"anyOf": [_of(key), _list(_of(key))]}
        case Form.PAIRS:
            return _named(_of(key))
        case Form.EXPRESSION_OR_PAIRS:
            return {"anyOf": [_of(key), _named(_of(key))]}
        case Form.TEXT | Form.NAME:
            return {"type": _SCALAR}
        case Form.TEXTS | Form.NAMES:
            return {"anyOf": [{"type": _SCALAR}, _list({"type": _SCALAR})]}
        case Form.BY_LANGUAGE | Form.BY_DIALECT:
            by_word = {"type": "object", "additionalProperties": {"type": _SCALAR}}
            return {"anyOf": [{"type": _SCALAR}, by_word]}
        case Form.WHOLE:
            return {"type": "integer"}
        case Form.ANYTHING:
            return {}
        case Form.ROWS:
            return _named(_list({"type": "object"}))
        case Form.ONE | Form.ENTRIES | Form.LISTS | Form.ITEMS:
            return _mappings(key)
    assert_never(key.form)


def _mappings(key: Key) -> Schema:
    assert key.shape is not None, f"`{key.name}` has no shape"
    inner = {"$ref": f"#/definitions/{_word(key.shape)}"}
    match key.form:
        case Form.ENTRIES:
            return _named(inner, _SIGNATURES if key.shape.signed else _NAMES)
        case Form.LISTS:
            return _named(_list(inner), _REFERENCES)
        case Form.ITEMS:
            return _list(inner)
        case _:
            return {"allOf": [inner]}


def _of(key: Key) -> Schema:
    assert key.start is not None, f"`{key.name}` holds no expressions"
    return _expression(key.start)


def _expression(start: Start) -> Schema:
    return {"type": _SCALAR, "minLength": 1, "examples": [_EXAMPLES[start]]}


def _list(items: Schema) -> Schema:
    return {"type": ["array", "null"], "items": items}


def _named(values: Schema, names: Schema = _NAMES) -> Schema:
    return {"type": ["object", "null"], "propertyNames": names, "additionalProperties": values}


def _word(shape: Shape) -> str:
    return re.sub(r"\W+", "_", shape.title.lower())
