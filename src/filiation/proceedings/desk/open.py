"""The deeds of a case that wait: begun by people on pages, kept over a kill of the server.

What was filled in lies in `desk/` of FILIATION_HOME until the deed is over, so that a server that
was killed goes on where it can: it does the work again, and asks for the signature again. Nothing
is on record without one, so nothing is done twice unseen. Where there is no case yet, what waits is
its opening; from then on the desk is the case's.
"""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, final

from filiation.casefile.ledger.dsse import SigningKey
from filiation.casefile.ledger.elsewhere import KeyElsewhere
from filiation.casefile.ledger.keys import home, public_key, signing_with
from filiation.casefile.place import is_free
from filiation.casefile.record import Record
from filiation.errors import FieldError, FiliationError, UsageError
from filiation.files import put
from filiation.proceedings.admitting import public_half
from filiation.proceedings.desk.given import Doing, Given
from filiation.proceedings.desk.person import Person
from filiation.proceedings.desk.verbs import VERBS
from filiation.proceedings.desk.waiting import Deed
from filiation.report.wording.desk import CANNOT, FAULT, open_elsewhere, too_many
from filiation.report.wording.untyped import untyped

__all__ = ["Desk"]

MOST: Final = 8  # of one person at a time
AT_WORK: Final = 2  # at once; the others wait for their turn
REMEMBERED: Final = 200  # that are over
WISH: Final = "wish.json"
LONGEST: Final = 1 << 24


