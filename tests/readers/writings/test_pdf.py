"""PDF: every object that can hold words is read, what is not to be seen is said to be so."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from filiation.readers.writings.pdf_file import read_pdf

CASES = Path(__file__).parents[4] / "shared" / "cases" / "pdf-lost-words"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def stream(content: bytes, said: bytes = b"") -> bytes:
    return b"<< /Length %d %s>>\nstream\n%s\nendstream" % (len(content), said, content)


def raw(
    content: bytes,
    *more: bytes,
    catalog: bytes = b"",
    page: bytes = b"",
    resources: bytes = b"",
    trailer: bytes = b"",
) -> bytes:
    """A PDF of one page; `more` are its objects from 6 on."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %s>>" % catalog,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources "
        b"<< /Font << /F1 5 0 R >> %s>> %s>>" % (resources, page),
        stream(content), FONT, *more,
    ]  # fmt: skip
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, trailer, start,
    )  # fmt: skip
    return bytes(out)


def text(words: bytes, before: bytes = b"", place: bytes = b"50 700 Td") -> bytes:
    return b"q BT /F1 12 Tf " + before + b" " + place + b" (" + words + b") Tj ET Q\n"


def read(content: bytes, *more: bytes, **parts: Any) -> dict[str, Any]:
    return read_pdf(BytesIO(raw(content, *more, **parts)))


SEEN = text(b"Page words.", place=b"50 600 Td")


@pytest.mark.parametrize(
    ("drawn", "why"),
    [
        (text(b"SECRET", b"3 Tr"), "invisible"),
        (text(b"SECRET", b"1 g"), "in white"),
        (text(b"SECRET", b"1 1 1 rg"), "in white"),
        (text(b"SECRET", b"0 0 0 0 k"), "in white"),
        (text(b"SECRET", b"/F1 0.5 Tf"), "smaller than a point"),
        (text(b"SECRET", place=b"50 900 Td"), "off the page"),
        (text(b"SECRET", b"/G gs"), "invisible"),
        (b"/OC /L BDC " + text(b"SECRET") + b" EMC\n", "on a layer that is off"),
    ],
)
def test_words_that_nobody_sees_stand_apart(drawn: bytes, why: str) -> None:
    found = read(
        SEEN + drawn, b"<< /Type /OCG /Name (Draft layer) >>",
        catalog=b"/OCProperties << /OCGs [6 0 R] /D << /OFF [6 0 R] >> >> ",
        resources=b"/Properties << /L 6 0 R >> /ExtGState << /G << /ca 0 >> >> ",
    )  # fmt: skip
    shown, _, rest = found["text"].partition("[hidden on page 1")
    assert shown.strip() == "Page words."
    assert rest.startswith(f" ({why}):]\n> SECRET")
    assert "[name of a layer:]\n> Name: Draft layer" in found["text"]


@pytest.mark.parametrize(
    "drawn",
    [
        text(b"SHOWN"),
        text(b"SHOWN", b"1 Tr"),
        text(b"SHOWN", b"0 g"),
        b"q 1 g 0 0 9 9 re f Q " + text(b"SHOWN"),
        b"q 0.1 0 0 0.1 0 0 cm " + text(b"SHOWN", b"/F1 120 Tf", b"500 7000 Td") + b" Q",
        text(b"SHOWN", b"0 1 -1 0 300 100 Tm", b""),
    ],
)
def test_words_that_are_seen_are_not_said_to_be_hidden(drawn: bytes) -> None:
    found = read(SEEN + drawn)["text"]
    assert "SHOWN" in found and "hidden" not in found


def test_notes_fields_outlines_links_scripts_and_what_the_file_says_of_itself() -> None:
    found = read(
        SEEN,
        b"<< /Type /Annot /Subtype /Text /T (Ben) /Contents (delete this) /F 2 /Rect [0 0 1 1] >>",
        b"<< /FT /Tx /T (claim) /TU (whose is it) /V (theirs) /DV (ours) /Opt [(yes) (no)] >>",
        b"<< /Title (Chapter of Ben) /Parent 1 0 R >>",
        b"<< /S /URI /URI (https://a.example/weights) >>",
        b"<< /S /JavaScript /JS (app.alert\\('stop'\\)) >>",
        b"<< /Keywords (walrus, copy) /Odd (own key) >>",
        stream(b"<x><dc:title>Of Ben</dc:title></x>", b"/Type /Metadata /Subtype /XML "),
        b"<< /Type /StructElem /Alt (a drawing of their plan) >>",
        b"<< /Type /Annot /Subtype /FreeText /RC (<p>rich words</p>) /Rect [0 0 1 1] >>",
        b"<< /Whatever [[(deep words)]] >>",
        trailer=b"/Info 11 0 R ",
    )["text"]
    for line in ("[hidden note, Text:]\n> T: Ben\n> Contents: delete this",
                 "[form field:]\n> T: claim\n> TU: whose is it\n> V: theirs\n> DV: ours",
                 "[outline:]\n> Title: Chapter of Ben", "[link:]\n> URI: https://a.example/weights",
                 "[part: script:]\n> JS: app.alert('stop')", "> Keywords: walrus, copy",
                 "> Odd: own key", "> Opt: yes",
                 "> Of Ben", "[text said for a drawing:]\n> Alt: a drawing of their plan",
                 "> RC: rich words", "> Whatever: deep words"):  # fmt: skip
        assert line in found


