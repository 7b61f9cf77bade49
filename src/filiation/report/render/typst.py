"""The expert report by typst as PDF/A-3a and PDF/UA-1, from its JSON, with that JSON attached."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final, final

from filiation.errors import CaseError
from filiation.report.languages.translated import translated
from filiation.report.render.blocks.typst import TEMPLATES, typst_compiler
from filiation.report.wording.expert_frame import ATTACHED

__all__ = ["Typeset", "expert_pdf", "typesetter"]


PARTS: Final = ("front", "core", "annexes")


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


def expert_pdf(document: bytes, language: str = "en") -> Typeset:
    """Set the report; same document and version of typst, same bytes.

    Args:
        document: The report, in English; it is attached whatever the language of the pages.
        language: Of the pages.

    Raises:
        UsageError: typst is not installed, or there is no catalogue of that language.
        CaseError: typst refuses the document.
    """
    found: dict[str, Any] = json.loads(document)
    found = found if language == "en" else translated(found, language)
    shown = {"language": language, **{name: found[name] for name in PARTS}}
    moment = datetime.fromisoformat(found["date"]).astimezone(UTC).replace(microsecond=0)
    digest = hashlib.sha256(document).hexdigest()
    compiler = typst_compiler(
        TEMPLATES / "expert.typ",
        shown,
        {"report": document.decode(), "attached": ATTACHED, "digest": digest},
    )
    import typst

    try:
        raw = compiler.compile(format="pdf", pdf_standards=["a-3a", "ua-1"], timestamp=moment)
        assert isinstance(raw, bytes)  # one document, no output path
        counted = json.loads(compiler.query("<pages>", field="value", one=True))
    except typst.TypstError as error:
        raise CaseError(f"report: typst refuses the document: {error}") from error
    return Typeset(raw=raw, core=int(counted["core"]), pages=int(counted["all"]))
