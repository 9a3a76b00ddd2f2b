"""How a KPI comes to its number, on a page: what it is, its formula with types, what its rows go through, the
laws that decide, the tables that are read, whether later rows change the past, and what it can be cut by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kpilang import ir
from kpilang.cli.additivity import Additivity, additivity, reasons
from kpilang.cli.formula import Line, tree
from kpilang.cli.laws import laws
from kpilang.cli.leaning import leans_on
from kpilang.cli.reads import joins, reads
from kpilang.cli.visibility import Sight, declared, matrix
from kpilang.cli.wording import Sentence, Wording
from kpilang.cli.words import about_of, has_goal_in_percent, label_of, place_of, unit_words
from kpilang.diagnostics import Diagnostics, KpilangError
from kpilang.nodes import walk
from kpilang.project import PreparedQuery, Project
from kpilang.semantics.certain import Certain
from kpilang.semantics.credit_names import with_variants
from kpilang.semantics.lookahead import looks_ahead
from kpilang.semantics.parts import timed
from kpilang.source import NOWHERE
from kpilang.syntax.spec import AttributionDecl, Embedded, KpiDecl
from kpilang.terminal import pad, visible, width, wrapped

GAP = "  "
_INDENT = "  "
_LEAST_TREE = 24
"""Cells that a tree keeps beside its columns, however narrow the terminal."""
_ADDS_UP = {Additivity.FULLY: "yes", Additivity.OVER_GROUPS: "by groups", Additivity.NOT: "no"}
_HEADINGS = ("unit", "exactness", "adds up")


@dataclass(frozen=True)
class Explained:
    """What is known of one KPI or formula; `declared` is None for a formula."""

    name: str
    project: Project
    prepared: PreparedQuery
    declared: KpiDecl | None
    value: ir.Expr

    @property
    def in_percent(self) -> bool:
        return self.declared is not None and has_goal_in_percent(self.declared)


def explained(name: str, project: Project) -> Explained:
    """The KPI as defined. It is asked in a month, as some need a period; which one does not matter.

    Params that have several values and none of their own group it: it is shown with the first of each.
    """
    ignored = Diagnostics()
    decl = project.catalog.declared(name, NOWHERE, ignored)
    params = project.catalog.names.params
    used = (definition.name for definition in leans_on(project, name, decl))
    axes = [word for word in used if word in params and params[word].default is None]
    prepared = project.query([name], by=axes, from_=date(2024, 1, 1), to=date(2024, 2, 1))
    resolved = project.catalog.inspected.kpi(name, NOWHERE, ignored) if decl else None
    value = resolved.value if resolved else prepared.ir.outputs[0].value
    return Explained(name, project, prepared, decl, value)


def lines(one: Explained, cells: int | None, bold: str = "", plain: str = "") -> Iterator[str]:
    """The page; `bold` and `plain` stand around headings, where a terminal shows colours."""
    sections: list[tuple[str, list[str]]] = [
        ("", list(_heading(one, cells))),
        ("formula", list(_tree(one, cells))),
        ("definitions", list(_definitions(one))),
        ("attributions", list(_attributions(one))),
        ("certain", list(_certain(one))),
        ("does not add up", list(reasons(one.value))),
        ("laws", [f"{law.number:>2}  {law.text}" for law in laws(one.value, one.prepared.ir.model)]),
        ("reads", list(_reads(one, cells))),
        ("later rows", [_later(one)]),
        ("cut by", list(_cuts(one))),
    ]
    shown = [(title, content) for title, content in sections if content]
    for number, (title, content) in enumerate(shown):
        if number:
            yield ""
        if title and title != "formula":
            yield f"{bold}{title}{plain}"
        indent = _INDENT if title else ""
        for line in content:
            if title == "formula":
                yield line
            else:
                yield from _wrapped(line, indent, cells)


def _wrapped(line: str, indent: str, cells: int | None) -> Iterator[str]:
    """A line of a section; what goes on below stands under its text."""
    hang = len(line) - len(line.lstrip())
    if cells is None:
        yield indent + line
        return
    first, *others = wrapped(line.lstrip(), max(cells - len(indent) - hang, 1))
    yield indent + " " * hang + first
    yield from (indent + " " * (hang + 2) + other for other in others)


# ---------------------------------------------------------------------------- what it is


def _heading(one: Explained, cells: int | None) -> Iterator[str]:
    decl = one.declared
    if decl is None:
        yield visible(one.name)
        return
    label = label_of(decl.common)
    yield visible(f"{one.name} · {label}" if label else one.name)
    if about := about_of(decl.common):
        yield visible(about)
    yield f"{_INDENT}{visible(place_of(decl.name, one.project) or '')}"
    if decl.formula is not None:
        yield f"{_INDENT}{visible(_text(decl.formula))}"
    if goals := list(_goals(decl)):
        yield f"{_INDENT}{visible(' · '.join(goals))}"


def _goals(decl: KpiDecl) -> Iterator[str]:
    if decl.better is not None:
        yield f"better {decl.better.value}"
    named = (("target", decl.target), ("warn", decl.warn), ("alert", decl.alert), ("matures", decl.matures))
    yield from (f"{word} {_text(embedded)}" for word, embedded in named if embedded is not None)


def _text(embedded: Embedded) -> str:
    return " ".join(embedded.text.split())


# ---------------------------------------------------------------------------- the formula


def _tree(one: Explained, cells: int | None) -> Iterator[str]:
    """The tree to the left, unit, exactness and additivity of each part in columns to the right."""
    found = list(tree(one.value, Wording(_segments(one.project))))
    facts = [_facts(line, one) for line in found]
    widths = [max(map(width, (head, *texts))) for head, *texts in zip(_HEADINGS, *facts, strict=True)]
    columns = sum(widths) + len(GAP) * len(widths)
    wanted = max(width(line.first + visible(line.text)) for line in found if line.expr is not None)
    room = max(wanted, len("formula")) if cells is None else max(_LEAST_TREE, min(wanted, cells - columns))
    yield pad("formula", room) + _columns(_HEADINGS, widths)
    for line, fact in zip(found, facts, strict=True):
        yield from _branch(line, fact, room, widths, cells)


def _facts(line: Line, one: Explained) -> tuple[str, str, str]:
    expr = line.expr
    if expr is None:
        return "", "", ""
    if isinstance(expr, ir.Literal):
        return unit_words(expr), "", ""
    in_percent = one.in_percent and expr is one.value
    exactness = expr.type.exactness.name.lower() if expr.type.is_numeric else ""
    return unit_words(expr, in_percent), exactness, _ADDS_UP[additivity(expr)] if expr.type.is_numeric else ""


def _branch(
    line: Line, fact: Sequence[str], room: int, widths: Sequence[int], cells: int | None
) -> Iterator[str]:
    """A line of the tree; one that only says more may use the room of the columns too."""
    has_facts = any(fact)
    limit = room if has_facts else cells
    text = visible(line.text)
    parts = [text] if limit is None else wrapped(text, max(limit - width(line.first), 1))
    for number, part in enumerate(parts):
        drawn = (line.first if number == 0 else line.rest) + part
        beside = _columns(fact, widths) if has_facts and number == 0 else ""
        yield (pad(drawn, room) + beside).rstrip()


def _columns(texts: Sequence[str], widths: Sequence[int]) -> str:
    return "".join(GAP + pad(text, w) for text, w in zip(texts, widths, strict=True)).rstrip()


# ---------------------------------------------------------------------------- what it rests on


def _segments(project: Project) -> dict[str, ir.Set]:
    """The segments that are one sentence each; others are known by these."""
    catalog = project.catalog
    found = {name: catalog.segment(name, NOWHERE, Diagnostics()) for name in catalog.names.segments}
    return {name: one for name, one in found.items() if isinstance(one, Sentence)}


def _definitions(one: Explained) -> Iterator[str]:
    """What it leans on, then the attributes that are used, as the spec has them."""
    for definition in leans_on(one.project, one.name, one.declared):
        yield visible(f"{definition.name} = {definition.text}")
    declared = {
        (entity.name.value, attribute.name.value): attribute.formula
        for entity in one.project.entities
        for attribute in entity.attributes
    }
    for entity in one.prepared.ir.model.entities:
        for attribute in entity.attributes:
            formula = declared.get((entity.name, attribute.name))
            if formula is not None:
                yield visible(f"{entity.name}.{attribute.name} = {_text(formula)}")


def _certain(one: Explained) -> Iterator[str]:
    """Bounds that are proved from the formula."""
    found = Certain(one.prepared.ir.model).bounds(one.value)
    match found.least, found.most:
        case None, None:
            return
        case least, None:
            yield f"never below {least}"
        case None, most:
            yield f"never above {most}"
        case least, most:
            yield f"between {least} and {most}, or null"


def _attributions(one: Explained) -> Iterator[str]:
    """The attributions that it uses, with all that a variant takes over."""
    used = {entity.name for entity in one.prepared.ir.model.entities}
    for file in one.project.files:
        for attribution in file.attributions:
            yield from (visible(_credit(whole)) for name, whole in with_variants(attribution) if name in used)


def _credit(decl: AttributionDecl) -> str:
    keys = ("convert", "where", "dated", "touches", "via", "window", "model", "weight", "direct")
    given = [f"{key} {_text(text)}" for key in keys if (text := getattr(decl, key)) is not None]
    given += [f"{name.value} {_text(where)}" for name, where in decl.milestones]
    return f"{decl.name.value} = {' · '.join(given)}"


def _reads(one: Explained, cells: int | None) -> Iterator[str]:
    try:
        found = list(reads(one.prepared))
    except KpilangError as error:
        yield f"cannot be computed: {error.diagnostics[0].message}"
        return
    for reading in found:
        where = f" ({reading.origin})" if reading.origin != f"table {reading.entity}" else ""
        yield visible(f"{reading.entity}{where} {reading.times}: {'; '.join(reading.reasons)}")
    yield from (visible(f"along {path}") for path in joins(one.prepared.ir))


def _later(one: Explained) -> str:
    """Whether rows that arrive later change values of periods that are over."""
    model = one.prepared.ir.model
    ahead = looks_ahead(model, one.value)
    if ahead:
        look = "looks" if len(ahead) == 1 else "look"
        return visible(f"keep changing past values: {', '.join(ahead)} {look} at rows of all times")
    steps = [step for node in timed(one.value) for step in node.window]
    if any(isinstance(step, ir.Next) for step in steps):
        return "change past values until the end of `next …` has passed"
    if any(_is_over_children(attribute) for entity in model.entities for attribute in entity.attributes):
        return "change past values only until the bounds of its attributes have passed"
    return "change no past value"


def _is_over_children(attribute: ir.Attribute) -> bool:
    return any(isinstance(node, ir.Child) for node in walk(attribute.value))


def _cuts(one: Explained) -> Iterator[str]:
    """The conformed dimensions, and who is in the way of the others."""
    words = declared(one.project)
    if one.declared is None or not words:
        return
    row = matrix(one.project, [one.name], words).kpis[0]
    cells = list(zip(words, row.cells, strict=True))
    seen = [word for word, cell in cells if cell.sight is Sight.SEEN]
    yield visible(", ".join(seen) or "no conformed dimension")
    for word, cell in cells:
        if cell.sight is not Sight.SEEN:
            yield visible(f"not {word}: {_why(cell.lacking, cell.reason)}")


def _why(lacking: Iterable[str], reason: str) -> str:
    names = list(lacking)
    return f"{', '.join(names)} {'lacks' if len(names) == 1 else 'lack'} it" if names else reason
