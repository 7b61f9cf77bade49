"""Do the accounts of a case still say what their events say, and which files do they name?"""

from filiation.casefile.documents.account import Account
from filiation.casefile.facts import Produced
from filiation.casefile.ledger.objects import Objects
from filiation.casefile.state import State
from filiation.errors import FiliationError

__all__ = ["documents_kept"]


def documents_kept(objects: Objects, state: State) -> tuple[dict[str, tuple[int, str]], list[str]]:
    """Digest to event and place of every file that an account names; what is wrong with accounts.

    The files themselves are objects, compared with their digests like all others.
    """
    named: dict[str, tuple[int, str]] = {}
    problems = []
    for entry in state.of(Produced):
        what, fact = f"event {entry.event.sequence}", entry.fact
        try:
            account = Account(objects, entry.event.written("account"))
            if account.root() != (fact.documents, fact.root):
                problems.append(
                    f"{what}: the account of {fact.production} does not lead to the root that the "
                    "event names; it was altered"
                )
            for file in account.kept.files:
                named[file.sha256] = (entry.event.sequence, f"{fact.production}/{file.name}")
        except FiliationError as error:
            problems.append(f"{what}: {fact.production}: {error}")
    return named, problems
