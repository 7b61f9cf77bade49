"""Every error Filiation raises, and nothing else.

::

  FiliationError                 exit 1
  + UnwritableError              exit 1  a full disk or a read-only case; nothing was recorded
  + WordingError                 exit 1  a text claims more than any examination can show
  + UsageError                   exit 2  the question cannot be put as it stands
    - FieldError                   a field of a form was left out, or says what it cannot say
    - NotAskedError                what was not asked has no answer; a KeyError, too
    - WithheldError                the export of a case does not hold it
    - MovedOnError                 the log of the case has moved on since
  + ExhibitError                 exit 3  the material under examination
    - UnreadableError              a file cannot be opened or parsed, or holds impossible values
    - AlteredError                 a digest no longer matches the one recorded
  + CaseError                    exit 3  the case file contradicts itself
    - FindingError                 a finding claims more than its null supports
  + PopulationError              exit 3  known pairs that contradict themselves, or too few of them

`exit_code` is what the command line returns; it is part of the contract with scripts.
"""

__all__ = [
    "AlteredError",
    "CaseError",
    "ExhibitError",
    "FieldError",
    "FiliationError",
    "FindingError",
    "MovedOnError",
    "NotAskedError",
    "PopulationError",
    "UnreadableError",
    "UnwritableError",
    "UsageError",
    "WithheldError",
    "WordingError",
]


class FiliationError(Exception):
    """Base class; catch this at the edge of a program and nowhere else."""

    exit_code = 1


class UnwritableError(FiliationError):
    """A case cannot be written; it is as it was before."""


class WordingError(FiliationError):
    """A text that was to be judged says what no report may say."""


class UsageError(FiliationError):
    """The question cannot be put: a missing path, an existing output, a contradictory option."""

    exit_code = 2


class FieldError(UsageError):
    """A field of a form was left out, or says what it cannot say.

    Args:
        field: By its name.
        said: Why.
    """

    def __init__(self, field: str, said: str) -> None:
        super().__init__(said)
        self.field = field


class NotAskedError(UsageError, KeyError):
    """An examination has no conclusion about what its plan did not ask."""

    __str__ = Exception.__str__  # a KeyError's is a quoted key, this is a sentence


class WithheldError(UsageError):
    """The case has it, and what its lead handed out of the case does not hold it."""


class MovedOnError(UsageError):
    """What was prepared after one log is not put on record after a longer one."""


class ExhibitError(FiliationError):
    """The material under examination cannot be used as it stands."""

    exit_code = 3


class UnreadableError(ExhibitError):
    """A file cannot be opened or parsed, or holds what no trained model holds."""


class AlteredError(ExhibitError):
    """A digest differs from the one that was recorded.

    Args:
        path: What has another digest.
        recorded: The digest that it should have, hex.
        found: The one that it has.
        another: Whether a person handed it over, who may have named another one by mistake.
    """

    def __init__(self, path: str, *, recorded: str, found: str, another: bool = False) -> None:
        means = (
            "it is another one, or was changed since"
            if another
            else "it changed after it was recorded"
        )
        super().__init__(
            f"{path}: sha256 is {found[:12]}.., the record says {recorded[:12]}..; {means}"
        )
        self.path, self.recorded, self.found = path, recorded, found


class CaseError(FiliationError):
    """The case file contradicts itself."""

    exit_code = 3


class FindingError(CaseError):
    """A finding claims more than its null can support."""


class PopulationError(FiliationError):
    """Pairs of known ancestry contradict themselves, or are too few for what is asked of them."""

    exit_code = 3
