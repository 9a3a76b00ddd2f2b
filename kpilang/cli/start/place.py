"""Puts the files of a new project into their folder: all of them or none, never over one that is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import link
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from kpilang.cli import errors
from kpilang.diagnostics import KpilangError

_NEW_FOLDER = 0o777


def refuse_taken(folder: Path, names: Mapping[str, bytes]) -> None:
    """Raises KPI098 if a file of these names is there already."""
    taken = [name for name in names if (folder / name).exists() or (folder / name).is_symlink()]
    if taken:
        raise KpilangError(errors.would_overwrite(str(folder), taken))


def place(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes all files below `folder`, which is made if need be; if it cannot (KPI086), all is as before."""
    refuse_taken(folder, files)
    try:
        with _undone_on_error() as made:
            for parent in sorted({(folder / name).parent for name in files}):
                _make(parent, made)
            with _beside(folder) as temporary:
                for number, (name, content) in enumerate(files.items()):
                    new = temporary / str(number)
                    new.write_bytes(content)
                    link(new, folder / name)  # fails where the name was taken meanwhile
                    made.append(folder / name)
    except FileExistsError as error:
        raise KpilangError(errors.would_overwrite(str(folder), [Path(str(error.filename2)).name])) from error
    except OSError as error:
        raise KpilangError(errors.cannot_write(f"`{folder}`", error.strerror or str(error))) from error


def _make(folder: Path, made: list[Path]) -> None:
    """The folder and those above it."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    for place in reversed(missing):
        place.mkdir()
        made.append(place)


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A hidden folder on the same disk, gone afterwards."""
    temporary = Path(mkdtemp(dir=folder, prefix=".kpilang-"))
    try:
        yield temporary
    finally:
        rmtree(temporary, ignore_errors=True)


@contextmanager
def _undone_on_error() -> Iterator[list[Path]]:
    """What is put into the list is taken away again, the last first, if anything goes wrong."""
    made: list[Path] = []
    try:
        yield made
    except BaseException:
        for path in reversed(made):
            path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
        raise
