"""What did the model answer? Rules that read an answer out of a raw output.

Format goes first: two models that both write "1,000" or fence their code share a habit of
writing, not an error. A rule returns None where it finds no answer, and never guesses one.
"""

import ast
import re
import unicodedata
import warnings
from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import islice
from typing import Final

from filiation.errors import UsageError

__all__ = ["RULES", "choose", "read", "reader"]

LOOK_AT: Final = 2_000  # outputs a choice rests on
WORDS: Final = 12  # of a free answer; what follows is explanation
LONGEST_LITERAL: Final = 10_000  # characters
LARGEST_EXPONENT: Final = 400

FENCE = re.compile(r"```[^\n`]*\n(.*?)```", re.DOTALL)
CUE = re.compile(
    r"(?:answer|output|result|prints?|printed)\**\s*(?:is|will be|would be|:|=)+\**\s*:?\s*"
    r"|\b(?:program|code|it|this)\s+(?:prints|outputs|returns)\s*:?\s+",
    re.I,
)
TAGGED = re.compile(r"\[ANSWER\](.*?)\[/ANSWER\]", re.DOTALL | re.I)
ASSERTED = re.compile(r"^assert\b.*?==\s*", re.DOTALL)
THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
VALUE_STARTS = frozenset("([{'\"-+")
TYPOGRAPHIC = str.maketrans(
    {
        "\N{MINUS SIGN}": "-",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    }
)
WORDS_OF_OTHER_LANGUAGES: Final = {
    "true": "True",
    "false": "False",
    "none": "None",
    "null": "None",
    "nil": "None",
}
BOXED = re.compile(r"\\boxed\{\s*(?:\\text\{)?\s*([^{}]*)\}")
LETTER_CUES = (
    re.compile(r"(?i:answer\s*(?:is|:|=)?\s*:?\s*[^\w(]*(?:option\s*)?)([A-Z])\b(?!['\u2019])"),
    re.compile(r"(?i:answer\s*(?:is|:|=)?\s*:?\s*[^\w(]*(?:option\s*)?)\(([A-Za-z])\)"),
    re.compile(r"\\boxed\{\s*(?:\\text\{)?\s*\(?([A-Z])\)?\s*\}"),
)
LETTER_ALONE = re.compile(r"[\W_]*(?:option\s*)?([A-Za-z])[\W_]*", re.I)
LETTER_FIRST = re.compile(r"[\W_]*([A-Z])[).:\]*]")
LETTER_IN_PARENTHESES = re.compile(r"\(([A-Z])\)")
NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:(?<=\d)\.\d*|\.\d+)?(?<=[\d.])"
    r"(?:e[-+]?\d+)?(?:\s*/\s*\d+(?![\d.]))?",
    re.I,
)
ARTICLES = frozenset({"a", "an", "the"})


def letter(output: str) -> str | None:
    """Return the option's letter: alone, after "the answer is", boxed, or in parentheses."""
    if whole := LETTER_ALONE.fullmatch(output):
        return whole[1].upper()
    for cue in LETTER_CUES:
        if found := cue.findall(output):
            return str(found[-1]).upper()
    if first := LETTER_FIRST.match(output):
        return first[1]
    if found := LETTER_IN_PARENTHESES.findall(output):
        return str(found[-1])
    return None


def number(output: str) -> str | None:
    """Return the last number after the last cue, or of the whole text, as a reduced fraction.

    1,000 = 1000 = 1e3 = 1000.0; 0.5 = 1/2.
    """
    text = unicodedata.normalize("NFKC", output)
    text = text.replace("\N{MINUS SIGN}", "-").replace("\N{FRACTION SLASH}", "/")
    for part in (*BOXED.findall(text)[-1:], CUE.split(text)[-1], text):
        found = [m[0] for m in NUMBER.finditer(part) if any(c.isdigit() for c in m[0])]
        if found:
            return _exact(found[-1] if part is text else found[0])
    return None


def _exact(written: str) -> str:
    plain = re.sub(r"[\s,]", "", written).lower().rstrip(".")
    above, _, below = plain.partition("/")
    exponent = above.partition("e")[2]
    if len(plain) > LARGEST_EXPONENT or (exponent and abs(int(exponent)) > LARGEST_EXPONENT):
        return plain
    try:
        return str(Fraction(above) / Fraction(below or "1"))
    except ZeroDivisionError:
        return plain


def literal(output: str) -> str | None:
    """Return a Python value or a program's output in one way of writing it.

    The last fenced block, else what follows "the output is", else all of it; of an assertion,
    the right side. Values are written as Python writes them, a quoted string as what it holds, an
    empty one as ''; true, null and the like as Python has them. Text keeps its lines, with blanks
    squeezed, and a full stop at the end goes: whether it is quoted or not must not matter.
    """
    fenced = FENCE.findall(output)
    answer = TAGGED.findall(output)
    cued = CUE.split(output)[-1] or output
    text = _bare(str(fenced[-1]) if fenced else str(answer[-1]) if answer else cued)
    if not text:
        return None
    first = _bare(text.partition("\n")[0])
    value = _value(text)
    if value is None and not fenced and cued != output:
        value = _value(first)  # what follows the value is explanation
    if value is not None:
        return value
    return _squeezed(text)


