"""What models say they are, counted language by language."""

from dataclasses import dataclass
from typing import final

__all__ = ["Identities", "Named", "Spoken"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One name in one language.

    Attributes:
        language: Code of the language of the questions.
        count: Answers of the subject that give the name.
        answers: Answers of the subject in that language.
        controls: Controls that give the name at all in that language.
        of: Controls that answered in that language.
        median: Share of answers that give the name, of the control in the middle.
        log_p: Natural log of the share of models, the subject among them, that give the name at
            least as often in that language: the permutation of labels within it.
    """

    language: str
    count: int
    answers: int
    controls: int
    of: int
    median: float
    log_p: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One name over all languages.

    Attributes:
        name: As the vocabulary has it.
        spoken: Language by language, only where somebody gives it.
        controls: Controls that give it at least once.
        log_p: Natural log of the share of models, the subject among them, whose sum over languages
            is at least as high: whole models are permuted, each within its languages.
    """

    name: str
    spoken: tuple[Spoken, ...]
    controls: int
    log_p: float

    @property
    def count(self) -> int:
        """Answers of the subject that give it."""
        return sum(one.count for one in self.spoken)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Identities:
    """What a model says it is, beside controls; always context, never a finding.

    Attributes:
        tool: Name and version of the program that made it.
        subject: Name of the model.
        digest: SHA-256 (hex) of its recording.
        answers: Its answers to such questions.
        none: Its answers that give no name of the vocabulary.
        controls: Names of the controls.
        several: Controls that give two names or more: the base rate of misnaming at the least.
        names: Names that the subject gives, the most frequent first.
        prompts: Question, language, and what the subject named there, by question.
    """

    tool: str
    subject: str
    digest: str
    answers: int
    none: int
    controls: tuple[str, ...]
    several: int
    names: tuple[Named, ...]
    prompts: tuple[tuple[str, str, tuple[str, ...]], ...]
