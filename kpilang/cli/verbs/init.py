"""`kpilang init`: the first files of a project."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path, PurePath

import click

from kpilang import files
from kpilang.cli import errors, exits
from kpilang.cli.start import sample, write
from kpilang.cli.start.model import Draft
from kpilang.cli.start.place import place, refuse_taken
from kpilang.cli.streams import Streams
from kpilang.diagnostics import Diagnostics, KpilangError
from kpilang.project import Project
from kpilang.semantics.names import Package
from kpilang.source import NOWHERE, Source
from kpilang.syntax.reader import read_project, read_spec
from kpilang.terminal import visible

PROJECT_FILE, ENTITIES_FILE, KPIS_FILE = "kpilang.yml", "entities.yml", "kpis.yml"


@click.command("init")
@click.argument("folder", required=False, default=".", metavar="[DIR]")
@click.option("--sample", "with_rows", is_flag=True, help="With a few rows, so that `run` answers at once.")
@click.option(
    "--data",
    multiple=True,
    metavar="GLOB",
    help="Draft entities and KPIs from these CSV or Parquet files; may be repeated.",
)
@click.pass_obj
def command(streams: Streams, folder: str, with_rows: bool, data: tuple[str, ...]) -> int:
    """Write the first files of a project.

    Without `--data` these are a project of ours to begin with. With it, the files are looked at: what their
    columns hold decides types, keys, references, times and enums, and every guess is marked with a comment
    that asks to be checked. A file that is there is never overwritten; all files are written, or none.
    """
    here = Path(folder)
    if data and with_rows:
        raise KpilangError(errors.sample_with_data())
    if here.exists() and not here.is_dir():
        raise KpilangError(errors.not_a_folder(folder))
    made = _drafted(here, data, streams) if data else sample.files(_name(here), with_rows)
    place(here, made)
    for name in made:
        streams.line(files.display_name(here / name))
    _say_others(streams, here, made)
    _say_next(streams, folder, "overview" if data else "scorecard", bool(data) or with_rows)
    return exits.CLEAN


def _name(folder: Path) -> str:
    return folder.resolve().name or "kpis"


def _say_others(streams: Streams, folder: Path, made: Mapping[str, bytes]) -> None:
    """Every YAML file of a project is a spec, also one that was there before it was a project."""
    ours = {folder / name for name in made}
    others = [files.display_name(path) for path in files.find(folder).specs if path not in ours]
    if others:
        streams.say(f"read as specs too: {', '.join(others)}")


def _say_next(streams: Streams, folder: str, report: str, can_run: bool) -> None:
    where = "" if Path(folder).resolve() == Path.cwd().resolve() else f" -p {folder}"
    streams.say("")
    if can_run:
        streams.say(f"next: kpilang run {report}{where}")
        streams.say(f"      kpilang run {report} --grain month{where}")
    else:
        streams.say(f"next: put your orders into {files.display_name(Path(folder) / 'data/orders.csv')}")
        streams.say("      (`--sample` writes a few; `--data 'data/*.csv'` drafts a project from your files)")
        streams.say(f"      kpilang check{where}")


# ---------------------------------------------------------------------------- drafts


def _drafted(folder: Path, data: tuple[str, ...], streams: Streams) -> Mapping[str, bytes]:
    names = dict.fromkeys((PROJECT_FILE, ENTITIES_FILE, KPIS_FILE), b"")
    refuse_taken(folder, names)  # before the data are read, which may take long
    patterns = [_relative(pattern, folder) for pattern in data]
    draft = _draft(data, streams)
    for name in draft.left_out:
        streams.say(f"left out, as no spec can name a table with a back-quote in its name: {visible(name)}")
    texts = {
        PROJECT_FILE: write.project(_name(folder), draft.currency, draft.currency_check, patterns),
        ENTITIES_FILE: write.entities(draft),
    }
    if draft.kpis:
        texts[KPIS_FILE] = write.kpis(draft)
    else:
        streams.say("no KPI is drafted: no table has a column that is a time")
    _check(folder, texts)
    return {name: text.encode("utf-8") for name, text in texts.items()}


def _relative(pattern: str, folder: Path) -> str:
    """A pattern of the working directory as one of the project's folder, with forward slashes."""
    if os.path.isabs(pattern):
        return PurePath(pattern).as_posix()
    return PurePath(os.path.relpath(pattern, folder)).as_posix()


def _draft(patterns: tuple[str, ...], streams: Streams) -> Draft:
    """Of the files as they are seen from the working directory: the project may have no folder yet."""
    engines, survey = import_module("kpilang.engines"), import_module("kpilang.engines.survey")
    data = tuple((pattern, NOWHERE) for pattern in patterns)
    target = engines.Target("dev", "duckdb", Path.cwd(), data)
    make = import_module("kpilang.cli.start.draft").draft
    try:
        with survey.Survey(target) as open_survey:
            drafted: Draft = open_survey.ask(lambda survey: make(survey, streams.watch))
    finally:
        streams.watch("")
    return drafted


def _check(folder: Path, texts: Mapping[str, str]) -> None:
    """A draft that does not pass `check` is a fault of ours, and is not written."""
    sources = {name: Source(name, text) for name, text in texts.items()}
    diags = Diagnostics()
    declared = read_project(sources[PROJECT_FILE], diags)
    specs = [read_spec(source, diags) for name, source in sources.items() if name != PROJECT_FILE]
    own = Package("draft", tuple(specs))
    found = Project(folder, declared, (own,), sources, diags).check()
    wrong = [diagnostic for diagnostic in found if found.has_errors]
    assert not wrong, f"a draft is without errors: {wrong[0].code}: {wrong[0].message}" if wrong else ""
