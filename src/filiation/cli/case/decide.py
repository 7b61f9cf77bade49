"""The verb `case decide`."""

from typing import Annotated, Literal

import typer

from filiation.cli.case._options import As, CasePath, Quiet, judged, on_record

__all__ = ["command"]


def command(
    case: CasePath,
    outcome: Annotated[
        Literal["dismiss", "escalate", "need-more"], typer.Argument(help="What is decided.")
    ],
    because: Annotated[str, typer.Option(help="The reasons.")],
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Record the lead's decision with its reasons.

    Reasons that claim more than an examination can show are refused.
    """
    from filiation.casefile.facts import Decided, Examined, Reviewed
    from filiation.casefile.record import Draft, Record

    judged(because, "--because")
    record = Record(case)
    who, key = record.signer(acting)
    event = record.append(
        Draft(
            verb="decide",
            fact=Decided(outcome=outcome, because=because),
            arguments=on_record({"outcome": outcome}),
        ),
        who,
        key,
    )
    if not quiet:
        state = record.state()
        typer.echo(f"event {event.sequence}: {outcome}, decided by {who}")
        last = state.of(Examined)[-1].event.sequence if state.of(Examined) else None
        if last is not None and not any(e.fact.examination == last for e in state.of(Reviewed)):
            typer.echo("  the examination was not reviewed by a second person")
