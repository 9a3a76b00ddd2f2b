"""Whatever the text and wherever the spans, a finding is rendered: safe, with its carets under something."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from kpilang.diagnostics import Code, Diagnostic, Label
from kpilang.diagnostics.render import FORMS, renderer, text
from kpilang.diagnostics.render.snippet import WIDEST
from kpilang.source import Source, Span
from kpilang.terminal import is_unsafe, width

CODE = Code("KPI203", "unknown-dimension", "A title")
CHARACTERS = st.one_of(st.sampled_from("ab 名\u0301\t\n\r\u202e\x1b"), st.characters(exclude_categories=()))
TEXTS = st.text(CHARACTERS, max_size=400)


@st.composite
def findings(draw: st.DrawFn) -> tuple[Diagnostic, Source]:
    source = Source("a.yml", draw(TEXTS))
    spans = st.tuples(st.integers(0, 420), st.integers(0, 420)).map(lambda p: Span("a.yml", min(p), max(p)))
    labels = st.lists(st.builds(Label, spans, st.sampled_from(["", "here", "名"])), max_size=3)
    finding = Diagnostic(
        CODE, draw(TEXTS), draw(spans), draw(st.sampled_from(["", "a label"])), tuple(draw(labels))
    )
    return finding, source


@given(findings())
def test_every_form_renders_it_safely(case: tuple[Diagnostic, Source]) -> None:
    finding, source = case
    for form in FORMS:
        shown = "\n".join(renderer(form)([finding], {source.name: source}))
        assert not {char for char in shown if char != "\n" and is_unsafe(char)}
    json.loads(next(renderer("json")([finding], {source.name: source})))


@given(findings())
def test_the_text_points_at_something_and_stays_narrow(case: tuple[Diagnostic, Source]) -> None:
    finding, source = case
    lines = list(text.render([finding], {source.name: source}))
    marks = [line for line in lines if set(line.split("|", 1)[-1].strip()) <= set("^- ") and "^" in line]
    assert marks or any("^" in line for line in lines)
    frame = max(width(line.split("|", 1)[0]) for line in lines if "|" in line) + 3
    excerpt = [line for line in lines[1:] if line.split("|", 1)[0].strip().isdigit()]
    assert all(width(line) <= WIDEST + frame + 2 for line in excerpt)
