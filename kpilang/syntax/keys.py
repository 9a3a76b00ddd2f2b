"""The keys of spec files and of `kpilang.yml`: which mapping has which, in what form, and what each says.

The one list of them. `reader` and its neighbours read by it, `schema` tells editors of it, and the tests hold
the language reference to it. What values mean is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from kpilang.syntax.spec import Start


class Form(Enum):
    """How the value of a key is written."""

    EXPRESSION = "an expression"
    EXPRESSIONS = "a list of expressions"
    ONE_OR_MORE = "an expression or a list of them"
    PAIRS = "names with an expression each"
    EXPRESSION_OR_PAIRS = "an expression, or names with one each"
    TEXT = "a text"
    TEXTS = "a text or a list of them"
    NAME = "a name"
    NAMES = "a name or a list of them"
    WHOLE = "a whole number"
    ANYTHING = "anything"
    BY_LANGUAGE = "a text, or one for each language"
    BY_DIALECT = "SQL, or one for each dialect"
    ONE = "a mapping"
    ENTRIES = "names with a mapping each"
    LISTS = "names with a list of mappings each"
    ITEMS = "a list of mappings"
    ROWS = "names with a list of rows each"


@dataclass(frozen=True, slots=True)
class Key:
    """One key: the `start` of its expressions, the `shape` of its mappings."""

    name: str
    form: Form
    about: str
    start: Start | None = None
    shape: Shape | None = None


@dataclass(frozen=True)
class Shape:
    """What one kind of mapping holds.

    `short` is the start of the lone expression that may stand in its place; `others` that of the values of
    all keys that are not in `keys`, where there may be such. One of the keys of a tuple in `required` must be
    there.
    """

    title: str
    about: str
    keys: tuple[Key, ...]
    short: Start | None = None
    others: Start | None = None
    required: tuple[tuple[str, ...], ...] = ()
    signed: bool = False
    """Whether names of such entries are signatures: `retention(s)`."""

    @cached_property
    def by_name(self) -> dict[str, Key]:
        return {key.name: key for key in self.keys}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(key.name for key in self.keys)


def shapes(root: Shape) -> Iterator[Shape]:
    """The shape and all shapes below it, each once."""
    seen: dict[int, Shape] = {}
    waiting = [root]
    while waiting:
        here = waiting.pop()
        if id(here) not in seen:
            seen[id(here)] = here
            waiting.extend(key.shape for key in reversed(here.keys) if key.shape is not None)
    yield from seen.values()


def _expression(name: str, start: Start, about: str) -> Key:
    return Key(name, Form.EXPRESSION, about, start)


# ---------------------------------------------------------------------------- keys that several shapes have

COMMON = (
    Key("about", Form.BY_LANGUAGE, "What this is, in a sentence or two."),
    Key("label", Form.BY_LANGUAGE, "The name that people read."),
    Key("synonyms", Form.TEXTS, "Other words for it, for search."),
    Key("owner", Form.TEXT, "Who answers for the definition."),
    Key("tags", Form.TEXTS, "Words to sort and to filter by."),
    Key("status", Form.TEXT, "Where it stands in its life: draft, stable, deprecated …"),
    Key("replaced_by", Form.NAME, "What to use instead."),
    Key("meta", Form.ANYTHING, "Values of your own, which kpilang keeps and does not read."),
)
"""Keys that every entry may have."""

_UNIT = Key("unit", Form.NAME, "The unit in which the value is shown and checked.")
_FORMULA = _expression("formula", Start.FORMULA, "How it is computed.")
_ROWS_OF = (
    Key("table", Form.TEXT, "The table that holds the rows: `orders`, `shop.orders`."),
    Key("file", Form.TEXT, "The file or files (CSV, Parquet, JSON) that hold the rows; `*` stands for any."),
    Key("query", Form.BY_DIALECT, "SQL of your own that gives the rows."),
)
_WHERE_ROWS = _expression("where", Start.CONDITION, "Rows for which this is not true do not exist.")
_KEY = Key("key", Form.NAMES, "The column, or columns, that tell rows apart.")
_TIME = _expression("time", Start.REFERENCE, "Puts a row into a period, unless `dated` names another.")
_WHEN_SEEN = (
    Key(
        "recorded",
        Form.EXPRESSION_OR_PAIRS,
        "When a row became visible, or the values of single columns.",
        Start.REFERENCE,
    ),
    _expression(
        "duplicates", Start.DUPLICATES, "Which of several rows with one key counts: `latest by loaded_at`."
    ),
    _expression(
        "covers", Start.COVERS, "From when to when the data are complete; outside, periods are unknown."
    ),
)

# ---------------------------------------------------------------------------- entities, sources

COLUMN = Shape(
    "Column",
    "A column: its type, or a mapping with it.",
    (
        _expression("type", Start.COLUMN_TYPE, "The type: `timestamp`, `money(EUR)`, `-> customers?` …"),
        Key("column", Form.TEXT, "The name in the table, where it is another one."),
        _expression("value", Start.FORMULA, "The value, computed from columns of the table."),
        _UNIT,
        *COMMON,
    ),
    short=Start.COLUMN_TYPE,
    required=(("type",),),
)
ATTRIBUTE = Shape(
    "Attribute",
    "A value of each row, whatever period a query asks for: a formula, or a mapping with one.",
    (_FORMULA, _UNIT, *COMMON),
    short=Start.FORMULA,
    required=(("formula",),),
)
ENTITY = Shape(
    "Entity",
    "What the rows of a table, a file or a query mean.",
    (
        *_ROWS_OF,
        _expression("each", Start.REFERENCE, "The id column whose different values are the rows."),
        _WHERE_ROWS,
        _KEY,
        _TIME,
        Key("columns", Form.ENTRIES, "The columns with their types.", shape=COLUMN),
        Key("attributes", Form.ENTRIES, "Values of a row that follow from others.", shape=ATTRIBUTE),
        Key("rules", Form.EXPRESSIONS, "What holds for every row.", Start.CONDITION),
        Key("carry", Form.NAMES, "Columns that are the same in all rows of one id."),
        _expression("valid", Start.VALID, "From when to when a version of the row is in force."),
        *_WHEN_SEEN,
        Key("unit", Form.NAME, "What its rows count as: entities with one unit can be added up."),
        *COMMON,
    ),
)
BINDING = Shape(
    "Binding",
    "One source of an entity's rows.",
    (
        Key("source", Form.NAME, "The name of the source, a value of the dimension `source`."),
        *_ROWS_OF,
        _WHERE_ROWS,
        Key(
            "values",
            Form.PAIRS,
            "Each column of the entity, computed from those of the source.",
            Start.FORMULA,
        ),
        _KEY,
        _TIME,
        *_WHEN_SEEN,
        *COMMON,
    ),
)
DIMENSION = Shape(
    "Dimension",
    "Entities with the path to the dimension from each.",
    COMMON,
    others=Start.REFERENCE,
)

# ---------------------------------------------------------------------------- what is counted

SEGMENT = Shape(
    "Segment",
    "Who belongs to a set: a sentence or a set expression, or a mapping with one.",
    (_expression("is", Start.SEGMENT, "Who belongs to it."), *COMMON),
    short=Start.SEGMENT,
    required=(("is",),),
)
_CREDIT = (
    _expression("convert", Start.FORMULA, "What is credited: a value of each conversion."),
    _expression("where", Start.CONDITION, "Which rows are conversions."),
    _expression("dated", Start.REFERENCE, "When a conversion happened."),
    _expression("touches", Start.TOUCHES, "The rows that may get credit."),
    _expression("via", Start.REFERENCE, "What a conversion and its touches share."),
    _expression("window", Start.FORMULA, "How long before a conversion touches count."),
    _expression("model", Start.MODEL, "How credit is shared: `linear`, `position(40%, 20%, 40%)` …"),
    _expression("weight", Start.FORMULA, "The share of each touch, where no model says it."),
    _expression("direct", Start.CONDITION, "Which touches are direct, for models that ask."),
    Key("milestones", Form.PAIRS, "Which touches are milestones, for models that ask.", Start.CONDITION),
)
CREDIT_VARIANT = Shape("Variant of an attribution", "The keys that differ.", (*_CREDIT, *COMMON))
ATTRIBUTION = Shape(
    "Attribution",
    "How conversions are credited to touches.",
    (
        *_CREDIT,
        Key("variants", Form.ENTRIES, "The same with another model or window.", shape=CREDIT_VARIANT),
        *COMMON,
    ),
)
FUNCTION = Shape(
    "Function",
    "A formula with parameters, or a mapping with it.",
    (_FORMULA, *COMMON),
    short=Start.FORMULA,
    required=(("formula",),),
    signed=True,
)
PARAM = Shape(
    "Param",
    "A value that a query may set, or a mapping with what it may be.",
    (
        Key("type", Form.TEXT, "The type of the value."),
        _expression("default", Start.FORMULA, "The value where a query sets none."),
        _expression("values", Start.VALUES, "What it may be: `0..24 months`, or a list."),
        *COMMON,
    ),
    short=Start.FORMULA,
    required=(("default", "values", "type"),),
)

# ---------------------------------------------------------------------------- queries and tests

_QUERY = (
    Key("kpis", Form.ONE_OR_MORE, "The KPIs or formulas that are asked for.", Start.FORMULA),
    Key("by", Form.NAMES, "The dimensions to group by."),
    Key("grain", Form.TEXT, "Length of the periods: hour, day, week, month, quarter, year, fiscal_quarter …"),
    Key("from", Form.TEXT, "The first day, or local time, of the range."),
    Key("to", Form.TEXT, "The end of the range, excluded."),
    _expression("where", Start.CONDITION, "Only rows for which this is true are counted."),
    Key("order", Form.NAMES, "Columns of the result to order by; `-` before one: descending."),
    Key("limit", Form.WHOLE, "At most so many rows."),
    Key("params", Form.PAIRS, "Values of params.", Start.FORMULA),
)
REPORT = Shape("Report", "A query with a name.", (*_QUERY, *COMMON), required=(("kpis",),))
TEST_QUERY = Shape(
    "Query of a test",
    "What is asked.",
    (*_QUERY, Key("as_of", Form.TEXT, "The instant of the run; after every row where none is given.")),
)
TEST = Shape(
    "Test",
    "Rows in, numbers out.",
    (
        Key("given", Form.ROWS, "Entities with their rows."),
        Key("query", Form.ONE, "What is asked, where it is more than the KPI itself.", shape=TEST_QUERY),
        Key("expect", Form.ANYTHING, "What comes out: KPIs with values, rows, or `error:` with a code."),
        Key("because", Form.TEXT, "The arithmetic, for whoever reads the test."),
    ),
)

# ---------------------------------------------------------------------------- KPIs

_KPI = (
    _FORMULA,
    Key("let", Form.PAIRS, "Names for parts of the formula.", Start.FORMULA),
    _UNIT,
    Key("better", Form.TEXT, "Which direction is good: `higher` or `lower`."),
    _expression("target", Start.GOAL, "What is aimed at: `at least 25%`."),
    _expression("warn", Start.GOAL, "When to look: `below 20%`."),
    _expression("alert", Start.GOAL, "When to act: `below 15%`."),
    _expression("benchmark", Start.FORMULA, "What others reach."),
    _expression("matures", Start.FORMULA, "How long numbers of a period still move."),
    Key("by", Form.NAMES, "The breakdown where a query asks for none."),
    Key("requires", Form.NAMES, "Dimensions over which it is never pooled."),
    Key("laws", Form.EXPRESSIONS, "What holds of its values.", Start.CONDITION),
    Key("tests", Form.ITEMS, "Examples with their numbers.", shape=TEST),
    Key("extends", Form.NAME, "The KPI that says all that is not said here."),
)
VARIANT = Shape(
    "Variant of a KPI", "A formula, or the keys that differ.", (*_KPI, *COMMON), short=Start.FORMULA
)
KPI = Shape(
    "KPI",
    "A formula, or a mapping with it and all that is known of the KPI.",
    (*_KPI, Key("variants", Form.ENTRIES, "Other readings of the same KPI.", shape=VARIANT), *COMMON),
    short=Start.FORMULA,
)

# ---------------------------------------------------------------------------- files

SPEC = Shape(
    "kpilang spec",
    "Definitions of KPIs and of the data they are computed from.",
    (
        Key("entities", Form.ENTRIES, "What tables, files and queries mean.", shape=ENTITY),
        Key("bindings", Form.LISTS, "Where the rows of entities without a table come from.", shape=BINDING),
        Key("dimensions", Form.ENTRIES, "What KPIs of several entities are cut by.", shape=DIMENSION),
        Key("segments", Form.ENTRIES, "Sets of an entity's members.", shape=SEGMENT),
        Key("attributions", Form.ENTRIES, "How conversions are credited to touches.", shape=ATTRIBUTION),
        Key("functions", Form.ENTRIES, "Formulas with parameters.", shape=FUNCTION),
        Key("params", Form.ENTRIES, "Values that a query may set.", shape=PARAM),
        Key("kpis", Form.ENTRIES, "The KPIs.", shape=KPI),
        Key("reports", Form.ENTRIES, "Queries with names.", shape=REPORT),
        Key("tests", Form.ITEMS, "Examples over several KPIs.", shape=TEST),
    ),
)
TARGET = Shape(
    "Target",
    "Where the data are.",
    (
        Key("engine", Form.TEXT, "What computes: `duckdb`."),
        Key("data", Form.TEXTS, "Files whose names are the names of the tables; `*` stands for any."),
        Key("url", Form.TEXT, "The database; `env(NAME)` takes it from the environment."),
        Key("database", Form.TEXT, "The database, or catalogue, that tables are in unless they say so."),
        Key("schema", Form.TEXT, "The schema that tables are in unless they say so."),
        *COMMON,
    ),
    required=(("engine",),),
)
PROJECT = Shape(
    "kpilang.yml",
    "What holds for all specs of a project.",
    (
        Key("kpilang", Form.TEXT, "The version of the language: 1."),
        Key("name", Form.TEXT, "The name of the project."),
        Key("timezone", Form.TEXT, "The calendar in which periods are cut: `Europe/Berlin`. Default: UTC."),
        Key("week_starts", Form.TEXT, "The first day of the week. Default: monday."),
        Key("fiscal_year_starts", Form.TEXT, "The first month of the fiscal year. Default: january."),
        Key("currency", Form.TEXT, "The currency of `money` without one, and the one converted to."),
        _expression("exchange", Start.REFERENCE, "The rates by which `money(by …)` is converted."),
        Key("imports", Form.TEXTS, "Packages whose definitions may be used."),
        Key("targets", Form.ENTRIES, "Where the data are.", shape=TARGET),
        Key("about", Form.BY_LANGUAGE, "What the project is."),
        Key("meta", Form.ANYTHING, "Values of your own, which kpilang keeps and does not read."),
    ),
)

RESERVED = {
    ("kpilang.yml", "calendars"): (
        "calendars of one's own, such as 4-4-5",
        "`fiscal_year_starts` and `week_starts` say what the calendar may be now",
    ),
    ("Entity", "ref"): ("a model of a dbt project", "name the table that it makes: `table: shop.orders`"),
    ("Binding", "ref"): ("a model of a dbt project", "name the table that it makes: `table: shop.orders`"),
}
"""Keys that will mean something: what, and what there is instead. By the title of their mapping."""
