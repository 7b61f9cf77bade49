"""Kind: the one vocabulary of what may be exhibited of a model, with the words reports use for it.

An examination keeps the kind of every question it answers, so that its report can be written where
the code that read the material is not installed.
"""

import re
from dataclasses import dataclass
from typing import Final, final

from filiation.errors import UsageError

__all__ = [
    "ADAPTERS",
    "ALONE",
    "ANSWERS",
    "ARCHITECTURE",
    "ASIDE",
    "CODE",
    "FILES",
    "HISTORY",
    "LOG",
    "NAME",
    "ROOTS",
    "SERVED",
    "SESSION",
    "TOKENIZERS",
    "VALUES",
    "WEIGHTS",
    "WORKLOAD",
    "Kind",
    "Term",
]

WEIGHTS: Final = "weights"
ANSWERS: Final = "answers"
VALUES: Final = "values"
ADAPTERS: Final = "adapters"
TOKENIZERS: Final = "tokenizers"
ARCHITECTURE: Final = "architecture"
CODE: Final = "code"
FILES: Final = "files"  # kept with custody, and read by no method
LOG: Final = "log"  # of requests, reduced: one provider's, with nothing to hold it against
SERVED: Final = "served"  # the record of served answers and their twins, likewise
HISTORY: Final = "history"  # of a training, as sketches, likewise: its question names a source
SESSION: Final = "session"  # a blind comparison of two materials, as its parties signed it
WORKLOAD: Final = "workload"  # an examination that a machine signed, and who vouches for that
ROOTS: Final = "roots"  # makers' certificates, by which such a machine's attestation is checked
ALONE: Final = (LOG, SERVED, HISTORY, SESSION, WORKLOAD)  # a question is put to each of its own
ASIDE: Final = (FILES, ROOTS, *ALONE)  # no pair is made of them
NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One entry of a glossary."""

    term: str
    means: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of material. Where `{subject}` and `{source}` stand, the quoted names are put.

    Attributes:
        id: The name that plans, records and JSON use.
        label: What one exhibit of the kind is called in a list: "weights", "recorded answers".
        plural: What several are called.
        digest_labels: What the two digests of an exhibit are of: the material, and its kept copy.
        absence: What it means that a model was exhibited without material of this kind.
        supports: What findings that meet the level support, after "The findings support".
        sense: In what sense that is derivation.
        shown: What it shows and what it cannot tell.
        inherited: What may have been inherited, as in "less than 3 % of ..".
        unseen: What would not be seen.
        no_evidence: Why nothing follows where no agreement was found; empty if independence can be
            supported by this kind of material.
        identical: What two exhibits with equal digests do: "hold the same tensors, bit for bit";
            empty where equal digests say nothing of two models.
        limits: What an examination of this kind cannot show, whichever way it came out.
        terms: What its reports explain.
    """

    id: str
    label: str
    plural: str
    digest_labels: tuple[str, str]
    absence: str
    supports: str
    sense: str
    shown: str
    inherited: str
    unseen: str
    identical: str
    no_evidence: str = ""
    limits: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.id) or self.id in ASIDE:
            raise UsageError(
                f"kind of material {self.id!r}: expected up to 40 of a-z, 0-9 and '-', beginning "
                f"with a letter, and none of {', '.join(ASIDE)}, which no pair is made of"
            )
