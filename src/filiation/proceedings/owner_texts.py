"""Which texts are to be judged: those of a list, or served answers with their twins."""

from pathlib import Path

from filiation.readers.owner import (
    Text,
    answers_digest,
    file_digest,
    pool_digest,
    pool_entries,
    read_exchanges,
    read_texts,
    read_twins,
)

__all__ = ["texts_of"]


def texts_of(secret: Path, twins: Path | None) -> tuple[tuple[Text, ...], str]:
    """The texts, and the digest by which a file of likelihoods names them.

    A served answer is judged behind its prompt; the prompt is the same for all its twins.

    Args:
        secret: A list.
        twins: Twins of a list of served answers; None for any other list.

    Raises:
        UnreadableError: Damaged.
        AlteredError: Twins of another list.
    """
    if twins is None:
        return read_texts(secret), pool_digest(pool_entries(secret))
    exchanges = read_exchanges(secret, read_twins(twins, file_digest(secret)))
    texts = tuple(
        Text(id=name, text=f"{one.prompt}\n{text}")
        for one in exchanges
        for name, text in zip(one.names, one.said, strict=True)
        if text is not None
    )
    return texts, answers_digest(exchanges)
