"""Arithmetic in DuckDB that gives the numbers the types promise.

Integers are HUGEINT where they might outgrow what the column holds, decimals DECIMAL(38, scale), all else
DOUBLE. Overflow of the exact ones is an error of the engine, never a wrong number.
"""

from __future__ import annotations

from decimal import Decimal

from sqlglot import exp

from kpilang.ir import AggregateOp, Op
from kpilang.plan.scalars import Apply, Column, Constant, Function, Made, Scalar, Summary, Windowed
from kpilang.sql.dialects.base import Args
from kpilang.sql.dialects.duckdb_time import stored_instant
from kpilang.sql.identifiers import number
from kpilang.sql.overflow import may_overflow
from kpilang.sql.precedence import binary, minus
from kpilang.types import MAX_DIGITS, Kind, Type

EXPANSION = "{:.60f}"
"""Enough digits that rounding them decides as the exact value of the double does."""

_OPERATORS: dict[Op, type[exp.Binary]] = {Op.ADD: exp.Add, Op.SUB: exp.Sub, Op.MUL: exp.Mul}


def data_type(type_: Type) -> exp.DataType:
    """How values of a type are held."""
    if type_.is_double:
        return exp.DataType.build("DOUBLE", dialect="duckdb")
    if type_.scale is not None:
        return decimal_type(type_.scale)
    names = {Kind.BOOL: "BOOLEAN", Kind.DATE: "DATE", Kind.TIMESTAMP: "TIMESTAMP"}
    if type_.kind in names:
        return exp.DataType.build(names[type_.kind], dialect="duckdb")
    is_number = type_.is_numeric or type_.kind in (Kind.DURATION, Kind.CALENDAR)
    return exp.DataType.build("HUGEINT" if is_number else "VARCHAR", dialect="duckdb")


def decimal_type(scale: int) -> exp.DataType:
    return exp.DataType.build(f"DECIMAL({MAX_DIGITS}, {scale})", dialect="duckdb")


def as_type(tree: exp.Expr, type_: Type) -> exp.Expr:
    return exp.Cast(this=tree, to=data_type(type_))


def double(tree: exp.Expr | None) -> exp.Expr:
    assert tree is not None
    return exp.Cast(this=tree, to=exp.DataType.build("DOUBLE", dialect="duckdb"))


_NOT_FINITE = ("inf", "-inf", "nan")


def finite(tree: exp.Expr) -> exp.Expr:
    """Null instead of an infinity or NaN, without naming the value twice."""
    for name in _NOT_FINITE:
        tree = exp.Nullif(this=tree, expression=double(exp.Literal.string(name)))
    return tree


def unguarded(tree: exp.Expr) -> exp.Expr:
    """An operand of `+ - *` whose result is guarded: an infinity or NaN in it makes one of the result.

    DuckDB reads NULLIF as a CASE that has its value twice, so guards within guards cost 8 times each.
    """
    inner = tree
    for name in reversed(_NOT_FINITE):
        if not isinstance(inner, exp.Nullif) or inner.expression != double(exp.Literal.string(name)):
            return tree
        inner = inner.this
    return inner


def fitted(tree: exp.Expr, value: Scalar, wanted: Type) -> exp.Expr:
    """A branch of a CASE or COALESCE in the representation of the whole.

    DuckDB gives a CASE over DECIMAL(38, 6) and DECIMAL(38, 2) the scale 2.
    """
    if isinstance(tree, exp.Null) or isinstance(value, Constant):
        return tree
    if wanted.is_double and not value.type.is_double:
        return double(tree)
    if not wanted.is_double and wanted.scale is not None and value.type.scale not in (None, wanted.scale):
        return as_type(tree, wanted)
    return tree


# ---------------------------------------------------------------------------- operators


def arithmetic(args: Args, node: Apply) -> exp.Expr:
    assert isinstance(node.op, Op)
    left, right = _operands(args, node)
    if may_overflow(node):
        return finite(binary(_OPERATORS[node.op], unguarded(left), unguarded(right)))
    return _to_scale(binary(_OPERATORS[node.op], left, right), node)


def _operands(args: Args, node: Apply) -> Args:
    if node.type.is_double:
        return tuple(_in_double(tree, value) for tree, value in zip(args, node.args, strict=True))
    if node.type.scale is None:
        return _wide(args, node)
    return args


def _in_double(tree: exp.Expr, value: Scalar) -> exp.Expr:
    return tree if value.type.is_double else double(tree)


