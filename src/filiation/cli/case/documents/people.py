"""The verb `case documents people`."""

from filiation.cli.case._options import CasePath
from filiation.cli.case.documents._options import Most, say
from filiation.cli.case.documents._withheld import say_withheld

__all__ = ["command"]


def command(case: CasePath, most: Most = 50) -> None:
    """List whom the documents name as senders and receivers. A name is a claim of its document."""
    from dataclasses import asdict

    from filiation.proceedings.naming import present

    present(case, "a case")
    from filiation.proceedings.documents.searching import people
    from filiation.report.wording.document_deeds import person_line

    say(person_line(**asdict(one)) for one in people(case, most=most))
    say_withheld(case)
