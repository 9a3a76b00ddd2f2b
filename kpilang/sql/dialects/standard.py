"""Operations that warehouses say alike: comparison, logic, text, choice.

A dialect takes this table over and puts its own entries on top. What differs in meaning from engine to engine
(division, decimals, time, overflow) is not here.
"""

from __future__ import annotations

from sqlglot import exp

from kpilang.ir import Op
from kpilang.plan.measures import ranked_words
from kpilang.plan.scalars import Apply, Constant, Made, Operation, Scalar
from kpilang.sql.dialects.base import Args, Entry, Lowered, Native
from kpilang.sql.identifiers import number
from kpilang.sql.precedence import binary, chain, fit, negation

COMPARISONS: dict[Op, type[exp.Binary]] = {
    Op.EQ: exp.EQ,
    Op.NE: exp.NEQ,
    Op.LT: exp.LT,
    Op.LE: exp.LTE,
    Op.GT: exp.GT,
    Op.GE: exp.GTE,
}
ORDERINGS = (Op.LT, Op.LE, Op.GT, Op.GE)


def words_case(value: exp.Expr, words: tuple[str, ...]) -> exp.Expr:
    """The position of a word: `CASE x WHEN 'lead' THEN 1 …`."""
    ifs = [
        exp.If(this=exp.Literal.string(word), true=number(index)) for index, word in enumerate(words, start=1)
    ]
    return exp.Case(this=value, ifs=ifs)


def word_at(value: exp.Expr, words: tuple[str, ...]) -> exp.Expr:
    ifs = [
        exp.If(this=number(index), true=exp.Literal.string(word)) for index, word in enumerate(words, start=1)
    ]
    return exp.Case(this=value, ifs=ifs)


def ranked(args: Args, node: Apply) -> Args:
    """Words of an ordered enum as their ranks (rulings 13, 14); all else as it is."""
    words = next((found for arg in node.args if (found := ranked_words(arg.type)) is not None), None)
    if words is None:
        return args
    return tuple(_rank(arg, value, words) for arg, value in zip(args, node.args, strict=True))


def _rank(tree: exp.Expr, value: Scalar, words: tuple[str, ...]) -> exp.Expr:
    if not isinstance(value, Constant):
        return words_case(tree, words)
    if not isinstance(value.value, str) or value.value not in words:
        return exp.Null()
    return number(words.index(value.value) + 1)


def comparison(args: Args, node: Apply) -> exp.Expr:
    assert isinstance(node.op, Op)
    left, right = ranked(args, node) if node.op in ORDERINGS else args
    return binary(COMPARISONS[node.op], left, right)


def same(args: Args, node: Apply) -> exp.Expr:
    left, right = args
    if isinstance(right, exp.Null):
        return binary(exp.Is, left, right)
    return binary(exp.NullSafeEQ, left, right)


def different(args: Args, node: Apply) -> exp.Expr:
    left, right = args
    if isinstance(right, exp.Null):
        return negation(binary(exp.Is, left, right))
    return binary(exp.NullSafeNEQ, left, right)


def one_of(args: Args, node: Apply) -> exp.Expr:
    first, *others = args
    return exp.In(this=fit(first, 5), expressions=list(others))


def like(args: Args, node: Apply) -> exp.Expr:
    text, pattern, *escape = args
    tree = binary(exp.Like, text, pattern)
    if not escape or isinstance(escape[0], exp.Null):
        return tree
    return exp.Escape(this=tree, expression=escape[0])


def conjunction(args: Args, node: Apply) -> exp.Expr:
    return chain(exp.And if node.op is Op.AND else exp.Or, args)


def concatenation(args: Args, node: Apply) -> exp.Expr:
    tree = args[0]
    for arg in args[1:]:
        tree = binary(exp.DPipe, tree, arg)
    return tree


def extreme(args: Args, node: Apply) -> exp.Expr:
    """GREATEST and LEAST of the standard skip nulls; ours do not (null in any operand gives null)."""
    kind = exp.Greatest if node.op is Op.GREATEST else exp.Least
    words = ranked_words(node.type)
    operands = ranked(args, node)
    most: exp.Expr = kind(this=operands[0], expressions=list(operands[1:]), ignore_nulls=True)
    if words is not None:
        most = word_at(most, words)
    unknown = [
        binary(exp.Is, tree.copy(), exp.Null())
        for tree, value in zip(operands, node.args, strict=True)
        if value.type.nullable or words is not None
    ]
    if not unknown:
        return most
    return exp.Case(ifs=[exp.If(this=chain(exp.Or, unknown), true=exp.Null())], default=most)


STANDARD: dict[Operation, Entry] = {
    **{op: Native(comparison) for op in COMPARISONS},
    Op.IS: Native(same),
    Op.IS_NOT: Native(different),
    Op.IN: Native(one_of),
    Op.LIKE: Native(like),
    Op.AND: Native(conjunction),
    Op.OR: Native(conjunction),
    Op.NOT: Native(lambda args, node: negation(args[0])),
    Op.GREATEST: Lowered(extreme, "null if any operand is: a CASE around it"),
    Op.LEAST: Lowered(extreme, "null if any operand is: a CASE around it"),
    Op.LENGTH: Native(lambda args, node: exp.Length(this=args[0])),
    Op.CONCAT: Native(concatenation),
    Op.STARTS_WITH: Native(lambda args, node: exp.StartsWith(this=args[0], expression=args[1])),
    Op.ENDS_WITH: Native(lambda args, node: exp.EndsWith(this=args[0], expression=args[1])),
    Op.CONTAINS: Native(lambda args, node: exp.Contains(this=args[0], expression=args[1])),
    Made.POSITION: Lowered(lambda args, node: words_case(args[0], node.words), "a CASE over the words"),
    Made.WORD_AT: Lowered(lambda args, node: word_at(args[0], node.words), "a CASE over the positions"),
}
