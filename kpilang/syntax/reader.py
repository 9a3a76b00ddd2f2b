"""Spec files and `kpilang.yml`: from positioned YAML to declarations with exact places.

One function for each section, each a list of the keys it reads. Unknown keys, wrong shapes and missing parts
are reported and the rest is read on, so one run shows all. Expressions stay text (`Embedded`): a KPI that
nobody asks for is never parsed. What names mean, whether they exist, is none of this module's business.
"""

from __future__ import annotations

import re

from kpilang.diagnostics import Diagnostics
from kpilang.source import Source
from kpilang.syntax import keys, spec
from kpilang.syntax.errors import files as errors
from kpilang.syntax.fields import Fields, File, is_empty, named
from kpilang.syntax.keys import Form, Shape
from kpilang.syntax.read_entities import read_binding, read_dimension, read_entity
from kpilang.syntax.read_kpis import (
    read_attribution,
    read_function,
    read_kpi,
    read_param,
    read_report,
    read_segment,
    read_test,
)
from kpilang.syntax.yaml_tree import Mapping, Tree, read_tree

_PASSWORD = re.compile(r"://[^/@\s]*:[^/@\s]*@")

SECTIONS = keys.SPEC.names


def read_spec(source: Source, diags: Diagnostics) -> spec.SpecFile:
    """What a spec file declares; an empty file declares nothing."""
    file = File(source, diags)
    top = _top(file, "a spec file", keys.SPEC)
    if top is None:
        return spec.SpecFile(span=source.span(0, len(source.text)))
    return spec.SpecFile(
        entities=tuple(read_entity(file, *pair) for pair in named(top.entries("entities"), file)),
        bindings=tuple(
            read_binding(file, name, item)
            for name, tree in named(top.entries("bindings", Form.LISTS), file, is_reference=True)
            for item in file.items(tree, f"the bindings of `{name.value}`")
        ),
        dimensions=tuple(read_dimension(file, *pair) for pair in named(top.entries("dimensions"), file)),
        segments=tuple(read_segment(file, *pair) for pair in named(top.entries("segments"), file)),
        attributions=tuple(
            read_attribution(file, *pair) for pair in named(top.entries("attributions"), file)
        ),
        functions=tuple(read_function(file, entry) for entry in top.entries("functions")),
        params=tuple(read_param(file, *pair) for pair in named(top.entries("params"), file)),
        kpis=tuple(read_kpi(file, *pair) for pair in named(top.entries("kpis"), file)),
        reports=tuple(read_report(file, *pair) for pair in named(top.entries("reports"), file)),
        tests=tuple(read_test(file, item) for item in top.items("tests")),
        span=source.span(0, len(source.text)),
    )


def read_project(source: Source, diags: Diagnostics) -> spec.ProjectDecl:
    """What `kpilang.yml` says; an empty file says nothing, and all has its default."""
    file = File(source, diags)
    top = _top(file, "kpilang.yml", keys.PROJECT)
    if top is None:
        return spec.ProjectDecl(span=source.span(0, len(source.text)))
    return spec.ProjectDecl(
        version=_version(top),
        name=top.text("name"),
        timezone=top.text("timezone"),
        week_starts=top.text("week_starts"),
        fiscal_year_starts=top.text("fiscal_year_starts"),
        currency=top.text("currency"),
        exchange=top.embedded("exchange"),
        imports=top.texts("imports"),
        targets=tuple(_target(file, *pair) for pair in named(top.entries("targets"), file)),
        span=source.span(0, len(source.text)),
    )


def _top(file: File, what: str, shape: Shape) -> Fields | None:
    tree = read_tree(file.source, file.diags)
    if tree is None or is_empty(tree):
        return None
    if not isinstance(tree, Mapping):
        file.diags.add(errors.not_a_mapping(what, shape.names, tree.span))
        return None
    return file.fields(tree, what, shape)


def _version(top: Fields) -> int:
    version = top.text("kpilang")
    if version is not None and version.value != "1":
        top.file.diags.add(errors.unsupported_version(version.value, version.span))
    return 1


def _target(file: File, name: spec.Text, tree: Tree) -> spec.TargetDecl:
    fields = file.fields(tree, f"target `{name.value}`", keys.TARGET, name.span)
    engine = fields.text("engine")
    if engine is None and not fields.has("engine"):
        fields.missing("engine")
    url = fields.text("url")
    if url is not None and _PASSWORD.search(url.value):
        file.diags.add(errors.secret_in_file(name.span))
    return spec.TargetDecl(
        name,
        engine or spec.Text("", span=name.span),
        data=fields.texts("data"),
        url=url,
        database=fields.text("database"),
        schema=fields.text("schema"),
        span=fields.span,
    )
