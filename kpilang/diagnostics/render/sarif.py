"""SARIF 2.1.0, for code scanning services: one document with a run, its rules and its results.

Columns count code points and `charOffset` characters, both as in the spans. The rules are the codes that
were found, with their page as help.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath
from urllib.parse import quote

from kpilang import __version__
from kpilang.diagnostics.core import Code, Diagnostic, Edit
from kpilang.diagnostics.page import page
from kpilang.diagnostics.render.place import find
from kpilang.diagnostics.render.prose import whole
from kpilang.source import Source, Span

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(diagnostics: Iterable[Diagnostic], sources: Mapping[str, Source]) -> Iterator[str]:
    """One document, also when nothing was found: that is how a service learns that old findings are gone."""
    found = list(diagnostics)
    codes = sorted({diagnostic.code for diagnostic in found}, key=str)
    document = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(codes)},
                "columnKind": "unicodeCodePoints",
                "results": [_result(diagnostic, codes, sources) for diagnostic in found],
            }
        ],
    }
    yield from json.dumps(document, indent=2).split("\n")


def _driver(codes: list[Code]) -> dict[str, object]:
    return {"name": "kpilang", "version": __version__, "rules": [_rule(code) for code in codes]}


def _rule(code: Code) -> dict[str, object]:
    text = page(code.number) or code.title
    return {
        "id": code.number,
        "name": "".join(word.capitalize() for word in code.slug.split("-")),
        "shortDescription": {"text": code.title},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": code.severity.value},
    }


def _result(diagnostic: Diagnostic, codes: list[Code], sources: Mapping[str, Source]) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": diagnostic.code.number,
        "ruleIndex": codes.index(diagnostic.code),
        "level": diagnostic.severity.value,
        "message": {"text": whole(diagnostic)},
    }
    if diagnostic.span.file:
        result["locations"] = [_location(diagnostic.span, sources)]
    related = [
        _location(label.span, sources) | {"message": {"text": label.text}}
        for label in diagnostic.secondary
        if label.span.file
    ]
    if related:
        result["relatedLocations"] = related
    if diagnostic.edits:
        result["fixes"] = [_fix(diagnostic.edits, diagnostic, sources)]
    return result


def _fix(edits: tuple[Edit, ...], diagnostic: Diagnostic, sources: Mapping[str, Source]) -> dict[str, object]:
    changes = [
        {
            "artifactLocation": _artifact(edit.span.file),
            "replacements": [
                {"deletedRegion": _region(edit.span, sources), "insertedContent": {"text": edit.text}}
            ],
        }
        for edit in edits
    ]
    return {
        "description": {"text": "; ".join(diagnostic.help) or diagnostic.message},
        "artifactChanges": changes,
    }


def _location(span: Span, sources: Mapping[str, Source]) -> dict[str, object]:
    physical: dict[str, object] = {"artifactLocation": _artifact(span.file)}
    if find(span, sources):
        physical["region"] = _region(span, sources)
    return {"physicalLocation": physical}


def _artifact(file: str) -> dict[str, object]:
    return {"uri": quote(PurePath(file).as_posix())}


def _region(span: Span, sources: Mapping[str, Source]) -> dict[str, object]:
    region: dict[str, object] = {"charOffset": span.start, "charLength": max(0, span.end - span.start)}
    place = find(span, sources)
    if place is None:
        return region
    return {
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
        **region,
    }
