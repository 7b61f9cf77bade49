"""Every kind of page of a case as pictures at two widths, to be looked at one by one.

    python tools/docs/screenshots.py CASE OUT

CASE is a case or an export; `make screenshots` takes the one that `make demo` made, and every kind
of page with tests/web/test_widths.py. Needs Chromium. Of pages that are alike (events, documents)
the first ones are taken.
"""

import json
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from docs.pictures import taken
from filiation.casefile.ledger.dsse import pae
from filiation.casefile.ledger.event import KIND
from filiation.casefile.next import due_next
from filiation.proceedings.desk.person import MAY
from filiation.proceedings.desk.waiting import Where
from filiation.proceedings.site import Site, write_site
from filiation.report.site.desk import asked_form, deed_page, todo, waiting
from filiation.report.site.people import Acting, Guest, key_page, people_page
from filiation.report.site.refused import Refused
from filiation.report.wording.desk import DEEDS, lacking
from filiation.report.wording.site import DESK

EACH: Final = 3  # of pages that are alike
ALONE: Final = re.compile(  # what runs or asks again, which a picture does not
    r'<script src="[^"]+(?:sign|key).js" defer></script>|<meta http-equiv="refresh"[^>]*>'
)


def chosen(site: Site) -> Iterator[str]:
    """One page of each kind, and a few of those that come by number."""
    seen: dict[str, int] = {}
    for path in site.paths():
        kind = re.sub(r"[0-9]+", "#", path)
        seen[kind] = seen.get(kind, 0) + 1
        if path.endswith(".html") and seen[kind] <= EACH:
            yield path


def desk_pages(site: Site, language: str = "en") -> Iterator[tuple[str, bytes]]:
    """The pages on which the lead of a case acts, with a deed at each stage."""
    lead, secret = site.state.opening.lead, "0" * 64
    verbs = sorted(MAY["lead"], key=[*DEEDS].index)
    stages: tuple[tuple[Where, bytes, tuple[str, ...]], ...] = (
        ("work", b"", ()),
        (
            "sign",
            pae(
                KIND,
                json.dumps(
                    {"actor": lead, "case": "5a" * 16, "verb": "decide", "sequence": 9}
                ).encode(),
            ),
            (),
        ),
        ("done", b"", ("event 9: need more",)),
        ("refused", b"", ("nothing was examined yet",)),
    )
    waits = [(where, "examine", "2026-03-02T09:00:00", where) for where, _, _ in stages]
    views = [todo(lead, "lead", verbs, list(due_next(site.state))), waiting(waits), waiting([])]
    views += [asked_form(verb, site.state, lead, "lead", secret) for verb in verbs]
    handed = ("acme", "5a" * 32)
    views += [
        asked_form(verb, site.state, "acme", "claimant", secret) for verb in ("open", "commit")
    ]
    views += [key_page(opener=True, handed=None, secret=secret)]
    guest = key_page(opener=False, handed=handed, secret=secret)
    views.append(replace(guest, path="key-handed-in.html"))
    at = "http://127.0.0.1:4711/dJ4q0m1xGv.../index.html"
    acting = [Acting(name, one.fact.name, one.fact.role, bool(one.fact.key), at)
              for name, one in site.state.parties.items()]  # fmt: skip
    views.append(people_page(acting, [Guest(at, "", ""), Guest(at, *handed)], secret))
    views += [
        deed_page(
            one, step="reading suspect", message=message, said=said, secret=secret, party=lead,
            command="filiation case sign http://127.0.0.1:4711/...", texts=(),
        )
        for one, (_, message, said) in zip(waits, stages, strict=True)
    ]  # fmt: skip
    wrong = Refused(
        said=[lacking("text")], field="text", sent={"title": ["On <b>both</b>"], "file": ["a.pdf"]}
    )
    again = asked_form("state", site.state, lead, "lead", secret, refused=wrong)
    views.append(replace(again, path="do/state-refused.html"))
    for view in views:
        yield view.path, site.shown(view, language)


def main(case: Path, out: Path) -> None:
    """Write the pictures."""
    with tempfile.TemporaryDirectory() as place:
        pages = Path(place) / "site"
        write_site(case, pages)
        site = Site(case, desk=DESK)
        paths = [*chosen(site)]
        for path, raw in desk_pages(site):
            (pages / path).parent.mkdir(exist_ok=True)
            (pages / path).write_bytes(ALONE.sub("", raw.decode()).encode())
            paths.append(path)
        wrong = taken([(path, pages / path) for path in paths], out, ("light", "dark"))
    for page, found in wrong.items():
        print(f"{page}: stands out of its window: {'; '.join(found)}")
    print(f"{out}: {len(paths)} pages")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
