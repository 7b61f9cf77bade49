"""`filiation case`: its verbs, in the order in which a case goes."""

import typer

from filiation.cli.case import (
    add,
    answer,
    claim,
    clock,
    decide,
    examine,
    export,
    key,
    lineup,
    log,
    open,
    party,
    plan,
    power,
    replay,
    report,
    review,
    stamp,
    status,
    submit,
    verify,
    wording,
)
from filiation.cli.case.documents import app as documents_app

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="The record of a dispute: signed, append-only, and checked by either side offline.",
)
app.command("key")(key.command)
app.command("open")(open.command)
app.command("status")(status.command)
app.command("party")(party.command)
app.command("add")(add.command)
app.command("claim")(claim.command)
app.command("answer")(answer.command)
app.command("submit")(submit.command)
app.add_typer(documents_app.app, name="documents")
app.command("plan")(plan.command)
app.command("power")(power.command)
app.add_typer(lineup.app, name="lineup")
app.command("examine")(examine.command)
app.command("review")(review.command)
app.command("decide")(decide.command)
app.command("report")(report.command)
app.command("wording")(wording.command)
app.command("clock")(clock.command)
app.command("log")(log.command)
app.command("verify")(verify.command)
app.command("replay")(replay.command)
app.add_typer(stamp.app, name="stamp")
app.command("export")(export.command)
