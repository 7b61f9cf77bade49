"""`filiation case documents`: its verbs."""

import typer

from filiation.cli.case.documents import (
    add,
    list,
    people,
    privilege,
    redact,
    search,
    show,
    tag,
    threads,
    timeline,
)

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Mail, chats and files of words: put in, verified, searched, withheld.",
)
app.command("add")(add.command)
app.command("list")(list.command)
app.command("show")(show.command)
app.command("search")(search.command)
app.command("timeline")(timeline.command)
app.command("threads")(threads.command)
app.command("people")(people.command)
app.command("tag")(tag.command)
app.command("privilege")(privilege.command)
app.command("redact")(redact.command)
