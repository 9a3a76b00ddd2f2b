"""The sections about what is counted: segments, attributions, functions, params, KPIs, reports, tests."""

from __future__ import annotations

import dataclasses

from kpilang.source import Span
from kpilang.syntax import keys
from kpilang.syntax.builder import normalized
from kpilang.syntax.embedding import broken
from kpilang.syntax.errors import files as errors
from kpilang.syntax.fields import Fields, File, named
from kpilang.syntax.keys import Form
from kpilang.syntax.spec import (
    AttributionDecl,
    FunctionDecl,
    KpiDecl,
    ParamDecl,
    QueryKeys,
    ReportDecl,
    SegmentDecl,
    Start,
    TestDecl,
    Text,
)
from kpilang.syntax.yaml_tree import Entry, Mapping, Tree, shape_of


def read_segment(file: File, name: Text, tree: Tree) -> SegmentDecl:
    """A sentence or a set expression, or a map with `is`."""
    span = name.span.to(tree.span)
    if not isinstance(tree, Mapping):
        return SegmentDecl(name, file.short(tree, keys.SEGMENT, f"segment `{name.value}`"), span=span)
    fields = file.fields(tree, f"segment `{name.value}`", keys.SEGMENT, name.span)
    return SegmentDecl(name, fields.required("is"), fields.common(), span=span)


def read_attribution(file: File, name: Text, tree: Tree) -> AttributionDecl:
    """One entry of `attributions`."""
    fields = file.fields(tree, f"attribution `{name.value}`", keys.ATTRIBUTION, name.span)
    variants = tuple(_credit_variant(file, *pair) for pair in named(fields.entries("variants"), file))
    return _attribution(name, fields, variants, name.span.to(tree.span))


def _credit_variant(file: File, name: Text, tree: Tree) -> AttributionDecl:
    fields = file.fields(tree, f"variant `{name.value}`", keys.CREDIT_VARIANT, name.span)
    return _attribution(name, fields, (), name.span.to(tree.span))


def _attribution(
    name: Text, fields: Fields, variants: tuple[AttributionDecl, ...], span: Span
) -> AttributionDecl:
    return AttributionDecl(
        name,
        convert=fields.embedded("convert"),
        where=fields.embedded("where"),
        dated=fields.embedded("dated"),
        touches=fields.embedded("touches"),
        via=fields.embedded("via"),
        window=fields.embedded("window"),
        model=fields.embedded("model"),
        weight=fields.embedded("weight"),
        direct=fields.embedded("direct"),
        milestones=fields.pairs("milestones"),
        variants=variants,
        common=fields.common(),
        span=span,
    )


def read_function(file: File, entry: Entry) -> FunctionDecl:
    """`name(arguments)` with a formula, or a map with one."""
    signature = file.embedded(entry.key, Start.SIGNATURE, "a function")
    where = f"function `{entry.key.value}`"
    if not isinstance(entry.value, Mapping):
        formula = file.short(entry.value, keys.FUNCTION, where)
        return FunctionDecl(signature, formula, span=entry.span)
    fields = file.fields(entry.value, where, keys.FUNCTION)
    return FunctionDecl(signature, fields.required("formula"), fields.common(), span=entry.span)


def read_param(file: File, name: Text, tree: Tree) -> ParamDecl:
    """A value, or a map with what it may be."""
    span = name.span.to(tree.span)
    if not isinstance(tree, Mapping):
        return ParamDecl(name, file.short(tree, keys.PARAM, f"param `{name.value}`"), span=span)
    fields = file.fields(tree, f"param `{name.value}`", keys.PARAM, name.span)
    if not (fields.has("default") or fields.has("values") or fields.has("type")):
        fields.missing("default")
    return ParamDecl(
        name,
        default=fields.embedded("default"),
        type=fields.text("type"),
        values=fields.embedded("values"),
        common=fields.common(),
        span=span,
    )


# ---------------------------------------------------------------------------- KPIs


