"""Finding definitions by what people call them: `folding` makes texts comparable, `alike` compares words,
`things` says what a project has under which texts, `ranking` puts the best first.

Knows declarations, not their meaning: a project with errors can be searched as well.
"""
