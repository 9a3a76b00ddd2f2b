"""What project and command line find wrong outside the text of specs: paths, bytes, and bugs of ours."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Sequence

from kpilang.diagnostics import Code, Diagnostic, Label, did_you_mean
from kpilang.source import NOWHERE, Span

NO_SUCH_PATH = Code("KPI090", "no-such-path", "A project or spec file that is not there")
UNREADABLE_FILE = Code("KPI091", "unreadable-file", "A spec file that cannot be read")
NOT_UTF8 = Code("KPI092", "not-utf-8", "A spec file that is not text in UTF-8")
NO_SPECS = Code("KPI093", "no-specs", "A folder without spec files")
UNKNOWN_PACKAGE = Code("KPI094", "unknown-package", "An import of a package that is not there")
IMPORT_CYCLE = Code("KPI095", "import-cycle", "Packages that import each other in a circle")
PACKAGE_NAME = Code("KPI096", "bad-package-name", "A package without a name of its own")
INTERNAL = Code("KPI900", "internal-error", "A fault of kpilang itself")
REFUSED_SQL = Code("KPI901", "refused-sql", "An engine refuses the SQL that kpilang wrote")

REPORT = "please report it with this text and, if you can, the smallest spec that shows it"


def no_such_path(path: str, beside: Iterable[str]) -> Diagnostic:
    close = did_you_mean(path, beside)
    return Diagnostic(
        NO_SUCH_PATH,
        f"there is no file or folder `{path}`",
        help=(f"did you mean {' or '.join(f'`{name}`' for name in close)}?",) if close else (),
    )


def unreadable_file(path: str, words: str) -> Diagnostic:
    return Diagnostic(UNREADABLE_FILE, f"`{path}` cannot be read", notes=(f"the system says: {words}",))


def not_utf8(path: str, offset: int) -> Diagnostic:
    return Diagnostic(
        NOT_UTF8,
        f"`{path}` is not text in UTF-8",
        notes=(f"the byte at offset {offset} begins no character",),
        help=("save the file in UTF-8",),
    )


def no_specs(folder: str) -> Diagnostic:
    return Diagnostic(
        NO_SPECS,
        f"there is no spec file in `{folder}`",
        notes=("spec files end in `.yml` or `.yaml`; hidden folders and environments are left out",),
        help=("name the project with `--project`, or change into its folder",),
    )


def unknown_package(name: str, known: Sequence[str], span: Span) -> Diagnostic:
    close = did_you_mean(name, known)
    meant = f"did you mean {' or '.join(f'`{word}`' for word in close)}?"
    return Diagnostic(
        UNKNOWN_PACKAGE,
        f"there is no package `{name}`",
        span,
        notes=("`std` and `std.…` come with kpilang; others are named by their folder: `./packages/acme`",),
        help=(meant,) if close else (),
    )


def import_cycle(loop: Sequence[tuple[str, Span]], span: Span) -> Diagnostic:
    """`loop` are the packages from the one that is imported again, each with where it is named."""
    names = [name for name, _ in loop]
    around = " → ".join(f"`{name}`" for name in (*names, names[0]))
    return Diagnostic(
        IMPORT_CYCLE,
        f"`{names[0]}` imports itself" if len(loop) == 1 else f"imports run in a circle: {around}",
        span,
        "this leads back",
        secondary=tuple(
            Label(place, f"`{name}` is imported here") for name, place in loop[1:] if place != span
        ),
        help=("put what both need into a package that imports neither",),
    )


def bad_package_name(name: str, span: Span) -> Diagnostic:
    return Diagnostic(
        PACKAGE_NAME,
        f"`{name}` cannot be the name of a package",
        span,
        notes=("the name stands before a dot: `name.kpi`",),
        help=("give it another by `name:` in a `kpilang.yml` of its own",),
    )


def package_name_twice(name: str, span: Span) -> Diagnostic:
    return Diagnostic(
        PACKAGE_NAME,
        f"two packages are called `{name}`",
        span,
        notes=("the name stands before a dot: `name.kpi`",),
        help=("give one of them another by `name:` in its `kpilang.yml`",),
    )


def internal(error: BaseException, version: str, command: Sequence[str] = ()) -> Diagnostic:
    """For whatever should not have happened: what, where, and how to show it again."""
    return Diagnostic(
        INTERNAL,
        f"internal error: {type(error).__name__}: {_one_line(error)}",
        notes=_circumstances(version, command, _place(error)),
        help=(REPORT,),
    )


def refused_sql(engine: str, words: str, version: str, span: Span = NOWHERE) -> Diagnostic:
    return Diagnostic(
        REFUSED_SQL,
        f"internal error: {engine} refuses the compiled SQL",
        span,
        notes=(f"the engine says: {words}", *_circumstances(version, (), "")),
        help=(REPORT,),
    )


def _circumstances(version: str, command: Sequence[str], place: str) -> tuple[str, ...]:
    notes = [f"kpilang {version}, Python {sys.version.split()[0]}, {sys.platform}"]
    if command:
        notes.append(f"command: {shlex.join(command)}")
    if place:
        notes.append(f"raised in {place}")
    return tuple(notes)


def _place(error: BaseException) -> str:
    """Module and line where it was raised; paths of the machine stay out of reports."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    module = trace.tb_frame.f_globals.get("__name__", "?")
    return f"{module}, line {trace.tb_lineno}"


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or "no message"
