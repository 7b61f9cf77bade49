"""Pages on which people act: forms, deeds at work, and the bytes that wait for a signature."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Protocol, final

from anyio import to_thread
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from filiation.errors import FieldError, FiliationError, UsageError
from filiation.proceedings.desk.given import FILES, Given
from filiation.proceedings.desk.open import Desk
from filiation.proceedings.desk.person import Person
from filiation.proceedings.desk.standing import Due, State, due_next
from filiation.proceedings.desk.waiting import Deed, Standing
from filiation.report.site.desk import asked_form, deed_page, todo, waiting
from filiation.report.site.refused import Refused
from filiation.report.site.translated import saying
from filiation.report.site.view import Part, Refusal, View
from filiation.report.wording.desk import DEEDS, lacking, sign_command
from filiation.report.wording.joining import ONE_KEY
from filiation.report.wording.site import DESK
from filiation.web.forms import (
    FIELD,
    fields_of,
    kept,
    known_field,
    programs,
    script_of,
    sent,
    who_asks,
    whole_path,
)
from filiation.web.guard import HEADERS, LANGUAGE, POLICY, SECRET, TOKEN
from filiation.web.people import PeoplePages
from filiation.web.sessions import Handed, Sessions

__all__ = ["DeskPages"]

SCRIPT: Final = script_of("sign.js")
HTML: Final = "text/html; charset=utf-8"
OWN: Final = "; ".join(f"{what}-src 'self'" for what in ("script", "connect"))
RUNS: Final = f"{dict(HEADERS)[POLICY].decode()}; {OWN}"  # where a script of ours signs
PART: Final = 1 << 16  # bytes of a field that is no file
SIGNED: Final = 1 << 25  # bytes of a file that holds a signature


class Shown(Protocol):
    """The case as somebody sees it."""

    @property
    def state(self) -> State: ...
    def shown(self, view: View, language: str = "en") -> bytes: ...


@final
class DeskPages:
    """The pages of a desk.

    Args:
        desk: Where deeds wait.
        sessions: The people of this run.
        seen: The case as a person sees it.
        stands: Gives the state of the whole case.
    """

    def __init__(
        self, desk: Desk, sessions: Sessions, seen: Callable[[Person], Shown],
        stands: Callable[[], State],
    ) -> None:  # fmt: skip
        self._desk, self._sessions, self._seen = desk, sessions, seen
        self._people = PeoplePages(sessions, stands, self._page, self._told)

    def routes(self) -> list[Route]:
        """Every route; what is not a person's to see is answered like a page that is not there."""
        reads, sends = ["GET", "HEAD"], ["POST"]
        return [
            *self._people.routes(),
            Route("/sign.js", self._script, methods=reads),
            Route("/do.html", self._todo, methods=reads),
            Route("/do/{verb}.html", self._form, methods=reads),
            Route("/do/{verb}", self._begin, methods=sends),
            Route("/deeds.html", self._waiting, methods=reads),
            Route("/deeds/{name}.html", self._deed, methods=reads),
            Route("/deeds/{name}.json", self._deed_json, methods=reads),
            Route("/deeds/{name}/signature", self._signature, methods=sends),
            Route("/deeds/{name}/drop", self._drop, methods=sends),
        ]

    async def _script(self, request: Request) -> Response:
        return Response(SCRIPT, media_type="text/javascript; charset=utf-8")

    async def _todo(self, request: Request) -> Response:
        who = who_asks(request)
        due = await to_thread.run_sync(self._due, who)
        return await self._page(request, todo(who.party, who.role, who.may, due))

    def _due(self, who: Person) -> list[Due]:
        """What is missing in the case, as this person sees it."""
        return [] if who.makes_key or not who.acts else list(due_next(self._seen(who).state))

    async def _form(self, request: Request) -> Response:
        who, verb = who_asks(request), request.path_params["verb"]
        if verb not in who.may:
            return PlainTextResponse("no such page", 404)
        if who.makes_key and not self._sessions.handed(request.scope[TOKEN]):
            return RedirectResponse("../key.html")
        return await self._page(request, await to_thread.run_sync(self._asks, request, verb))

    def _asks(self, request: Request, verb: str, refused: Refused | None = None) -> View:
        """What a deed asks for; of one that was refused, with what stood there."""
        who = who_asks(request)
        handed = {one.key: one.name for _, one in self._sessions.guests() if one}
        return asked_form(verb, self._seen(who).state, who.party, who.role, request.scope[SECRET],
                          handed, request.query_params.get("about", ""), who.may,
                          refused)  # fmt: skip

    async def _begin(self, request: Request) -> Response:
        verb, stood = request.path_params["verb"], None
        try:
            async with sent(request, files=FILES, fields=FILES, largest=PART) as form:
                stood = fields_of(form)
                name = await to_thread.run_sync(self._begun, request, verb, form)
        except FiliationError as error:
            if verb not in who_asks(request).may:
                return await self._told(request, _nothing(verb), error)
            refused = Refused(said=[str(error)], field=_field(error), sent=stood)
            view = await to_thread.run_sync(self._asks, request, verb, refused)
            return await self._page(request, view, 400)
        return RedirectResponse(f"../deeds/{name}.html", 303)

    def _begun(self, request: Request, verb: str, form: FormData) -> str:
        fields: dict[str, tuple[str, ...]] = {}
        files: dict[str, Path] = {}
        with self._desk.place() as folder:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    if value.filename:
                        files[name] = kept(value, folder / "files" / known_field(name), name)
                elif name != FIELD:
                    fields[name] = (*fields.get(name, ()), value)
            if handed := self._handed(request, verb, Given(fields=fields, files=files)):
                files["public_key"] = folder / "files" / "public_key"
                files["public_key"].mkdir(parents=True, exist_ok=True)
                (files["public_key"] / f"{handed.name}.pub").write_bytes(handed.raw)
            given = Given(fields=fields, files=files)
            return self._desk.begin(who_asks(request), verb, given, folder)

    def _handed(self, request: Request, verb: str, given: Given) -> Handed | None:
        """The key that was handed in before, by whoever opens the case or is to be admitted."""
        if verb == "open":
            return self._sessions.handed(request.scope[TOKEN])
        wanted = given.one("invited") if verb == "party" else ""
        if not wanted:
            return None
        if given.file("public_key"):
            raise FieldError("public_key", ONE_KEY)
        found = [one for _, one in self._sessions.guests() if one and one.key == wanted]
        if not found:
            raise FieldError("invited", lacking("invited"))
        return found[0]

    async def _waiting(self, request: Request) -> Response:
        deeds = [one.standing() for one in self._desk.of(who_asks(request).party)]
        return await self._page(request, waiting([_waits(one) for one in deeds]))

    async def _deed(self, request: Request) -> Response:
        deed = self._found(request)
        if deed is None:
            return PlainTextResponse("no such page", 404)
        return await self._page(request, await to_thread.run_sync(self._of, request, deed))

    def _of(self, request: Request, deed: Deed) -> View:
        """The page of a deed; of one that was refused with its form."""
        now = deed.standing()
        again: Sequence[Part] = ()
        if now.where == "refused" and now.verb in who_asks(request).may:
            refused = Refused(said=now.said, field=now.field, sent=now.sent)
            again = self._asks(request, now.verb, refused).parts
        address = str(request.url.replace(path=whole_path(request), query="")).removesuffix(".html")
        return deed_page(
            _waits(now), step=now.step, message=now.message, said=now.said, party=now.party,
            told=now.told, texts=now.texts, secret=request.scope[SECRET], again=again,
            command=sign_command(address),
        )  # fmt: skip

    async def _deed_json(self, request: Request) -> Response:
        deed = self._found(request)
        if deed is None:
            return PlainTextResponse("no such page", 404)
        return JSONResponse(_told(deed.standing(), request.scope[SECRET]))

    async def _signature(self, request: Request) -> Response:
        deed = self._found(request)
        if deed is None:
            return PlainTextResponse("no such page", 404)
        try:
            async with sent(request, files=1, fields=8, largest=SIGNED) as form:
                message, signature = await _signed(form)
            digest = hashlib.sha256(message).hexdigest()
            await to_thread.run_sync(deed.sign, digest, signature)
        except FiliationError as error:
            if programs(request):
                say = saying(request.scope[LANGUAGE])
                return JSONResponse({"said": say(str(error))}, 400)
            view = await to_thread.run_sync(self._of, request, deed)
            return await self._told(request, view, error)
        if programs(request):
            return JSONResponse(_told(deed.standing(), request.scope[SECRET]))
        return RedirectResponse(f"../{deed.id}.html", 303)

    async def _drop(self, request: Request) -> Response:
        deed = self._found(request)
        if deed is None:
            return PlainTextResponse("no such page", 404)
        try:
            async with sent(request, files=0, fields=2, largest=PART):
                deed.drop()
        except FiliationError as error:
            view = await to_thread.run_sync(self._of, request, deed)
            return await self._told(request, view, error)
        return RedirectResponse("../../deeds.html", 303)

    def _found(self, request: Request) -> Deed | None:
        return self._desk.get(request.path_params["name"], who_asks(request).party)

    async def _told(self, request: Request, view: View, error: FiliationError) -> Response:
        """The page that something was sent from, with why it was refused."""
        at, said, parts = str(request.scope["path"]).lstrip("/"), [str(error)], list[Part]()
        for part in view.parts:  # a page has one place for it
            if isinstance(part, Refusal):
                said += part.said
            else:
                parts.append(part)
        why = Refused(said=said).refusal(())
        return await self._page(request, replace(view, parts=[why, *parts], at=at), 400)

    async def _page(self, request: Request, view: View, code: int = 200) -> Response:
        site = await to_thread.run_sync(self._seen, who_asks(request))
        raw = site.shown(view, request.scope[LANGUAGE])
        headers = {"content-security-policy": RUNS} if view.script else {}
        return Response(raw, code, headers=headers, media_type=HTML)


