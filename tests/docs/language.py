"""The language reference as data: its sections, its examples, and the tables in it that are generated.

In it `yaml settings`, `yaml model` and `csv NAME` are the project of all examples; a section may have
settings of its own. `yaml spec` is one more file of it as far as the section goes, `yaml spec error=KPI406`
one with just that error. `kpilang` holds formulas with what they give, for the first quarter of 2024 unless
the fence says otherwise; where it says `error=KPI301`, each is refused with that code.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import kpilang
from kpilang import codes
from kpilang.diagnostics import KpilangError, Severity
from kpilang.functions import AGGREGATES, SCALARS, SPECIALS
from kpilang.results import Result
from kpilang.syntax.keys import PROJECT, SPEC, Form, Key, Shape, shapes
from tests.corpus.cases import CASES

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "grammar" / "REFERENCE.md"
ARROW = " → "
APPENDIX = "Appendix A. The shop of the examples"
"""Where the model is, its data, and its settings; a section may have other settings."""

_MESSAGE = re.compile(r"^(?:error|warning)\[(?P<code>KPI\d{3})\]: (?P<message>.+)$", re.MULTILINE)
_NAMES = re.compile(r"`[^`]*`|'[^']*'|\d+")
_FENCE = re.compile(r"^```(?P<info>[^\n`]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(?P<level>##+) (?P<number>\d+(?:\.\d+)*)?\.? ?(?P<title>[^\n]+)$", re.MULTILINE)
_GENERATED = re.compile(
    r"(?<=^<!-- )(?P<what>keys|functions|codes) ?(?P<which>[^\n]*?)(?P<rest> -->\n).*?(?=^<!-- end -->$)",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Fence:
    """A piece of code: `info` is what stands behind its back-quotes, `start` where its text begins."""

    section: str
    info: str
    text: str
    start: int

    def __str__(self) -> str:
        return f"{self.section}: {self.info}"

    @cached_property
    def words(self) -> dict[str, str]:
        """`by=channel grain=month`."""
        return dict(word.split("=", 1) for word in shlex.split(self.info) if "=" in word)


def fences(text: str) -> Iterator[Fence]:
    headings = [
        (match.start(), match["number"] or match["title"]) for match in _HEADING.finditer(_without_code(text))
    ]
    for match in _FENCE.finditer(text):
        section = [number for start, number in headings if start < match.start()][-1]
        yield Fence(section, match["info"].strip(), match["text"], match.start("text"))


def sections(text: str) -> Iterator[tuple[str, str, str]]:
    """Number, title and text of every section."""
    found = list(_HEADING.finditer(_without_code(text)))
    for match, following in zip(found, [*found[1:], None], strict=True):
        yield (
            match["number"] or "",
            match["title"],
            text[match.end() : following.start() if following else None],
        )


def _without_code(text: str) -> str:
    """The same offsets with blanks where code is, in which `#` begins a comment and no heading."""
    return _FENCE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


# ---------------------------------------------------------------------------- the project of the examples


def write_project(folder: Path, all_fences: list[Fence], section: str) -> None:
    """The model, its data, and the specs of one section."""
    (folder / "data").mkdir()
    settings: dict[str, str] = {}
    for number, fence in enumerate(all_fences):
        if fence.info == "yaml settings" and fence.section in (section, APPENDIX):
            settings.setdefault(fence.section, fence.text)
        elif fence.info == "yaml model" or (fence.info == "yaml spec" and fence.section == section):
            (folder / f"spec{number}.yml").write_text(fence.text, "utf-8")
        elif fence.info.startswith("csv "):
            (folder / "data" / f"{fence.info.removeprefix('csv ')}.csv").write_text(fence.text, "utf-8")
    (folder / "kpilang.yml").write_text(settings.get(section, settings[APPENDIX]), "utf-8")


def findings(folder: Path) -> set[str]:
    """Codes of the errors that `check` finds."""
    return {item.code.number for item in kpilang.load(folder).check() if item.severity is Severity.ERROR}


def evaluated(fence: Fence, folder: Path) -> str:
    """The fence's text with the values that there are now."""
    project = kpilang.load(folder)
    width = max(len(_formula(line)) for line in fence.text.splitlines())
    lines = []
    for line in fence.text.splitlines():
        formula = _formula(line)
        lines.append(f"{formula:<{width}}{ARROW}{_value(project, formula, fence.words)}" if formula else "")
    return "\n".join(lines) + "\n"


def refused(formula: str, words: dict[str, str], folder: Path) -> set[str]:
    """The codes of what is wrong with a question."""
    try:
        _asked(kpilang.load(folder), formula, words)
    except KpilangError as error:
        return {item.code.number for item in error.diagnostics}
    return set()


