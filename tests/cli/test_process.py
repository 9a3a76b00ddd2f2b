"""The command as a process of its own: pipes that close, disks that are full, terminals, signals, faults."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kpilang.cli import streams
from kpilang.cli.streams import write_whole
from kpilang.diagnostics import KpilangError
from tests.cli.harness import run_cli
from tests.cli.test_cases import DATA

COMMAND = [sys.executable, "-m", "kpilang"]
ROOT = Path(__file__).parents[2]


def environment(**more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "KPILANG_DEBUG")}
    return {**kept, "PYTHONPATH": str(ROOT), "TERM": "xterm", **more}


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, env=environment(), timeout=60, check=False
    )


def on_terminal(*arguments: str, cwd: Path | None = None, **env: str) -> tuple[int, str]:
    """Runs with stdout and stderr on a terminal; the exit code and all that it showed."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *arguments], stdout=theirs, stderr=theirs, stdin=theirs, cwd=cwd, env=environment(**env)
    )
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 65_536):
            shown += chunk
    except OSError:
        pass  # Linux reports the end of a terminal as an error.
    os.close(ours)
    return process.wait(timeout=60), shown.decode("utf-8").replace("\r\n", "\n")


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    process = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m kpilang functions --format json | head -n 1; exit 0"],
        capture_output=True, text=True, env=environment(), timeout=60, check=False,
    )  # fmt: skip
    assert (process.stdout, process.stderr) == ("[\n", "")


