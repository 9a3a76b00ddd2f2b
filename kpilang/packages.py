"""Packages: what `imports:` names, found, read and followed to what it imports itself.

A package is a folder with spec files: `std` and `std.…` are shipped with kpilang, `./packages/acme` is
relative to the folder of whoever imports it. Its `kpilang.yml`, if it has one, gives its name and its own
imports; time zone, currency and targets are those of the project alone. What names mean is said by
`semantics.names`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kpilang import errors, files, resources
from kpilang.diagnostics import Diagnostics
from kpilang.semantics.names import Package
from kpilang.source import Source
from kpilang.syntax import spec
from kpilang.syntax.reader import read_project, read_spec

LIBRARY = "std"
"""The package that is shipped, and the first word of all others that are."""


def read(
    name: spec.Text, place: files.Place, declaration: spec.ProjectDecl, diags: Diagnostics
) -> tuple[tuple[Package, ...], dict[str, Source]]:
    """The project `name` and all packages that it needs, itself first; the texts of them all by name."""
    reader = _Reader(diags, {})
    imports = reader.follow(declaration.imports, place.folder, (_Step(name, place.folder.resolve()),))
    own = Package(name.value, reader.specs(files.without(place, reader.folders()), None), imports)
    if name.value in reader.read:
        diags.add(errors.package_name_twice(name.value, name.span))
        return (own,), reader.texts
    return (own, *reader.read.values()), reader.texts


@dataclass(frozen=True)
class _Step:
    """A package on the way from the project to where we are."""

    name: spec.Text
    folder: Path


@dataclass(frozen=True)
class _Found:
    folder: Path
    name: str | None = None
    """For what is shipped: elsewhere the name is the package's own."""


@dataclass
class _Reader:
    diags: Diagnostics
    texts: dict[str, Source]
    read: dict[str, Package] = field(default_factory=dict)
    names: dict[Path, str | None] = field(default_factory=dict)
    """The name of the package in a folder, None where that is no good."""

    def folders(self) -> Iterator[Path]:
        return iter(self.names)

    def follow(self, imports: tuple[spec.Text, ...], folder: Path, way: tuple[_Step, ...]) -> tuple[str, ...]:
        """The names of the packages that are imported; those that cannot be are reported and left out."""
        names = [self._import(text, folder, way) for text in imports]
        return tuple(dict.fromkeys(name for name in names if name is not None))

    def _import(self, text: spec.Text, folder: Path, way: tuple[_Step, ...]) -> str | None:
        found = _find(text.value, folder)
        if found is None:
            self.diags.add(errors.unknown_package(text.value, list(_known(text.value, folder)), text.span))
            return None
        place = found.folder.resolve()
        begin = next((number for number, step in enumerate(way) if step.folder == place), None)
        if begin is not None:
            loop = [(step.name.value, step.name.span) for step in way[begin:]]
            self.diags.add(errors.import_cycle(loop, text.span))
            return None
        if place not in self.names:
            self.names[place] = None
            self.names[place] = self._read(found, text, way)
        return self.names[place]

    def _read(self, found: _Found, text: spec.Text, way: tuple[_Step, ...]) -> str | None:
        place = files.package(found.folder)
        declaration = self._declaration(place, found.name)
        name = found.name or (declaration.name.value if declaration.name else found.folder.resolve().name)
        if not name.replace(".", "_").isidentifier():
            self.diags.add(errors.bad_package_name(name, text.span))
            return None
        if name in self.read:
            self.diags.add(errors.package_name_twice(name, text.span))
            return None
        here = _Step(spec.Text(name, span=text.span), found.folder.resolve())
        before = set(self.names)
        imports = self.follow(declaration.imports, found.folder, (*way, here))
        place = files.without(place, set(self.names) - before)
        self.read[name] = Package(name, self.specs(place, found.name), imports, found.name is None)
        return name

    def _declaration(self, place: files.Place, shipped: str | None) -> spec.ProjectDecl:
        if place.declaration is None:
            return spec.ProjectDecl()
        source = self._text(place.declaration, place.folder, shipped)
        return read_project(source, self.diags) if source is not None else spec.ProjectDecl()

    def specs(self, place: files.Place, shipped: str | None) -> tuple[spec.SpecFile, ...]:
        sources = [self._text(path, place.folder, shipped) for path in place.specs]
        return tuple(read_spec(source, self.diags) for source in sources if source is not None)

    def _text(self, path: Path, folder: Path, shipped: str | None) -> Source | None:
        """What is shipped is shown as `std:email/rates.yml`, wherever it is installed."""
        name = f"{shipped}:{path.relative_to(folder).as_posix()}" if shipped else None
        source = files.read(path, self.diags, name)
        if source is not None:
            self.texts[source.name] = source
        return source


def _find(text: str, folder: Path) -> _Found | None:
    if _is_path(text):
        path = folder / text
        return _Found(path) if path.is_dir() else None
    first, *rest = text.split(".")
    path = resources.folder("specs").joinpath(*rest)
    is_there = first == LIBRARY and all(rest) and any((path / name).is_file() for name in files.PROJECT_FILES)
    return _Found(path, text) if is_there else None


def _is_path(text: str) -> bool:
    return text.startswith(".") or "/" in text


def _known(text: str, folder: Path) -> Iterator[str]:
    """What could have been meant: packages that are shipped, or folders beside the one that is not there."""
    if not _is_path(text):
        library = resources.folder("specs")
        yield LIBRARY
        for path in files.packages_in(library):
            yield ".".join((LIBRARY, *path.relative_to(library).parts))
    near = (folder / text).parent if _is_path(text) else folder
    start = text.rpartition("/")[0] if _is_path(text) else "."
    for path in sorted(near.iterdir()) if near.is_dir() else ():
        if path.is_dir() and not path.name.startswith("."):
            yield f"{start}/{path.name}"
