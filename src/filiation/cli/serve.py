"""The verb `serve`."""

import importlib.util
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

if TYPE_CHECKING:
    from filiation.proceedings.desk.person import Person

__all__ = ["command"]


Case: TypeAlias = Annotated[
    Path,
    typer.Argument(
        help="A case, the export of one (a party sees what that holds), or where one is to be "
        "opened in the browser."
    ),
]
Acting: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--as",
        metavar="PARTY",
        help="Also an address for this party to act with; it signs with a key that it keeps. "
        "Repeatable.",
    ),
]
Reading: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--read",
        metavar="PARTY",
        help="Also an address that shows what this party may see; repeatable.",
    ),
]
Largest: TypeAlias = Annotated[
    int, typer.Option("--largest", min=1, max=1 << 20, help="Largest upload, in MiB.")
]
Port: TypeAlias = Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any free one.")]


def command(
    case: Case, acting: Acting = None, reading: Reading = None, largest: Largest = 1024,
    port: Port = 0,
) -> None:  # fmt: skip
    """Show a case, or the export of one, in a browser of this computer.

    The address that is printed holds a token; nobody else can ask. Of an export the pages hold what
    the export holds. With --as each party has an address of its own, sees what an export for it
    would hold, and can prepare deeds, which its key signs in its browser or by case sign: keys of
    this computer sign nothing here. Where there is no case yet, whoever has the address opens one
    and leads it. Ends with Ctrl-C. Needs the extra `web`.
    """
    from filiation.report.wording.site import needs_web

    if not all(map(importlib.util.find_spec, ("starlette", "uvicorn", "python_multipart"))):
        from filiation.errors import UsageError

        raise UsageError(needs_web())
    from filiation.proceedings.desk.open import Desk
    from filiation.proceedings.desk.person import people
    from filiation.web.app import application, listening, serve_forever
    from filiation.web.sessions import Sessions, new_token

    known = people(case, acting or [], reading or [])
    tokens = {new_token(): person for person in known}
    sessions = Sessions(tokens)
    desk = Desk(case, sessions.opened) if any(one.acts for one in known) else None
    with closing(listening(port)) as made:
        at = int(made.getsockname()[1])
        app = application(case, sessions=sessions, port=at, largest=largest << 20, desk=desk)
        addresses = [f"http://127.0.0.1:{at}/{token}/index.html" for token in tokens]
        typer.echo(_told(case, known, addresses))
        serve_forever(app, made)


def _told(case: Path, known: "Sequence[Person]", addresses: Sequence[str]) -> str:
    """Whose address is which."""
    from filiation.report.wording import desk as words
    from filiation.report.wording.site import served_at

    if known[0].role == "opener":
        return words.to_open(str(case), addresses[0])
    if not known[0].party:
        return served_at(addresses[0])
    who = [f"{one.party} ({one.role}{'' if one.acts else ', reads'})" for one in known]
    return "\n".join(words.people_served(dict(zip(who, addresses, strict=True))))
