"""Everything that the resolver can find wrong, by family: one function for each finding, all its prose here.

`naming` is about names (2xx), `values` about types and units (3xx), `periods` and `joins` about time and rows
(4xx, the wrong-number family), `lints` about what is legal and doubtful (7xx). Nothing here decides.
"""