def _wide(args: Args, node: Apply) -> Args:
    """Integers of a table may be of any width; one HUGEINT among the operands makes the operation wide."""
    if any(_is_wide(value, node) for value in node.args):
        return args
    index = next((i for i, value in enumerate(node.args) if not isinstance(value, Constant)), None)
    if index is None:
        return args
    huge = exp.DataType.build("HUGEINT", dialect="duckdb")
    return tuple(exp.Cast(this=t, to=huge) if i == index else t for i, t in enumerate(args))


def _is_wide(value: Scalar, node: Apply) -> bool:
    """Counts are 64 bits wide: enough to be added, or taken a few times, not to be multiplied."""
    match value:
        case Column():
            return value.wide and (node.op is not Op.MUL or _is_small(node))
        case Windowed(function):
            return function in (Function.SUM_SO_FAR, Function.SUM_BEFORE)
        case Summary(op):
            return op is AggregateOp.SUM or (op is AggregateOp.COUNT and node.op is not Op.MUL)
        case Apply(op, args) if op in (Op.COALESCE, Op.GREATEST):
            return _is_wide(args[0], node)
        case Apply(op):
            own = (Op.ADD, Op.SUB, Op.MUL, Op.NEG, Op.ABS, Made.UNITS, Made.PART)
            return op in own and value.type.scale is None
        case _:
            return False


def _is_small(node: Apply) -> bool:
    """Whether a product takes something a few times only."""
    numbers = (value.value for value in node.args if isinstance(value, Constant))
    return any(isinstance(value, int) and abs(value) <= _A_FEW for value in numbers)


_A_FEW = 10**6


def _to_scale(tree: exp.Expr, node: Apply) -> exp.Expr:
    """DuckDB's own scale of a product is the sum, of a sum the greater; another is asked for by a cast."""
    wanted = node.type.scale
    if node.type.is_double or wanted is None:
        return tree
    scales = [value.type.scale or 0 for value in node.args]
    own = sum(scales) if node.op is Op.MUL else max(scales)
    assert own <= MAX_DIGITS, "the checker refuses a product of more digits"
    literal = any(isinstance(value, Constant) for value in node.args)
    return tree if own == wanted or (literal and node.op is not Op.MUL) else as_type(tree, node.type)


def division(args: Args, node: Apply) -> exp.Expr:
    """Exact operands are divided as whole numbers, so that the quotient is rounded once (law 7)."""
    dividend, divisor = node.args
    if dividend.type.is_double or divisor.type.is_double:
        above, below = _in_double(args[0], dividend), _in_double(_without_zero(args[1]), divisor)
    else:
        scale = max(_scale(dividend), _scale(divisor))
        above = _whole(args[0], dividend, scale)
        below = _whole(_without_zero(args[1]), divisor, scale)
    if not _is_nonzero(divisor):
        below = exp.Nullif(this=below, expression=number(0))
    tree = binary(exp.Div, above, below)
    return finite(tree) if may_overflow(node) else tree


def _without_zero(tree: exp.Expr) -> exp.Expr:
    """A divisor that is 0 for want of rows may as well be null: the quotient is null either way."""
    if isinstance(tree, exp.Coalesce) and [other.sql() for other in tree.expressions] == ["0"]:
        inner: exp.Expr = tree.this
        return inner
    return tree


def _scale(value: Scalar) -> int:
    if isinstance(value, Constant) and isinstance(value.value, Decimal):
        return max(-int(value.value.normalize().as_tuple().exponent), 0)
    if isinstance(value, Constant):
        return 0
    return value.type.scale or 0


def _whole(tree: exp.Expr, value: Scalar, scale: int) -> exp.Expr:
    """An operand times 10^scale, as a double; integers are turned first, as they may be narrow."""
    if isinstance(value, Constant) and isinstance(value.value, int | Decimal):
        return double(number(int(Decimal(value.value).scaleb(scale))))
    if not scale:
        return double(tree)
    factor = number(10**scale)
    if value.type.scale is None:
        return binary(exp.Mul, double(tree), factor)
    return double(binary(exp.Mul, tree, factor))


def _is_nonzero(value: Scalar) -> bool:
    return isinstance(value, Constant) and value.value not in (None, 0)


def negative(args: Args, node: Apply) -> exp.Expr:
    return minus(_wide(args, node)[0] if _is_integer(node) else args[0])


def absolute(args: Args, node: Apply) -> exp.Expr:
    return exp.Abs(this=_wide(args, node)[0] if _is_integer(node) else args[0])


