"""What a command line can have wrong: 08x."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kpilang.diagnostics import Code, Diagnostic, did_you_mean
from kpilang.errors import not_utf8

UNKNOWN_OPTION = Code("KPI080", "unknown-option", "An option that the verb does not have")
UNKNOWN_VERB = Code("KPI081", "unknown-verb", "A verb that does not exist")
WRONG_USAGE = Code("KPI082", "wrong-usage", "A command line that does not fit the verb")
UNKNOWN_CODE = Code("KPI083", "unknown-code", "A code of an error that does not exist")
NOT_IN_PROJECT = Code("KPI084", "not-in-project", "A name that the project does not define")
NOTHING_ASKED = Code("KPI085", "nothing-asked", "A query without KPIs")
CANNOT_WRITE = Code("KPI086", "cannot-write", "Output that cannot be written")
BAD_PARAM = Code("KPI088", "bad-param", "A `--param` that is not `name=value`")
BINARY_ON_TERMINAL = Code("KPI087", "binary-on-terminal", "A binary format on a terminal")
WOULD_OVERWRITE = Code("KPI098", "would-overwrite", "A file that is there already")
NOTHING_FOUND = Code("KPI099", "nothing-found", "Words under which a project has nothing")


def unknown_option(option: str, options: Iterable[str], verb: str) -> Diagnostic:
    return Diagnostic(
        UNKNOWN_OPTION,
        f"`{verb}` has no option `{option}`",
        help=(*_suggestions(option, options), f"`{verb} --help` lists the options"),
    )


def unknown_verb(verb: str, verbs: Iterable[str]) -> Diagnostic:
    names = tuple(verbs)
    return Diagnostic(
        UNKNOWN_VERB,
        f"unknown verb `{verb}`",
        notes=(f"there are: {', '.join(names)}",),
        help=_suggestions(verb, names),
    )


def wrong_usage(message: str, verb: str, help: Sequence[str] = ()) -> Diagnostic:
    return Diagnostic(WRONG_USAGE, message, help=(*help, f"`{verb} --help` shows the usage"))


def argument_not_utf8(argument: str) -> Diagnostic:
    return Diagnostic(WRONG_USAGE, f"the argument `{argument}` is not text in UTF-8")


def unknown_code(word: str, words: Iterable[str]) -> Diagnostic:
    return Diagnostic(
        UNKNOWN_CODE,
        f"there is no code `{word}`",
        help=(*_suggestions(word, words), "`kpilang explain --list` lists all codes"),
    )


def not_in_project(name: str, names: Iterable[str]) -> Diagnostic:
    return Diagnostic(
        NOT_IN_PROJECT,
        f"the project defines no `{name}`",
        help=(*_suggestions(name, names), "`kpilang list` shows what there is"),
    )


def no_such_dimension(name: str, names: Iterable[str]) -> Diagnostic:
    return Diagnostic(
        NOT_IN_PROJECT,
        f"the project has no dimension `{name}`, and no column of that name",
        help=(*_suggestions(name, names), "`kpilang list --dimensions` shows what there is"),
    )


def nothing_found(words: str, texts: Iterable[str]) -> Diagnostic:
    """`texts` are those under which things can be found."""
    return Diagnostic(
        NOTHING_FOUND,
        f"nothing is found under `{words}`",
        help=(
            *_suggestions(words, texts),
            "every word must be found: try fewer, or others",
            "`kpilang list` shows what there is",
        ),
    )


def nothing_asked(verb: str, names: Sequence[str]) -> Diagnostic:
    """`names` are those of reports and KPIs that could be asked for, the best first."""
    name = names[0] if names else "revenue"
    return Diagnostic(
        NOTHING_ASKED,
        "no KPI is asked for",
        help=(f"name KPIs or a report: `kpilang {verb} {name}`", f"or ask for all: `kpilang {verb} --all`"),
    )


def nothing_to_explain() -> Diagnostic:
    return Diagnostic(
        NOTHING_ASKED,
        "nothing to explain is named",
        help=("name a code or a KPI: `kpilang explain KPI203`", "`kpilang explain --list` lists all codes"),
    )


def would_overwrite(folder: str, names: Sequence[str]) -> Diagnostic:
    listed = " and ".join(f"`{name}`" for name in names)
    return Diagnostic(
        WOULD_OVERWRITE,
        f"{listed} {'is' if len(names) == 1 else 'are'} in `{folder}` already",
        notes=("nothing is written over a file that is there, so nothing was written at all",),
        help=("name another folder: `kpilang init kpis`", "or move the file away first"),
    )


def sample_with_data() -> Diagnostic:
    return wrong_usage("`--sample` and `--data` exclude each other: rows of ours, or yours", "kpilang init")


def not_a_folder(path: str) -> Diagnostic:
    help = ("quote a pattern of files, so that the shell leaves it alone: `--data 'data/*.csv'`",)
    return wrong_usage(f"`{path}` is a file, not a folder", "kpilang init", help)


def cannot_write(place: str, reason: str) -> Diagnostic:
    return Diagnostic(CANNOT_WRITE, f"cannot write to {place}: {reason}")


def binary_on_terminal(form: str) -> Diagnostic:
    return Diagnostic(
        BINARY_ON_TERMINAL,
        f"the format `{form}` is binary and stdout is a terminal",
        help=(f"write a file: `--output result.{form}`", "or send it to another program with `|`"),
    )


def bad_param(text: str) -> Diagnostic:
    help = "write `--param name=value`, in quotes where the value holds blanks"
    return Diagnostic(BAD_PARAM, f"`{text}` does not set a param", help=(help,))


def stdin_not_utf8(offset: int) -> Diagnostic:
    return not_utf8("<stdin>", offset)


def _suggestions(word: str, valid: Iterable[str]) -> tuple[str, ...]:
    found = did_you_mean(word, valid)
    return (f"did you mean {' or '.join(f'`{name}`' for name in found)}?",) if found else ()
