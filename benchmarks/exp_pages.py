"""How long does a page take, and does the memory of the server stay flat?

    python benchmarks/exp_pages.py [--documents 20000] [--events 1000] [--requests 2000]
        [--findings 1000] [--keep FOLDER]

Makes a case of so many events (tags), documents (mails of one mailbox) and findings (of one pair of
the casebook, examined once and put on record again and again), then lets 50 readers ask
in the same process, through the whole of the application and its guard but without a socket: pages
of each kind in turn, and in the same run as often an answer of no page at all, which is the least
that a request can cost. Prints JSON: p50 and p95 of both in milliseconds, the ratio of the p95s,
and resident memory after a tenth of the requests and after all. With 50 readers an empty answer
waits in the same queue as a page, so the time of each kind of page alone stands beside it. A case
that was kept in FOLDER is taken as it is.
"""

import argparse
import asyncio
import json
import os
import platform
import random
import tempfile
import time
from pathlib import Path
from typing import Final

from starlette.types import ASGIApp, Message

from filiation.casefile import facts
from filiation.casefile.record import Draft, Record
from filiation.proceedings.adding import ExhibitOffered, add_exhibit
from filiation.proceedings.admitting import admit
from filiation.proceedings.desk.person import Person
from filiation.proceedings.documents.adding import Production, add
from filiation.proceedings.examining import examine_case
from filiation.proceedings.opening import open_case
from filiation.proceedings.planning import PlanAsked, plan
from filiation.web.app import application
from filiation.web.sessions import Sessions

TOKEN: Final = "t" * 43
PORT: Final = 4711
READER: Final = Person(party="", role="", acts=False)
READERS: Final = 50
CASEBOOK: Final = Path(__file__).parent.parent / "examples" / "casebook"
WORDS: Final = ("the", "answers", "of", "service", "stage", "two", "a", "run", "in", "spring")
KINDS: Final = (
    "index.html", "log.html", "log/{event}.html", "documents.html", "documents/mail.html",
    "documents/mail/{document}.html", "papers/threads.html", "papers/timeline.html",
    "papers/people.html", "papers/tags.html", "exhibits.html", "statements.html",
    "examinations.html", "examinations/{examination}.html",
    "examinations/{examination}/layers.html",
    "kinship.html", "gaps.html", "clock.html",
)  # fmt: skip
EMPTY: Final = "none"
APART: Final = 50  # documents that one event tags


def make(folder: Path, documents: int, events: int) -> Path:
    """A case of so many events and documents."""
    case, box = folder / "case", folder / "box.mbox"
    open_case(case, title="Many pages", lead="lead")
    admit(case, "acme", role="claimant")
    random_words = random.Random(1)
    with box.open("w") as file:
        for number in range(documents):
            said = " ".join(random_words.choices(WORDS, k=60))
            back = f"In-Reply-To: <{number - number % 7}@a.example>\n" if number % 7 else ""
            day, hour = 1 + number // 24 % 28, number % 24
            file.write(
                f"From a@a.example Mon Mar  2 09:14:07 2026\nFrom: a{number % 90}@a.example\n"
                f"To: b@b.example\nSubject: run {number}\nMessage-ID: <{number}@a.example>\n{back}"
                f"Date: {day:02d} Mar 2026 {hour:02d}:00:00 +0000\n\n{said}\n\n"
            )
    add(case, Production(path=box, name="mail", offered_by="acme", how="found"))
    record = Record(case)
    who, key = record.signer(None)
    while len(record.state().events) < events:
        at = random_words.randrange(documents - APART)
        named = tuple(f"mail:{n}" for n in range(at, at + APART))
        fact = facts.Tagged(by=who, tag="seen", documents=named)
        for _ in range(min(100, events - len(record.state().events))):
            record.append(Draft(verb="documents tag", fact=fact, arguments={}), who, key)
    return case


