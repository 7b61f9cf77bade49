"""Blocks set by typst: they go in as data, and `templates/blocks.typ` shows each kind.

Every text is a string to typst, so no name or statement can be markup. Fonts are those inside
typst, so the bytes depend on its version and on nothing of the computer.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from filiation.errors import UsageError
from filiation.report.wording.figures import printable

if TYPE_CHECKING:
    import typst

__all__ = ["TEMPLATES", "held", "typst_compiler"]

Main = TypeVar("Main", Path, bytes)

TEMPLATES: Final = Path(__file__).parents[2] / "templates"
# Scripts that the fonts inside typst hold; of anything else it is said that it is missing.
HELD: Final = re.compile(
    "[^\u0000-\u024f\u0259\u02b0-\u02dd\u0370-\u03ff\u0400-\u045f\u0490-\u0491\u1e00-\u1eff"
    "\u2010-\u2027\u2030-\u203a\u2044\u2070-\u209c\u20ac\u2116\u2122\u2190-\u2193\u2212\u2248"
    "\u2260-\u2265\u00a0]+"
)


def typst_compiler(
    main: Main, document: Any, attached: Mapping[str, str] | None = None
) -> "typst.Compiler":
    """A compiler for a template that shows blocks.

    Args:
        main: The template, in the folder of templates; or its words, as if it lay there.
        document: What it reads as JSON from the input `document`.
        attached: Other inputs, by name.

    Raises:
        UsageError: typst is not installed.
    """
    try:
        import typst
    except ImportError as error:
        raise UsageError(
            "a PDF needs typst: pip install 'filiation[pdf]', or leave it out with --no-pdf"
        ) from error
    inputs = {"document": json.dumps(held(document)), **(attached or {})}
    return typst.Compiler(main, root=TEMPLATES, ignore_system_fonts=True, sys_inputs=inputs)


def held(found: Any) -> Any:
    """The document with what the fonts lack said in words."""
    if isinstance(found, str):
        if found.startswith("<svg"):
            return HELD.sub("[..]", found)
        return HELD.sub(_missing, printable(found))
    if isinstance(found, list | tuple):
        return [held(part) for part in found]
    if isinstance(found, dict):
        return {key: held(part) for key, part in found.items()}
    return found


def _missing(run: re.Match[str]) -> str:
    number = len(run[0])
    return f"[{number} character{'' if number == 1 else 's'}: see the page]"
