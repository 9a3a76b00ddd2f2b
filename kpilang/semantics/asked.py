"""The words of a query, each with its place: of a request, of a report, or of a report with words changed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kpilang.semantics.request import Request
from kpilang.source import NOWHERE, Span
from kpilang.syntax import spec


@dataclass(frozen=True)
class Asked:
    """A query's words, each with its place: of a report, or of a request."""

    kpis: tuple[spec.Embedded, ...]
    by: tuple[spec.Text, ...] = ()
    grain: spec.Text | None = None
    start: spec.Text | None = None
    end: spec.Text | None = None
    where: tuple[spec.Embedded, ...] = ()
    params: tuple[tuple[spec.Text, spec.Embedded], ...] = ()
    as_of: spec.Text | None = None
    fill: bool = False
    order: tuple[spec.Text, ...] = ()
    limit: int | None = None
    partial: bool = False
    span: Span = NOWHERE


def asked_of(request: Request) -> Asked:
    """Its places are in `Request.texts`."""
    texts = {name: tuple(_placed(words, name)) for name, words in request.texts.items()}

    def one(name: str) -> spec.Text | None:
        return next(iter(texts.get(name, ())), None)

    where = one("--where")
    return Asked(
        tuple(_embedded(spec.Start.FORMULA, text) for text in texts.get("KPI", ())),
        texts.get("--by", ()),
        one("--grain"),
        one("--from"),
        one("--to"),
        (_embedded(spec.Start.CONDITION, where),) if where is not None else (),
        tuple(
            (spec.Text(name, span=text.span), _embedded(spec.Start.FORMULA, text))
            for name in request.params
            for text in texts[f"--param {name}"]
        ),
        one("--as-of"),
        request.fill,
        texts.get("--order", ()),
        request.limit,
        request.partial,
    )


def _placed(words: Sequence[str], name: str) -> Iterator[spec.Text]:
    """Each word on a line of its own."""
    start = 0
    for word in words:
        yield spec.Text(word, span=Span(name, start, start + len(word)))
        start += len(word) + 1


def _embedded(start: spec.Start, text: spec.Text) -> spec.Embedded:
    return spec.Embedded(start, text.value, span=text.span)


def asked_of_report(decl: spec.ReportDecl) -> Asked:
    return asked_of_keys(decl.query, decl.name.span)


def asked_of_keys(keys: spec.QueryKeys, span: Span) -> Asked:
    """The words of a query in a spec file, asked for at `span`."""
    return Asked(
        keys.kpis,
        keys.by,
        keys.grain,
        keys.start,
        keys.end,
        (keys.where,) if keys.where is not None else (),
        keys.params,
        keys.as_of,
        order=keys.order,
        limit=keys.limit,
        span=span,
    )


def overridden(report: Asked, given: Asked) -> Asked:
    """What is given replaces what the report says; conditions and params add up."""
    changes = {
        item.name: value
        for item in dataclasses.fields(Asked)
        if item.name not in ("kpis", "where", "params", "span")
        and (value := getattr(given, item.name)) not in (None, (), False)
    }
    return dataclasses.replace(
        report, **changes, where=(*report.where, *given.where), params=(*report.params, *given.params)
    )
