"""The verb `serve`."""

import importlib.util
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["command"]


def command(
    case: Annotated[
        Path, typer.Argument(help="A case, or the export of one: a party sees what that holds.")
    ],
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any free one.")] = 0,
) -> None:
    """Show a case, or the export of one, in a browser of this computer.

    The address that is printed holds a token; nobody else can ask, and nothing can be changed. Of
    an export the pages hold what the export holds. Ends with Ctrl-C. Needs the extra `web`.
    """
    from filiation.proceedings.naming import present
    from filiation.report.wording.site import needs_web, served_at

    present(case, "a case")
    if not all(map(importlib.util.find_spec, ("starlette", "uvicorn"))):
        from filiation.errors import UsageError

        raise UsageError(needs_web())
    from filiation.web.app import application, listening, new_token, serve_forever

    token = new_token()
    application(case, token=token, port=1)  # says what is wrong with the case before it listens
    made = listening(port)
    typer.echo(served_at(f"http://127.0.0.1:{made.getsockname()[1]}/{token}/index.html"))
    serve_forever(case, made, token)
