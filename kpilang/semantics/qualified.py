"""Names with a package in front: `std.open_rate` in a tree becomes one name, as if it were one word.

So whoever resolves names looks up words, and knows nothing of packages. What a package declares itself under
the first word wins over a package of that name; a word in back-quotes is no package.
"""

from __future__ import annotations

from typing import Any, TypeVar

from kpilang.diagnostics import Diagnostic
from kpilang.nodes import Node, map_children
from kpilang.semantics.errors import naming, packages
from kpilang.semantics.names import Names
from kpilang.syntax import ast

N = TypeVar("N", bound=Node)


def joined(tree: N, names: Names) -> N:
    """The tree with every name that begins with a package as one name."""
    if len(names.packages) == 1:
        return tree
    heads = {package.split(".", 1)[0] for package in names.packages}

    def changed(node: Any) -> Any:
        if isinstance(node, ast.Path):
            return _joined(node, names) if node.names[0].text in heads else node
        return map_children(node, changed)

    found: N = changed(tree)
    return found


def unknown(path: ast.Path, names: Names) -> Diagnostic:
    """The finding for a dotted name whose first word is that of no thing here."""
    for length in range(len(path.names) - 1, 0, -1):
        package = ".".join(name.text for name in path.names[:length])
        if package in names.packages:
            word = path.names[length]
            known = tuple(names.packages[package].places)
            return packages.unknown_in_package(package, word.text, known, word.span)
    first = path.names[0]
    return naming.unknown_entity(first.text, tuple(names.entities), first.span)


def _joined(path: ast.Path, names: Names) -> ast.Path:
    first = path.names[0]
    if any(name.quoted for name in path.names) or names.kind_of(first.text) is not None:
        return path
    for length in range(len(path.names) - 1, 0, -1):
        package = ".".join(name.text for name in path.names[:length])
        word = path.names[length]
        if package in names.packages and word.text in names.packages[package].places:
            whole = ast.Name(f"{package}.{word.text}", span=first.span.to(word.span))
            return ast.Path((whole, *path.names[length + 1 :]), span=path.span)
    return path
