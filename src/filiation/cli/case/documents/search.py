"""The verb `case documents search`."""

from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from filiation.cli.case._options import As, CasePath
from filiation.cli.case.documents._options import Most, say
from filiation.cli.case.documents._withheld import say_withheld

if TYPE_CHECKING:
    from filiation.proceedings.documents.searching import Searched

__all__ = ["command"]

Words: TypeAlias = Annotated[
    str, typer.Argument(help='Words, "phrases", AND, OR, NOT, NEAR(a b), word* (FTS5).')
]
Person: TypeAlias = Annotated[str, typer.Option("--person", help="An address, or part of a name.")]
Since: TypeAlias = Annotated[
    str, typer.Option("--since", help="From this day (UTC) on, e.g. 2026-03-01.")
]
Until: TypeAlias = Annotated[str, typer.Option("--until", help="Up to and with this day (UTC).")]
Within: TypeAlias = Annotated[str, typer.Option("--production", help="Only in this production.")]
Verdict: TypeAlias = Annotated[
    str,
    typer.Option(
        "--verdict",
        help="Only mail whose signature is so: verifies, verifies-in-part, sealed, weak-key, "
        "body-changed, signature-fails, key-unknown, key-withdrawn, malformed, not-kept, unsigned.",
    ),
]
Save: TypeAlias = Annotated[
    str | None,
    typer.Option("--save", metavar="NAME", help="Put the query on record under a name."),
]
Saved: TypeAlias = Annotated[
    str | None,
    typer.Option("--saved", metavar="NAME", help="Ask a query again that is on record."),
]


def command(
    case: CasePath, words: Words = "", person: Person = "", since: Since = "", until: Until = "",
    production: Within = "", verdict: Verdict = "", save: Save = None, saved: Saved = None,
    most: Most = 20, acting: As = None,
) -> None:  # fmt: skip
    """Search words, people, days and verdicts in all documents of a case or an export.

    What an export withholds is not searched, and named.
    """
    from filiation.proceedings.naming import present

    present(case, "a case")
    from filiation.proceedings.documents import searching
    from filiation.report.wording.document_deeds import saved_line

    wanted = searching.Wanted(
        words=words, person=person, since=since, until=until, production=production, verdict=verdict
    )
    searched = searching.search(case, wanted, saved=saved, most=most)
    _show(searched)
    say_withheld(case)
    if save is not None:
        event = searching.save(case, searched, save, acting=acting)
        say([saved_line(event, save)])


def _show(searched: "Searched") -> None:
    from filiation.report.wording import document_deeds as words

    say([words.count_line(searched.count)])
    for one in searched.found:
        say([words.found_line(one), *([words.excerpt_line(one)] if one.excerpt else [])])
    say([words.undated_line(searched.undated)] if searched.undated else [])
    say([words.attached_count_line(len(searched.attached))] if searched.attached else [])
    for hung in searched.attached:
        say([words.attached_line(hung), *([words.excerpt_line(hung)] if hung.excerpt else [])])
