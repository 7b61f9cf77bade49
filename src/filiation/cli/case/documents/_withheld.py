"""What an export withholds is said by every verb that looks through its documents."""

from pathlib import Path

from filiation.cli.case.documents._options import say

__all__ = ["say_not_compared", "say_withheld"]


def say_withheld(case: Path) -> None:
    """Say which documents were not looked through; nothing of a case, which has them all."""
    from filiation.proceedings.documents.reading import hidden
    from filiation.report.wording.withheld import (
        not_searched_lines,
        numbered,
        part_searched_lines,
        why_hidden,
    )

    found = [
        (numbered(one), why_hidden(one.marks.privileged, one.marks.redacted), one.words)
        for one in hidden(case)
    ]
    say(not_searched_lines([(name, why) for name, why, words in found if words is None]))
    say(part_searched_lines([(name, why) for name, why, words in found if words is not None]))


def say_not_compared(case: Path) -> None:
    """Say which documents were compared with none; nothing of a case, which has them all."""
    from filiation.proceedings.documents.reading import hidden
    from filiation.report.wording.withheld import not_compared_lines, numbered, why_hidden

    found = [
        (numbered(one), why_hidden(one.marks.privileged, one.marks.redacted))
        for one in hidden(case)
    ]
    say(not_compared_lines(found))
