"""What a reader of the test run must know of the cases: how many there are, and how many wait for what."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.conformance import coverage
from tests.conformance.cases import OTHERS, OURS, cases


def pytest_terminal_summary(terminalreporter: Any) -> None:
    properties = [
        dict(report.user_properties)
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", None) == "call" and "conformance" in report.nodeid
    ]
    ran = [found for found in properties if "case" in found]
    if not ran:
        return
    terminalreporter.section("conformance cases")
    waits = Counter(str(found["waits"]) for found in ran if "waits" in found)
    if waits:
        what = ", ".join(f"{name} ({count})" for name, count in waits.most_common())
        terminalreporter.line(
            f"{waits.total()} of {len(ran)} cases wait for constructs not yet in the language: {what}"
        )
    counts = coverage.by_law(cases(OURS))
    terminalreporter.line("our cases by law: " + ", ".join(f"{law}: {counts[law]}" for law in coverage.LAWS))
    if not cases(OTHERS):
        terminalreporter.line(
            f"NO CASES OF OTHER HANDS: {OTHERS.parent.name}/{OTHERS.name} is not here", red=True
        )
