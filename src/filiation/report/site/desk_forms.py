"""What each deed asks for, in a case as it stands."""

from collections.abc import Iterator, Mapping
from typing import Final

from filiation.casefile import facts
from filiation.casefile.state import State
from filiation.model.kinds import ALONE, ASIDE, HISTORY, LOG, WEIGHTS
from filiation.report.site.fields import Asks, Choices, field, same
from filiation.report.site.time_forms import TIMES
from filiation.report.site.view import Field
from filiation.report.wording.site import LANGUAGES_NAMED

__all__ = ["FORMS"]

ORDINALS: Final = ("first", "second", "third", "fourth")  # what line-ups are called
STATED: Final[Mapping[str, tuple[str, ...]]] = {
    "lead": ("submission", "claim", "answer"),
    "claimant": ("claim", "submission"),
    "respondent": ("answer", "submission"),
}


def _open(state: State, party: str, role: str) -> Iterator[Field]:
    yield field("dispute")
    yield field("short", value="lead")
    yield field("full_name", needed=False)
    yield field("received", needed=False)
    yield field("days", value="60")
    yield field("counting", "choice", same(("calendar", "working")))
    yield field("jurisdiction", needed=False)
    yield field("subdivision", needed=False)


def _party(state: State, party: str, role: str) -> Iterator[Field]:
    yield field("short")
    yield field("full_name", needed=False)
    roles = ("claimant", "respondent", "examiner", "reviewer", "observer")
    yield field("role", "choice", same(roles))
    yield field("public_key", "files", needed=False)


def _state(state: State, party: str, role: str) -> Iterator[Field]:
    yield field("kind", "choice", same(STATED.get(role, ("submission",))))
    if role == "lead":
        keyless = [name for name, entry in state.parties.items() if not entry.fact.key]
        yield field("by", "choice", same([party, *keyless]))
    yield field("title", needed=False)
    yield field("text", "words", needed=False)
    yield field("file", "files", needed=False)
    yield field("alternative", "choice", same(["", *facts.ALTERNATIVES]), needed=False)
    yield field("confidential", "check", needed=False)


def _add(state: State, party: str, role: str) -> Iterator[Field]:
    yield field("files", "files")
    yield field("name")
    if role == "lead":
        yield field(
            "offered_by", "choice", same([party, *(p for p in state.parties if p != party)])
        )
    yield field("how", "words")
    for name in ("copy", "unexamined", "along"):
        yield field(name, "check", needed=False)
    yield field("which", needed=False)
    if role == "lead":
        yield field("present", "words", needed=False)


def _plan(state: State, party: str, role: str) -> Iterator[Field]:
    shown = [
        (name, f"{name} ({entry.fact.kind})")
        for name, entry in state.exhibits.items()
        if entry.fact.kind not in ASIDE
    ]
    for name in ("subject", "source", "controls", "components"):
        yield field(name, "several", shown)
    yield field("seed", needed=False)
    yield field("because", "words", needed=bool(state.of(facts.Planned)))


def _nothing(state: State, party: str, role: str) -> Iterator[Field]:
    yield from ()


def _lineups(state: State) -> Choices:
    return same(entry.fact.lineup for entry in state.of(facts.Drawn))


def _draw(state: State, party: str, role: str) -> Iterator[Field]:
    planned = state.of(facts.Planned)
    most = len(planned[-1].fact.controls) if planned else 0
    yield field("foils", value=str(most))
    taken = {entry.fact.lineup for entry in state.of(facts.Drawn)}
    free = next((name for name in ORDINALS if name not in taken), "")
    yield field("lineup", value=free, label="lineup_drawn")


def _opine(state: State, party: str, role: str) -> Iterator[Field]:
    yield field("lineup", "choice", _lineups(state))
    codes = dict.fromkeys(code for e in state.of(facts.Drawn) for code in e.fact.codes)
    yield field("stands_out", "several", same(codes))
    yield field("words", "words")


def _unmask(state: State, party: str, role: str) -> Iterator[Field]:
    yield field("lineup", "choice", _lineups(state))


def _review(state: State, party: str, role: str) -> Iterator[Field]:
    yield field("examination", "choice", _answered(state))
    yield field("agrees", "choice", same(("agrees", "disagrees")))
    yield field("words", "words", label="words_reviewed")


def _answered(state: State) -> Choices:
    both = [e.event.sequence for kind in (facts.Examined, facts.Inquired) for e in state.of(kind)]
    return [(f"{number}", f"event {number}") for number in sorted(both, reverse=True)]


def _decide(state: State, party: str, role: str) -> Iterator[Field]:
    yield field("outcome", "choice", same(("dismiss", "escalate", "need-more")))
    yield field("because", "words")
    if made := state.of(facts.Decided):
        last = str(made[-1].event.sequence)
        yield field("supersedes", "choice", [(last, f"event {last}")])


