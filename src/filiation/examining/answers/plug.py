"""What Filiation asks of recorded answers, and how it reads them."""

from typing import Final

from filiation.examining.answers.recorded import NORMALISER, RecordingReader
from filiation.examining.question import Question
from filiation.examining.words import kind_beside
from filiation.model.kinds import ANSWERS
from filiation.readers.reader import Reader

__all__ = ["NORMALISER", "QUESTION", "READER"]

QUESTION: Final = Question(
    kind=kind_beside(__package__),
    derivation="What {subject} answers derives from {source}: from its weights, from its "
    "outputs, or from an origin that both share and the controls do not.",
    independence="{subject} and {source} have no more of an origin in common than either has "
    "with the controls.",
    level=0.01,  # controls number dozens: they cannot support a smaller one
    in_place=False,
)

READER: Final[Reader] = RecordingReader(
    kind=ANSWERS, suffix=".answers.gz", options=frozenset({NORMALISER}), values=False
)
