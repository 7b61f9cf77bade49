"""A server that runs for a test: in this process, on a port of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from filiation.proceedings.desk.open import Desk
from filiation.proceedings.desk.person import people
from filiation.web.app import application, listening, server_of
from filiation.web.sessions import Sessions, new_token


@contextmanager
def running(case: Path, acting: list[str], reading: list[str]) -> Iterator[dict[str, str]]:
    """Serve a case, or where one is to be opened; gives the address of each person."""
    known = people(case, acting, reading)
    tokens = {new_token(): person for person in known}
    sessions = Sessions(tokens)
    made, desk = listening(0), Desk(case, sessions.opened)
    port = int(made.getsockname()[1])
    server: uvicorn.Server = server_of(application(case, sessions=sessions, port=port, desk=desk))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [made]}, daemon=True)
    thread.start()
    try:
        yield {one.party: f"http://127.0.0.1:{port}/{token}/" for token, one in tokens.items()}
    finally:
        server.should_exit = True
        thread.join(20)
        made.close()
        desk.close()
