"""Where a run writes: results to stdout or a file, all else to stderr; always UTF-8, never a partial file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from shutil import get_terminal_size
from tempfile import NamedTemporaryFile
from typing import TextIO

from kpilang.cli import errors
from kpilang.diagnostics import Diagnostic, KpilangError
from kpilang.diagnostics.render import as_text, renderer
from kpilang.source import Source
from kpilang.terminal import visible, wants_colour


@dataclass
class Streams:
    """The standard streams of one run, and the texts of the files that its findings may point into."""

    out: TextIO
    err: TextIO
    sources: Mapping[str, Source] = field(default_factory=dict)

    @staticmethod
    def standard() -> Streams:
        for stream in (sys.stdout, sys.stderr):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:
                reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
        return Streams(sys.stdout, sys.stderr)

    def line(self, line: str) -> None:
        """A line of the result."""
        self.out.write(line + "\n")

    def say(self, line: str) -> None:
        """A line about the run."""
        self.out.flush()
        self.err.write(line + "\n")

    def watch(self, text: str) -> None:
        """What is being done, on the last line of a terminal, in place of what was said there before."""
        if self.err.isatty():
            self.err.write(f"\r\x1b[K{visible(text)}")
            self.err.flush()

    def colour(self) -> bool:
        return wants_colour(self.out, os.environ)

    def cells(self) -> int | None:
        """How wide a line of the result may be; None where nobody looks at it: a pipe, a file."""
        return get_terminal_size().columns if self.out.isatty() else None

    def report(self, diagnostics: Iterable[Diagnostic], sources: Mapping[str, Source]) -> None:
        """Findings as text on stderr; a single one needs no count."""
        found = list(diagnostics)
        lines = list(as_text(found, sources, wants_colour(self.err, os.environ)))
        for line in lines[:-2] if len(found) == 1 else lines:
            self.say(line)

    def findings(self, diagnostics: Iterable[Diagnostic], form: str) -> None:
        """Findings as the result of a run, on stdout."""
        if form == "text":
            lines = as_text(diagnostics, self.sources, self.colour())
        else:
            lines = renderer(form)(diagnostics, self.sources)
        for line in lines:
            self.line(line)

    def emit(self, content: bytes, file: Path | None, binary: bool = False, form: str = "") -> None:
        """A finished result, to the file or to stdout."""
        if file is not None:
            write_whole(file, content)
        elif binary:
            self._emit_binary(content, form)
        else:
            shown = content.decode("utf-8", "surrogatepass")
            self.out.write(_tamed(shown) if self.out.isatty() else shown)

    def _emit_binary(self, content: bytes, form: str) -> None:
        if self.out.isatty():
            raise KpilangError(errors.binary_on_terminal(form))
        self.out.flush()
        self.out.buffer.write(content)

    def flush(self) -> None:
        self.out.flush()
        self.err.flush()

    def abandon(self) -> None:
        """Points stdout nowhere, so that what its buffer still holds fails no more when the process ends."""
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.out.fileno())
        except OSError:
            self.out = self.err


def write_whole(file: Path, content: bytes) -> None:
    """Writes beside the file, then moves it into place: it is as before or complete. KPI086 if it cannot."""
    temporary = None
    try:
        with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as beside:
            temporary = Path(beside.name)
            beside.write(content)
        _move(temporary, file)
    except OSError as error:
        raise KpilangError(errors.cannot_write(f"`{file}`", error.strerror or str(error))) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _move(temporary: Path, file: Path) -> None:
    """With the mode of the file that was there, or that of any new file."""
    mode = file.stat().st_mode if file.exists() else 0o666 & ~_umask()
    temporary.chmod(mode & 0o777)
    temporary.replace(file)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _tamed(shown: str) -> str:
    """What a terminal gets of a format that never changes a value: signs in place of control characters.

    Escape codes that colour a table were put in by us and pass.
    """
    return "\n".join(visible(line) for line in shown.split("\n"))