def _nothing(verb: str) -> View:
    """A page of what is not this person's to do."""
    title = DEEDS.get(verb, "") or DESK["do.html"]
    return View(path=f"do/{verb}.html", title=title, parts=[], room="do.html")


def _field(error: FiliationError) -> str:
    return error.field if isinstance(error, FieldError) else ""


async def _signed(form: FormData) -> tuple[bytes, bytes]:
    """The bytes and their signature, as fields or in a file that a terminal wrote."""
    held: Mapping[str, Any] = {name: form.get(name) for name in ("message", "signature")}
    file = form.get("signed")
    try:
        if isinstance(file, UploadFile):
            held = json.loads(await file.read(SIGNED))
        return tuple(  # type: ignore[return-value]
            base64.b64decode(str(held[name]), validate=True) for name in ("message", "signature")
        )
    except (ValueError, KeyError, TypeError, binascii.Error, RecursionError) as error:
        raise UsageError("no signature of these bytes was sent; nothing was done") from error


def _waits(now: Standing) -> tuple[str, str, str, str]:
    return now.id, now.verb, now.since, now.where


def _told(now: Standing, secret: str) -> dict[str, object]:
    """A deed for programs; the file that a terminal signs."""
    return {
        "schema_version": 1,
        "deed": now.id,
        "verb": now.verb,
        "party": now.party,
        "key": now.key,
        "texts": list(now.texts),
        "where": now.where,
        "step": now.step,
        "said": list(now.said),
        "message": base64.b64encode(now.message).decode(),
        "form": secret,
    }
