"""The command itself: finds the verb, runs it, turns whatever goes wrong into a finding and an exit code.

Verbs are imported when they are run, so that `kpilang --help` costs no more than click.
"""

from __future__ import annotations

import errno
import os
import traceback
from collections.abc import Sequence
from importlib import import_module

import click
from click.shell_completion import CompletionItem, shell_complete

from kpilang import __version__
from kpilang.cli import INTERRUPTED, errors, exits
from kpilang.cli.streams import Streams
from kpilang.diagnostics import Diagnostic, KpilangError
from kpilang.errors import internal, unreadable_file

NAME = "kpilang"
COMPLETION = "_KPILANG_COMPLETE"

VERBS = {
    "init": "Write the first files of a project.",
    "check": "Check all specs of a project and show what is wrong.",
    "fmt": "Write spec files in their canonical form.",
    "compile": "Print the SQL of KPIs, or another stage on the way to it.",
    "run": "Compute KPIs and show the numbers.",
    "test": "Run the tests beside the definitions.",
    "explain": "Explain an error code, or how a KPI is computed.",
    "list": "List KPIs, or entities, dimensions, segments, params, reports.",
    "show": "Show a definition as the project writes it.",
    "search": "Find KPIs and all else that is declared by what people call it.",
    "matrix": "Show which KPI can be cut by which dimension.",
    "functions": "List the functions of the language.",
}
"""The verbs in the order of the help, each with its line there."""


class Program(click.Group):
    """Knows its verbs by name; the module of one is imported only to run it or to show its own help."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            return None
        command: click.Command = import_module(f"kpilang.cli.verbs.{name}").command
        return command

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            raise KpilangError(errors.unknown_verb(args[0], VERBS))
        return super().resolve_command(context, args)

    def shell_complete(self, context: click.Context, incomplete: str) -> list[CompletionItem]:
        verbs = [
            CompletionItem(verb, help=line) for verb, line in VERBS.items() if verb.startswith(incomplete)
        ]
        return verbs if not incomplete.startswith("-") else super().shell_complete(context, incomplete)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.command(
    cls=Program,
    name=NAME,
    subcommand_metavar="VERB [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="`kpilang VERB --help` shows the options of a verb, `kpilang explain KPI203` what an error means.",
)
@click.version_option(__version__, "--version", prog_name=NAME, message="%(prog)s %(version)s")
def program() -> None:
    """KPIs as code: a number that is right, or an error that says why.

    Exit codes: 0 clean, 1 findings, 2 usage or unreadable input, 3 a fault of kpilang itself.
    """


def run(arguments: Sequence[str]) -> int:
    """Runs one command line on the standard streams; the exit code."""
    streams = Streams.standard()
    try:
        code = _run(arguments, streams)
        streams.flush()
    except BrokenPipeError:
        streams.abandon()
        return exits.CLEAN
    except (KeyboardInterrupt, click.Abort):
        streams.abandon()
        return INTERRUPTED
    except OSError as error:
        streams.abandon()
        streams.report([errors.cannot_write("stdout", error.strerror or str(error))], {})
        return exits.USAGE
    return code


def _run(arguments: Sequence[str], streams: Streams) -> int:
    try:
        return _invoke(list(arguments), streams)
    except click.exceptions.NoArgsIsHelpError as help:
        streams.line(help.ctx.get_help() if help.ctx else "")
        return exits.USAGE
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.Abort:
        raise
    except Exception as error:
        if _is_output(error):
            raise
        found = _found(error, arguments)
        streams.report(found, streams.sources)
        return exits.code_of(found)


def _invoke(arguments: list[str], streams: Streams) -> int:
    """The verb of the command line, or what a shell asks in order to complete one."""
    for argument in arguments:
        if not _is_text(argument):
            raise KpilangError(errors.argument_not_utf8(argument))
    if instruction := os.environ.get(COMPLETION):
        return shell_complete(program, {}, NAME, COMPLETION, instruction)
    with program.make_context(NAME, arguments, obj=streams) as context:
        code = program.invoke(context)
    return code if isinstance(code, int) else exits.CLEAN


def _is_text(argument: str) -> bool:
    """Bytes of a command line that are no UTF-8 arrive as lone surrogates."""
    return not any("\ud800" <= char <= "\udfff" for char in argument)


def _is_output(error: Exception) -> bool:
    """Whether writing failed: nobody reads any more, or there is no room. Errors of files name the file."""
    no_room = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
    full = isinstance(error, OSError) and error.filename is None and error.errno in no_room
    return isinstance(error, BrokenPipeError) or full


def _found(error: Exception, arguments: Sequence[str]) -> Sequence[Diagnostic]:
    """What went wrong as findings; what nobody foresaw is our own fault."""
    match error:
        case KpilangError():
            return error.diagnostics
        case OSError():
            place = str(error.filename or "the working directory")
            return (unreadable_file(place, error.strerror or type(error).__name__),)
        case click.UsageError():
            return (_usage(error, arguments),)
        case _:
            if os.environ.get("KPILANG_DEBUG"):
                traceback.print_exception(error)
            return (internal(error, __version__, (NAME, *arguments)),)


def _usage(error: click.UsageError, arguments: Sequence[str]) -> Diagnostic:
    verb = f"{NAME} {arguments[0]}" if arguments and arguments[0] in VERBS else NAME
    if isinstance(error, click.NoSuchOption):
        command = error.ctx.command if error.ctx else program
        names = [name for item in command.params for name in item.opts]
        return errors.unknown_option(error.option_name, names, verb)
    message = error.format_message().rstrip(".").replace("'", "`")
    return errors.wrong_usage(message[:1].lower() + message[1:], verb)
