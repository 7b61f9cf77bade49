"""What an owner's test is given: a list that was drawn or declared, and measurements that say so.

Where a commitment fixed the level, the references, the rule or the seed, nothing of it is chosen
when the list is read.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, final

import rfc8785

from filiation.errors import AlteredError, UnreadableError, UsageError
from filiation.model.drawn import Drawn, OwnerTest, Rule, Sealed
from filiation.model.owner import Commitment, Likelihoods
from filiation.proceedings.naming import Named
from filiation.proceedings.owner_draws import Trusted, check_draw
from filiation.readers.owner import (
    pool_digest,
    pool_entries,
    read_commitment,
    read_likelihoods,
)

__all__ = [
    "Given",
    "Settled",
    "digests_of",
    "likelihoods_of",
    "measured",
    "reference_files",
    "references_fixed",
    "settled",
]

LEVEL: Final = 1e-3  # of a declared list, unless another is given
TOKENIZER: Final = (
    "tokenizer",
    "vocab",
    "merges",
    "special_tokens",
    "added_tokens",
    "spm",
    "spiece",
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What is given beside a list and its measurements.

    Attributes:
        commitment: To a declared list, if one was published.
        draw: The record of the draw of a drawn one.
        case: The case that holds commitment and coin of the draw, where they are events.
        roots: Root certificates that the reader trusts.
        chain: The beacon's chain that the reader trusts, as drand describes it.
        level: Fixed before looking; only of a declared list.
        rule: What counts as giving a reply; only of a declared list.
        seed: Of every random stream; only of a declared list.
    """

    commitment: Path | None = None
    draw: Path | None = None
    case: Path | None = None
    roots: Path | None = None
    chain: Path | None = None
    level: float | None = None
    rule: Rule | None = None
    seed: int | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A list, and what was fixed with it; its digest where the file itself is not at hand."""

    file: Path
    commitment: Commitment | None
    sealed: Sealed | None
    drawn: Drawn | None
    level: float
    rule: Rule
    seed: int
    sha256: str = ""

    @property
    def by_lot(self) -> bool:
        """Whether nobody could choose the lot; else all that guards declared lists applies."""
        return self.drawn is not None and self.drawn.independent


def settled(secret: Path, given: Given, test: OwnerTest | None) -> Settled:
    """Check how a list came about, and what may still be chosen.

    Args:
        secret: The list.
        given: What the reader gave.
        test: That it is a list of; None for one of which no lots are drawn.

    Raises:
        UsageError: Something is chosen that the commitment fixed.
        AlteredError: The list is not the one that was committed to, or drawn.
        CaseError: A draw that does not hold.
    """
    if given.draw is None:
        return _declared(secret, given)
    if test is None:
        raise UsageError("--draw: no lot is drawn of such a list; expected --commitment, or none")
    chosen = {"level": given.level, "rule": given.rule, "seed": given.seed}
    for name, value in chosen.items():
        if value is not None:
            raise UsageError(
                f"--{name} {value}: the commitment fixed it before the lot was drawn; expected "
                "none, since it could be chosen now"
            )
    if given.commitment is not None:
        raise UsageError("--commitment is of a declared list, --draw of a drawn one; give one")
    trusted = Trusted(case=given.case, roots=given.roots, chain=given.chain)
    sealed, drawn = check_draw(secret, given.draw, test, trusted)
    return Settled(
        file=secret,
        commitment=None,
        sealed=sealed,
        drawn=drawn,
        level=drawn.share,
        rule=sealed.rule,
        seed=int(drawn.commitment[:12], 16),
    )


def _declared(secret: Path, given: Given) -> Settled:
    """A list that nobody drew: what was not fixed is chosen now, and the report says so."""
    if given.case or given.roots or given.chain:
        raise UsageError("--case, --roots and --chain check a draw; expected --draw with them")
    return Settled(
        file=secret,
        commitment=read_commitment(given.commitment, secret) if given.commitment else None,
        sealed=None,
        drawn=None,
        level=LEVEL if given.level is None else given.level,
        rule=given.rule or "contains",
        seed=given.seed or 0,
    )


def references_fixed(found: Sequence[str], listed: Settled, what: str) -> None:
    """Refuse references that are not exactly those that the commitment fixed.

    Args:
        found: Digests of what is given.
        listed: The list.
        what: What they are, in words.

    Raises:
        UsageError: One more, or one less.
    """
    if listed.sealed is None:
        return
    fixed = set(listed.sealed.references)
    if set(found) != fixed or len(found) != len(fixed):
        raise UsageError(
            f"{len(found)} {what}, of which {len(set(found) & fixed)} are those that the "
            f"commitment fixed; expected exactly its {len(fixed)}, since {what} could be chosen now"
        )


def measured(
    secret: Path, subject: Named, references: Sequence[Named], listed: Settled
) -> tuple[Likelihoods, list[Likelihoods]]:
    """Likelihoods of this very list, each of another model.

    Raises:
        UnreadableError: A file that does not say what it is of.
        AlteredError: One that is of other texts.
        UsageError: References that were not fixed, or that are the subject.
    """
    entries = pool_entries(secret)
    texts = pool_digest(entries)
    first, *others = (likelihoods_of(one, texts, drawn=listed.drawn is not None)
                      for one in (subject, *references))  # fmt: skip
    references_fixed([one.digest for one in others], listed, "references")
    for one in others:
        if one.digest == first.digest or (one.model and one.model == first.model):
            raise UsageError(f"{one.name}: is the subject itself, expected another model")
    told = {one.tokenizer for one in (first, *others) if one.tokenizer}
    if len(told) > 1 and any("tokens" in e and "text" not in e for e in entries):
        raise UsageError(
            f"the list gives token ids and the models have {len(told)} tokenizers; expected one, "
            "or a list of texts: the same ids are other words to another tokenizer"
        )
    return first, others


def reference_files(pool: Path, references: Sequence[Named]) -> tuple[str, ...]:
    """Digests of files of likelihoods of a pool, to be fixed before its lot.

    Raises:
        UnreadableError: A file that does not say what it is of.
        AlteredError: One that is of other texts.
    """
    texts = pool_digest(pool_entries(pool))
    return tuple(likelihoods_of(one, texts, drawn=True).digest for one in references)


def digests_of(files: Mapping[str, str]) -> dict[str, str]:
    """Digests of a model and of its tokenizer, from those of the files of its folder."""
    tokenizer = {n: d for n, d in files.items() if n.startswith(TOKENIZER) or n.endswith(".model")}
    return {"model_sha256": _digest(files), "tokenizer_sha256": _digest(tokenizer)}


def _digest(files: Mapping[str, str]) -> str:
    return hashlib.sha256(rfc8785.dumps(dict(files))).hexdigest()


def likelihoods_of(model: Named, texts: str, *, drawn: bool) -> Likelihoods:
    """Likelihoods of these very texts.

    Args:
        model: A file of likelihoods.
        texts: SHA-256 (hex) of the texts.
        drawn: Whether model and tokenizer have to be named.

    Raises:
        UnreadableError: A file that does not say what it is of.
        AlteredError: One that is of other texts.
    """
    found = read_likelihoods(model.path)
    if not found.texts:
        raise UnreadableError(
            f"{model.path}: does not say which texts it is of; expected a first line "
            f'{{"likelihoods": {{"model": NAME, "texts": "{texts}"}}}} if it is of this list'
        )
    if found.texts != texts:
        raise AlteredError(str(model.path), recorded=texts, found=found.texts, another=True)
    if drawn and not (found.model and found.tokenizer):
        raise UnreadableError(
            f"{model.path}: does not say of which model and tokenizer it is; expected "
            "'model_sha256' and 'tokenizer_sha256' in its first line"
        )
    return replace(found, name=model.name) if model.name else found
