"""The type of a column, guessed from its name and from what it holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from kpilang.cli.start.names import identifier, listed, tokens
from kpilang.engines.physical import Family
from kpilang.engines.survey import Column as Facts
from kpilang.semantics.currencies import CODES
from kpilang.types import DEFAULT_SCALE, Kind

_IDS = frozenset(listed("id ids key uuid guid uid sku code number no hash"))
_SURE_IDS = frozenset(listed("id uuid guid uid sku"))
_MONEY = frozenset(
    listed(
        "amount price revenue cost costs fee fees spend spent subtotal tax vat discount budget salary mrr "
        "arr payment refund turnover income profit cents micros"
    )
)
_MONEY_OF_DECIMALS = _MONEY | frozenset(
    listed("total net gross margin balance value paid refunded shipping sales")
)
_NOT_MONEY = frozenset(
    listed(
        "count number qty quantity rate pct percent percentage ratio share score id days hours minutes "
        "seconds weight lat lon latitude longitude position rank"
    )
)
_SHARES = frozenset(listed("rate pct percent percentage share"))
_SUGGESTIVE = frozenset(
    listed(
        "status state type kind stage category channel source medium device plan tier level gender segment "
        "platform method reason action country region language priority currency"
    )
)
_FLAGS = ("is_", "has_", "was_", "did_", "can_")
_TRUTHS = ({"yes", "no"}, {"y", "n"}, {"t", "f"}, {"0", "1"}, {"true", "false"})
_YES = frozenset({"yes", "y", "t", "1", "true"})
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FEW, _MORE = 8, 24
"""Values up to which a text is an enum, whatever its name; and where the name suggests one."""
_TIMES_EACH = 3
"""How often the values of an enum occur at the least, on average."""
_LONGEST_WORD = 40
_LONGEST_ENUM = 80
"""Characters above which a list of words is no longer read by anybody."""
_CENT = {"cents": "100", "micros": "1000000"}


@dataclass(frozen=True, slots=True)
class Guess:
    """A type, or an expression with its type; `type` empty: the column is left out, and `check` says why."""

    type: str
    value: str | None = None
    check: str = ""


def is_id(name: str) -> bool:
    """Whether a column of the name holds ids, by its last word."""
    return bool(tokens(name)) and tokens(name)[-1] in _IDS


def guess(facts: Facts, rows: int, is_text: bool, currency: str) -> Guess:
    """What a column that is no reference is; `currency` is that of money: `(EUR)`, or nothing."""
    made = _guess(facts, identifier(facts.name), rows, currency)
    if made.value is not None and "`" in facts.name:
        made = Guess("", check="no expression can name it; a `query:` of the entity can rename it")
    if not made.type:
        return made
    has_nulls = rows > facts.filled or (is_text and facts.blank > 0 and not made.type.startswith("string"))
    check = made.check or ("check: it is always empty" if rows and not facts.filled else "")
    return Guess(made.type + ("?" if has_nulls else ""), made.value, check)


def _guess(facts: Facts, name: str, rows: int, currency: str) -> Guess:
    match facts.physical.family:
        case Family.BOOL:
            return Guess("bool")
        case Family.DATE:
            return Guess("date")
        case Family.TIMESTAMP | Family.INSTANT:
            return Guess("timestamp")
        case Family.UUID:
            return Guess("id")
        case Family.INTEGER:
            return _whole(facts, name, currency)
        case Family.DECIMAL | Family.DOUBLE:
            return _number(facts, name, currency)
        case Family.TEXT:
            return _text(facts, name, rows)
        case Family.OTHER:
            return Guess("", check=f"a {facts.physical} is not read; a `query:` of the entity can unpack it")


# ---------------------------------------------------------------------------- numbers


def _whole(facts: Facts, name: str, currency: str) -> Guess:
    if name.startswith(_FLAGS) and set(facts.values) <= {0, 1} and facts.values:
        return Guess("bool", f"{quoted(facts.name)} = 1", "check: 1 is taken for true")
    if tokens(name)[-1:] and tokens(name)[-1] in _SURE_IDS:
        return Guess("id")
    return _share(facts, name) or _money(facts, name, currency, _MONEY) or Guess("integer")


def _number(facts: Facts, name: str, currency: str) -> Guess:
    plain = Guess("number")
    if not facts.is_fine:
        plain = _fine(facts)
    return _share(facts, name) or _money(facts, name, currency, _MONEY_OF_DECIMALS) or plain


def _fine(facts: Facts) -> Guess:
    """More digits after the point than a decimal keeps unless told to."""
    if facts.physical.family is Family.DECIMAL:
        return Guess(f"number({facts.physical.scale})")
    why = f"check: sums of floats are approximate; `number` rounds to {DEFAULT_SCALE} digits"
    return Guess("float", check=why)


def _share(facts: Facts, name: str) -> Guess | None:
    least, most = _number_of(facts.least), _number_of(facts.most)
    if not _SHARES & set(tokens(name)) or least is None or most is None or least < 0:
        return None
    if most <= 1:
        return Guess("percent", check=f"check: 1 is taken for 100 %; the greatest value is {most}")
    if most <= 100:
        return Guess("percent", f"{quoted(facts.name)} / 100", f"check: it goes up to {most}, so 1 is 1 %")
    return None


def _number_of(value: object) -> int | float | Decimal | None:
    return value if isinstance(value, int | float | Decimal) else None


def _money(facts: Facts, name: str, currency: str, names: frozenset[str]) -> Guess | None:
    parts = set(tokens(name))
    if not names & parts or _NOT_MONEY & parts:
        return None
    own = next((part.upper() for part in tokens(name) if part.upper() in CODES and len(part) == 3), None)
    type_ = f"money({own})" if own else f"money{currency}"
    for part, divisor in _CENT.items():
        if part in parts:
            return Guess(type_, f"{quoted(facts.name)} / {divisor}", "check: money by its name")
    return Guess(type_, check="check: money by its name")


# ---------------------------------------------------------------------------- texts


def _text(facts: Facts, name: str, rows: int) -> Guess:
    if facts.looks.type.kind in (Kind.DATE, Kind.TIMESTAMP, Kind.NUMBER, Kind.BOOL):
        looks = facts.looks.type.kind.value
        return Guess("string", check=f"check: it looks like a {looks} but is stored as text")
    if is_id(name):
        return Guess("id")
    return _truth(facts) or _enum(facts, name, rows) or Guess("string")


def _truth(facts: Facts) -> Guess | None:
    values = {str(value) for value in facts.values}
    if len(values) != 2 or {value.casefold() for value in values} not in _TRUTHS:
        return None
    yes = next(value for value in values if value.casefold() in _YES)
    return Guess("bool", f"{quoted(facts.name)} = '{yes}'", f"check: '{yes}' is taken for true")


def _enum(facts: Facts, name: str, rows: int) -> Guess | None:
    """Few values that come again and again."""
    values = [str(value) for value in facts.values]
    is_likely = bool(_SUGGESTIVE & set(tokens(name)))
    if not (1 if is_likely else 2) <= len(values) <= (_MORE if is_likely else _FEW):
        return None
    if facts.filled < _TIMES_EACH * len(values) or facts.blank:
        return None
    if any(len(value) > _LONGEST_WORD or not value.isprintable() for value in values):
        return None
    now = "the only value there is now" if len(values) == 1 else f"the {len(values)} values there are now"
    type_ = f"enum({', '.join(map(_word, sorted(values)))})"
    return Guess(type_, check=f"check: {now}") if len(type_) <= _LONGEST_ENUM else None


def _word(value: str) -> str:
    return value if _WORD.fullmatch(value) else "'" + value.replace("'", "''") + "'"


def quoted(physical: str) -> str:
    """The name of a table's column in an expression."""
    return physical if _WORD.fullmatch(physical) and identifier(physical) == physical else f"`{physical}`"
