"""The sections about what is counted: segments, attributions, functions, params, KPIs, reports, tests."""

from __future__ import annotations

from kpilang.source import Span
from kpilang.syntax.builder import normalized
from kpilang.syntax.embedding import broken
from kpilang.syntax.errors import files as errors
from kpilang.syntax.fields import COMMON, Fields, File, named
from kpilang.syntax.spec import (
    AttributionDecl,
    Embedded,
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
from kpilang.syntax.yaml_tree import Entry, Mapping, Scalar, Tree, shape_of

_SEGMENT_KEYS = ("is", *COMMON)
_MODEL_KEYS = (
    "convert",
    "where",
    "dated",
    "touches",
    "via",
    "window",
    "model",
    "weight",
    "direct",
    "milestones",
)
_FUNCTION_KEYS = ("formula", *COMMON)
_PARAM_KEYS = ("type", "default", "values", *COMMON)
_VARIANT_KEYS = (
    "formula",
    "let",
    "unit",
    "better",
    "target",
    "warn",
    "alert",
    "benchmark",
    "matures",
    "by",
    "requires",
    "laws",
    "tests",
    "extends",
    *COMMON,
)
_KPI_KEYS = (*_VARIANT_KEYS[: -len(COMMON)], "variants", *COMMON)
_QUERY_KEYS = ("kpis", "by", "grain", "from", "to", "where", "order", "limit", "params")
_TEST_KEYS = ("given", "query", "expect", "because")


def read_segment(file: File, name: Text, tree: Tree) -> SegmentDecl:
    """A sentence or a set expression, or a map with `is`."""
    span = name.span.to(tree.span)
    if not isinstance(tree, Mapping):
        return SegmentDecl(name, file.embedded(tree, Start.SEGMENT, f"segment `{name.value}`"), span=span)
    fields = file.fields(tree, f"segment `{name.value}`", _SEGMENT_KEYS, name.span)
    return SegmentDecl(name, fields.required("is", Start.SEGMENT), fields.common(), span=span)


def read_attribution(file: File, name: Text, tree: Tree) -> AttributionDecl:
    """One entry of `attributions`."""
    fields = file.fields(tree, f"attribution `{name.value}`", (*_MODEL_KEYS, "variants", *COMMON), name.span)
    variants = tuple(_credit_variant(file, *pair) for pair in named(fields.entries("variants"), file))
    return _attribution(name, fields, variants, name.span.to(tree.span))


def _credit_variant(file: File, name: Text, tree: Tree) -> AttributionDecl:
    fields = file.fields(tree, f"variant `{name.value}`", (*_MODEL_KEYS, *COMMON), name.span)
    return _attribution(name, fields, (), name.span.to(tree.span))


def _attribution(
    name: Text, fields: Fields, variants: tuple[AttributionDecl, ...], span: Span
) -> AttributionDecl:
    return AttributionDecl(
        name,
        convert=fields.embedded("convert", Start.FORMULA),
        where=fields.embedded("where", Start.CONDITION),
        dated=fields.embedded("dated", Start.REFERENCE),
        touches=fields.embedded("touches", Start.TOUCHES),
        via=fields.embedded("via", Start.REFERENCE),
        window=fields.embedded("window", Start.FORMULA),
        model=fields.embedded("model", Start.MODEL),
        weight=fields.embedded("weight", Start.FORMULA),
        direct=fields.embedded("direct", Start.CONDITION),
        milestones=fields.pairs("milestones", Start.CONDITION),
        variants=variants,
        common=fields.common(),
        span=span,
    )


def read_function(file: File, entry: Entry) -> FunctionDecl:
    """`name(arguments)` with a formula, or a map with one."""
    signature = file.embedded(entry.key, Start.SIGNATURE, "a function")
    where = f"function `{entry.key.value}`"
    if not isinstance(entry.value, Mapping):
        formula = file.embedded(entry.value, Start.FORMULA, where)
        return FunctionDecl(signature, formula, span=entry.span)
    fields = file.fields(entry.value, where, _FUNCTION_KEYS)
    return FunctionDecl(
        signature, fields.required("formula", Start.FORMULA), fields.common(), span=entry.span
    )


def read_param(file: File, name: Text, tree: Tree) -> ParamDecl:
    """A value, or a map with what it may be."""
    span = name.span.to(tree.span)
    if not isinstance(tree, Mapping):
        return ParamDecl(name, file.embedded(tree, Start.FORMULA, f"param `{name.value}`"), span=span)
    fields = file.fields(tree, f"param `{name.value}`", _PARAM_KEYS, name.span)
    if not (fields.has("default") or fields.has("values") or fields.has("type")):
        fields.missing("default")
    return ParamDecl(
        name,
        default=fields.embedded("default", Start.FORMULA),
        type=fields.text("type"),
        values=fields.embedded("values", Start.VALUES),
        common=fields.common(),
        span=span,
    )


# ---------------------------------------------------------------------------- KPIs


def read_kpi(file: File, name: Text, tree: Tree) -> KpiDecl:
    """A formula, or a map with all that is known about the KPI."""
    if not isinstance(tree, Mapping):
        return _plain_kpi(file, name, tree, f"KPI `{name.value}`")
    fields = file.fields(tree, f"KPI `{name.value}`", _KPI_KEYS, name.span)
    variants = tuple(_variant(file, *pair) for pair in named(fields.entries("variants"), file))
    return _kpi(file, name, fields, variants, name.span.to(tree.span))


def _variant(file: File, name: Text, tree: Tree) -> KpiDecl:
    if not isinstance(tree, Mapping):
        return _plain_kpi(file, name, tree, f"variant `{name.value}`")
    fields = file.fields(tree, f"variant `{name.value}`", _VARIANT_KEYS, name.span)
    return _kpi(file, name, fields, (), name.span.to(tree.span))


def _plain_kpi(file: File, name: Text, tree: Tree, what: str) -> KpiDecl:
    return KpiDecl(name, file.embedded(tree, Start.FORMULA, what), span=name.span.to(tree.span))


def _kpi(file: File, name: Text, fields: Fields, variants: tuple[KpiDecl, ...], span: Span) -> KpiDecl:
    """Whether a formula is needed is not known here: it may come by `extends`."""
    formula = fields.embedded("formula", Start.FORMULA)
    if formula is None and "formula" in fields.meant:
        formula = broken(Start.FORMULA, name.span)
    return KpiDecl(
        name,
        formula=formula,
        let=fields.pairs("let", Start.FORMULA),
        unit=fields.name("unit"),
        better=fields.text("better"),
        target=fields.embedded("target", Start.GOAL),
        warn=fields.embedded("warn", Start.GOAL),
        alert=fields.embedded("alert", Start.GOAL),
        benchmark=fields.embedded("benchmark", Start.FORMULA),
        matures=fields.embedded("matures", Start.FORMULA),
        by=fields.names("by"),
        requires=fields.names("requires"),
        laws=fields.embeddeds("laws", Start.CONDITION),
        tests=tuple(read_test(file, item) for item in fields.items("tests")),
        variants=variants,
        extends=fields.name("extends"),
        common=fields.common(),
        span=span,
    )


# ---------------------------------------------------------------------------- reports and tests


def read_report(file: File, name: Text, tree: Tree) -> ReportDecl:
    """One entry of `reports`."""
    fields = file.fields(tree, f"report `{name.value}`", (*_QUERY_KEYS, *COMMON), name.span)
    if not fields.has("kpis"):
        fields.missing("kpis")
    return ReportDecl(name, _query(fields), fields.common(), span=name.span.to(tree.span))


def _query(fields: Fields) -> QueryKeys:
    return QueryKeys(
        kpis=_kpis(fields),
        by=fields.names("by"),
        grain=fields.text("grain"),
        start=fields.text("from"),
        end=fields.text("to"),
        where=fields.embedded("where", Start.CONDITION),
        order=fields.names("order"),
        limit=fields.integer("limit"),
        params=fields.pairs("params", Start.FORMULA),
        span=fields.span,
    )


def _kpis(fields: Fields) -> tuple[Embedded, ...]:
    """One KPI, or a list of KPIs."""
    tree = fields.values.get("kpis")
    if isinstance(tree, Scalar):
        return (fields.file.embedded(tree, Start.FORMULA, "`kpis`"),)
    return fields.embeddeds("kpis", Start.FORMULA)


def read_test(file: File, tree: Tree) -> TestDecl:
    """Rows in, numbers out."""
    fields = file.fields(tree, "a test", _TEST_KEYS)
    query = fields.values.get("query")
    because = fields.text("because")
    return TestDecl(
        given=tuple(_rows(file, entry) for entry in fields.entries("given")),
        query=_query(file.fields(query, "`query`", _QUERY_KEYS)) if query is not None else None,
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
