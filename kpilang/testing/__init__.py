"""Rows made for tests: how they become tables. Knows the typed model and DuckDB, nothing of plans."""
