"""The nodes of a plan: each is one relation, most of them one CTE of the SQL."""

from kpilang.plan.nodes.answer import Answer, Sort
from kpilang.plan.nodes.block import Block
from kpilang.plan.nodes.calendar import Calendar
from kpilang.plan.nodes.child_totals import ChildTotals
from kpilang.plan.nodes.credited import Credited
from kpilang.plan.nodes.existing import Existing
from kpilang.plan.nodes.groups import Groups
from kpilang.plan.nodes.members import Members
from kpilang.plan.nodes.numbered import Numbered
from kpilang.plan.nodes.outer_values import OuterValues
from kpilang.plan.nodes.ranked import Ranked
from kpilang.plan.nodes.rows import Join, Rows
from kpilang.plan.nodes.running import Running
from kpilang.plan.nodes.series import Series
from kpilang.plan.nodes.source import RelationSource, Source, TableSource
from kpilang.plan.nodes.stacked import Stacked
from kpilang.plan.nodes.stays import Stays
from kpilang.plan.nodes.values_of import ValuesOf

Relation = (
    Block
    | Calendar
    | ChildTotals
    | Credited
    | Existing
    | Groups
    | Members
    | Numbered
    | OuterValues
    | Ranked
    | Running
    | Series
    | Stacked
    | Stays
    | ValuesOf
)
"""A named relation: a CTE."""

__all__ = [
    "Answer",
    "Block",
    "Calendar",
    "ChildTotals",
    "Credited",
    "Existing",
    "Groups",
    "Join",
    "Members",
    "Numbered",
    "OuterValues",
    "Ranked",
    "Relation",
    "RelationSource",
    "Rows",
    "Running",
    "Series",
    "Sort",
    "Source",
    "Stacked",
    "Stays",
    "TableSource",
    "ValuesOf",
]
