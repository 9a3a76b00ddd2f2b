"""The canonical form of spec files and of `kpilang.yml`: the text of a file to the text it should have.

`formatted` is all there is for others. What is written means what was written: both are read again and
compared, and a file whose form would change its meaning is left alone. Nothing here knows what names mean.
"""

from kpilang.format.formatting import formatted

__all__ = ["formatted"]
