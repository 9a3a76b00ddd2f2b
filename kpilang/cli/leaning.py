"""The definitions that a formula leans on, each as the spec writes it: sub-terms, KPIs, functions, segments,
params. Attributes are not among them: which are used the typed IR says better.
"""

from __future__ import annotations

from dataclasses import dataclass

from kpilang.diagnostics import Diagnostics
from kpilang.functions import AGGREGATES
from kpilang.nodes import Node, children
from kpilang.project import Project
from kpilang.semantics.names import Names
from kpilang.syntax import ast, spec
from kpilang.syntax.parser import parse, parse_text


@dataclass(frozen=True, slots=True)
class Definition:
    """What is written before the `=`, and behind it."""

    name: str
    text: str


def leans_on(project: Project, formula: str, decl: spec.KpiDecl | None) -> list[Definition]:
    """In the order in which a reader meets them, each once."""
    found: dict[str, Definition] = {}
    walk = _Walk(project, found)
    if decl is None:
        walk.read(parse_text(spec.Start.FORMULA, formula, formula, Diagnostics()), frozenset())
    else:
        walk.kpi(decl)
    return list(found.values())


class _Walk:
    def __init__(self, project: Project, found: dict[str, Definition]) -> None:
        self._names: Names = project.catalog.names
        self._project = project
        self._found = found

    def kpi(self, decl: spec.KpiDecl) -> None:
        own = frozenset(name.value for name, _ in decl.let)
        if decl.formula is not None:
            self.read(parse(decl.formula, Diagnostics()), own)
        for name, embedded in decl.let:
            self._add(name.value, embedded)
            self.read(parse(embedded, Diagnostics()), own)

    def read(self, node: Node | None, hidden: frozenset[str], in_row: bool = False) -> None:
        """`hidden` are local names; inside of an aggregate bare names are columns."""
        match node:
            case None:
                return
            case ast.Call(function=function):
                if function.dotted in self._names.functions:
                    self._function(self._names.functions[function.dotted])
                in_row = in_row or (function.dotted in AGGREGATES and not node.per)
            case ast.In(operand=operand, items=items):
                self.read(operand, hidden, in_row)
                for item in items:
                    self.read(item, hidden, in_row=False)
                return
            case ast.Path() if node.names[0].text not in hidden:
                self._path(node, in_row)
            case _:
                pass
        for child in children(node):
            self.read(child, hidden, in_row)

    def _path(self, path: ast.Path, in_row: bool) -> None:
        names, word = self._names, path.names[0].text
        if path.dotted in self._found:
            return
        if word in names.segments:
            decl = names.segments[word]
            self._add(word, decl.definition)
            tree = parse(decl.definition, Diagnostics())
            self.read(tree, frozenset(), in_row=isinstance(tree, ast.Sentence))
        elif word in names.params:
            given = names.params[word].default or names.params[word].values
            if given is not None:
                self._add(word, given)
        elif word in names.kpis and not in_row:
            kpi = self._project.catalog.declared(path.dotted, path.span, Diagnostics())
            if kpi is not None and kpi.formula is not None:
                self._add(path.dotted, kpi.formula)
                self.kpi(kpi)

    def _function(self, decl: spec.FunctionDecl) -> None:
        name = " ".join(decl.signature.text.split())
        if name in self._found:
            return
        self._add(name, decl.formula)
        signature = parse(decl.signature, Diagnostics())
        own = signature.parameters if isinstance(signature, ast.Signature) else ()
        self.read(parse(decl.formula, Diagnostics()), frozenset(name.text for name in own))

    def _add(self, name: str, embedded: spec.Embedded) -> None:
        self._found[name] = Definition(name, " ".join(embedded.text.split()))
