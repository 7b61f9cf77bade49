"""Every kind of page there is, with which views made them: a kind that is missing is found out.

A kind is a function of `filiation.report.site` that makes a view. Pages are made here from cases of
every question, as somebody who acts and as a party that sees less, and what was called is written
down: another view is another kind, and a test that is to see all of them fails until it does.
"""

import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

from cli.case.conftest import at_home
from docs.screenshots import desk_pages
from filiation.casefile.codec import examination_from_bytes
from filiation.errors import CaseError, UsageError
from filiation.proceedings.desk.unopened import Unopened
from filiation.proceedings.site import Site
from filiation.report import site as views
from filiation.report.site.desk import asked_form, todo
from filiation.report.site.people import key_page
from filiation.report.site.view import View
from filiation.report.wording.site import DESK, NEW_CASE
from web.alone import Alone
from web.conftest import Sides

__all__ = ["Kinds", "each_kind", "every_page", "makers"]

QUESTION = re.compile(r"examinations/\d+\.html")


def makers() -> dict[CodeType, str]:
    """Every function of the site's views that makes one."""
    found = {}
    for module in pkgutil.iter_modules(views.__path__, f"{views.__name__}."):
        for name, one in inspect.getmembers(import_module(module.name), inspect.isfunction):
            made = inspect.signature(one).return_annotation
            if one.__module__ == module.name and made in (View, "View") and name[0] != "_":
                found[one.__code__] = f"{module.name.rpartition('.')[2]}.{name}"
    return found


@dataclass
class Kinds:
    """Pages by name, and the kinds of which none was made."""

    pages: dict[str, bytes] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)


def each_kind(site: Site) -> Iterator[str]:
    """One page of each kind, named by what stands in its path but numbers."""
    seen = set()
    for path in site.paths():
        kind = re.sub(r"[0-9]+", "#", path)
        if path.endswith(".html") and (kind not in seen or QUESTION.fullmatch(path)):
            seen.add(kind)
            yield path


def every_page(sides: Sides, alone: Alone, language: str = "en") -> Kinds:
    """A page of each kind, in a language."""
    known = makers()
    with _watched(known) as called:
        found = dict(_pages(sides, alone, language))
    return Kinds(pages=found, missing={name for code, name in known.items() if code not in called})


def _pages(sides: Sides, alone: Alone, language: str) -> Iterator[tuple[str, bytes]]:
    for name, case in {"": sides.case, "basel": sides.basel}.items():
        yield from _of_case(name, case, language)
    for name, case in alone.cases().items():
        with at_home(case.parent):  # ids of cases are those of the words that opened them
            yield from _of_case(name, case, language)
    site = Site(sides.case, desk=DESK)
    withheld = Site(sides.basel)
    hidden = [path for path in withheld.paths() if path.startswith("documents/")]
    yield from ((f"basel/{path}", _made(withheld, path, language)) for path in hidden)
    yield "search.html", site.found("model", language)
    with pytest.raises(UsageError) as refused:
        site.found('"', language)
    yield "not-searched.html", site.not_found('"', str(refused.value), language)
    yield from desk_pages(site, language)
    yield from _before(language)
    yield from _of_another_version(sides.case, language)


def _of_case(name: str, case: Path, language: str) -> Iterator[tuple[str, bytes]]:
    site = Site(case, desk=DESK)
    for path in each_kind(site):
        yield f"{name}/{path}".lstrip("/"), _made(site, path, language)


def _made(site: Site, path: str, language: str) -> bytes:
    found = site.page(path, served=True, language=language)
    assert found is not None, path
    return found[0]


def _before(language: str) -> Iterator[tuple[str, bytes]]:
    """What whoever opens a case sees."""
    site = Unopened(NEW_CASE, DESK)
    for view in (
        key_page(opener=True, handed=None, secret=""), todo("", "opener", ["open"]),
        asked_form("open", site.state, "", "opener", ""),
    ):  # fmt: skip
        yield f"opening/{view.path}", site.shown(view, language)


def _of_another_version(case: Path, language: str) -> Iterator[tuple[str, bytes]]:
    def other(raw: bytes, what: str) -> None:
        raise CaseError(f"{what}: a field; no examination that this version can have written")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"filiation.proceedings.site.{examination_from_bytes.__name__}", other)
        site = Site(case)
        for path in each_kind(site):
            if path == "index.html" or QUESTION.fullmatch(path):
                yield f"newer/{path}", _made(site, path, language)


@contextmanager
def _watched(known: dict[CodeType, str]) -> Iterator[set[CodeType]]:
    """Which of these are called meanwhile."""
    found = set[CodeType]()

    def called(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code in known:
            found.add(frame.f_code)

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        yield found
    finally:
        sys.setprofile(before)
