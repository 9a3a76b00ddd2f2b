"""Faults of our own say what, where and how to show them again, and nothing of the machine."""

from __future__ import annotations

from kpilang import errors


def _fail() -> None:
    raise ZeroDivisionError("a\nb")


def test_an_internal_error_tells_where_it_was_raised() -> None:
    try:
        _fail()
    except ZeroDivisionError as error:
        found = errors.internal(error, "1.2.3", ["kpilang", "run", "a b"])
    assert found.message == "internal error: ZeroDivisionError: a b"
    assert any("kpilang 1.2.3" in note for note in found.notes)
    assert "command: kpilang run 'a b'" in found.notes
    assert any(note.startswith(f"raised in {__name__}, line ") for note in found.notes)
    assert not any("/" in note for note in found.notes)


def test_an_error_without_words_or_place() -> None:
    found = errors.internal(ValueError(), "1.2.3")
    assert found.message.endswith("ValueError: no message") and len(found.notes) == 1


def test_sql_that_is_refused_is_a_fault_of_ours() -> None:
    found = errors.refused_sql("DuckDB", "no such function", "1.2.3")
    assert found.code.number == "KPI901" and "the engine says: no such function" in found.notes
