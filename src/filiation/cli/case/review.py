"""The verb `case review`."""

from typing import Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet, judged, on_record

__all__ = ["command"]


def command(
    case: CasePath,
    words: Annotated[str, typer.Argument(help="What the second examiner found, and why.")],
    agrees: Annotated[
        bool, typer.Option("--agrees/--disagrees", help="With how it was examined and read.")
    ],
    examination: Annotated[
        int | None, typer.Option(help="Event of the examination (default: the last).")
    ] = None,
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Review an examination as a second person: derive it again, read it, and say so.

    The log refuses a review signed with the key that signed the examination.
    """
    from filiation.casefile.facts import Reviewed
    from filiation.casefile.record import Draft, Record
    from filiation.proceedings.replaying import replay_examination

    judged(words, "review")
    record = Record(case)
    who, key = record.signer(acting)
    state = record.state()
    sequence = state.examination(examination).event.sequence
    again = replay_examination(record, state, sequence)
    fact = Reviewed(examination=sequence, same_bytes=again.same is True, agrees=agrees, words=words)
    event = record.append(
        Draft(verb="review", fact=fact, arguments=on_record({"examination": sequence})), who, key
    )
    if not quiet:
        same = "the same bytes" if fact.same_bytes else "other bytes"
        typer.echo(
            f"event {event.sequence}: {who} derived event {sequence} again ({same}) and "
            f"{'agrees' if agrees else 'disagrees'}"
        )