@final
class Desk:
    """Where people's deeds wait.

    Args:
        case: The folder of a case, or where one is to be opened.
        opened: Told who leads the case that was opened, once it is there.

    Raises:
        UsageError: No case, another program has its desk open, or it cannot be made in the home
            folder.
    """

    def __init__(self, case: Path, opened: Callable[[str], None] = lambda _: None) -> None:
        self._case, self._opened = case, opened
        self._record = None if is_free(case) else Record(case)
        self._deeds: dict[str, Deed] = {}
        self._lock, self._turn = threading.Lock(), threading.Semaphore(AT_WORK)
        self._folder = _place_of(self._record.id if self._record else f"{case.resolve()}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._held = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError as error:
            raise UsageError(f"{self._folder}: cannot be written: {error.strerror}") from error
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._held)
            raise UsageError(open_elsewhere()) from error
        self._taken_up()

    def close(self) -> None:
        """Let another program open it; what waits is taken up by that one."""
        if self._held >= 0:
            os.close(self._held)
            self._held = -1

    @contextmanager
    def place(self) -> Iterator[Path]:
        """A folder for the files that come with a wish; gone, unless a deed is begun with it."""
        folder = self._folder / secrets.token_urlsafe(16)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            if not (folder / WISH).exists():
                shutil.rmtree(folder, ignore_errors=True)

    def begin(self, person: Person, verb: str, given: Given, folder: Path) -> str:
        """Begin a deed; returns its id.

        Raises:
            UsageError: It is not this person's to do, or too many wait.
        """
        if verb not in person.may or verb not in VERBS:
            raise UsageError(CANNOT)
        fields = {name: list(values) for name, values in given.fields.items()}
        wish = {"party": person.party, "verb": verb, "fields": fields, "files": [*given.files]}
        (folder / f".{WISH}").write_text(json.dumps(wish))
        deed = self._deed(folder.name, person.party, verb, given, most=MOST)
        (folder / f".{WISH}").replace(folder / WISH)
        self._work(deed, given)
        return deed.id

    def of(self, party: str) -> tuple[Deed, ...]:
        """The deeds of one person, the newest last."""
        with self._lock:
            return tuple(one for one in self._deeds.values() if one.party == party)

    def get(self, name: str, party: str) -> Deed | None:
        """A deed of that person; None if it is nobody's or another's."""
        with self._lock:
            found = self._deeds.get(name)
        return found if found is not None and found.party == party else None

    def _taken_up(self) -> None:
        """Go on with what waited when the server ended."""
        parties = [*self._record.state().parties] if self._record else [""]
        for folder in sorted(one for one in self._folder.iterdir() if one.is_dir()):
            wish = _read(folder / WISH)
            if wish is None or wish["party"] not in parties or wish["verb"] not in VERBS:
                shutil.rmtree(folder, ignore_errors=True)
                continue
            fields = {str(name): tuple(map(str, said)) for name, said in wish["fields"].items()}
            files = {str(name): folder / "files" / str(name) for name in wish["files"]}
            given = Given(fields=fields, files=files)
            self._work(self._deed(folder.name, wish["party"], wish["verb"], given), given)

    def _deed(
        self, name: str, party: str, verb: str, given: Given, most: int | None = None
    ) -> Deed:
        """One more deed, counted under one lock, so that nobody has more than `most` at once."""
        text = given.one("text") or given.one("order_words")
        deed = Deed(name, verb, party, self._turn, (f"{text}\n",) if text else (),
                    sent=given.back())  # fmt: skip
        with self._lock:
            own = sum(one.party == party and not one.over for one in self._deeds.values())
            if most is not None and own >= most:
                raise UsageError(too_many(most))
            self._deeds[name] = deed
            over = [key for key, one in self._deeds.items() if one.over]
            for key in over[: max(0, len(over) - REMEMBERED)]:
                del self._deeds[key]
        return deed

    def _work(self, deed: Deed, given: Given) -> None:
        doing = Doing(case=self._case, party=deed.party, given=given, step=deed.step,
                      tell=deed.tell, once=self._once)  # fmt: skip
        threading.Thread(target=self._do, args=(deed, doing), daemon=True, name=deed.verb).start()

    def _once(self, name: str) -> str:
        """A lot that is drawn once: who drops a deed and prepares it again finds the same.

        It lies beside the deeds, so that a server that was killed knows it as well.
        """
        path = self._folder / f"lot-{hashlib.sha256(name.encode()).hexdigest()}"
        with self._lock:
            if not path.exists():
                put(path, secrets.token_hex(32).encode())
            return path.read_text()

    def _do(self, deed: Deed, doing: Doing) -> None:
        said: list[str] = []  # of what is on record already, should the rest of it be refused
        why: str | None = FAULT
        field = ""
        try:
            with (
                self._turn,
                signing_with(lambda wanted, whose: self._key(doing, deed, wanted, whose)),
            ):
                deed.step("")
                for line in VERBS[deed.verb](doing):
                    said.append(untyped(line, self._case))
                if self._record is None:
                    self._move_in()
            why = None
        except FiliationError as error:
            lies = f"{self._folder / deed.id / 'files'}/"  # where this computer keeps what was sent
            why = untyped(str(error).replace(lies, ""), self._case, doing.given.sent())
            field = error.field if isinstance(error, FieldError) else ""
        finally:  # what was sent is gone before anybody is told that it is over
            shutil.rmtree(self._folder / deed.id, ignore_errors=True)
            if why is None:
                deed.done(tuple(said))
            else:
                deed.refused(why, said, field)

    def _key(self, doing: Doing, deed: Deed, wanted: str, whose: str) -> SigningKey:
        """The key of whoever began the deed, asked for where it is; of nobody else."""
        public = public_key(self._public(doing, deed, wanted, whose), whose)
        return KeyElsewhere(public, deed.ask(public))

    def _public(self, doing: Doing, deed: Deed, wanted: str, whose: str) -> bytes:
        """The public half as the case keeps it, or as who opens one sent it."""
        if self._record is None:
            return public_half(doing.given.needed_file("public_key"))[0]
        entry = self._record.state().parties.get(whose)
        if entry is None or whose != deed.party or entry.fact.key != wanted:
            raise UsageError(f"{deed.party} cannot sign as {whose}")
        return self._record.objects.get(entry.event.written("key"))

    def _move_in(self) -> None:
        """From here on this is the desk of the case that was opened, and who opened it leads."""
        self._record = Record(self._case)
        lead = self._record.state().opening.lead
        with self._lock:
            for one in self._deeds.values():  # all are of whoever opened it
                one.party = lead
        there = _place_of(self._record.id)
        self._folder.rename(there)  # what holds the lock goes along
        self._folder = there
        self._opened(lead)


def _place_of(what: str) -> Path:
    """Where the deeds of a case wait; neither an id nor the path of a folder is a path here."""
    return home() / "desk" / hashlib.sha256(what.encode("utf-8", "replace")).hexdigest()[:32]


def _read(path: Path) -> Mapping[str, Any] | None:
    """A wish as it was kept; None if it is not whole."""
    try:
        found = json.loads(path.read_bytes()[:LONGEST])
        return found if set(found) == {"party", "verb", "fields", "files"} else None
    except (OSError, ValueError, TypeError):
        return None