def _export(state: State, party: str, role: str) -> Iterator[Field]:
    yield field("party", "choice", same(name for name in state.parties if name != party))
    yield field("folder")
    yield field("pages", "check", needed=False)
    yield field("despite", "check", needed=False)


def _privilege(state: State, party: str, role: str) -> Iterator[Field]:
    yield field("documents", "words")
    yield field("ground", "words")
    yield field("waive", "check", needed=False)


def _redact(state: State, party: str, role: str) -> Iterator[Field]:
    yield field("document")
    yield field("passages", "words")
    yield field("ground", "words")


def _rule(state: State, party: str, role: str) -> Iterator[Field]:
    claims = dict.fromkeys(entry.fact.party for entry in state.of(facts.Privileged))
    yield field("of", "choice", same(claims))
    yield field("documents", "words")
    yield field("ruled", "choice", same(("upheld", "dismissed")))
    yield field("because", "words")
    yield field("ends", needed=False)


def _comment(state: State, party: str, role: str) -> Iterator[Field]:
    yield field("about")
    yield field("text", "words")
    yield field("reach", "choice", same(("own", "shared", "exculpatory")))


def _pose(state: State, party: str, role: str) -> Iterator[Field]:
    yield field("log", "choice", same(_of_kind(state, LOG)))
    yield field("level", needed=False)
    yield field("most", needed=False)
    yield field("because", "words", needed=bool(state.of(facts.Posed)))


def _commit(state: State, party: str, role: str) -> Iterator[Field]:
    yield field("commitment")


def _coin(state: State, party: str, role: str) -> Iterator[Field]:
    done = {entry.fact.commitment for entry in state.of(facts.Tossed)}
    plans = {entry.fact.exhibit: entry.fact.digest for entry in state.of(facts.Posed)}
    waits = [(name, name) for name, digest in plans.items() if digest not in done]
    waits += [
        (one.fact.commitment, f"{one.fact.by}: {one.fact.commitment[:16]}\u2026")
        for one in state.of(facts.Committed)
        if one.fact.commitment not in done
    ]
    yield field("tossed", "choice", waits)


def _inquire(state: State, party: str, role: str) -> Iterator[Field]:
    alone = [(kind, name) for kind in ALONE for name in _of_kind(state, kind)]
    yield field("alone", "choice", [(f"{kind}:{name}", name) for kind, name in alone])
    if _of_kind(state, HISTORY):
        yield field("again", "several", same(_of_kind(state, WEIGHTS)))


def _trained(state: State, party: str, role: str) -> Iterator[Field]:
    weights = _of_kind(state, WEIGHTS)
    yield field("history", "choice", same(_of_kind(state, HISTORY)))
    yield field("origin", "choice", same(weights))
    yield field("final", "choice", same(["", *weights]), needed=False)
    yield field("published", needed=False)
    yield field("roots", "files", needed=False)
    yield field("because", "words", needed=False)


def _report(state: State, party: str, role: str) -> Iterator[Field]:
    yield field("examination", "choice", _answered(state))
    yield field("profile", "choice", same(("", "uk-civil", "us-federal", "authority")),
                needed=False)  # fmt: skip
    yield field("languages", "several", [*LANGUAGES_NAMED.items()][1:])
    yield field("rates", "files", needed=False)
    yield field("filled", "files", needed=False)


def _documents(state: State, party: str, role: str) -> Iterator[Field]:
    yield field("files", "files")
    yield field("production")
    if role == "lead":
        others = (name for name in state.parties if name != party)
        yield field("offered_by", "choice", same([party, *others]))
    yield field("how", "words")
    yield field("keys", "files", needed=False)
    yield field("keys_how", needed=False)
    yield field("dates", "choice", same(("", "dmy", "mdy", "ymd")), needed=False)
    yield field("prefix", needed=False)
    if role == "lead":
        yield field("present", "words", needed=False)


def _of_kind(state: State, kind: str) -> list[str]:
    return [name for name, entry in state.exhibits.items() if entry.fact.kind == kind]


def _tag(state: State, party: str, role: str) -> Iterator[Field]:
    yield field("tag")
    yield field("documents", "words")
    yield field("off", "check", needed=False)


FORMS: Final[Mapping[str, Asks]] = {
    "open": _open, "party": _party, "state": _state, "add": _add, "plan": _plan,
    "power": _nothing, "draw": _draw, "opine": _opine, "unmask": _unmask, "examine": _nothing,
    "review": _review, "decide": _decide, "export": _export, "tag": _tag,
    "comment": _comment, "pose": _pose, "commit": _commit, "coin": _coin, "inquire": _inquire,
    "privilege": _privilege, "redact": _redact, "rule": _rule, "trained": _trained,
    "report": _report, "documents": _documents, **TIMES,
}  # fmt: skip
