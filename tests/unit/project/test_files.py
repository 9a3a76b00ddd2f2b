"""Where a project is, and which spec files it has."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpilang import files
from kpilang.diagnostics import Diagnostics, KpilangError


def laid_out(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")
    return folder


def specs(place: files.Place) -> list[str]:
    return [spec.relative_to(place.folder).as_posix() for spec in place.specs]


def test_all_yaml_of_the_folder_in_order(tmp_path: Path) -> None:
    laid_out(tmp_path, "kpilang.yml", "b.yml", "a.yaml", "sub/c.yml", "sub/deep/d.yml", "notes.txt", "B.YML")
    place = files.find(tmp_path)
    assert place.declaration == tmp_path / "kpilang.yml"
    assert specs(place) == ["B.YML", "a.yaml", "b.yml", "sub/c.yml", "sub/deep/d.yml"]


def test_what_is_left_out(tmp_path: Path) -> None:
    laid_out(
        tmp_path,
        "kpilang.yml",
        "a.yml",
        ".github/ci.yml",
        ".hidden.yml",
        "venv/pyvenv.cfg",
        "venv/lib/x.yml",
        "node_modules/y.yml",
        "other/kpilang.yml",
        "other/theirs.yml",
        "other/below/theirs.yml",
    )
    assert specs(files.find(tmp_path)) == ["a.yml"]


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    laid_out(tmp_path, "kpilang.yml", "a.yml")
    (tmp_path / "again").symlink_to(tmp_path)
    (tmp_path / "linked.yml").symlink_to(tmp_path / "a.yml")
    assert specs(files.find(tmp_path)) == ["a.yml", "linked.yml"]


def test_without_a_declaration_the_folder_is_the_project(tmp_path: Path) -> None:
    laid_out(tmp_path, "a.yml")
    place = files.find(tmp_path)
    assert place.declaration is None and specs(place) == ["a.yml"]


def test_the_declaration_itself_names_the_project(tmp_path: Path) -> None:
    laid_out(tmp_path, "kpilang.yaml", "a.yml")
    assert specs(files.find(tmp_path / "kpilang.yaml")) == ["a.yml"]


def test_a_single_spec_is_read_alone_under_the_nearest_declaration(tmp_path: Path) -> None:
    laid_out(tmp_path, "kpilang.yml", "sub/a.yml", "sub/b.yml")
    place = files.find(tmp_path / "sub/a.yml")
    assert (place.folder, place.declaration) == (tmp_path, tmp_path / "kpilang.yml")
    assert specs(place) == ["sub/a.yml"]


def test_the_working_directory_and_above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out(tmp_path, "project/kpilang.yml", "project/deep/er/x.txt", "elsewhere/a.yml")
    monkeypatch.chdir(tmp_path / "project/deep/er")
    assert files.find().folder == tmp_path / "project"
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert files.find().folder == tmp_path / "elsewhere"


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    laid_out(tmp_path, "growth.yml")
    with pytest.raises(KpilangError) as error:
        files.find(tmp_path / "grwoth.yml")
    (found,) = error.value.diagnostics
    assert found.code.number == "KPI090" and "growth.yml" in found.help[0]


def test_names_are_relative_to_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out(tmp_path, "specs/a.yml")
    monkeypatch.chdir(tmp_path)
    assert files.display_name(Path("specs/../specs/a.yml")) == "specs/a.yml"
    assert files.display_name(tmp_path / "specs/a.yml") == "specs/a.yml"
    assert files.display_name(tmp_path.parent / "b.yml") == (tmp_path.parent / "b.yml").as_posix()


def test_text_is_kept_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_bytes("\ufeffkpis:\r\n".encode())
    source = files.read(tmp_path / "a.yml", Diagnostics())
    assert source is not None and source.text == "\ufeffkpis:\r\n"


def test_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin.yml").write_bytes("kpis: # caf\xe9\n".encode("latin-1"))
    (tmp_path / "gone.yml").symlink_to(tmp_path / "nowhere")
    diags = Diagnostics()
    assert files.read(tmp_path / "latin.yml", diags) is None
    assert files.read(tmp_path / "gone.yml", diags) is None
    assert files.read(tmp_path, diags) is None
    assert sorted(found.code.number for found in diags) == ["KPI091", "KPI091", "KPI092"]
