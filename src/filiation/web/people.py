"""Pages of who acts: keys that are made and handed in, invitations, everybody's address."""

import base64
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, final

from anyio import to_thread
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from filiation.errors import FiliationError, UsageError
from filiation.proceedings.admitting import held_by, public_half
from filiation.proceedings.desk.person import Person
from filiation.proceedings.desk.standing import State
from filiation.report.site.people import Acting, Guest, key_page, people_page
from filiation.report.site.translated import saying
from filiation.report.site.view import View
from filiation.report.wording.desk import lacking
from filiation.report.wording.joining import NOT_HELD
from filiation.web.forms import kept, programs, script_of, sent, who_asks
from filiation.web.guard import LANGUAGE, SECRET, TOKEN
from filiation.web.sessions import Handed, Sessions

__all__ = ["PeoplePages"]

SCRIPT: Final = script_of("key.js")
PART: Final = 1 << 16  # bytes of a field that is no file
JOINING: Final = "application/vnd.filiation.joining"  # what is signed: that the key is had here

Show = Callable[[Request, View, int], Awaitable[Response]]
Told = Callable[[Request, View, FiliationError], Awaitable[Response]]


@final
class PeoplePages:
    """Pages of people.

    Args:
        sessions: The people of this run.
        stands: Gives the state of the whole case.
        show: Makes a page of a view.
        told: Makes the page of a view with why nothing was done.
    """

    def __init__(
        self, sessions: Sessions, stands: Callable[[], State], show: Show,
        told: Told,
    ) -> None:  # fmt: skip
        self._sessions, self._stands, self._show, self._told = sessions, stands, show, told

    def routes(self) -> list[Route]:
        """Every route; what is not a person's to see is answered like a page that is not there."""
        return [
            Route("/key.js", self._script, methods=["GET", "HEAD"]),
            Route("/key.html", self._key, methods=["GET", "HEAD"]),
            Route("/do/key", self._handed, methods=["POST"]),
            Route("/people.html", self._people, methods=["GET", "HEAD"]),
            Route("/do/invite", self._invite, methods=["POST"]),
        ]

    async def _script(self, request: Request) -> Response:
        return Response(SCRIPT, media_type="text/javascript; charset=utf-8")

    async def _key(self, request: Request) -> Response:
        who = who_asks(request)
        if not who.makes_key:
            return PlainTextResponse("no such page", 404)
        return await self._show(request, self._of_key(request), 200)

    def _of_key(self, request: Request) -> View:
        handed = self._sessions.handed(request.scope[TOKEN])
        return key_page(
            opener=who_asks(request).role == "opener", secret=request.scope[SECRET],
            handed=(handed.name, handed.key) if handed else None,
        )  # fmt: skip

    async def _handed(self, request: Request) -> Response:
        who = who_asks(request)
        if not who.makes_key:
            return PlainTextResponse("no such page", 404)
        try:
            async with sent(request, files=1, fields=8, largest=PART) as form:
                file = form.get("public_key")
                if not isinstance(file, UploadFile) or not file.filename:
                    raise UsageError(lacking("public_key"))
                proof = form.get("signature")
                own = request.scope[SECRET]
                handed = await to_thread.run_sync(_read, file, f"{proof}", own)
        except FiliationError as error:
            if programs(request):
                say = saying(request.scope[LANGUAGE])
                return JSONResponse({"said": say(str(error))}, 400)
            return await self._told(request, self._of_key(request), error)
        self._sessions.hand_in(request.scope[TOKEN], handed)
        if programs(request):
            return JSONResponse({"schema_version": 1, "key": handed.key})
        return RedirectResponse("../key.html", 303)

    async def _people(self, request: Request) -> Response:
        who = who_asks(request)
        if not _leads(who):
            return PlainTextResponse("no such page", 404)
        view = await to_thread.run_sync(self._of_people, request)
        return await self._show(request, view, 200)

    def _of_people(self, request: Request) -> View:
        state = self._stands()
        tokens = self._sessions.of_all(state)
        at = f"{request.url.scheme}://{request.url.netloc}"
        acting = [
            Acting(name, one.fact.name, one.fact.role, bool(one.fact.key),
                   f"{at}/{tokens[name]}/index.html")
            for name, one in state.parties.items()
        ]  # fmt: skip
        guests = [
            Guest(f"{at}/{token}/key.html", one.name if one else "", one.key if one else "")
            for token, one in self._sessions.guests()
        ]
        return people_page(acting, guests, request.scope[SECRET])

    async def _invite(self, request: Request) -> Response:
        if not _leads(who_asks(request)):
            return PlainTextResponse("no such page", 404)
        try:
            async with sent(request, files=0, fields=2, largest=PART):
                self._sessions.invite()
        except FiliationError as error:
            view = await to_thread.run_sync(self._of_people, request)
            return await self._told(request, view, error)
        return RedirectResponse("../people.html", 303)


def _leads(who: Person) -> bool:
    return who.acts and who.role == "lead"


def _read(file: UploadFile, proof: str, own: str) -> Handed:
    """A public key that was sent, by whoever has its other half; nothing of it stays on disk.

    Public keys are no secret: whoever could hand in another's would be let in at its place.

    Raises:
        UsageError: No public key, or what only its holder can sign was not.
    """
    with tempfile.TemporaryDirectory(prefix="filiation-key-") as place:
        lies = kept(file, Path(place), "public_key")
        (path,) = lies.iterdir()
        try:
            raw, key = public_half(path)
        except FiliationError as error:
            raise UsageError(str(error).replace(f"{path}", path.name)) from error
        try:
            signature = base64.b64decode(proof, validate=True)
        except ValueError as error:
            raise UsageError(NOT_HELD) from error
        if not held_by(raw, path.name, JOINING, own.encode(), signature):
            raise UsageError(NOT_HELD)
        return Handed(path.stem, raw, key)
