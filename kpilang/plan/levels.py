"""How deep the aggregates over children and ranks of an expression are stacked on one another.

Attributes over the same rows share one relation. An attribute that looks at another one cannot share with it
(the relation would read itself), so each relation holds those of one level.
"""

from __future__ import annotations

from kpilang import ir
from kpilang.nodes import Node, children


class Levels:
    """Levels of expressions of one model; of attributes each is worked out once."""

    def __init__(self, model: ir.Model) -> None:
        self._model = model
        self._attributes: dict[tuple[str, str], int] = {}

    def of(self, node: Node) -> int:
        """0 without such an aggregate, else one more than the greatest of what it looks at."""
        if isinstance(node, ir.Field):
            return self._of_attribute(node)
        inside = max((self.of(child) for child in children(node)), default=0)
        return inside + 1 if isinstance(node, ir.Child | ir.Rank) else inside

    def _of_attribute(self, field: ir.Field) -> int:
        key = (field.owner, field.name)
        if key not in self._attributes:
            attribute = self._model.entity(field.owner).attribute(field.name)
            self._attributes[key] = 0 if attribute is None else self.of(attribute.value)
        return self._attributes[key]
