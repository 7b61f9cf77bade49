"""Word files: every part that can hold words is read, marked by where it stands, or named."""

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from filiation.readers.writings.word_file import read_word

SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
CASES = Path(__file__).parents[4] / "shared" / "cases" / "docx-lost-words"


def run(text: str, properties: str = "") -> str:
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}<w:t>{text}</w:t></w:r>"


def part(root: str, inner: str) -> str:
    return f"<w:{root} {SPACES}>{inner}</w:{root}>"


def packed(body: str, **parts: str | bytes) -> bytes:
    """A Word file: its text, and further parts (`/` is written as `__` in their names)."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("word/document.xml", part("document", f"<w:body>{body}</w:body>"))
        for name, content in parts.items():
            stem, _, suffix = name.replace("__", "/").rpartition("_")
            file.writestr(f"{stem}.{suffix}", content)
    return made.getvalue()


def read(body: str, **parts: str | bytes) -> dict[str, Any]:
    return read_word(BytesIO(packed(f"<w:p>{body}</w:p>", **parts)))


def test_notes_and_margins_stand_under_their_names() -> None:
    note = f'<w:footnote w:id="2"><w:p>{run("NOTE")}</w:p></w:footnote>'
    end = f'<w:endnote w:id="3"><w:p>{run("END")}</w:p></w:endnote>'
    comment = f'<w:comment w:id="0" w:author="Ben"><w:p>{run("SAID")}</w:p></w:comment>'
    found = read(
        run("text") + '<w:r><w:footnoteReference w:id="2"/></w:r>',
        word__footnotes_xml=part("footnotes", note),
        word__endnotes_xml=part("endnotes", end),
        word__comments_xml=part("comments", comment),
        word__header1_xml=part("hdr", f"<w:p>{run('HEAD')}</w:p>"),
        word__footer9_xml=part("ftr", f"<w:p>{run('FOOT')}</w:p>"),
        word__glossary__document_xml=part("glossaryDocument", f"<w:p>{run('BLOCK')}</w:p>"),
    )
    assert found["text"].split("\n") == [
        "text[footnote: 2]", "[header:]", "> HEAD", "[footer:]", "> FOOT",
        "[footnote 2:]", "> NOTE", "[endnote 3:]", "> END",
        "[comment 0 by Ben:]", "> SAID", "[part: building blocks:]", "> BLOCK",
    ]  # fmt: skip
    assert found["remarks"] == []


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ('<w:ins w:author="Ben"><w:r><w:t>new</w:t></w:r></w:ins>', "new"),
        ("<w:del><w:r><w:delText>old</w:delText></w:r></w:del>", "[deleted: old]"),
        (f"<w:moveFrom>{run('gone')}</w:moveFrom>", "[moved away: gone]"),
        (f"<w:moveTo>{run('here')}</w:moveTo>", "here"),
        (run("under", "<w:vanish/>"), "[hidden: under]"),
        (run("a", "<w:vanish/>") + run("b", "<w:vanish/>"), "[hidden: ab]"),
        (run("shown", '<w:vanish w:val="0"/>'), "shown"),
        (run("small", '<w:sz w:val="1"/>'), "[hidden: small]"),
        (run("pale", '<w:color w:val="FFFFFF"/>'), "[white text: pale]"),
        (run("pale", '<w:color w:val="ffffff"/><w:shd w:fill="000000"/>'), "pale"),
        ("<w:r><w:t>co</w:t><w:noBreakHyphen/><w:t>pilot</w:t></w:r>", "co-pilot"),
        ("<w:r><w:t>fine</w:t><w:softHyphen/><w:t>tuned</w:t></w:r>", "finetuned"),
        ("<m:oMath><m:r><m:t>x=y</m:t></m:r></m:oMath>", "x=y"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F04A"/></w:r>', "[symbol: F04A of Wingdings]"),
        ('<w:fldSimple w:instr="QUOTE told"><w:r><w:t>shown</w:t></w:r></w:fldSimple>',
         "[field: QUOTE told]shown"),
        ('<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>QUO</w:instrText></w:r>'
         '<w:r><w:instrText>TE x</w:instrText><w:fldChar w:fldCharType="separate"/></w:r>'
         '<w:r><w:t>y</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>', "[field: QUOTE x]y"),
        ('<w:fldSimple w:instr=" PAGE "><w:r><w:t>3</w:t></w:r></w:fldSimple>', "3"),
        ('<w:r><w:drawing><wp:docPr name="Picture 1" descr="their prompt"/></w:drawing></w:r>',
         "[text: their prompt]"),
        ('<w:r><w:pict><v:shape><v:textpath string="DRAFT of Ben"/></v:shape></w:pict></w:r>',
         "[text: DRAFT of Ben]"),
        ('<w:bookmarkStart w:name="copied_from_theirs"/>', "[name: copied_from_theirs]"),
        (f'<w:sdt><w:sdtPr><w:alias w:val="whose"/></w:sdtPr><w:sdtContent>{run("in")}'
         "</w:sdtContent></w:sdt>", "[text: whose]in"),
        ("<w:unheard>stray</w:unheard>", "[other: stray]"),
        ("<mc:AlternateContent><mc:Choice><w:r><w:t>one</w:t></w:r></mc:Choice><mc:Fallback><w:r>"
         "<w:t>one</w:t></w:r></mc:Fallback></mc:AlternateContent>", "one"),
        ("<mc:AlternateContent><mc:Choice><w:r><w:t>one</w:t></w:r></mc:Choice><mc:Fallback><w:r>"
         "<w:t>two</w:t></w:r></mc:Fallback></mc:AlternateContent>", "one[other form: two]"),
    ],
)  # fmt: skip
def test_how_words_stand_in_a_line(body: str, shown: str) -> None:
    assert read(body)["text"].split("\n")[0] == shown


def test_a_style_hides_what_a_run_does_not() -> None:
    style = (
        '<w:style w:styleId="A"><w:basedOn w:val="B"/></w:style><w:style w:styleId="B">'
        "<w:rPr><w:vanish/></w:rPr></w:style>"
    )
    body = '<w:pPr><w:pStyle w:val="A"/></w:pPr>' + run("under")
    found = read(body, word__styles_xml=part("styles", style))
    assert found["text"] == "[hidden: under]"


@pytest.mark.parametrize(
    "words",
    ["[comment 0 by Ben:]", "[ Hidden: x]", "[deleted: y]", "[attached file a.pdf:]"],
)
def test_nobody_sets_our_marks_but_us(words: str) -> None:
    assert read(run(words[:3]) + run(words[3:]))["text"] == "\\" + words
    assert read(run("the [name] of [the list]"))["text"] == "the [name] of [the list]"
    hidden = read(run("x] and he agreed", "<w:vanish/>"))["text"]
    assert hidden == "[hidden: x\\] and he agreed]"
    assert read(run("a\x01b".replace("\x01", "&#9;")))["text"].count("[") == 0


def test_words_that_are_not_in_the_text_of_a_file() -> None:
    custom = '<Properties xmlns="x"><property name="Client"><v>Basel AG</v></property></Properties>'
    found = read(
        run("text"),
        customXml__item1_xml='<deal by="Ben"><note>COPIED</note></deal>',
        docProps__custom_xml=custom,
        word__settings_xml=part("settings", '<w:docVar w:name="aim" w:val="their weights"/>'),
        word__numbering_xml=part("numbering", '<w:lvlText w:val="%1. stolen"/>'),
        word__charts__chart1_xml=f"<c:chartSpace {SPACES}><c:v>Runs of Ben</c:v></c:chartSpace>",
        word___rels__settings_xml_rels="",
        word__theme__theme1_xml='<theme xmlns="x">in a theme</theme>',
        word__odd_xml="<not closed",
    )
    for words in ("COPIED", "Ben", "Client: Basel AG", "their weights", "stolen", "Runs of Ben",
                  "in a theme"):  # fmt: skip
        assert words in found["text"]
    assert any("word/odd.xml is no XML" in remark for remark in found["remarks"])
    assert [one["name"] for one in found["attachments"]][-1] == "word/odd.xml"


def test_what_is_put_into_a_file_is_read_or_named() -> None:
    found = read(
        run("text"),
        word__embeddings__a_docx=packed(f"<w:p>{run('[hidden: forged]', '<w:vanish/>')}</w:p>"),
        word__embeddings__b_bin=b"\xd0\xcf\x11\xe0",
        word__media__c_png=b"\x89PNG",
        word__chunk_html="<p>page <span hidden>under</span></p>",
    )
    assert (
        "[embedded file word/embeddings/a.docx:]\n> [hidden: \\[hidden: forged\\]]" in found["text"]
    )
    assert "> page [hidden: under" in found["text"]
    assert found["remarks"] == [
        "the words of word/embeddings/b.bin are not read",
        "pictures: 1; words in pictures are not read",
    ]
    assert len(found["attachments"]) == 4


def test_a_link_leads_where_it_says() -> None:
    links = (
        '<Relationships xmlns="x"><Relationship Id="r1" TargetMode="External" Type="t/hyperlink" '
        'Target="https://a.example/ours"/><Relationship Id="r2" TargetMode="External" '
        'Type="t/attachedTemplate" Target="https://b.example/t.dotm"/></Relationships>'
    )
    made = BytesIO(packed(f'<w:p><w:hyperlink r:id="r1">{run("here")}</w:hyperlink></w:p>'))
    with zipfile.ZipFile(made, "a") as file:
        file.writestr("word/_rels/document.xml.rels", links)
    text = read_word(made)["text"]
    assert text.startswith("here[link: https://a.example/ours]")
    assert "[part: linked from outside:]\n> https://b.example/t.dotm" in text


@pytest.mark.parametrize(
    ("name", "words", "times"),
    [
        ("altchunk.docx", "We copied the walrus weights.", 1),
        ("comments-header.docx", "this came out of their walrus service.", 1),
        ("embedded.docx", "> > Ben: this came out of their walrus service.", 1),
        ("footnote.docx", "the walrus answers were taken from the service.", 1),
        ("runs.docx", "co-piloted, finetuned SDTWORD TAGWORD [hidden: HIDDENWORD ]MATHWORD", 1),
        ("textbox.docx", "Boxed walrus words.", 1),
    ],
)
def test_files_of_a_public_report(name: str, words: str, times: int) -> None:
    if not CASES.exists():
        pytest.skip("the shared cases are not here")
    with (CASES / name).open("rb") as file:
        assert read_word(file)["text"].count(words) == times
