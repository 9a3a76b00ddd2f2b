"""The command line: one verb a file in `verbs`, the words they share in `options`.

Results go to stdout, all else to stderr. Only this package prints, reads the environment or ends the
process; it talks to the rest through `kpilang.project`.
"""

from __future__ import annotations

from kpilang.cli.program import main

__all__ = ["main"]