def _is_integer(node: Apply) -> bool:
    return not node.type.is_double and node.type.scale is None


def rounded(args: Args, node: Apply) -> exp.Expr:
    digits = _digits(node)
    value = node.args[0]
    if value.type.is_double:
        scale = digits if digits >= 0 else 20
        text = exp.Format(this=exp.Literal.string(EXPANSION), expressions=[args[0]])
        tree: exp.Expr = exp.Cast(this=text, to=decimal_type(scale))
        if digits < 0:
            tree = exp.Round(this=tree, decimals=number(digits))
        return double(tree) if node.type.is_double else as_type(tree, node.type)
    tree = exp.Round(this=args[0], decimals=number(digits))
    own = max(min(value.type.scale or 0, digits), 0)
    wanted = node.type.scale or 0
    return tree if own == wanted else as_type(tree, node.type)


def _digits(node: Apply) -> int:
    if len(node.args) < 2:
        return 0
    places = node.args[1]
    assert isinstance(places, Constant) and isinstance(places.value, int | Decimal), "digits are a literal"
    return int(places.value)


def to_whole(args: Args, node: Apply) -> exp.Expr:
    tree: exp.Expr = (exp.Floor if node.op is Op.FLOOR else exp.Ceil)(this=args[0])
    same = node.args[0].type.is_double == node.type.is_double and bool(node.type.scale) is False
    return tree if same and (node.type.scale == 0 or node.type.is_double) else as_type(tree, node.type)


def units(args: Args, node: Apply) -> exp.Expr:
    """A decimal of scale 6 in millionths."""
    scale = node.args[0].type.scale or 0
    return as_type(binary(exp.Mul, args[0], number(10**scale)) if scale else args[0], node.type)


def of_units(args: Args, node: Apply) -> exp.Expr:
    """So many millionths as a decimal of scale 6."""
    scale = node.type.scale or 0
    whole = exp.Cast(this=args[0], to=decimal_type(0))
    return binary(exp.Mul, whole, number(Decimal(1).scaleb(-scale))) if scale else whole


def part(args: Args, node: Apply) -> exp.Expr:
    """Law 13: (2·size·weights + all) // (2·all), so that halves go up; in doubles as well as may be."""
    size, weights, whole = args
    if node.type.is_double:
        of, out_of, all_ = (_in_double(tree, value) for tree, value in zip(args, node.args, strict=True))
        share = binary(exp.Div, binary(exp.Mul, of, out_of), all_)
        return exp.Floor(this=binary(exp.Add, share, exp.Literal.number("0.5")))
    twice = binary(exp.Mul, binary(exp.Mul, number(2), size), weights)
    above = binary(exp.Add, twice, whole)
    return binary(exp.IntDiv, above, binary(exp.Mul, number(2), whole.copy()))


def halved(args: Args, node: Apply) -> exp.Expr:
    """Never above 1 for times of 0 and more, so nothing leaves the range of doubles."""
    times = _in_double(args[0], node.args[0])
    return exp.Pow(this=exp.Literal.number("0.5"), expression=times)


def transcendental(args: Args, node: Apply) -> exp.Expr:
    operands = [_in_double(tree, value) for tree, value in zip(args, node.args, strict=True)]
    match node.op:
        case Op.SQRT:
            return finite(exp.Sqrt(this=operands[0]))
        case Op.LN:
            return finite(exp.Ln(this=operands[0]))
        case Op.EXP:
            return finite(exp.Exp(this=operands[0]))
        case _:
            return finite(exp.Pow(this=operands[0], expression=operands[1]))


def first_known(args: Args, node: Apply) -> exp.Expr:
    first, *others = (fitted(t, v, node.type) for t, v in zip(args, node.args, strict=True))
    return exp.Coalesce(this=first, expressions=list(others))


# ---------------------------------------------------------------------------- reading and casts


def cast(args: Args, node: Apply) -> exp.Expr:
    found, wanted = node.args[0].type, node.type
    if wanted.kind is Kind.ID:
        return args[0]  # whatever it is held as: a key is equal or not
    if data_type(found) == data_type(wanted) and found.kind is not Kind.RAW:
        return args[0]
    if found.is_double and wanted.kind is Kind.INTEGER:
        return as_type(exp.Round(this=args[0]), wanted)
    return as_type(args[0], wanted)


def read(args: Args, node: Apply) -> exp.Expr:
    if node.words:
        return stored_instant(args[0], node.words[0])
    tree = as_type(args[0], node.type)
    return finite(tree) if node.type.is_double else tree
