"""From text to trees: positioned YAML, the declarations of spec files, the grammar of expressions.

`reader` reads files, `parser` the expressions in them, `unparse` writes expressions back. What is written is
kept as it is; what it means is `semantics`' business.
"""
