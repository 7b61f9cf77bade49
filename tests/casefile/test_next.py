"""What is due next, where exhibits are of several kinds."""

from datetime import date

from casefile.timed import Case
from filiation.casefile.facts import Exhibited
from filiation.casefile.next import due_next
from filiation.model.kinds import FILES, LOG, WEIGHTS


def due(*kinds: str) -> list[str]:
    """The steps of a case with exhibits of these kinds."""
    case = Case()
    for number, kind in enumerate(kinds):
        fact = Exhibited(
            exhibit=f"e{number}", kind=kind, digest=f"{number:064x}", offered_by="acme", how="h",
            held="copied", files=1, size=1,
        )  # fmt: skip
        case.put(date(2026, 3, 3), fact)
    return [one.step for one in due_next(case.state)]


def test_a_second_model_is_due_beside_one_whatever_else_was_put_in() -> None:
    """A log beside one model read as a pair of models, of which a plan was due."""
    for kinds in ((), (WEIGHTS,), (WEIGHTS, LOG), (WEIGHTS, FILES), (FILES, FILES)):
        assert "add" in due(*kinds) and "plan" not in due(*kinds)
    for kinds in ((WEIGHTS, WEIGHTS), (WEIGHTS, LOG, WEIGHTS)):
        assert "plan" in due(*kinds) and "add" not in due(*kinds)
    for kinds in ((LOG,), (LOG, FILES)):
        assert not {"add", "plan"} & {*due(*kinds)}
