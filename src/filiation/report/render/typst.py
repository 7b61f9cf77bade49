"""The expert report as PDF/A-3b by typst, from its JSON alone, with that JSON attached.

Text goes in as data and is shown as strings, so no name or statement can be markup. Fonts are those
inside typst, so the bytes depend on its version and on nothing of the computer.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final, final

from filiation.errors import CaseError, UsageError

__all__ = ["Typeset", "expert_pdf", "typesetter"]

TEMPLATE: Final = Path(__file__).parent.parent / "templates" / "expert.typ"
STANDARD: Final = "a-3b"
# Scripts that the fonts inside typst hold; of anything else it is said that it is missing.
HELD: Final = re.compile(
    "[^\u0000-\u024f\u0259\u02b0-\u02dd\u0370-\u03ff\u0400-\u045f\u0490-\u0491\u1e00-\u1eff"
    "\u2010-\u2027\u2030-\u203a\u2044\u2070-\u209c\u20ac\u2116\u2122\u2190-\u2193\u2212\u2248"
    "\u2260-\u2265\u00a0]+"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Typeset:
    """A PDF and its length.

    Attributes:
        raw: The bytes.
        core: Pages up to the annexes.
        pages: All pages.
    """

    raw: bytes
    core: int
    pages: int


def typesetter() -> str:
    """Name and version of what sets the PDF; empty if it is not installed."""
    try:
        return f"typst {version('typst')}"
    except PackageNotFoundError:
        return ""


def expert_pdf(document: bytes) -> Typeset:
    """Set the report; same document and version of typst, same bytes.

    Raises:
        UsageError: typst is not installed.
        CaseError: typst refuses the document.
    """
    try:
        import typst
    except ImportError as error:
        raise UsageError(
            "a PDF needs typst: pip install 'filiation[pdf]', or leave it out with --no-pdf"
        ) from error
    found: dict[str, Any] = json.loads(document)
    inputs = {"document": json.dumps(_shown(found)), "report": document.decode()}
    moment = datetime.fromisoformat(found["date"]).astimezone(UTC).replace(microsecond=0)
    try:
        compiler = typst.Compiler(
            TEMPLATE, root=TEMPLATE.parent, ignore_system_fonts=True, sys_inputs=inputs
        )
        raw = compiler.compile(format="pdf", pdf_standards=[STANDARD], timestamp=moment)
        assert isinstance(raw, bytes)  # one document, no output path
        counted = json.loads(compiler.query("<pages>", field="value", one=True))
    except typst.TypstError as error:
        raise CaseError(f"report: typst refuses the document: {error}") from error
    return Typeset(raw=raw, core=int(counted["core"]), pages=int(counted["all"]))


def _shown(found: Any) -> Any:
    """The document with what the fonts lack said in words."""
    if isinstance(found, str):
        return HELD.sub("[..]" if found.startswith("<svg") else _missing, found)
    if isinstance(found, list):
        return [_shown(part) for part in found]
    if isinstance(found, dict):
        return {key: _shown(part) for key, part in found.items() if key != "report"}
    return found


def _missing(run: re.Match[str]) -> str:
    number = len(run[0])
    return f"[{number} character{'' if number == 1 else 's'}: see the page]"
