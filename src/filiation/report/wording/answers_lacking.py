"""Nothing was found because of a party's own answers: whose, and that nothing follows."""

from filiation.model.examination import Conclusion
from filiation.report.wording.figures import pair_names

__all__ = ["answers_sentences"]


def answers_sentences(conclusion: Conclusion) -> tuple[str, ...]:
    """Whose answers are missing or could not be read, and what that says: nothing, either way."""
    subject, source = pair_names(conclusion)
    names = {"subject": subject, "source": source}
    whose = " and of ".join(names[role] for role in conclusion.support.of)
    if conclusion.support.reason == "answers-unread":
        return (
            f"The answers could not be read or compared because of the answers of {whose}: "
            "nothing follows, in either direction.",
            "A form of answering that cannot be read acquits nobody, and accuses nobody.",
        )
    return (
        f"Answers of {whose} are missing where they would have mattered: nothing follows, in "
        "either direction.",
        f"That no agreement was found between {subject} and {source} says nothing; the missing "
        "answers would have to be recorded.",
    )