def examine(case: Path, findings: int) -> None:
    """Put a pair of the casebook in, examine it, and put the same again until there are enough."""
    for name in ("parent", "fine-tuned", "stranger-2"):
        add_exhibit(case, ExhibitOffered(model=str(CASEBOOK / name), name=name, offered_by="acme",
                                         how="a benchmark"))  # fmt: skip
    plan(case, PlanAsked(subject=["fine-tuned"], source=["parent"], controls=["stranger-2"]))
    made = examine_case(case)
    each = sum(len(one.findings) for one in made.found.conclusions)
    record, digest = Record(case), made.entry.event.written("examination")
    raw = record.objects.get(digest)
    who, key = record.signer(None)
    for _ in range(-(-findings // each) - 1):
        draft = Draft(verb="examine", fact=made.entry.fact, blobs=[("examination", raw, "")])
        record.append(draft, who, key)


async def ask(app: ASGIApp, path: str) -> int:
    """One request through the whole application; its status."""
    said: list[Message] = []
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
        "path": f"/{TOKEN}/{path}", "raw_path": path.encode(), "root_path": "",
        "query_string": b"", "scheme": "http", "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", PORT), "headers": [(b"host", f"127.0.0.1:{PORT}".encode())],
    }  # fmt: skip

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        said.append(message)

    await app(scope, receive, send)
    return int(said[0]["status"])


def resident() -> int:
    """Resident memory in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


async def measure(app: ASGIApp, paths: list[str], requests: int) -> dict[str, object]:
    """Every page in turn, an empty answer before each; by 50 readers at once."""
    times: dict[str, list[float]] = {}
    left = iter(range(requests))
    early = 0

    async def reader() -> None:
        nonlocal early
        for number in left:
            for path in (EMPTY, paths[number % len(paths)]):
                begun = time.perf_counter()
                code = await ask(app, path)
                if code != (404 if path == EMPTY else 200):
                    raise SystemExit(f"{path}: {code}")
                kind = "empty" if path == EMPTY else "page"
                times.setdefault(kind, []).append(time.perf_counter() - begun)
            if number == requests // 10:
                early = resident()

    await asyncio.gather(*(reader() for _ in range(READERS)))
    found = {kind: sorted(spent) for kind, spent in times.items()}
    at = {kind: spent[int(0.95 * len(spent))] for kind, spent in found.items()}
    return {
        "p95_page_ms": round(1000 * at["page"], 2),
        "p95_empty_ms": round(1000 * at["empty"], 2),
        "p95_ratio": round(at["page"] / at["empty"], 1),
        "p50_page_ms": round(1000 * found["page"][len(found["page"]) // 2], 2),
        "rss_after_tenth_mb": round(early / 1e6, 1),
        "rss_after_all_mb": round(resident() / 1e6, 1),
    }


def alone(app: ASGIApp, kinds: list[str], paths: list[str]) -> dict[str, float]:
    """Of each kind of page the time of one request, when nobody else asks; after a first one."""
    found = {}
    for kind, path in zip(kinds, paths, strict=False):
        asyncio.run(ask(app, path))
        begun = time.perf_counter()
        asyncio.run(ask(app, path))
        found[kind] = round(1000 * (time.perf_counter() - begun), 2)
    return found


def main() -> None:
    """Make, ask, print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--documents", type=int, default=20_000)
    asked.add_argument("--events", type=int, default=1000)
    asked.add_argument("--requests", type=int, default=2000)
    asked.add_argument("--findings", type=int, default=0)
    asked.add_argument("--keep", type=Path)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = given.keep or Path(place)
        folder.mkdir(parents=True, exist_ok=True)
        os.environ["FILIATION_HOME"] = f"{folder}/home"
        begun, case = time.perf_counter(), folder / "case"
        if not case.exists():
            make(folder, given.documents, given.events)
            if given.findings:
                examine(case, given.findings)
        made = time.perf_counter() - begun
        app = application(case, sessions=Sessions({TOKEN: READER}), port=PORT)
        chosen = random.Random(2)
        done = [entry.event.sequence for entry in Record(case).state().of(facts.Examined)]
        kinds = [kind for kind in KINDS if done or "examination}" not in kind]
        paths = [
            kind.format(event=chosen.randrange(given.events),
                        document=chosen.randrange(given.documents),
                        examination=chosen.choice(done or [0]))
            for _ in range(20) for kind in kinds
        ]  # fmt: skip
        one = alone(app, kinds, paths)
        found = asyncio.run(measure(app, paths, given.requests))
    about = {"cpu": platform.processor() or platform.machine(), "cores": os.cpu_count(),
             "readers": READERS, "made_s": round(made, 1)}  # fmt: skip
    asked_for = {name: value for name, value in vars(given).items() if name != "keep"}
    print(json.dumps({**asked_for, **about, **found, "alone_ms": one}, indent=1))


if __name__ == "__main__":
    main()
