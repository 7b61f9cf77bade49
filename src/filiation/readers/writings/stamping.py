"""A PDF with a stamp on every page: what it is cited by, and which of its pages this is.

Runs in a process of its own (`confined`). The stamp stands on white, in a frame, at the lower right
of what is seen of the page, over all else; nothing of the page is taken away or moved.
"""

from io import BytesIO
from typing import IO, Any, Final

__all__ = ["stamp_pdf"]

MOST_PAGES: Final = 5000
SIZE: Final = 9.0  # points
WIDE: Final = 0.62  # of a letter of Courier, and a little more, in its size


def stamp_pdf(opened: IO[bytes], stamp: str) -> bytes:
    """The file with `STAMP  page/pages` on each page.

    Args:
        opened: The file.
        stamp: In ASCII, without brackets and backslashes.

    Raises:
        ValueError: It is encrypted or has too many pages, or the stamp holds other letters.
    """
    import pypdf

    if not stamp.isascii() or set(stamp) & set("()\\") or not stamp.isprintable():
        raise ValueError("a stamp of other letters")
    reader = pypdf.PdfReader(opened, strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise ValueError("encrypted")
    count = len(reader.pages)
    if count > MOST_PAGES:
        raise ValueError(f"{count} pages")
    writer = pypdf.PdfWriter()
    for number, page in enumerate(reader.pages, 1):
        added = writer.add_page(page)
        if added.get("/Rotate"):
            added.transfer_rotation_to_content()
        added.merge_page(_over(added, f"{stamp}  {number}/{count}"))
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def _over(page: Any, text: str) -> Any:
    """A page that holds the stamp alone, where it stands on the page below it."""
    from pypdf import PageObject
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    box = page.cropbox
    wide, high = SIZE * WIDE * len(text) + 8, SIZE + 7
    left, low = float(box.right) - wide - 18, float(box.bottom) + 14
    over = PageObject.create_blank_page(width=page.mediabox.width, height=page.mediabox.height)
    over.mediabox = page.mediabox
    over.cropbox = page.cropbox
    letters = DictionaryObject({
        NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
        NameObject("/BaseFont"): NameObject("/Courier-Bold"),
    })  # fmt: skip
    over[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/FiliationStamp"): letters})}
    )
    content = DecodedStreamObject()
    content.set_data(
        f"q 1 g 0 G 1 w {left:.2f} {low:.2f} {wide:.2f} {high:.2f} re B 0 g BT "
        f"/FiliationStamp {SIZE} Tf {left + 4:.2f} {low + 4.5:.2f} Td ({text}) Tj ET Q".encode()
    )
    over[NameObject("/Contents")] = content
    return over
