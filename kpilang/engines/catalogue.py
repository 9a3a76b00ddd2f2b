"""Which tables a target has, and where: data files by their patterns, tables of the attached database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kpilang.diagnostics import Diagnostics
from kpilang.engines import Target, datafiles, errors
from kpilang.engines.datafiles import DataTable
from kpilang.engines.needs import Name, Need
from kpilang.engines.workspace import Place


@dataclass(frozen=True)
class Catalogue:
    """`stored` are the tables of the database, as schema and name; `schema` is its default schema."""

    target: Target
    files: tuple[DataTable, ...]
    stored: tuple[Name, ...] = ()
    schema: str = "main"
    database: str = ""

    def find(self, need: Need, diags: Diagnostics) -> Place | None:
        """The one place of a table or file; None after a finding."""
        return self._file(need, diags) if need.is_file else self._table(need, diags)

    def _table(self, need: Need, diags: Diagnostics) -> Place | None:
        shown = ".".join(need.name)
        wanted = tuple(part.casefold() for part in need.name)
        files = [table for table in self.files if _folded(table.name) == wanted]
        exact = [table for table in files if table.name == need.name]
        places: list[Place] = [*(exact or files)]
        places += [name for name in self.stored if _folded(name) in self._spellings(wanted)]
        if len(places) == 1:
            return places[0]
        if not places:
            diags.add(errors.missing_table(shown, need.entity, self._names(), need.span))
        else:
            shown_places = [self._shown(place) for place in places]
            diags.add(errors.ambiguous_table(shown, need.entity, shown_places, need.span))
        return None

    def _file(self, need: Need, diags: Diagnostics) -> Place | None:
        (pattern,) = need.name
        found = datafiles.files_of(self.target.folder, pattern)
        if len(found) == 1:
            return found[0]
        if found:
            places = [self._shown(place) for place in found]
            diags.add(errors.ambiguous_table(pattern, need.entity, places, need.span))
        elif datafiles.matches_anything(self.target.folder, pattern):
            diags.add(errors.unknown_format(pattern, need.span))
        else:
            folder, beside = datafiles.beside(self.target.folder, pattern)
            diags.add(errors.missing_file(pattern, need.entity, folder, beside, need.span))
        return None

    def _spellings(self, wanted: Name) -> set[Name]:
        """Names in the database that are meant: with the default schema, or after the database's own name."""
        if len(wanted) == 1:
            return {(self.schema.casefold(), *wanted)}
        if len(wanted) == 3 and wanted[0] == self.database.casefold():
            return {wanted[1:]}
        return {wanted}

    def _names(self) -> Iterable[str]:
        yield from (".".join(table.name) for table in self.files)
        for schema, name in self.stored:
            yield name if schema == self.schema else f"{schema}.{name}"

    def _shown(self, place: Place) -> str:
        if not isinstance(place, DataTable):
            return ".".join((self.database, *place))
        first = place.files[0]
        folder = self.target.folder.absolute()
        inside = first.absolute().is_relative_to(folder)
        shown = (first.absolute().relative_to(folder) if inside else first).as_posix()
        return shown if len(place.files) == 1 else f"{shown} and {len(place.files) - 1} more"


def data_tables(target: Target, diags: Diagnostics) -> tuple[DataTable, ...]:
    """The tables of all `data:` patterns; a finding for a pattern that matches nothing."""
    for pattern, span in target.data:
        if not datafiles.matches_anything(target.folder, pattern):
            diags.add(errors.no_data(pattern, target.folder.name or ".", span))
    return tuple(datafiles.tables(target.folder, [pattern for pattern, _ in target.data]))


def _folded(name: Name) -> Name:
    return tuple(part.casefold() for part in name)