def test_a_reader_that_is_gone_is_no_error() -> None:
    process = subprocess.Popen(
        [*COMMAND, "functions"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert (process.stderr.read(), process.wait(timeout=60)) == (b"", 0)
    process.stderr.close()


@pytest.mark.parametrize("arguments", [["functions"], ["--help"], ["explain", "KPI080"]])
def test_a_full_disk_is_a_finding(arguments: list[str]) -> None:
    with open("/dev/full", "wb") as full:
        process = subprocess.run(
            [*COMMAND, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False,
            env=environment(),
        )  # fmt: skip
    assert process.returncode == 2
    assert process.stderr == "error[KPI086]: cannot write to stdout: No space left on device\n"


def test_colour_on_a_terminal_only() -> None:
    code, shown = on_terminal("runn")
    assert code == 2 and "\x1b[1;31merror[KPI081]\x1b[0m" in shown
    assert "\x1b" not in on_terminal("runn", NO_COLOR="1")[1]
    assert "\x1b" not in on_terminal("runn", TERM="dumb")[1]
    assert "\x1b" not in run("runn").stderr


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name, text in DATA["projects"]["shop"].items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_binary_is_not_for_terminals(form: str, shop: Path) -> None:
    code, shown = on_terminal("run", "revenue", "--format", form, cwd=shop)
    assert code == 2 and "KPI087" in shown and f"--output result.{form}" in shown


def test_values_cannot_act_on_a_terminal(shop: Path) -> None:
    """CSV gives values as they are, but to a terminal signs stand for what would act on it."""
    (shop / "data/orders.csv").write_text(
        "order_id,ordered_on,channel,amount,is_paid\n1,2024-01-05,\x1b[31m\u202eevil,1,true\n", "utf-8"
    )
    arguments = ("run", "revenue", "--by", "channel", "--as-of", "2024-03-15")
    _, shown = on_terminal(*arguments, "--format", "csv", cwd=shop)
    assert "␛[31m<U+202E>evil" in shown and "\x1b[31m" not in shown
    assert "\x1b[31m\u202eevil" in run_cli([*arguments, "--format", "csv"], shop).stdout
    _, shown = on_terminal(*arguments, cwd=shop, NO_COLOR="1")
    assert "␛[31m<U+202E>evil" in shown and "\x1b" not in shown


def test_a_folder_that_is_gone_is_a_finding(tmp_path: Path) -> None:
    process = subprocess.run(
        ["sh", "-c", f"mkdir gone; cd gone; rmdir ../gone; {sys.executable} -m kpilang check"],
        capture_output=True, text=True, cwd=tmp_path, env=environment(), timeout=60, check=False,
    )  # fmt: skip
    assert process.returncode == 2 and process.stderr.startswith("error[KPI091]: `the working directory`")


def test_an_argument_that_is_no_text_is_a_finding() -> None:
    process = subprocess.run(
        [*COMMAND, "run", b"\xff"], capture_output=True, text=True, env=environment(), timeout=60, check=False
    )
    assert process.returncode == 2
    assert process.stderr == "error[KPI082]: the argument `<U+DCFF>` is not text in UTF-8\n"


def test_help_needs_nothing_heavy() -> None:
    """`--help` and a wrong verb import click and light modules of ours, nothing that reads specs."""
    code = (
        "import sys; from kpilang.cli.program import run; run(['--help']); run(['runn'])\n"
        "heavy = {'lark', 'yaml', 'sqlglot', 'duckdb', 'hypothesis', 'pyarrow', 'kpilang.project'}\n"
        "print('loaded:', sorted(heavy & set(sys.modules)))"
    )
    process = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=60,
        check=False,
    )
    assert process.stdout.endswith("loaded: []\n"), process.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str) -> None:
    process = subprocess.run(
        COMMAND, capture_output=True, text=True, timeout=60, check=False,
        env=environment(_KPILANG_COMPLETE=f"{shell}_source"),
    )  # fmt: skip
    assert process.returncode == 0 and "_KPILANG_COMPLETE" in process.stdout


def test_verbs_are_completed() -> None:
    process = subprocess.run(
        COMMAND, capture_output=True, text=True, timeout=60, check=False,
        env=environment(_KPILANG_COMPLETE="bash_complete", COMP_WORDS="kpilang ex", COMP_CWORD="1"),
    )  # fmt: skip
    assert process.stdout.split() == ["plain,explain"]


def heeds_interrupts() -> None:
    """A shell starts its background jobs without, and so they and their children would be deaf."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_an_interrupt_ends_quietly() -> None:
    """Waits for stdin, so that there is something to interrupt."""
    process = subprocess.Popen(
        [*COMMAND, "check", "-p", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment(), preexec_fn=heeds_interrupts,
    )  # fmt: skip
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, b"", b"")


UNDECLARED = """
entities:
  orders:
    table: orders
    key: order_id
    time: day
    columns:
      order_id: id
      day: date
      amount:
        type: number
        value: price * 2
kpis:
  revenue: sum(orders.amount)
"""


def test_an_interrupt_while_columns_are_typed_ends_quietly(tmp_path: Path) -> None:
    """`price` is declared by nobody, so DuckDB is asked what it holds, which here takes very long."""
    program = """
import sys
import sqlglot
from kpilang.cli import main
from kpilang.engines import textual
def evidence(columns, rows):
    print("typing", file=sys.stderr, flush=True)
    return sqlglot.parse_one("select max(a.range * b.range), 0 from range(10000000) a, range(10000000) b")
textual.evidence = evidence
sys.argv = ["kpilang", "run", "revenue"]
main()
"""
    (tmp_path / "spec.yml").write_text(UNDECLARED, "utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "orders.csv").write_text("order_id,day,price\n1,2024-01-01,5\n", "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path,
        env=environment(), preexec_fn=heeds_interrupts,
    )  # fmt: skip
    assert process.stderr is not None and process.stderr.readline() == b"typing\n"
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, b"", b"")


# ---------------------------------------------------------------------------- our own faults


def test_a_fault_of_ours_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr("kpilang.cli.verbs.functions.Listing.lines", fail)
    outcome = run_cli(["functions"], tmp_path, env={"KPILANG_DEBUG": ""})
    assert outcome.exit == 3 and outcome.stdout == ""
    assert outcome.stderr.startswith("error[KPI900]: internal error: TypeError")
    assert "kpilang 0.1.0" in outcome.stderr and "kpilang functions" in outcome.stderr
    assert "report" in outcome.stderr and "Traceback" not in outcome.stderr
    assert "Traceback" in run_cli(["functions"], tmp_path, env={"KPILANG_DEBUG": "1"}).stderr


@pytest.mark.parametrize("error", [RecursionError, MemoryError])
def test_nothing_raises(error: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("kpilang.cli.verbs.functions.Listing.lines", fail)
    assert run_cli(["functions"], tmp_path).exit == 3


# ---------------------------------------------------------------------------- files


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    write_whole(file, b"one")
    file.chmod(0o640)
    write_whole(file, b"two")
    assert file.read_bytes() == b"two" and file.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_a_file_that_cannot_be_replaced_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "out.csv"
    file.write_bytes(b"before")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(streams, "_move", fail)
    with pytest.raises(KpilangError) as caught:
        write_whole(file, b"after")
    assert caught.value.diagnostics[0].code.number == "KPI086"
    assert file.read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_a_folder_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(KpilangError) as caught:
        write_whole(tmp_path / "nowhere" / "out.csv", b"x")
    assert "No such file or directory" in caught.value.diagnostics[0].message
