"""kpilang: a declarative KPI language with a compiler to SQL."""

__version__ = "0.1.0"