def _squeezed(text: str) -> str | None:
    """Text without quotes: blanks squeezed, empty lines and a full stop at the end left out."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    kept = "\n".join(line for line in lines if line)
    if kept.endswith(".") and not kept.endswith(".."):
        kept = kept[:-1].rstrip()
    return kept or None


def _bare(text: str) -> str:
    """Without back-quotes and asterisks around it, and without the left side of an assertion."""
    text = ASSERTED.sub("", text.strip(), count=1)
    while len(text) > 1 and text[0] in "`*" and text[0] == text[-1]:
        text = text[1:-1].strip()
    return text.strip("`").strip()


def _value(text: str) -> str | None:
    text = text.translate(TYPOGRAPHIC)
    if len(text) > LONGEST_LITERAL or not (text[:1] in VALUE_STARTS or text[:1].isalnum()):
        return None
    if THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if text.rstrip(".").casefold() in WORDS_OF_OTHER_LANGUAGES:
        return WORDS_OF_OTHER_LANGUAGES[text.rstrip(".").casefold()]
    value = _evaluated(text[:-1]) if text[-1] == "." else None
    if value is None:
        value = _evaluated(text)
    return value


def _evaluated(text: str) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd escapes in what a model wrote
            value = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    if isinstance(value, str):
        return _squeezed(value) or "''"
    if isinstance(value, set):
        return "{" + ", ".join(sorted(map(repr, value))) + "}"
    return repr(value)


def text(output: str) -> str | None:
    """Return a free answer: folded case, no punctuation, no articles, the first twelve words."""
    folded = unicodedata.normalize("NFKC", output).casefold()
    spaced = "".join(c if c.isalnum() or unicodedata.combining(c) else " " for c in folded)
    words = [word for word in spaced.split() if word not in ARTICLES]
    return " ".join(words[:WORDS]) or None


RULES: Final[dict[str, Callable[[str], str | None]]] = {
    "letter/1": letter,
    "number/1": number,
    "literal/1": literal,
    "text/1": text,
}


def reader(rule: str) -> Callable[[str], str | None]:
    """Find a rule by its id."""
    if rule not in RULES:
        raise UsageError(
            f"normaliser {rule}: unknown, expected one of {', '.join(RULES)}; "
            "no answer can be read without a rule"
        )
    return RULES[rule]


def read(rule: str, output: str | None, *, options: int = 0) -> str | None:
    """Read the answer by the rule with this id; None where there is none.

    A letter beyond the last option is no answer.
    """
    answer = None if output is None else reader(rule)(output)
    if answer is not None and rule == "letter/1" and options:
        return answer if ord(answer) - ord("A") < options else None
    return answer


def choose(outputs: Iterable[str | None], options: int, keys: Iterable[str | None] = ()) -> str:
    """Which rule reads these outputs? By looking at the first 2,000 that are not empty.

    Args:
        outputs: Raw outputs to questions of one kind.
        options: Options of the questions, 0 if open.
        keys: The right answers, as far as known; they are the cleanest writing there is.

    Returns:
        The rule's id. The same outputs in the same order always give the same rule.
    """
    looked = list(islice((o for o in outputs if o is not None and o.strip()), LOOK_AT))
    known = [key.strip() for key in islice(keys, LOOK_AT) if key is not None and key.strip()]
    if not looked:
        return "letter/1" if options else "text/1"

    def share(test: Callable[[str], object], among: list[str] = looked) -> float:
        return sum(bool(test(o)) for o in among) / max(len(among), 1)

    if options:
        return "letter/1" if share(letter) >= 0.5 else "text/1"
    if share(lambda o: len(o.strip()) <= 3 and LETTER_ALONE.fullmatch(o)) >= 0.9:
        return "letter/1"
    if share(_plain_number) >= 0.95 or (known and share(_plain_number, known) >= 0.95):
        return "number/1"
    if share(_structured, known) >= 0.1 or share(_literal_value, known) >= 0.5:
        return "literal/1"
    if share(lambda o: FENCE.search(o) or _structured(o.strip())) >= 0.1:
        return "literal/1"
    if share(lambda o: _numeric(o)) >= 0.8:
        return "number/1"
    return "literal/1" if share(_literal_value) >= 0.5 else "text/1"


def _plain_number(output: str) -> bool:
    return NUMBER.fullmatch(output.strip().rstrip(".")) is not None


def _literal_value(output: str) -> bool:
    """Whether it is a value as Python writes it; a bare word is none."""
    return _value(output.strip()) is not None


def _structured(output: str) -> bool:
    return bool(output) and output[0] in "([{'\"" and _value(output) is not None


def _numeric(output: str) -> bool:
    """Whether it is a number, or ends in one after a cue."""
    if _plain_number(output):
        return True
    return bool(BOXED.search(output) or CUE.search(output)) and number(output) is not None