def test_files_in_a_file_are_read_and_their_digests_kept() -> None:
    inner = raw(text(b"Inner words.") + text(b"INNER SECRET", b"3 Tr"))
    found = read(
        SEEN, b"<< /Type /Filespec /F (a.pdf) /EF << /F 7 0 R >> >>", stream(inner),
        b"<< /Type /Filespec /F (b.bin) /EF << /F 9 0 R >> >>", stream(b"\0\1\2"),
        catalog=b"/Names << /EmbeddedFiles << /Names [(a.pdf) 6 0 R (b.bin) 8 0 R] >> >> ",
    )  # fmt: skip
    assert "[attached file a.pdf:]\n> Inner words." in found["text"]
    assert "> [hidden on page 1 (invisible):]\n> > INNER SECRET" in found["text"]
    assert [one["name"] for one in found["attachments"]] == ["a.pdf", "b.bin"]
    assert "the words of b.bin are not read: this kind of file is not read" in found["remarks"]


def test_a_note_is_not_drawn_with_other_words_than_it_says() -> None:
    found = read(
        SEEN,
        b"<< /Type /Annot /Subtype /FreeText /Contents (said) /Rect [0 0 90 90] "
        b"/AP << /N 7 0 R >> >>",
        stream(text(b"drawn instead"), b"/Type /XObject /Subtype /Form /BBox [0 0 600 800] "
               b"/Resources << /Font << /F1 5 0 R >> >> "),
    )  # fmt: skip
    assert "[note, as it is drawn:]\n> drawn instead" in found["text"]


def test_what_cannot_be_read_is_named() -> None:
    picture = b"/Type /XObject /Subtype /Image /Width 1 /Height 1 "
    bare = read(b"/I Do", stream(b"x", picture), resources=b"/XObject << /I 6 0 R >> ")
    odd = read(SEEN, stream(b"words in no place", b"/Type /Unheard "))
    changed = raw(SEEN)
    start = changed.rindex(b"startxref")
    twice = read_pdf(BytesIO(changed + changed[start:]))

    assert (
        "without text (if they are pictures, their words are not read): page 1" in bare["remarks"]
    )
    assert "not read: words in a picture (1)" in bare["remarks"]
    assert "not read: a stream of the kind Unheard (1)" in odd["remarks"]
    assert twice["remarks"][-1].startswith("saved 2 times into one file")


def test_a_page_that_is_not_understood_costs_no_other() -> None:
    made = raw(SEEN, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 7 0 R /Resources "
               b"<< /Font << /F1 << /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H "
               b"/DescendantFonts [99 0 R] >> >> >> >>", stream(text(b"Bad")))  # fmt: skip
    made = made.replace(b"/Kids [3 0 R] /Count 1", b"/Kids [3 0 R 6 0 R] /Count 2")
    found = read_pdf(BytesIO(made))
    assert "Page words." in found["text"]
    assert not any("damaged" in remark for remark in found["remarks"])


def test_a_page_cannot_set_our_marks() -> None:
    found = read(text(b"[note, Text:]") + text(b"[hidden: x]", place=b"50 600 Td"))
    assert found["text"].split("\n") == ["\\[note, Text:]", "\\[hidden: x]"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("annotations.pdf", "FREETEXT walrus: we took their answers"),
        ("annotations.pdf", "STICKY walrus: delete before sending"),
        ("annotations.pdf", "FIELD walrus: the weights are theirs"),
        ("portfolio.pdf", "The walrus weights."),
        ("xfa.pdf", "XFA walrus words"),
    ],
)
def test_files_of_a_public_report(name: str, words: str) -> None:
    if not CASES.exists():
        pytest.skip("the shared cases are not here")
    with (CASES / name).open("rb") as file:
        assert words in read_pdf(file)["text"]
