"""Runs command lines in this process, in a folder of their own, with the standard streams caught."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from kpilang.cli.program import run


@dataclass(frozen=True)
class Outcome:
    """What a command line did; `both` is stdout and stderr in the order of writing."""

    exit: int
    stdout: str
    stderr: str
    both: str


class _Shared(io.BytesIO):
    """One stream of the two: keeps its own bytes and adds them to the common ones."""

    def __init__(self, common: io.BytesIO) -> None:
        super().__init__()
        self.common = common

    def write(self, content: Any) -> int:
        self.common.write(content)
        return super().write(content)


def run_cli(
    arguments: Sequence[str], folder: Path, stdin: bytes = b"", env: Mapping[str, str] | None = None
) -> Outcome:
    common = io.BytesIO()
    out, err = _Shared(common), _Shared(common)
    with _streams(out, err, stdin), contextlib.chdir(folder), mock.patch.dict(os.environ, env or {}):
        code = run(arguments)
    return Outcome(code, *(stream.getvalue().decode("utf-8") for stream in (out, err, common)))


@contextlib.contextmanager
def _streams(out: io.BytesIO, err: io.BytesIO, stdin: bytes) -> Iterator[None]:
    before = sys.stdin, sys.stdout, sys.stderr
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin), "utf-8")
    sys.stdout = io.TextIOWrapper(out, "utf-8", write_through=True)
    sys.stderr = io.TextIOWrapper(err, "utf-8", write_through=True)
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.detach()
        sys.stdin, sys.stdout, sys.stderr = before
