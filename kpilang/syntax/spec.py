"""The declarations of spec files and of `kpilang.yml`: YAML read, expressions not yet parsed.

`reader` makes these from positioned YAML, with every unknown key already reported; `semantics` gives them
meaning. An `Embedded` is a piece of DSL inside a YAML scalar; it is parsed when somebody asks
(`parser.parse`), so a KPI nobody asks for costs nothing.
"""

from __future__ import annotations

from dataclasses import field
from enum import Enum

from kpilang.frozen import dataclass
from kpilang.nodes import Node
from kpilang.source import Span


class Start(Enum):
    """The start symbols of the grammar, one per kind of YAML value."""

    FORMULA = "formula"
    CONDITION = "condition"
    SEGMENT = "segment"
    GOAL = "goal"
    COVERS = "covers"
    DUPLICATES = "duplicates"
    MODEL = "model"
    SIGNATURE = "signature"
    REFERENCE = "reference"
    VALUES = "values"
    COLUMN_TYPE = "column_type"
    VALID = "valid"
    TOUCHES = "touches"


@dataclass(frozen=True, slots=True)
class Embedded(Node):
    """DSL text in a YAML scalar.

    `text` is the raw slice of the file at `span` (quotes of a quoted scalar excluded), so that the place of
    a token is `span.start` plus its offset. Where the YAML value differs from the raw slice by more than
    blanks between tokens (escapes in a quoted scalar, a string folded over lines), `text` is the value and
    `exact` is false: then every place is the whole scalar. `broken` stands where an error was already
    reported: `parse` gives None without another.
    """

    start: Start
    text: str
    exact: bool = True
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A plain string of the spec, with its place."""

    value: str


@dataclass(frozen=True, slots=True)
class Common(Node):
    """Keys allowed on every entry. `label` and `about` map a language tag to a text, `""` the plain form."""

    about: tuple[tuple[str, str], ...] = ()
    label: tuple[tuple[str, str], ...] = ()
    synonyms: tuple[str, ...] = ()
    owner: str | None = None
    tags: tuple[str, ...] = ()
    status: str | None = None
    replaced_by: Text | None = None
    meta: object = None
    """The plain value of `meta`; compares by identity of content, hashed never."""


# ---------------------------------------------------------------------------- entities


@dataclass(frozen=True, slots=True)
class ColumnDecl(Node):
    """One column: `physical` is the table's name where it differs, `value` an expression over the table."""

    name: Text
    type: Embedded
    physical: Text | None = None
    value: Embedded | None = None
    unit: Text | None = None
    common: Common = field(default_factory=Common)


@dataclass(frozen=True, slots=True)
class AttributeDecl(Node):
    name: Text
    formula: Embedded
    unit: Text | None = None
    common: Common = field(default_factory=Common)


@dataclass(frozen=True, slots=True)
class QueryDecl(Node):
    """SQL text of the user's own, per dialect; the key `""` is the form without a dialect."""

    texts: tuple[tuple[str, Text], ...]


@dataclass(frozen=True, slots=True)
class EntityDecl(Node):
    name: Text
    table: Text | None = None
    file: Text | None = None
    query: QueryDecl | None = None
    each: Embedded | None = None
    where: Embedded | None = None
    key: tuple[Text, ...] = ()
    time: Embedded | None = None
    columns: tuple[ColumnDecl, ...] = ()
    attributes: tuple[AttributeDecl, ...] = ()
    rules: tuple[Embedded, ...] = ()
    carry: tuple[Text, ...] = ()
    valid: Embedded | None = None
    recorded: Embedded | tuple[tuple[Text, Embedded], ...] | None = None
    duplicates: Embedded | None = None
    covers: Embedded | None = None
    unit: Text | None = None
    common: Common = field(default_factory=Common)


@dataclass(frozen=True, slots=True)
class BindingDecl(Node):
    """One source of an abstract entity."""

    entity: Text
    source: Text | None = None
    table: Text | None = None
    file: Text | None = None
    query: QueryDecl | None = None
    where: Embedded | None = None
    values: tuple[tuple[Text, Embedded], ...] = ()
    key: tuple[Text, ...] = ()
    time: Embedded | None = None
    recorded: Embedded | tuple[tuple[Text, Embedded], ...] | None = None
    duplicates: Embedded | None = None
    covers: Embedded | None = None


# ---------------------------------------------------------------------------- what is said about them


@dataclass(frozen=True, slots=True)
class DimensionDecl(Node):
    """`channel:` → entity → path."""

    name: Text
    paths: tuple[tuple[Text, Embedded], ...]
    common: Common = field(default_factory=Common)


