"""4xx, second half: rows. Which of them an aggregate is over, how often each is counted, what groups them."""

from __future__ import annotations

from collections.abc import Sequence

from kpilang.diagnostics import Code, Diagnostic
from kpilang.semantics.errors.naming import listed
from kpilang.source import Span

FAN_IN = Code("KPI402", "fan-in", "A parent's value, counted once per child")


def fan_in(function: str, path: str, child: str, parent: str, span: Span) -> Diagnostic:
    return Diagnostic(
        FAN_IN,
        f"`{path}` is a value of `{parent}` and would be counted once per row of `{child}` (`{function}`)",
        span,
        f"the same for all rows of `{child}` with this parent",
        help=(
            f"`{function}({parent}.{path.rsplit('.', 1)[-1]})` counts it once",
            f"make it an attribute of `{child}` if it is part of a value that each row has of its own",
        ),
    )


DIMENSION_NOT_VISIBLE = Code(
    "KPI403", "dimension-not-visible", "A dimension that part of a KPI does not have"
)


def dimension_not_visible(dimension: str, blind: Sequence[tuple[str, str]], span: Span) -> Diagnostic:
    """`blind`: pairs of an entity and the output in which it stands."""
    (first, output), *others = blind
    also = ", ".join(f"`{entity}` (in `{other}`)" for entity, other in others)
    return Diagnostic(
        DIMENSION_NOT_VISIBLE,
        f"dimension `{dimension}` is not visible to `{first}` (in `{output}`)",
        span,
        notes=(
            f"all of `{first}` would be repeated in each group",
            *((f"without it is also {also}",) if others else ()),
        ),
        help=tuple(
            f"declare the path: `dimensions:` / `{dimension}:` / `{entity}: …`" for entity, _ in blind
        ),
    )


def condition_not_visible(name: str, entity: str, span: Span) -> Diagnostic:
    return Diagnostic(
        DIMENSION_NOT_VISIBLE,
        f"`{name}` is not visible to `{entity}`",
        span,
        f"rows of `{entity}` have no `{name}`",
        notes=("the condition holds for every aggregate it reaches, or the number mixes two populations",),
        help=(f"declare the path: `dimensions:` / `{name}:` / `{entity}: …`",),
    )


def key_not_visible(key: str, entity: str, span: Span) -> Diagnostic:
    return Diagnostic(
        DIMENSION_NOT_VISIBLE,
        f"`per {key}` is not visible to `{entity}`",
        span,
        f"rows of `{entity}` have no `{key}`",
        notes=("each aggregate inside is evaluated for each of the values, so all must see them",),
        help=(f"declare the path: `dimensions:` / `{key}:` / `{entity}: …`",),
    )


AMBIGUOUS_LINK = Code("KPI404", "ambiguous-link", "Several ways from the rows to their parent")


def ambiguous_link(child: str, parent: str, links: Sequence[str], span: Span) -> Diagnostic:
    return Diagnostic(
        AMBIGUOUS_LINK,
        f"ambiguous link from `{child}` to `{parent}` ({' or '.join(f'`{link}`' for link in links)})",
        span,
        "which of them?",
        help=(f"say `via {links[0]}`",),
    )


NO_LINK = Code("KPI405", "no-link", "No way from the rows to their parent")


def no_link(child: str, parent: str, longer: Sequence[str], span: Span) -> Diagnostic:
    ways = tuple(f"say `via {link}`" for link in longer[:1])
    return Diagnostic(
        NO_LINK,
        f"`{child}` does not refer to `{parent}`",
        span,
        help=(*ways, f"write `all {child}` if all rows are meant, whatever they refer to"),
    )


def wrong_via(path: str, found: str, wanted: str, span: Span) -> Diagnostic:
    return Diagnostic(NO_LINK, f"`via {path}` leads to `{found}`, not to `{wanted}`", span)


UNBOUNDED = Code("KPI406", "unbounded-attribute", "An attribute that does not say how far it looks")


def unbounded(attribute: str, function: str, entity: str, time: str | None, span: Span) -> Diagnostic:
    anchor = time or "date"
    return Diagnostic(
        UNBOUNDED,
        f"unbounded aggregate in attribute `{attribute}` (bound it by `this.` or say `[ever]`)",
        span,
        f"`{function}` changes whenever later rows of `{entity}` arrive",
        notes=("an attribute has one value per row: past values would change with every load",),
        help=(
            f"bound it: `where {anchor} < this.… + 30 days`",
            f"or write `{entity}[ever]` to say that this is meant",
        ),
    )


NO_KEY = Code("KPI407", "no-key", "Something that needs a key, over an entity without one")


def no_key(what: str, entity: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NO_KEY,
        f"{what} over `{entity}`, which has no key",
        span,
        "ties would be left to the order of the rows",
        help=(f"give `{entity}` a `key:`",),
    )


def no_single_key(entity: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NO_KEY,
        f"members of `{entity}`, whose key is not one column",
        span,
        help=(f"give `{entity}` a key of one column",),
    )


def no_order_of_members(function: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NO_KEY,
        f"`{function}` over the members of a set",
        span,
        "members have no order in time",
        help=(f"`{function}` over the entity itself goes by its dates",),
    )


def reference_without_key(column: str, entity: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NO_KEY,
        f"`{column}` refers to `{entity}`, which has no key",
        span,
        help=(f"give `{entity}` a `key:`",),
    )


