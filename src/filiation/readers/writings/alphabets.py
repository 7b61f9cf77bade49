"""Bytes of strangers as text: which alphabet does a label mean, and what if bytes are not in it?

Labels are read as browsers and mail programs read them (WHATWG Encoding Standard): a name stands
for the superset that is written under it, `iso-8859-1` for Windows-1252, `gb2312` for GB 18030.
What cannot be read in the named alphabet is told, never dropped in silence.
"""

import re
from collections.abc import Iterable
from typing import Final

__all__ = ["codec_of", "decoded", "text_of"]

_LABELS: Final[Iterable[tuple[str, str]]] = (
    ("utf-8", "utf8 utf8mb4 utf8mb3 unicode-1-1-utf-8 x-unicode20utf8 cp65001"),
    ("utf-16", "utf16 ucs-2 unicode iso-10646-ucs-2"),
    ("utf-16-le", "utf-16le unicodefffe cp1200"),
    ("utf-16-be", "utf-16be unicodefeff cp1201"),
    ("utf-7", "utf7 unicode-1-1-utf-7 cp65000"),
    ("cp1252", "iso-8859-1 iso8859-1 latin1 latin-1 l1 iso_8859-1 iso_8859-1:1987 ascii ansi "
     "ansi_x3.4-1968 iso646-us cp819 ibm819 x-cp1252"),
    ("cp1254", "iso-8859-9 iso8859-9 latin5 l5 iso_8859-9 x-cp1254"),
    ("cp874", "iso-8859-11 iso8859-11 tis-620 windows-874 dos-874 x-cp874"),
    ("gb18030", "gbk gb2312 gb_2312 gb_2312-80 gb2312-80 csgb2312 iso-ir-58 x-gbk cp936 "
     "windows-936 ms936 cp54936 euc-cn x-euc-cn"),
    ("hz", "hz-gb-2312 hz-gb2312 hzgb cp52936"),
    ("big5hkscs", "big5 big5-hkscs cn-big5 csbig5 x-x-big5 cp950 windows-950"),
    ("cp949", "euc-kr euckr ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 korean windows-949 "
     "iso-ir-149 csksc56011987 cseuckr uhc cp51949"),
    ("cp932", "shift_jis shift-jis sjis x-sjis ms_kanji csshiftjis windows-31j ms932 windows-932"),
    ("euc_jp", "euc-jp x-euc-jp cseucpkdfmtjapanese cp51932 eucjp"),
    ("iso2022_jp_ext", "iso-2022-jp csiso2022jp iso-2022-jp-1 iso-2022-jp-2 iso-2022-jp-3 "
     "cp50220 cp50221 cp50222"),
    ("iso2022_kr", "iso-2022-kr csiso2022kr cp50225"),
    ("iso8859-8", "iso-8859-8 iso-8859-8-i iso-8859-8-e iso8859-8 hebrew visual logical cp28598 "
     "cp38598"),
    ("koi8-r", "koi koi8 koi8_r cskoi8r cp20866"),
    ("koi8-u", "koi8-ru cp21866"),
    ("mac-roman", "macintosh mac x-mac-roman csmacintosh cp10000"),
    ("mac-cyrillic", "x-mac-cyrillic x-mac-ukrainian cp10007"),
    ("cp866", "866 ibm866 csibm866"),
    ("johab", "cp1361"),
    ("cp1258", "viscii x-viscii"),
)  # fmt: skip
_PLAIN: Final = (
    *(f"cp{n}" for n in (437, 720, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863, 864, 865,
                         869, *range(1250, 1259))),
    *(f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 10, 13, 14, 15, 16)),
)  # fmt: skip
_CODECS: Final[dict[str, str]] = {
    **{label: codec for codec, labels in _LABELS for label in (codec, *labels.split())},
    **{name: name for name in _PLAIN},
    **{name.replace("iso8859", "iso-8859"): name for name in _PLAIN},
    **{name.replace("cp", "windows-"): name for name in _PLAIN},
    **{name.replace("cp", "ibm"): name for name in _PLAIN},
    **{f"cp2859{n}": f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7)},
    **{"cp28591": "cp1252", "cp28599": "cp1254", "cp28603": "iso8859-13", "cp28605": "iso8859-15"},
}
_NONE: Final = frozenset({"", "us-ascii", "cp20127", "unknown-8bit", "x-unknown", "binary",
                          "default", "8bit", "x-user-defined"})  # fmt: skip
_UNDEFINED: Final = re.compile("[\x80-\x9f]")


def codec_of(label: str) -> str:
    """The codec that a label stands for; empty if it names none that is known.

    Only known names reach Python's codecs: some of the others take quadratic time, or are none.
    """
    return _CODECS.get(label.strip().strip("'\"").lower(), "")


def text_of(raw: bytes, label: str = "") -> tuple[str, str]:
    """Text in the alphabet that is named, and a remark if that is not known or does not fit.

    Without a known alphabet it is UTF-8 if it is that, else Windows-1252.
    """
    name = label.strip().strip("'\"").lower()
    codec = codec_of(name)
    if not codec:
        text, guessed = _guessed(raw)
        unknown = name not in _NONE
        if unknown and not raw.isascii():
            return text, f"the alphabet that it names, {_named(name)}, is not known; {guessed}"
        return text, f"no alphabet is named; {guessed}" if guessed == WESTERN else ""
    try:
        return raw.decode(codec), ""
    except UnicodeDecodeError:
        pass
    if codec == "cp1252":  # five bytes have no letter in it; browsers read them as in Latin-1
        text = "".join(_western(raw))
        return text, ""
    try:
        return raw.decode("utf-8"), f"it is UTF-8, though it names {_named(name)}"
    except UnicodeDecodeError:
        text = raw.decode(codec, "replace")
    lost = text.count("\N{REPLACEMENT CHARACTER}")
    return text, f"{lost} places are not in the alphabet that it names, {_named(name)}"


WESTERN: Final = "read as Windows-1252, so letters may be others"


def _guessed(raw: bytes) -> tuple[str, str]:
    try:
        return raw.decode("utf-8"), "it is read as UTF-8"
    except UnicodeDecodeError:
        return "".join(_western(raw)), WESTERN


def _western(raw: bytes) -> Iterable[str]:
    return raw.decode("cp1252", "surrogateescape").translate(_CONTROLS)


_CONTROLS: Final = {0xDC00 + code: chr(code) for code in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}


def decoded(raw: bytes, label: str = "") -> str:
    """Text in the alphabet that is named if it is known, else UTF-8 or Windows-1252."""
    return text_of(raw, label)[0]


def _named(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name[:40])
