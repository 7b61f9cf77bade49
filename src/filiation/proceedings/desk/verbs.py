"""What each deed of a page does: the same proceeding as the verb of the command line."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, Literal, TypeAlias, cast, get_args

from filiation.casefile.facts import ALTERNATIVES, Alternative
from filiation.errors import FieldError
from filiation.proceedings import lineups
from filiation.proceedings.adding import ExhibitOffered, add_exhibit, with_along
from filiation.proceedings.admitting import admit
from filiation.proceedings.coins import commit_in_case, toss_coin
from filiation.proceedings.commenting import comment
from filiation.proceedings.deciding import decide
from filiation.proceedings.desk.answer_verbs import ANSWERS
from filiation.proceedings.desk.given import Doing
from filiation.proceedings.desk.paper_verbs import PAPERS
from filiation.proceedings.desk.time_verbs import TIMES
from filiation.proceedings.examining import examine_case, reckon
from filiation.proceedings.exporting import export
from filiation.proceedings.history_in_case import interval_drawn
from filiation.proceedings.opening import open_case
from filiation.proceedings.planning import PlanAsked, plan
from filiation.proceedings.reviewing import review
from filiation.proceedings.stating import state_words
from filiation.proceedings.submitting import VERBS as STATED
from filiation.report.wording import deeds
from filiation.report.wording.coins import committed, tossed
from filiation.report.wording.inquiry_deeds import interval_lines
from filiation.report.wording.untyped import lies_beside

__all__ = ["VERBS", "Lines"]

Lines: TypeAlias = Iterator[str]  # what was done, in words; made as it is done
Kind: TypeAlias = Literal["claim", "answer", "submission"]
Outcome: TypeAlias = Literal["dismiss", "escalate", "need-more"]
Counting: TypeAlias = Literal["calendar", "working"]
Joining: TypeAlias = Literal["examiner", "reviewer", "claimant", "respondent", "observer"]
Reach: TypeAlias = Literal["own", "shared", "exculpatory"]
REACHES: Final = get_args(Reach)
COUNTED: Final = get_args(Counting)
JOINING: Final = get_args(Joining)
OUTCOMES: Final = ("dismiss", "escalate", "need-more")
FOLDER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


def _open(doing: Doing) -> Lines:
    given = doing.given
    made = open_case(
        doing.case,
        title=given.needed("dispute"),
        lead=given.needed("short"),
        name=given.one("full_name") or None,
        received=given.one("received") or None,
        days=given.number("days") or 60,
        counting=cast("Counting", given.among("counting", COUNTED)),
        jurisdiction=given.one("jurisdiction"),
        subdivision=given.one("subdivision"),
        public_key=given.needed_file("public_key"),
    )
    yield from deeds.opened(made)


def _party(doing: Doing) -> Lines:
    given = doing.given
    made = admit(
        doing.case,
        given.needed("short"),
        role=cast("Joining", given.among("role", JOINING)),
        name=given.one("full_name") or None,
        public_key=given.file("public_key"),
        acting=doing.party,
    )
    yield deeds.admitted(made)


def _state(doing: Doing) -> Lines:
    given = doing.given
    file, other = given.file("file"), given.one("alternative")
    if other:
        given.among("alternative", ALTERNATIVES)
    made = state_words(
        doing.case,
        cast("Kind", given.among("kind", STATED)),
        party=given.one("by") or doing.party,
        title=given.one("title") or given.one("kind"),
        text=None if file else given.needed("text"),
        file=file,
        alternative=cast("Alternative | None", other or None),
        confidential=given.on("confidential"),
    )
    yield from deeds.stated(made)


def _add(doing: Doing) -> Lines:
    given = doing.given
    path, which = given.file("files"), given.one("which")
    if path is None:
        raise FieldError("files", "no file was sent; an exhibit is made of one at least")
    offered = ExhibitOffered(
        model=f"{path}#{which}" if which else str(path),
        name=given.needed("name"),
        offered_by=given.one("offered_by") or doing.party,
        how=given.needed("how"),
        copy=given.on("copy"),
        unexamined=given.on("unexamined"),
        present=given.lines("present"),
    )
    for one in with_along(offered) if given.on("along") else (offered,):
        yield deeds.added(add_exhibit(doing.case, one, acting=doing.party, step=doing.step))


def _plan(doing: Doing) -> Lines:
    given = doing.given
    asked = PlanAsked(
        subject=given.many("subject"),
        source=given.many("source"),
        controls=given.many("controls"),
        components=given.many("components"),
        seed=given.number("seed"),
        because=given.one("because"),
    )
    yield from deeds.planned(plan(doing.case, asked, acting=doing.party))


def _power(doing: Doing) -> Lines:
    yield from deeds.reckoned(reckon(doing.case, acting=doing.party))


def _draw(doing: Doing) -> Lines:
    given = doing.given
    foils, name = given.number("foils") or 0, given.one("lineup") or "first"
    yield from deeds.drawn(lineups.draw(doing.case, foils=foils, name=name, acting=doing.party))


def _opine(doing: Doing) -> Lines:
    given = doing.given
    made = lineups.opine(
        doing.case, given.needed("words"), stands_out=given.many("stands_out"),
        name=given.one("lineup") or "first", acting=doing.party,
    )  # fmt: skip
    yield deeds.opined(made)


def _unmask(doing: Doing) -> Lines:
    name = doing.given.one("lineup") or "first"
    yield from deeds.unmasked(lineups.unmask(doing.case, name=name, acting=doing.party))


def _examine(doing: Doing) -> Lines:
    yield deeds.examined(examine_case(doing.case, acting=doing.party, step=doing.step))


def _review(doing: Doing) -> Lines:
    given = doing.given
    agrees = given.among("agrees", ("agrees", "disagrees")) == "agrees"
    made = review(
        doing.case, given.needed("words"), agrees=agrees, acting=doing.party,
        examination=given.number("examination"),
    )  # fmt: skip
    yield deeds.reviewed(made)


def _decide(doing: Doing) -> Lines:
    given = doing.given
    outcome = cast("Outcome", given.among("outcome", OUTCOMES))
    made = decide(
        doing.case, outcome, because=given.needed("because"),
        supersedes=given.number("supersedes"), acting=doing.party,
    )  # fmt: skip
    yield from deeds.decided(made)


def _export(doing: Doing) -> Lines:
    given = doing.given
    made = export(
        doing.case, party=given.needed("party"), out=_beside(doing.case, given.needed("folder")),
        pages=given.on("pages"), despite=given.on("despite"), acting=doing.party,
    )  # fmt: skip
    yield from deeds.exported(made).splitlines()
    yield lies_beside()


def _commit(doing: Doing) -> Lines:
    made = commit_in_case(
        doing.case, doing.given.needed("commitment"), by=doing.party, acting=doing.party
    )
    yield committed(made)


def _coin(doing: Doing) -> Lines:
    named = doing.given.needed("tossed")
    made = toss_coin(doing.case, named, acting=doing.party, value=doing.once)
    yield tossed(made)
    if (drawn := interval_drawn(doing.case, made.fact.commitment)) is not None:
        yield from interval_lines(drawn.history, drawn.place, drawn.earlier)


def _comment(doing: Doing) -> Lines:
    given = doing.given
    reach = cast("Reach", given.among("reach", REACHES))
    made = comment(
        doing.case, given.needed("about"), given.needed("text"), reach=reach, acting=doing.party
    )
    yield deeds.commented(made)


def _beside(case: Path, name: str) -> Path:
    """A folder beside the case, never in it and nowhere else."""
    if not FOLDER.fullmatch(name):
        raise FieldError(
            "folder",
            f"{name[:80]!a}: expected a name of letters, digits, '.', '_' and '-'",
        )
    return case.resolve().parent / name


VERBS: Final[Mapping[str, Callable[[Doing], Lines]]] = {
    "open": _open, "party": _party, "state": _state, "add": _add, "plan": _plan,
    "power": _power, "draw": _draw, "opine": _opine, "unmask": _unmask, "examine": _examine,
    "review": _review, "decide": _decide, "export": _export,
    "commit": _commit, "coin": _coin, "comment": _comment,
    **ANSWERS, **PAPERS, **TIMES,
}  # fmt: skip