def key_sizes(column: str, found: int, entity: str, key: Sequence[str], span: Span) -> Diagnostic:
    columns = "1 column" if found == 1 else f"{found} columns"
    return Diagnostic(
        NO_KEY,
        f"`{column}` holds {columns}, and the key of `{entity}` has {len(key)} ({', '.join(key)})",
        span,
        help=(f"`({', '.join(key)}) -> {entity}` refers by {'one' if len(key) == 1 else 'several'}",)
        if len(key) > 1
        else (f"`-> {entity}` refers by one",),
    )


def unknown_key(entity: str, name: str, reason: str, span: Span) -> Diagnostic:
    return Diagnostic(NO_KEY, f"`{name}` cannot be in the key of `{entity}`", span, reason)


NO_AGGREGATE = Code("KPI413", "no-aggregate", "A column where a KPI needs an aggregate")


def no_aggregate(path: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NO_AGGREGATE,
        f"`{path}` has one value per row; a KPI needs an aggregate of it",
        span,
        help=(f"such as `sum({path})` or `avg({path})`",),
    )


def nothing_aggregated(name: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NO_AGGREGATE,
        f"`{name}` aggregates nothing, so it has no groups",
        span,
        help=("ask for it together with a KPI over an entity",),
    )


def nothing_nested(text: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NO_AGGREGATE,
        f"`{text}` aggregates nothing, so there is nothing to evaluate for each value of `per`",
        span,
        help=("`per` takes a KPI or a formula: `avg(revenue per customer)`",),
    )


NESTED = Code("KPI414", "misplaced-aggregate", "An aggregate where a row is at hand")


def aggregate_in_a_row(function: str, entity: str, place: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NESTED,
        f"`{function}` inside of {place}",
        span,
        f"here a row of `{entity}` is at hand" if entity != "the table" else "here a row is at hand",
        help=(f"make it an attribute of `{entity}`, and name that",) if entity != "the table" else (),
    )


def aggregate_of_aggregate(function: str, inner: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NESTED,
        f"`{function}` of an aggregate",
        span,
        "one value for the whole period",
        help=(f"say for each of what: `{function}({inner} per day)`, or `per` a column",),
    )


def only_in_attributes(function: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NESTED,
        f"`{function}` outside of an attribute",
        span,
        help=("make it an attribute of an entity, and use that in a `where`",),
    )


def child_without_aggregate(path: str, child: str, entity: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NESTED,
        f"`{path}` in a row of `{entity}`",
        span,
        f"a row of `{entity}` has many rows of `{child}`, or none",
        help=(f"aggregate it, such as `min({path})`",),
    )


def outer_without_this(path: str, column: str, entity: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NESTED,
        f"`{path}` inside of an aggregate in an attribute of `{entity}`",
        span,
        "which row is meant?",
        help=(f"`this.{column}` is that of the row whose attribute is computed",),
    )


ANOTHER_ENTITY = Code("KPI415", "another-entity", "An aggregate over two entities at once")


def another_entity(path: str, other: str, entity: str, span: Span) -> Diagnostic:
    return Diagnostic(
        ANOTHER_ENTITY,
        f"`{path}` in an aggregate over `{entity}`",
        span,
        f"`{entity}` has no path to `{other}` of this name",
        notes=("the first qualified name of an aggregate fixes its entity",),
        help=("aggregate each entity by itself, and combine the two",),
    )


def no_entity(function: str, span: Span) -> Diagnostic:
    return Diagnostic(
        ANOTHER_ENTITY,
        f"`{function}` of what?",
        span,
        "no name here begins with an entity",
        help=(f"name the entity: `{function}(entity.column)`",),
    )


REQUIRES = Code("KPI417", "requires-dimension", "A KPI pooled over a dimension that it must be cut by")


def requires(kpi: str, dimension: str, span: Span) -> Diagnostic:
    return Diagnostic(
        REQUIRES,
        f"`{kpi}` must be cut by `{dimension}`",
        span,
        f"pooled over `{dimension}` it means nothing",
        help=(f"add `{dimension}` to the dimensions of the query",),
    )


CONFLICTING = Code("KPI418", "conflicting-dimension", "A dimension that is of two types")


def conflicting_dimension(name: str, first: str, second: str, span: Span) -> Diagnostic:
    return Diagnostic(
        CONFLICTING,
        f"dimension `{name}` is {first} and {second}",
        span,
        notes=("groups of two facts meet by equal values",),
    )


ORIGIN = Code(
    "KPI419", "several-origins", "An entity whose rows come from two places, or from none that can be named"
)


def several_origins(entity: str, keys: Sequence[str], span: Span) -> Diagnostic:
    return Diagnostic(ORIGIN, f"`{entity}` has {listed(keys)}", span, "one at most")


def bad_table(text: str, span: Span) -> Diagnostic:
    return Diagnostic(
        ORIGIN,
        f"`{text}` is no name of a table",
        span,
        help=("one to three names joined by dots: `shop.orders`",),
    )


NOT_A_COLUMN = Code("KPI423", "not-a-column", "Something else where a column of the entity's own is needed")


def not_a_column(path: str, what: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NOT_A_COLUMN,
        f"`{path}` is {what}, not a column of the entity",
        span,
        help=("name a column of the entity's own",),
    )