@dataclass(frozen=True, slots=True)
class SegmentDecl(Node):
    name: Text
    definition: Embedded
    common: Common = field(default_factory=Common)


@dataclass(frozen=True, slots=True)
class AttributionDecl(Node):
    name: Text
    convert: Embedded | None = None
    where: Embedded | None = None
    dated: Embedded | None = None
    touches: Embedded | None = None
    via: Embedded | None = None
    window: Embedded | None = None
    model: Embedded | None = None
    weight: Embedded | None = None
    direct: Embedded | None = None
    milestones: tuple[tuple[Text, Embedded], ...] = ()
    variants: tuple[AttributionDecl, ...] = ()
    common: Common = field(default_factory=Common)


@dataclass(frozen=True, slots=True)
class FunctionDecl(Node):
    signature: Embedded
    formula: Embedded
    common: Common = field(default_factory=Common)


@dataclass(frozen=True, slots=True)
class ParamDecl(Node):
    """A value, or a type with a default, or a type with the values it may take."""

    name: Text
    default: Embedded | None = None
    type: Text | None = None
    values: Embedded | None = None
    common: Common = field(default_factory=Common)


@dataclass(frozen=True, slots=True)
class KpiDecl(Node):
    """A KPI or a variant of one (then `name` is the variant's own)."""

    name: Text
    formula: Embedded | None = None
    let: tuple[tuple[Text, Embedded], ...] = ()
    unit: Text | None = None
    better: Text | None = None
    target: Embedded | None = None
    warn: Embedded | None = None
    alert: Embedded | None = None
    benchmark: Embedded | None = None
    matures: Embedded | None = None
    by: tuple[Text, ...] = ()
    requires: tuple[Text, ...] = ()
    laws: tuple[Embedded, ...] = ()
    tests: tuple[TestDecl, ...] = ()
    variants: tuple[KpiDecl, ...] = ()
    extends: Text | None = None
    common: Common = field(default_factory=Common)


@dataclass(frozen=True, slots=True)
class QueryKeys(Node):
    """The words of a query, wherever they stand: a report, a test."""

    kpis: tuple[Embedded, ...] = ()
    by: tuple[Text, ...] = ()
    grain: Text | None = None
    start: Text | None = None
    end: Text | None = None
    where: Embedded | None = None
    order: tuple[Text, ...] = ()
    limit: int | None = None
    params: tuple[tuple[Text, Embedded], ...] = ()
    as_of: Text | None = None


@dataclass(frozen=True, slots=True)
class ReportDecl(Node):
    name: Text
    query: QueryKeys
    common: Common = field(default_factory=Common)


@dataclass(frozen=True, slots=True)
class TestDecl(Node):
    """`given`, `expect`: plain values as YAML gives them, each row with its place."""

    __test__ = False

    given: tuple[tuple[Text, tuple[tuple[Span, object], ...]], ...] = ()
    query: QueryKeys | None = None
    expect: object = None
    because: str | None = None


# ---------------------------------------------------------------------------- files


@dataclass(frozen=True, slots=True)
class TargetDecl(Node):
    name: Text
    engine: Text
    data: tuple[Text, ...] = ()
    url: Text | None = None
    database: Text | None = None
    schema: Text | None = None


@dataclass(frozen=True, slots=True)
class ProjectDecl(Node):
    """`kpilang.yml`. Values are as written; `semantics` checks that zone, weekday and the rest exist."""

    version: int = 1
    name: Text | None = None
    timezone: Text | None = None
    week_starts: Text | None = None
    fiscal_year_starts: Text | None = None
    currency: Text | None = None
    exchange: Embedded | None = None
    imports: tuple[Text, ...] = ()
    targets: tuple[TargetDecl, ...] = ()


@dataclass(frozen=True, slots=True)
class SpecFile(Node):
    """One spec file; sections in any order, each at most once."""

    entities: tuple[EntityDecl, ...] = ()
    bindings: tuple[BindingDecl, ...] = ()
    dimensions: tuple[DimensionDecl, ...] = ()
    segments: tuple[SegmentDecl, ...] = ()
    attributions: tuple[AttributionDecl, ...] = ()
    functions: tuple[FunctionDecl, ...] = ()
    params: tuple[ParamDecl, ...] = ()
    kpis: tuple[KpiDecl, ...] = ()
    reports: tuple[ReportDecl, ...] = ()
    tests: tuple[TestDecl, ...] = ()
