"""What a vocabulary holds by accident: shown where both hold it, and never counted.

Glitch tokens come out of no text. Fragments of bytes, placeholders, two ids of one text and ids
without any are how a training was set up. Private tokens are long ones that no control has: a
name, an address, a line of one company's code. Whoever takes a published vocabulary over has all.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from filiation.files import quoted
from filiation.methods.tokenizers.reached import unreached
from filiation.model.vocabulary import Vocabulary

__all__ = ["oddities", "such_as"]

NAMED: Final = 5  # tokens that a sentence names
SHOWN: Final = 32  # characters of one
LONG: Final = 12  # bytes of a token without blanks; a tenth of published vocabularies or less
DISTINCT: Final = 5  # different bytes of one that is no rule, no run of blanks or digits
RESERVED: Final = ("reserved", "unused", "placeholder", "extra_id", "dummy", "fim_", "special_")
SAID: Final = "; never counted"


def oddities(
    source: Vocabulary, subject: Vocabulary, controls: Sequence[Vocabulary]
) -> Iterator[str]:
    """Sentences about what both hold by accident, and what each holds for itself."""
    yield from _glitches(source, subject)
    yield from _fragments(source, subject)
    yield from _placeholders(source, subject)
    for vocabulary in (source, subject):
        yield from _ids(vocabulary)
    yield from _private(source, subject, [one for one in controls if not one.unread])


def _glitches(source: Vocabulary, subject: Vocabulary) -> Iterator[str]:
    if source.algorithm != "bpe" or subject.algorithm != "bpe":
        return
    ours = unreached(source)
    theirs = ours if source.made == subject.made else unreached(subject)
    if not (ours or theirs):
        return
    known = {*theirs}
    both = [token for token in ours if token in known]
    yield (
        f"glitch tokens, which their own vocabulary makes of no text by merging: {len(ours):,} of "
        f"{source.name}, {len(theirs):,} of {subject.name}, {len(both):,} of both"
        f"{such_as(both)}{SAID}"
    )


def _fragments(source: Vocabulary, subject: Vocabulary) -> Iterator[str]:
    ours, theirs = ({t for t in v.tokens if len(t) > 1 and _broken(t)} for v in (source, subject))
    if ours or theirs:
        yield (
            "tokens of several bytes that are no whole characters: "
            f"{len(ours):,} of {source.name}, {len(theirs):,} of {subject.name}, "
            f"{len(ours & theirs):,} of both{SAID}"
        )


def _placeholders(source: Vocabulary, subject: Vocabulary) -> Iterator[str]:
    ours, theirs = (
        {text for text in v.control if any(word in text.lower() for word in RESERVED)}
        for v in (source, subject)
    )
    if ours or theirs:
        both = [text.encode() for text in sorted(ours & theirs)]
        yield (
            "placeholders among control tokens (reserved, unused): "
            f"{len(ours):,} of {source.name}, {len(theirs):,} of {subject.name}, "
            f"{len(both):,} of the same text{such_as(both)}{SAID}"
        )


def _ids(vocabulary: Vocabulary) -> Iterator[str]:
    """Ids that share a text, and ids that have none."""
    named = [token for token in vocabulary.tokens if token]
    twice = len(named) - len({*named})
    if twice:
        have = "id has" if twice == 1 else "ids have"
        yield f"{vocabulary.name}: {twice:,} {have} the bytes of another id{SAID}"
    empty = len(vocabulary.tokens) - len(named) - len(vocabulary.control)
    if empty > 0:
        have = "id has" if empty == 1 else "ids have"
        yield f"{vocabulary.name}: {empty:,} {have} no token{SAID}"


def _private(
    source: Vocabulary, subject: Vocabulary, controls: Sequence[Vocabulary]
) -> Iterator[str]:
    """Long tokens of both that no control has; without a control nothing is private."""
    both = {*source.tokens} & {*subject.tokens}
    long = sorted((token for token in both if _says(token)), key=lambda t: (-len(t), t))
    if not controls or not long:
        return
    public = {token for control in controls for token in control.tokens}
    private = [token for token in long if token not in public]
    yield (
        f"private tokens: {len(private):,} of {len(long):,} long tokens of both "
        f"are in none of {len(controls)} controls{such_as(private)}{SAID}"
    )


def such_as(tokens: Sequence[bytes]) -> str:
    """The first of them, in quotation marks: words of a stranger are not the report's."""
    if not tokens:
        return ""
    texts = (token.decode("utf-8", "backslashreplace") for token in tokens[:NAMED])
    cut = (text if len(text) <= SHOWN else f"{text[:SHOWN]}.." for text in texts)
    return ", such as " + ", ".join(quoted(text) for text in cut)


def _says(token: bytes) -> bool:
    return len(token.strip()) >= LONG and len({*token}) >= DISTINCT


def _broken(token: bytes) -> bool:
    try:
        token.decode()
    except UnicodeDecodeError:
        return True
    return False
