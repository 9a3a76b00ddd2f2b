"""The stages between a question and its SQL, as text."""

from __future__ import annotations

import json
from collections.abc import Iterator

from kpilang.cli.dump import dump
from kpilang.diagnostics import Diagnostics, KpilangError
from kpilang.project import PreparedQuery
from kpilang.syntax import ast
from kpilang.syntax.parser import parse, parse_text
from kpilang.syntax.spec import Start

STAGES = ("ast", "ir", "plan", "sql")


def text(prepared: PreparedQuery, stage: str) -> str:
    """The stage `ast`, `ir` or `plan` of a query, readable."""
    match stage:
        case "ast":
            return "\n\n".join(f"{name} =\n{dump(tree)}" for name, tree in _trees(prepared))
        case "ir":
            return dump(prepared.ir)
        case _:
            return dump(prepared.plan())


def described(prepared: PreparedQuery, dialect: str, period: str) -> str:
    """The SQL for a program, as JSON: the text, its columns in order, the values of its `?` in order."""
    compiled = prepared.compile(dialect, period)
    document = {
        "schema": 1,
        "dialect": compiled.dialect,
        "sql": compiled.text,
        "columns": [{"name": name, "type": str(type)} for name, type in compiled.columns],
        "parameters": [_plain(value) for value in compiled.parameters],
    }
    return json.dumps(document, indent=2)


def _plain(value: object) -> object:
    """Numbers, texts and truths as they are; dates, instants and decimals as their text."""
    return value if isinstance(value, bool | int | str | None) else str(value)


def _trees(prepared: PreparedQuery) -> Iterator[tuple[str, ast.Tree]]:
    """What was written for each KPI that is asked for, in the spec or on the command line."""
    declared = {kpi.name.value: kpi for kpi in prepared.project.kpis}
    diags = Diagnostics()
    for asked in prepared.request.kpis:
        kpi = declared.get(asked)
        tree = parse(kpi.formula, diags) if kpi and kpi.formula else _typed(asked, diags)
        if tree is None:
            raise KpilangError(*diags)
        yield asked, tree


def _typed(asked: str, diags: Diagnostics) -> ast.Tree | None:
    return parse_text(Start.FORMULA, asked, asked, diags)
