"""Pages on which people act: forms, deeds at work, and the bytes that wait for a signature."""

import base64
import binascii
import hashlib
import hmac
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, final

from anyio import to_thread
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from filiation.errors import FiliationError, UsageError
from filiation.proceedings.desk.given import FILES, Given, file_name
from filiation.proceedings.desk.open import Desk
from filiation.proceedings.desk.person import Person
from filiation.proceedings.desk.waiting import Deed, Standing
from filiation.proceedings.site import Site
from filiation.report.blocks import Paragraph
from filiation.report.render.site_forms import SECRET as FIELD
from filiation.report.site.desk import asked_form, deed_page, todo, waiting
from filiation.report.site.view import View
from filiation.report.wording.desk import DEEDS, sign_command
from filiation.web.guard import HEADERS, LANGUAGE, PERSON, POLICY, SECRET

__all__ = ["DeskPages"]

SCRIPT: Final = (Path(__file__).parent / "sign.js").read_bytes()
HTML: Final = "text/html; charset=utf-8"
OWN: Final = "; ".join(f"{what}-src 'self'" for what in ("script", "connect"))
RUNS: Final = f"{dict(HEADERS)[POLICY].decode()}; {OWN}"  # where a script of ours signs
PART: Final = 1 << 16  # bytes of a field that is no file
SIGNED: Final = 1 << 25  # bytes of a file that holds a signature


@final
class DeskPages:
    """The pages of a desk.

    Args:
        desk: Where deeds wait.
        seen: The case as a person sees it.
    """

    def __init__(self, desk: Desk, seen: Callable[[Person], Site]) -> None:
        self._desk, self._seen = desk, seen

    def routes(self) -> list[Route]:
        """Every route; what is not a person's to see is answered like a page that is not there."""
        reads, sends = ["GET", "HEAD"], ["POST"]
        return [
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
        who = _who(request)
        return await self._page(request, todo(who.party, who.role, who.may))

    async def _form(self, request: Request) -> Response:
        who, verb = _who(request), request.path_params["verb"]
        if verb not in who.may:
            return PlainTextResponse("no such page", 404)
        site = await to_thread.run_sync(self._seen, who)
        view = asked_form(verb, site.state, who.party, who.role, request.scope[SECRET])
        return await self._page(request, view)

    async def _begin(self, request: Request) -> Response:
        who, verb = _who(request), request.path_params["verb"]
        try:
            async with request.form(max_files=FILES, max_fields=FILES, max_part_size=PART) as form:
                _ours(request, form)
                name = await to_thread.run_sync(self._begun, who, verb, form)
        except FiliationError as error:
            return await self._told(request, verb, error)
        return RedirectResponse(f"../deeds/{name}.html", 303)

    def _begun(self, who: Person, verb: str, form: FormData) -> str:
        fields: dict[str, tuple[str, ...]] = {}
        files: dict[str, Path] = {}
        with self._desk.place() as folder:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    if value.filename:
                        files[name] = _kept(value, folder / "files" / _field(name))
                elif name != FIELD:
                    fields[name] = (*fields.get(name, ()), value)
            return self._desk.begin(who, verb, Given(fields=fields, files=files), folder)

    async def _waiting(self, request: Request) -> Response:
        deeds = [one.standing() for one in self._desk.of(_who(request).party)]
        return await self._page(request, waiting([_waits(one) for one in deeds]))

    async def _deed(self, request: Request) -> Response:
        deed = self._found(request)
        if deed is None:
            return PlainTextResponse("no such page", 404)
        now = deed.standing()
        address = str(request.url.replace(path=_whole(request), query="")).removesuffix(".html")
        view = deed_page(
            _waits(now), step=now.step, message=now.message, said=now.said, party=now.party,
            texts=now.texts, secret=request.scope[SECRET], command=sign_command(address),
        )  # fmt: skip
        return await self._page(request, view)

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
            async with request.form(max_files=1, max_fields=8, max_part_size=SIGNED) as form:
                _ours(request, form)
                message, signature = await _signed(form)
            digest = hashlib.sha256(message).hexdigest()
            await to_thread.run_sync(deed.sign, digest, signature)
        except FiliationError as error:
            if _programs(request):
                return JSONResponse({"said": str(error)}, 400)
            return await self._told(request, deed.verb, error)
        if _programs(request):
            return JSONResponse(_told(deed.standing(), request.scope[SECRET]))
        return RedirectResponse(f"../{deed.id}.html", 303)

    async def _drop(self, request: Request) -> Response:
        deed = self._found(request)
        if deed is None:
            return PlainTextResponse("no such page", 404)
        async with request.form(max_files=0, max_fields=2, max_part_size=PART) as form:
            try:
                _ours(request, form)
            except UsageError as error:
                return await self._told(request, deed.verb, error)
        deed.drop()
        return RedirectResponse("../../deeds.html", 303)

    def _found(self, request: Request) -> Deed | None:
        return self._desk.get(request.path_params["name"], _who(request).party)

    async def _told(self, request: Request, verb: str, error: FiliationError) -> Response:
        """Why nothing was begun, on a page."""
        title = DEEDS.get(verb, "") or "?"
        path = str(request.scope["path"]).lstrip("/")
        view = View(path=path, title=title, parts=[Paragraph(text=str(error))], room="do.html")
        return await self._page(request, view, 400)

    async def _page(self, request: Request, view: View, code: int = 200) -> Response:
        site = await to_thread.run_sync(self._seen, _who(request))
        raw = site.shown(view, request.scope[LANGUAGE])
        headers = {"content-security-policy": RUNS} if view.script else {}
        return Response(raw, code, headers=headers, media_type=HTML)


def _who(request: Request) -> Person:
    found = request.scope[PERSON]
    assert isinstance(found, Person)  # the guard lets nobody else through
    return found


def _whole(request: Request) -> str:
    """The path as it was asked for, with the token."""
    raw: bytes = request.scope.get("raw_path") or b""
    return raw.decode("ascii", "replace")


def _ours(request: Request, form: FormData) -> None:
    """Refuse what did not come from a form of this person's pages."""
    given = form.get(FIELD)
    own: str = request.scope[SECRET]
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), own.encode()):
        raise UsageError("this did not come from a page of this address; nothing was done")


def _field(name: str) -> str:
    if not name.isidentifier() or not name.isascii() or len(name) > 40:
        raise UsageError(f"{name[:40]!a}: no field of this form")
    return name


def _kept(value: UploadFile, folder: Path) -> Path:
    """Keep a file that was sent, under its own name."""
    folder.mkdir(parents=True, exist_ok=True)
    called = file_name(value.filename or "", [path.name for path in folder.iterdir()])
    with (folder / called).open("xb") as file:
        shutil.copyfileobj(value.file, file)
    return folder


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


def _programs(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


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
