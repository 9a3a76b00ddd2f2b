"""The command line: one verb a file in `verbs`, the words they share in `options`.

Results go to stdout, all else to stderr. Only this package prints, reads the environment or ends the
process; it talks to the rest through `kpilang.project`.
"""

from __future__ import annotations

import sys
from importlib import import_module

INTERRUPTED = 130
"""What a shell reports of a program that was interrupted."""


def main() -> None:
    """The entry point: runs the command line, ends the process; quiet also if interrupted while loading."""
    try:
        code: int = import_module("kpilang.cli.program").run(sys.argv[1:])
    except KeyboardInterrupt:
        code = INTERRUPTED
    sys.exit(code)
