"""The files of a project: which they are, in which order, and their text.

A project is a folder with `kpilang.yml`; its spec files are all other `*.yml` and `*.yaml` in it and below,
in the order of their paths. Left out are hidden folders, environments, installed packages, and folders with
a `kpilang.yml` of their own, which are projects of their own.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kpilang import errors
from kpilang.diagnostics import Diagnostics, KpilangError
from kpilang.source import Source

PROJECT_FILES = ("kpilang.yml", "kpilang.yaml")
SPEC_SUFFIXES = (".yml", ".yaml")
_SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages", "dbt_packages", "dbt_modules"})
_ENVIRONMENT = "pyvenv.cfg"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a project is: its folder, its `kpilang.yml` if it has one, its spec files."""

    folder: Path
    declaration: Path | None
    specs: tuple[Path, ...]


def find(path: str | os.PathLike[str] | None = None) -> Place:
    """A folder, a `kpilang.yml`, or one spec file, which is read alone but under the nearest `kpilang.yml`.

    None looks for a `kpilang.yml` in the working directory and above, and takes the working directory itself
    if there is none. Raises KPI090 for a path that is not there.
    """
    if path is None:
        here = Path.cwd()
        declaration = _above(here)
        return _whole(declaration.parent if declaration else here)
    asked = Path(path)
    if asked.is_dir():
        return _whole(asked)
    if not asked.is_file():
        raise KpilangError(errors.no_such_path(str(path), _beside(asked)))
    if asked.name in PROJECT_FILES:
        return _whole(asked.parent)
    declaration = _above(asked.absolute().parent)
    return Place(declaration.parent if declaration else asked.parent, declaration, (asked,))


def package(folder: Path, apart: Iterable[Path] = ()) -> Place:
    """The files of a package; folders `apart` hold packages of their own."""
    return without(_whole(folder), apart)


def without(place: Place, apart: Iterable[Path]) -> Place:
    """The place without the spec files of other packages that lie in it."""
    folders = [folder.resolve() for folder in apart]
    specs = tuple(
        spec for spec in place.specs if not any(spec.resolve().is_relative_to(folder) for folder in folders)
    )
    return dataclasses.replace(place, specs=specs)


def packages_in(folder: Path) -> Iterator[Path]:
    """The folders below that are packages by their `kpilang.yml`."""
    for here, folders, _ in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED)
        yield from (Path(here, name) for name in folders if _declaration(Path(here, name)))


def read(path: Path, diags: Diagnostics, name: str | None = None) -> Source | None:
    """The text under the name to show; None after a finding."""
    name = name or display_name(path)
    try:
        return Source(name, path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError as error:
        diags.add(errors.not_utf8(name, error.start))
    except OSError as error:
        diags.add(errors.unreadable_file(name, error.strerror or type(error).__name__))
    return None


def display_name(path: Path) -> str:
    """Relative to the working directory where it lies below it, with forward slashes."""
    absolute = Path(os.path.abspath(path))
    working = Path.cwd()
    return (absolute.relative_to(working) if absolute.is_relative_to(working) else absolute).as_posix()


def _whole(folder: Path) -> Place:
    declaration = _declaration(folder)
    return Place(folder, declaration, tuple(path for path in _specs(folder) if path != declaration))


def _declaration(folder: Path) -> Path | None:
    return next((folder / name for name in PROJECT_FILES if (folder / name).is_file()), None)


def _above(folder: Path) -> Path | None:
    return next((found for place in (folder, *folder.parents) if (found := _declaration(place))), None)


def _specs(folder: Path) -> Iterator[Path]:
    """Does not follow links to folders, so a link to a folder above ends nothing in a circle."""
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if _is_ours(Path(here, name)))
        yield from (Path(here, name) for name in sorted(names) if _is_spec(name))


def _is_spec(name: str) -> bool:
    return name.lower().endswith(SPEC_SUFFIXES) and not name.startswith(".")


def _is_ours(folder: Path) -> bool:
    if folder.name.startswith(".") or folder.name in _SKIPPED:
        return False
    return not (folder / _ENVIRONMENT).exists() and _declaration(folder) is None


def _beside(path: Path) -> list[str]:
    """Names that may have been meant, written as `path` was."""
    try:
        return [str(path.parent / entry.name) for entry in path.parent.iterdir()]
    except OSError:
        return []
