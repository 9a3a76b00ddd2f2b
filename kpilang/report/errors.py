"""What can go wrong while a result is shown."""

from __future__ import annotations

from kpilang.diagnostics import Code, Diagnostic

PACKAGE_MISSING = Code("KPI690", "package-missing", "A format that needs a package which is not installed")


def package_missing(form: str, package: str, extra: str) -> Diagnostic:
    return Diagnostic(
        PACKAGE_MISSING,
        f"the format `{form}` needs the package `{package}`, which is not installed",
        help=(
            f"install it with `pip install 'kpilang[{extra}]'`",
            "`--format parquet` needs no more packages",
        ),
    )
