"""`kpilang fmt`: spec files in their canonical form."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from kpilang import files
from kpilang.cli import errors, exits, options
from kpilang.cli.streams import Streams, write_whole
from kpilang.diagnostics import Diagnostic, Diagnostics, KpilangError
from kpilang.format import formatted
from kpilang.source import Source

STDIN_NAME = "<stdin>"


@click.command("fmt")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--check", is_flag=True, help="Write nothing; name the files that would change, and exit 1.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@click.pass_obj
def command(streams: Streams, paths: tuple[str, ...], check: bool, diff: bool) -> int:
    """Write spec files in their canonical form.

    Files, folders, or `-` for stdin to stdout; without any, the project around this folder. Comments, the
    order of keys and the meaning stay; flow style becomes block style. A file that cannot be read is left as
    it is.
    """
    if options.STDIN in paths:
        return _stdin(streams, paths, check, diff)
    found = Diagnostics()
    changed = 0
    for path in _files(paths):
        source = files.read(path, found)
        text = _formatted(source, path.name in files.PROJECT_FILES, found, streams) if source else None
        if source is None or text is None or text == source.text:
            continue
        changed += 1
        _show(streams, source, text, check, diff)
        if not check and not diff:
            write_whole(path.resolve(), text.encode())
            streams.say(f"formatted {source.name}")
    return _end(streams, found, check and changed > 0)


def _stdin(streams: Streams, paths: tuple[str, ...], check: bool, diff: bool) -> int:
    if len(paths) > 1:
        raise KpilangError(errors.wrong_usage("`-` stands alone: stdin is one file", "kpilang fmt"))
    try:
        source = Source(STDIN_NAME, sys.stdin.buffer.read().decode("utf-8"))
    except UnicodeDecodeError as error:
        raise KpilangError(errors.stdin_not_utf8(error.start)) from error
    found = Diagnostics()
    is_project = re.search(r"^kpilang\s*:", source.text, flags=re.MULTILINE) is not None
    text = _formatted(source, is_project, found, streams)
    if text is not None and text != source.text:
        _show(streams, source, text, check, diff)
    if text is not None and not check and not diff:
        streams.emit(text.encode(), None)
    return _end(streams, found, check and text is not None and text != source.text)


def _formatted(source: Source, is_project: bool, found: Diagnostics, streams: Streams) -> str | None:
    streams.sources = {**streams.sources, source.name: source}
    return formatted(source, is_project, found)


def _files(paths: Iterable[str]) -> Iterator[Path]:
    """The files named, and those of the folders named; each once."""
    seen: set[Path] = set()
    for path in paths or (None,):
        for file in _below(path):
            if file.resolve() not in seen:
                seen.add(file.resolve())
                yield file


def _below(path: str | None) -> Iterator[Path]:
    if path is not None and Path(path).is_file():
        yield Path(path)
        return
    place = files.find(path)
    if place.declaration is not None:
        yield place.declaration
    yield from place.specs


def _show(streams: Streams, source: Source, text: str, check: bool, diff: bool) -> None:
    if diff:
        before, after = source.text.splitlines(), text.splitlines()
        for line in difflib.unified_diff(
            before, after, source.name, f"{source.name} (formatted)", lineterm=""
        ):
            streams.line(line)
    elif check:
        streams.line(source.name)


def _end(streams: Streams, found: Diagnostics, would_change: bool) -> int:
    """Findings are no result here, so they go to stderr."""
    errors_only: list[Diagnostic] = list(found)
    if errors_only:
        streams.report(errors_only, streams.sources)
    return exits.code_of(errors_only) or (exits.FINDINGS if would_change else exits.CLEAN)
