"""What a plan reads and why: for `explain`, in words that need no SQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from kpilang import ir
from kpilang.frozen import dataclass
from kpilang.plan import nodes
from kpilang.plan.plan import Plan
from kpilang.plan.relations import rows_of


@dataclass(frozen=True, slots=True)
class Read:
    """One read of a table: `entity`, whose rows are at `origin`, by `relation`, which holds `why`."""

    entity: str
    origin: ir.Origin
    relation: str
    why: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """`steps` are (name, what it holds) in order, the answer last; `reads` every read of a table."""

    steps: tuple[tuple[str, str], ...]
    reads: tuple[Read, ...]

    def times_read(self) -> dict[str, int]:
        """How often each entity's table is read."""
        counts: dict[str, int] = {}
        for read in self.reads:
            counts[read.entity] = counts.get(read.entity, 0) + 1
        return counts

    def __str__(self) -> str:
        """Two parts: the steps, then the tables with the steps that read them."""
        width = max(len(name) for name, _ in self.steps)
        lines = ["steps", *(f"  {name:<{width}}  {what}" for name, what in self.steps), "tables"]
        for entity, count in self.times_read().items():
            found = [read for read in self.reads if read.entity == entity]
            if count == 1:
                lines.append(f"  {entity}  read once: {found[0].relation}")
                continue
            lines.append(f"  {entity}  read {count} times")
            lines += (f"    {read.relation}: {read.why}" for read in found)
        return "\n".join(lines)


def explain(plan: Plan) -> Explanation:
    """The steps of a plan, and which tables they read how often."""
    steps = [(node.name, describe(node)) for node in plan.relations]
    return Explanation((*steps, ("answer", _answer(plan.answer))), tuple(_reads(plan)))


def describe(node: nodes.Relation) -> str:
    """What a relation holds, and from what."""
    match node:
        case nodes.Block() | nodes.ChildTotals() | nodes.ValuesOf():
            what = ", ".join(named.name for named in node.measures) or "which groups have a row"
            return f"{node.describe()}: {what}"
        case nodes.Calendar():
            return f"{node.describe()}: {len(node.rows)} rows"
        case nodes.Series():
            return f"{node.describe()}: generated"
        case (
            nodes.Groups()
            | nodes.Existing()
            | nodes.Ranked()
            | nodes.OuterValues()
            | nodes.Stays()
            | nodes.Running()
        ):
            return node.describe()
        case nodes.Members() | nodes.Numbered() | nodes.Stacked() | nodes.Credited():
            return node.describe()
        case _:
            assert_never(node)


def _answer(answer: nodes.Answer) -> str:
    return ", ".join(named.name for named in answer.columns)


def _reads(plan: Plan) -> Iterator[Read]:
    for node in plan.relations:
        for rows in rows_of(node):
            for number, source in enumerate(rows.sources()):
                if isinstance(source, nodes.TableSource):
                    yield Read(source.entity, source.origin, node.name, _why(node, is_joined=number > 0))


def _why(node: nodes.Relation, is_joined: bool) -> str:
    """What the rows are read for: what the relation holds, or what it asks of other rows besides."""
    if is_joined and not isinstance(node, nodes.Credited):
        return f"looked up for {node.describe()}"
    return node.describe()
