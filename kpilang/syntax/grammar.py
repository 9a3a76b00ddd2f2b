"""The parse table of `grammar/kpi.lark`: found, built by Lark once, kept in the user's cache.

Lark proves the grammar to be LALR(1) and computes the table; `machine` runs it. What is kept is plain data,
named by a digest of the grammar, of Lark's version and of this file's format, and sealed by a digest of its
own: a table that is not exactly the one that was written is built anew. Lark itself is imported only to
build, which saves every later start the time of the import. Nothing here knows what the rules mean.
"""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import os
import sys
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kpilang import resources

FORMAT = "2"
END = "$END"


@dataclass(frozen=True, slots=True)
class Production:
    """One alternative of a rule: what to do when `size` symbols are reduced to `symbol`.

    `build` names what makes the node ("" hands the only child on, `symbol` starting with `_` splices its
    children into the parent's); `kept` are the indices of the children that the builder gets.
    """

    symbol: str
    build: str
    size: int
    kept: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything a parse needs.

    `actions` maps a state and a symbol to the next state, or, below zero, to the production `-1 - action`.
    `words` maps a word to its terminal; those in `reserved` are no names. `patterns` are the other terminals
    with their regular expressions, in the order in which they are tried.
    """

    actions: tuple[dict[str, int], ...]
    productions: tuple[Production, ...]
    starts: dict[str, int]
    ends: dict[str, int]
    words: dict[str, str]
    reserved: frozenset[str]
    patterns: tuple[tuple[str, str], ...]


def grammar_path() -> Path:
    """The grammar inside the installed package, or the repository's own where the package is editable."""
    return resources.folder("grammar") / "kpi.lark"


@cache
def tables() -> Tables:
    """The table, from the cache where there is one."""
    text = grammar_path().read_bytes()
    path = _cache_folder() / f"grammar-{_digest(text)}.table"
    found = _load(path)
    if found is None:
        from kpilang.syntax.lark_table import plain_table

        found = plain_table(text.decode("utf-8"))
        _store(path, found)
    return _tables(found)


def _tables(plain: dict[str, Any]) -> Tables:
    productions = tuple(Production(*production) for production in plain["productions"])
    return Tables(**{**plain, "productions": productions})


# ---------------------------------------------------------------------------- the cache


def _digest(grammar: bytes) -> str:
    parts = (FORMAT.encode(), _lark_version(), (sys.implementation.cache_tag or "").encode(), grammar)
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:32]


def _lark_version() -> bytes:
    """The file of Lark's that states its version: to import it would cost what the cache saves."""
    spec = find_spec("lark")
    assert spec is not None and spec.origin is not None, "lark is a dependency"
    return Path(spec.origin).read_bytes()


def _cache_folder() -> Path:
    """`KPILANG_CACHE`, or the place where this system keeps a user's caches."""
    chosen = os.environ.get("KPILANG_CACHE")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "kpilang" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "kpilang"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kpilang"


def _load(path: Path) -> dict[str, Any] | None:
    """What was stored; nothing when it is not there, not readable or not whole."""
    try:
        stored = path.read_bytes()
    except OSError:
        return None
    seal, body = stored[:32], stored[32:]
    if hashlib.sha256(body).digest() != seal:
        return None
    plain: dict[str, Any] = marshal.loads(body)
    return plain


def _store(path: Path, plain: dict[str, Any]) -> None:
    """Written beside and moved into place, so a reader never sees half; a full or closed disk is no error."""
    body = marshal.dumps(plain)
    half = path.with_suffix(f".{os.getpid()}")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        half.write_bytes(hashlib.sha256(body).digest() + body)
        os.replace(half, path)
