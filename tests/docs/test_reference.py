"""The pages of commands, functions and codes say what the program says; `--update-golden` renews them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from kpilang import codes
from kpilang.cli.program import VERBS, program
from kpilang.diagnostics.page import page
from tests.cli.harness import run_cli

DOCS = Path(__file__).parents[2] / "docs"


COMMANDS = """\
# Commands

What `kpilang --help` says, verb by verb.

Results go to stdout, everything else to stderr. Exit codes: 0 clean, 1 findings (errors in specs, an alert
with `--fail-on alert`), 2 usage or unreadable input, 3 a fault of kpilang itself.

Completion of verbs and options: `eval "$(_KPILANG_COMPLETE=bash_source kpilang)"`, or `zsh_source`,
`fish_source`. `NO_COLOR` turns colours off, `KPILANG_DEBUG=1` shows where a fault happened."""

FUNCTIONS = """\
# Functions

What can be called in a formula, as `kpilang functions` prints it.
"""

CODES = """\
# Codes

Every finding has a code that never changes its meaning. `kpilang explain KPI203` prints the page of one: what
it means, why it matters, the way out.

| code | name | severity | meaning |
|:---|:---|:---|:---|"""


def commands(folder: Path) -> Iterator[str]:
    yield COMMANDS
    for verb in ("", *VERBS):
        arguments = [verb, "--help"] if verb else ["--help"]
        yield f"\n## kpilang {verb}".rstrip()
        yield f"\n```text\n{run_cli(arguments, folder).stdout.rstrip()}\n```"


def functions(folder: Path) -> Iterator[str]:
    yield FUNCTIONS
    yield run_cli(["functions", "--format", "markdown"], folder).stdout.rstrip()


def errors(_: Path) -> Iterator[str]:
    yield CODES
    for code in codes.defined():
        link = f"[{code}](../kpilang/diagnostics/pages/{code}.md)"
        yield f"| {link} | {code.slug} | {code.severity.value} | {code.title.replace('|', chr(92) + '|')} |"


PAGES: dict[str, Callable[[Path], Iterator[str]]] = {
    "commands.md": commands,
    "functions.md": functions,
    "codes.md": errors,
}


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_fresh(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    fresh = "\n".join(PAGES[name](tmp_path)) + "\n"
    if request.config.getoption("--update-golden", default=False):
        (DOCS / name).write_text(fresh, "utf-8")
    assert (DOCS / name).read_text("utf-8") == fresh, "renew it with `make golden` and read the difference"


def test_the_help_has_a_line_for_every_verb_and_the_verb_says_the_same() -> None:
    context = click.Context(program)
    for verb, line in VERBS.items():
        command = program.get_command(context, verb)
        assert command is not None and command.name == verb
        assert command.help and line.split(".")[0].split(",")[0] in command.help


def test_every_option_has_a_help_text() -> None:
    context = click.Context(program)
    for verb in VERBS:
        command = program.get_command(context, verb)
        assert command is not None
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{verb} {parameter.opts}"


def test_an_option_means_the_same_for_every_verb() -> None:
    """One spelling, one help text, but for what depends on the verb: formats and lists."""
    context, texts = click.Context(program), dict[str, set[str | None]]()
    for verb in VERBS:
        command = program.get_command(context, verb)
        assert command is not None
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                texts.setdefault(parameter.opts[-1], set()).add(parameter.help)
    assert {option for option, helps in texts.items() if len(helps) > 1} <= {"--format"}


@pytest.mark.parametrize("code", codes.defined(), ids=str)
def test_pages_of_codes_name_the_slug_and_a_way_out(code: codes.Code) -> None:
    text = page(code.number) or ""
    assert text.startswith(f"# {code.number} {code.slug}\n")
    assert re.search(r"way out", text, re.IGNORECASE), "each page says what to do"


def test_every_short_option_and_help_flag_works(tmp_path: Path) -> None:
    for verb in VERBS:
        assert run_cli([verb, "-h"], tmp_path).exit == 0