def read_kpi(file: File, name: Text, tree: Tree) -> KpiDecl:
    """A formula, or a map with all that is known about the KPI."""
    if not isinstance(tree, Mapping):
        return _plain_kpi(file, name, tree, f"KPI `{name.value}`")
    fields = file.fields(tree, f"KPI `{name.value}`", keys.KPI, name.span)
    variants = tuple(_variant(file, *pair) for pair in named(fields.entries("variants"), file))
    return _kpi(file, name, fields, variants, name.span.to(tree.span))


def _variant(file: File, name: Text, tree: Tree) -> KpiDecl:
    if not isinstance(tree, Mapping):
        return _plain_kpi(file, name, tree, f"variant `{name.value}`")
    fields = file.fields(tree, f"variant `{name.value}`", keys.VARIANT, name.span)
    return _kpi(file, name, fields, (), name.span.to(tree.span))


def _plain_kpi(file: File, name: Text, tree: Tree, what: str) -> KpiDecl:
    return KpiDecl(name, file.embedded(tree, Start.FORMULA, what), span=name.span.to(tree.span))


def _kpi(file: File, name: Text, fields: Fields, variants: tuple[KpiDecl, ...], span: Span) -> KpiDecl:
    """Whether a formula is needed is not known here: it may come by `extends`."""
    formula = fields.embedded("formula")
    if formula is None and "formula" in fields.meant:
        formula = broken(Start.FORMULA, name.span)
    return KpiDecl(
        name,
        formula=formula,
        let=fields.pairs("let"),
        unit=fields.name("unit"),
        better=fields.text("better"),
        target=fields.embedded("target"),
        warn=fields.embedded("warn"),
        alert=fields.embedded("alert"),
        benchmark=fields.embedded("benchmark"),
        matures=fields.embedded("matures"),
        by=fields.names("by"),
        requires=fields.names("requires"),
        laws=fields.embeddeds("laws"),
        tests=tuple(read_test(file, item) for item in fields.items("tests")),
        variants=variants,
        extends=fields.name("extends"),
        common=fields.common(),
        span=span,
    )


# ---------------------------------------------------------------------------- reports and tests


def read_report(file: File, name: Text, tree: Tree) -> ReportDecl:
    """One entry of `reports`."""
    fields = file.fields(tree, f"report `{name.value}`", keys.REPORT, name.span)
    if not fields.has("kpis"):
        fields.missing("kpis")
    return ReportDecl(name, _query(fields), fields.common(), span=name.span.to(tree.span))


def _query(fields: Fields) -> QueryKeys:
    return QueryKeys(
        kpis=fields.one_or_more("kpis"),
        by=fields.names("by"),
        grain=fields.text("grain"),
        start=fields.text("from"),
        end=fields.text("to"),
        where=fields.embedded("where"),
        order=fields.names("order"),
        limit=fields.integer("limit"),
        params=fields.pairs("params"),
        span=fields.span,
    )


def read_test(file: File, tree: Tree) -> TestDecl:
    """Rows in, numbers out."""
    fields = file.fields(tree, "a test", keys.TEST)
    query = fields.one("query")
    because = fields.text("because")
    return TestDecl(
        given=tuple(_rows(file, entry) for entry in fields.entries("given", Form.ROWS)),
        query=dataclasses.replace(_query(query), as_of=query.text("as_of")) if query else None,
        expect=fields.plain("expect"),
        because=because.value if because else None,
        span=tree.span,
    )


def _rows(file: File, entry: Entry) -> tuple[Text, tuple[tuple[Span, object], ...]]:
    rows = []
    for item in file.items(entry.value, f"the rows of `{entry.key.value}`"):
        if isinstance(item, Mapping):
            rows.append((item.span, file.plain(item)))
        else:
            file.diags.add(errors.wrong_shape("a row", "a mapping", shape_of(item), item.span))
    return Text(normalized(entry.key.value), span=entry.key.span), tuple(rows)
