"""`python -m kpilang`: the same as the command `kpilang`."""

from kpilang.cli import main

main()
