"""A stamp on every page of a PDF, over what stands there, and nothing lost."""

from io import BytesIO
from pathlib import Path

import pypdf
import pytest

from filiation.readers.writings.confined import stamped
from filiation.readers.writings.stamping import stamp_pdf
from readers.writings.files import pdf


def several(path: Path) -> bytes:
    """Three pages: as they are, turned, and cut to a part."""
    writer = pypdf.PdfWriter()
    for turn in (0, 90, 0):
        page = writer.add_page(pypdf.PdfReader(pdf(path, "Use their outputs")).pages[0])
        page.rotate(turn)
    writer.pages[2].cropbox = pypdf.generic.RectangleObject((100, 100, 500, 760))
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def test_every_page_bears_it_within_what_is_seen(tmp_path: Path) -> None:
    raw = stamped(several(tmp_path / "a.pdf"), "ACME-000012")
    assert raw is not None
    pages = pypdf.PdfReader(BytesIO(raw)).pages
    for number, page in enumerate(pages, 1):
        places: list[tuple[float, float]] = []

        def seen(text: str, _: object, at: list[float], *more: object,
                 found: list[tuple[float, float]] = places) -> None:  # fmt: skip
            if "ACME" in text:
                found.append((at[4], at[5]))

        text = page.extract_text(visitor_text=seen)
        assert "Use their outputs" in text and f"ACME-000012  {number}/3" in text
        box = page.cropbox
        assert places
        for x, y in places:
            assert box.left <= x <= box.right and box.bottom <= y <= box.top


def test_what_cannot_be_stamped_is_left(tmp_path: Path) -> None:
    assert stamped(b"%PDF-1.4 junk", "ACME-000001") is None
    for stamp in ("a) Tj (b", "\\", "\u0141", "a\nb"):
        with pytest.raises(ValueError, match="other letters"):
            stamp_pdf(BytesIO(pdf(tmp_path / "a.pdf").read_bytes()), stamp)
