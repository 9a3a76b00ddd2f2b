"""What the documents say of the files is true of the files."""

from __future__ import annotations

import re

import pytest

from .layout import PACKAGE, ROOT

DOCUMENTS = ("README.md", "CONTRIBUTING.md", "docs/ARCHITECTURE.md")


def test_architecture_names_every_module() -> None:
    text = (ROOT / "docs/ARCHITECTURE.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\|.*?`(kpilang/[\w./]+)` \|", text, flags=re.MULTILINE))
    there = {
        f"kpilang/{path.name}"
        for path in PACKAGE.iterdir()
        if (path.suffix == ".py" or any(path.rglob("*.py"))) and not path.name.startswith("_")
    }
    assert named == there


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    path = ROOT / document
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8"))
    assert not [target for target in targets if not (path.parent / target).exists()]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files_that_are_named_exist(document: str) -> None:
    """A path in back-quotes is a file or a folder; `KPI###` and `<name>` stand for any."""
    text = re.sub(r"```.*?```", "", (ROOT / document).read_text(encoding="utf-8"), flags=re.DOTALL)
    folders = r"(?:kpilang|tests|grammar|specs|examples|docs|\.ci)/"
    missing = []
    for name in re.findall(rf"`({folders}[^`\s]*)`", text):
        pattern = re.sub(r"<\w+>|###|…", "*", name).rstrip("/")
        if not any(ROOT.glob(pattern)):
            missing.append(name)
    assert not missing


def test_decisions_are_numbered_and_complete() -> None:
    numbers = []
    for path in sorted((ROOT / "docs/decisions").glob("*.md")):
        numbers.append(int(path.name[:4]))
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {numbers[-1]}. "), path.name
        assert all(f"**{part}.**" in text for part in ("Context", "Decision", "Consequence")), path.name
    assert numbers == list(range(1, len(numbers) + 1))
