"""Where in this output does the answer stand, and what is written around it?

A grader looks at the last boxed part, what is tagged as the answer, what follows "the answer is",
a fenced block; and passes over bold, back-quotes and the signs around a formula.
"""

import re
from typing import Final

from filiation.methods.answers.reading.written_values import loosely

__all__ = ["CUE", "ELSEWHERE", "boxed", "cued", "fenced", "has_cue", "tagged", "unwrapped"]

_SET: Final = r"[*_\"']*\s*"  # bold may begin or end at the word that announces
_ELSEWHERE: Final = (
    rf"\b(?:antwort|ergebnis|l\u00f6sung|ausgabe)\W{{0,3}}\s*(?:ist|lautet|:|=)+{_SET}:?\s*"
    r"|\b(?:r\u00e9ponse|r\u00e9sultat|respuesta|resultado|resposta|risposta|risultato)\W{0,3}\s*"
    rf"(?:est|es|\u00e9|\u00e8|:|=)+{_SET}:?\s*"
    rf"|\b\u043e\u0442\u0432\u0435\u0442\W{{0,3}}\s*(?::|=|\u2014|-)+{_SET}"
    rf"|(?:\u7b54\u6848|\u7b54\u3048|\u7ed3\u679c)(?:\u662f|\u4e3a|\u306f|:|\uff1a)+{_SET}"
)
ELSEWHERE: Final = re.compile(_ELSEWHERE, re.I)  # announcements in other languages than English
# Where one may begin, so that the alternatives are not tried at every letter of a long text.
_BEGINS: Final = r"(?:(?<!\w)(?=[acefiloprstv\u043e])|(?=[#\u7b54\u7ed3]))"
CUE: Final = re.compile(
    rf"{_BEGINS}(?:"
    r"(?:\banswer\s+to\s+(?:\w+\s+){1,3}?|"
    r"(?:\b(?:answer|output|result|value|solution)|\bprints?|\bprinted)\W{0,3}\s*)"
    rf"(?:is|are|was|will be|would be|equals|:|=)+(?:\s+therefore|\s+thus)?{_SET}:?\s*"
    r"|\b(?:program|code|it|this|function|script|expression|snippet)\s+"
    r"(?:prints|outputs|returns|evaluates to|yields|gives|produces)\s*:?\s+"
    rf"|####\s*|{_ELSEWHERE})",
    re.I,
)
_BOX: Final = re.compile(r"\\f?boxed\s*\{")
_TAGS: Final = (
    ("[answer]", "[/answer]"),
    ("<answer>", "</answer>"),
    ("<final_answer>", "</final_answer>"),
)
_FIELDS: Final = ("answer", "final_answer", "final answer")
_FENCES: Final = ("```", "~~~")
_PAIRS: Final = (
    ("```", "```"), ("**", "**"), ("__", "__"), ("~~", "~~"), ("$$", "$$"), ("$", "$"),
    ("`", "`"), ("*", "*"),
    ("\\(", "\\)"), ("\\[", "\\]"), ("<b>", "</b>"), ("<i>", "</i>"), ("<code>", "</code>"),
    ("<pre>", "</pre>"), ("<strong>", "</strong>"), ("<em>", "</em>"), ("\u300c", "\u300d"),
    ("\u00ab", "\u00bb"),
)  # fmt: skip
_MACRO: Final = re.compile(
    r"\A\\(?:text|textbf|textit|textrm|texttt|mathrm|mathbf|mathit|mathsf|mathtt|mbox|emph|bf|rm|"
    r"f?boxed)\s*\{(.*)\}\Z",
    re.DOTALL,
)
_LEAD: Final = re.compile(r"\A(?:[-*\u2022>#]+[ \t]+|(?:=|\u2192|->|=>)\s*)+")
SCANNED: Final = 20_000  # characters at the end in which boxes, tags, fences are looked for


def has_cue(text: str) -> bool:
    """Whether an answer is announced."""
    return CUE.search(text) is not None or _BOX.search(text) is not None


def cued(text: str) -> str | None:
    """What follows the last announcement of an answer; None if there is none."""
    found = None
    for match in CUE.finditer(text):
        found = match
    return text[found.end() :] if found is not None and text[found.end() :].strip() else None


def boxed(text: str) -> str | None:
    """What stands in the last box, braces within braces and all."""
    starts = list(_BOX.finditer(text, max(0, len(text) - SCANNED)))
    if not starts:
        return None
    begin, depth = starts[-1].end(), 1
    for place in range(begin, len(text)):
        depth += (text[place] == "{") - (text[place] == "}")
        if depth == 0:
            return text[begin:place].strip() or None
    return None


def tagged(text: str) -> str | None:
    """What stands between the last tags of an answer, or in the field of JSON that is named so."""
    if text[-24:].rstrip().endswith(("}", "}\n```")) and '"' in text:
        return _field(text)
    text = text[-SCANNED:]
    if "[/" not in text and "</" not in text:
        return None
    folded = text.lower() if text.isascii() else "".join(c.lower()[:1] for c in text)
    for opening, closing in _TAGS:
        end = folded.rfind(closing)
        begin = folded.rfind(opening, 0, max(end, 0))
        if begin >= 0:
            return text[begin + len(opening) : end]
    return None


def _field(text: str) -> str | None:
    """The answer in an object of JSON, alone or fenced, whatever stands beside it there."""
    if len(text) > SCANNED:
        return None
    block = fenced(text)
    try:
        found = loosely((text if block is None else block).strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    if isinstance(found, dict) and isinstance(found.get("arguments"), dict):
        found = found["arguments"]  # of a call by which the answer is handed in
    named = {str(k).casefold(): v for k, v in found.items()} if isinstance(found, dict) else {}
    value = next((named[name] for name in _FIELDS if name in named), None)
    if value is None or value == "":
        return None
    return value if isinstance(value, str) else repr(value)


def fenced(text: str) -> str | None:
    """The last fenced block."""
    if "```" not in text and "~~~" not in text:
        return None
    block: list[str] = []
    found, within = None, ""
    for line in text[-SCANNED:].split("\n"):
        mark = line.strip()[:3]
        if within and line.rstrip().endswith(within):
            block.append(line.rstrip()[:-3])
            found, within = "\n".join(block), ""
        elif within:
            block.append(line)
        elif mark in _FENCES and mark not in line.strip()[3:]:
            within, block = mark, []
    return found


def unwrapped(text: str) -> str:
    """Without signs that only set off the text: bold, a formula's, back-quotes, macros of text."""
    before = None
    text = text.strip()
    while text != before:
        before = text
        for opening, closing in _PAIRS:
            if not (text.startswith(opening) and text.endswith(closing)):
                continue
            inner = text[len(opening) : len(text) - len(closing)]  # may be less than both marks
            if opening not in inner and any(map(str.isalnum, inner)):  # a program may print stars
                text = inner.strip()
        if macro := _MACRO.match(text):
            text = macro[1].strip() if _balanced(macro[1]) else text
        text = _LEAD.sub("", text) if text[:1] in "=>#\u2192\u2022" or text[:2] == "->" else text
        if text.endswith((".**", ".*", ".`", ".__")):  # bold begins after the cue was cut off
            text = text.rstrip("*`_")
    return text


def _balanced(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return False
    return depth == 0