def _formula(line: str) -> str:
    return line.split(ARROW.rstrip())[0].rstrip()


def _asked(project: kpilang.Project, formula: str, words: dict[str, str]) -> kpilang.PreparedQuery:
    start = None if words.get("from") == "" else words.get("from", "2024-01-01")
    return project.query(
        [formula],
        by=[name for name in words.get("by", "").split(",") if name],
        grain=words.get("grain"),
        from_=start,
        to=words.get("to", "2024-04-01") if start else None,
        where=words.get("where"),
        as_of=words.get("as_of"),
        fill="fill" in words,
        params={
            name.removeprefix("param:"): value for name, value in words.items() if name.startswith("param:")
        },
    )


def _value(project: kpilang.Project, formula: str, words: dict[str, str]) -> str:
    result = _asked(project, formula, words).run()
    unit = str(result.columns[-1].type.unit) if not result.columns[-1].type.unit.is_plain else ""
    keys = len(result.columns) - 1
    if not keys:
        return _with_unit(result.rows[0][0], unit)
    return _table(result, keys, unit)


def _table(result: Result, keys: int, unit: str) -> str:
    rows = [(" ".join(map(_shown, row[:keys])), _with_unit(row[keys], unit)) for row in result.rows]
    return "; ".join(f"{key}: {value}" for key, value in rows) or "no rows"


def _with_unit(value: object, unit: str) -> str:
    return f"{_shown(value)} {unit}".rstrip() if value is not None else "null"


def _shown(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case Decimal():
            return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
        case datetime():
            return f"{value:%Y-%m-%dT%H:%M:%SZ}"
        case date():
            return value.isoformat()
        case float():
            return f"{value:.10g}"
        case _:
            return str(value)


# ---------------------------------------------------------------------------- generated tables


def regenerated(text: str) -> str:
    """The reference with its tables as they should be."""

    def table(match: re.Match[str]) -> str:
        what, which = match["what"], match["which"]
        return f"{what} {which}".rstrip() + match["rest"] + _generate(what, which)

    return _GENERATED.sub(table, text)


def _generate(what: str, which: str) -> str:
    match what:
        case "keys":
            return _keys(next(shape for shape in (*shapes(SPEC), *shapes(PROJECT)) if shape.title == which))
        case "functions":
            return _functions()
        case _:
            return _codes(which)


def _keys(shape: Shape) -> str:
    lines = ["| key | value | meaning |", "|:---|:---|:---|"]
    lines += [f"| `{key.name}` | {_form(key)} | {key.about} |" for key in _own_keys(shape)]
    if shape.others is not None:
        lines.append(f"| all others | `{shape.others.value}` | {shape.about} |")
    return "\n".join(lines) + "\n"


def _own_keys(shape: Shape) -> Iterator[Key]:
    """Those that not every entry has; of the common ones, all."""
    common = {"about", "label", "synonyms", "owner", "tags", "status", "replaced_by", "meta"}
    yield from (key for key in shape.keys if key.name not in common or shape in (PROJECT,))


def _form(key: Key) -> str:
    if key.start is None:
        return key.form.value
    words = {Form.EXPRESSION: f"`{key.start.value}`", Form.EXPRESSIONS: f"a list of `{key.start.value}`"}
    return words.get(key.form, f"{key.form.value}: `{key.start.value}`")


def _functions() -> str:
    lines = ["| function | meaning | gives |", "|:---|:---|:---|"]
    for table in (AGGREGATES, SCALARS, SPECIALS):
        for function in table.values():
            lines.append(f"| `{function.signature}` | {function.doc} | {function.gives.value} |")
    return "\n".join(lines) + "\n"


def _codes(family: str) -> str:
    """Each code with what the corpus of errors shows of it, in the words of the tool."""
    said = _messages()
    lines = ["| code | what is refused | as it is said |", "|:---|:---|:---|"]
    for code in codes.defined():
        if code.number.startswith(f"KPI{family}"):
            link = f"[{code}](../kpilang/diagnostics/pages/{code}.md) {code.slug}"
            first, *others = said.get(code.number) or [""]
            lines.append(f"| {link} | {code.title} | {first} |".replace("|  |", "| |"))
            lines += [f"| | | {message} |" for message in others]
    return "\n".join(lines) + "\n"


def _messages() -> dict[str, list[str]]:
    """What is said, by code; the same error of two cases once, whatever names it has."""
    found: dict[str, dict[str, str]] = {}
    for case in CASES:
        for match in _MESSAGE.finditer(case.expected.read_text("utf-8")):
            message = match["message"].replace("|", r"\|")
            found.setdefault(match["code"], {}).setdefault(_NAMES.sub("", message), message)
    return {code: list(messages.values()) for code, messages in found.items()}
