"""The rules by their ids, and which of them reads these answers.

Format goes first: two models that both write "1,000" or fence their code share a habit of
writing, not an error. A rule returns None where it finds no answer, and never guesses one.
"""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Final

from filiation.errors import UsageError
from filiation.methods.answers.reading.letters import ALONE, letter
from filiation.methods.answers.reading.numbers import is_number, number
from filiation.methods.answers.reading.short_texts import text
from filiation.methods.answers.reading.values import evaluated, literal
from filiation.methods.answers.reading.wrapping import fenced, has_cue, unwrapped

__all__ = ["LETTER", "LITERAL", "NUMBER", "RULES", "TEXT", "choose", "named", "read"]

LETTER: Final = "letter/2"
NUMBER: Final = "number/2"
LITERAL: Final = "literal/2"
TEXT: Final = "text/2"
LOOK_AT: Final = 2_000  # outputs a choice rests on

RULES: Final[dict[str, Callable[[str], str | None]]] = {
    LETTER: letter,
    NUMBER: number,
    LITERAL: literal,
    TEXT: text,
}
# Recordings and batteries name these; they took a form of writing for an answer, and are not kept.
SUPERSEDED: Final = {f"{rule.partition('/')[0]}/1": rule for rule in RULES}


def named(rule: str) -> str:
    """The id of the rule that reads what was to be read by this one.

    Raises:
        UsageError: No rule has this id.
    """
    known = SUPERSEDED.get(rule, rule)
    if known not in RULES:
        raise UsageError(
            f"normaliser {rule}: unknown, expected one of {', '.join(RULES)}; "
            "no answer can be read without a rule"
        )
    return known


def read(
    rule: str,
    output: str | None,
    *,
    options: int = 0,
    commas: bool = False,
) -> str | None:
    """Read the answer by the rule with this id; None where there is none.

    Args:
        rule: The rule's id.
        output: What the model said, or a key.
        options: Options of a multiple choice; a letter beyond the last one is no answer.
        commas: Whether the writer sets decimals off by a comma.
    """
    rule = named(rule)
    if output is None:
        return None
    answer = number(output, commas=commas) if rule == NUMBER else RULES[rule](output)
    if answer is not None and rule == LETTER and options:
        return answer if ord(answer) - ord("A") < options else None
    return answer


def choose(outputs: Iterable[str | None], options: int, keys: Iterable[str | None] = ()) -> str:
    """Which rule reads these outputs? By looking at the first 2,000 that are not empty.

    What is set around an answer does not count: boxed numbers are numbers.

    Args:
        outputs: Outputs to questions of one kind, without what the collecting added.
        options: Options of the questions, 0 if open.
        keys: The right answers, as far as known; they are the cleanest writing there is.

    Returns:
        The rule's id. The same outputs in the same order always give the same rule.
    """
    looked = list(islice((o for o in outputs if o is not None and o.strip()), LOOK_AT))
    known = [key.strip() for key in islice(keys, LOOK_AT) if key is not None and key.strip()]
    if not looked:
        return LETTER if options else TEXT

    def share(test: Callable[[str], object], among: list[str] = looked) -> float:
        return sum(bool(test(o)) for o in among) / max(len(among), 1)

    if options:
        return LETTER if share(letter) >= 0.5 else TEXT
    if share(lambda o: len(o.strip()) <= 3 and ALONE.fullmatch(o)) >= 0.9:
        return LETTER
    if share(_plain_number) >= 0.95 or (known and share(_plain_number, known) >= 0.95):
        return NUMBER
    if share(_structured, known) >= 0.1 or share(_literal_value, known) >= 0.5:
        return LITERAL
    names = known and share(_literal_value, known) < 0.02  # bare words are no program's values
    if share(_bracketed) >= 0.1 or (share(_quoted) >= 0.5 and not names):
        return LITERAL
    if share(_numeric) >= 0.8:
        return NUMBER
    return LITERAL if share(_literal_value) >= 0.5 else TEXT


def _plain_number(output: str) -> bool:
    return is_number(_bare(output))


def _literal_value(output: str) -> bool:
    """Whether it is a value as Python writes it; a bare word is none."""
    return evaluated(output.strip()) is not None


def _structured(output: str) -> bool:
    return bool(output) and output[0] in "([{'\"" and evaluated(output) is not None


def _bracketed(output: str) -> bool:
    """Whether it is a list, a tuple, a dictionary or a set."""
    block = fenced(output)
    bare = unwrapped(output if block is None else block)
    return bare[:1] in ("(", "[", "{") and evaluated(bare) is not None


def _quoted(output: str) -> bool:
    """Whether it is written as programs and their output are: fenced or in quotes, no number."""
    block = fenced(output)
    return _structured(output) if block is None else not is_number(block)


def _numeric(output: str) -> bool:
    """Whether it is a number, or ends in one after an announcement."""
    return _plain_number(output) or (has_cue(output) and number(output) is not None)


def _bare(output: str) -> str:
    block = fenced(output)
    return unwrapped(output if block is None else block).rstrip(".")
