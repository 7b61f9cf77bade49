"""Pages of what can be done, what each deed asks for, and what waits to be signed."""

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from filiation.casefile import facts
from filiation.casefile.ledger.dsse import taken_apart
from filiation.casefile.next import Due, Step
from filiation.casefile.state import State
from filiation.model.kinds import ALONE, FILES, LOG
from filiation.report.blocks import Note, Paragraph
from filiation.report.site.view import Cell, Field, Form, Link, Listing, Menu, Part, Signing, View
from filiation.report.wording import desk as words
from filiation.report.wording import joining
from filiation.report.wording.site import DESK, TITLES, shown_of

__all__ = ["Waits", "asked_form", "deed_page", "todo", "waiting"]

Choices = Sequence[tuple[str, str]]
Waits = tuple[str, str, str, str]  # id, verb, since, where
STATED: Final[Mapping[str, tuple[str, ...]]] = {
    "lead": ("submission", "claim", "answer"),
    "claimant": ("claim", "submission"),
    "respondent": ("answer", "submission"),
}
SCRIPT: Final = "sign.js"
JOINS: Final = ("open", "party")  # deeds after which somebody is told an address
LONGEST: Final = 100  # characters of what a remark is about
TAKES: Final[Mapping[Step, str]] = {  # by which deed a step is taken
    "admit-claimant": "party", "admit-respondent": "party", "claim": "state", "answer": "state",
    "add": "add", "plan": "plan", "examine": "examine", "review": "review", "unmask": "unmask",
    "decide": "decide", "plan-alone": "pose", "coin": "coin", "examine-alone": "inquire",
    "review-alone": "review",
}  # fmt: skip
WHOSE: Final[Mapping[Step, str]] = {
    "admit-claimant": "claimant", "admit-respondent": "respondent", "claim": "claimant",
    "answer": "respondent", "add": "", "plan": "examiner", "examine": "examiner",
    "review": "reviewer", "unmask": "", "decide": "lead", "plan-alone": "examiner", "coin": "lead",
    "examine-alone": "examiner", "review-alone": "reviewer",
}  # fmt: skip
LOOKED_AT: Final[Mapping[str, str]] = {  # what whoever does it should have seen
    "plan": "exhibits.html", "power": "exhibits.html", "draw": "exhibits.html",
    "opine": "lineups.html", "unmask": "lineups.html", "examine": "exhibits.html",
    "review": "examinations.html", "decide": "decisions.html", "export": "documents.html",
    "tag": "documents.html", "comment": "documents.html", "pose": "exhibits.html",
    "privilege": "documents.html", "redact": "documents.html", "rule": "documents.html",
    "coin": "examinations.html", "inquire": "exhibits.html",
}  # fmt: skip


def todo(party: str, role: str, may: Iterable[str], due: Sequence[Due] = ()) -> View:
    """What somebody can do here, what is due first; nothing, if this address only reads."""
    verbs = [verb for verb in words.DEEDS if verb in set(may)]
    acting = words.acting_as(party, role) if party else words.NO_CASE
    parts: list[Part] = [Paragraph(text=acting)] if verbs else []
    if verbs:
        links = [(Link(text=words.DEEDS[verb], path=f"do/{verb}.html"),) for verb in verbs]
        parts += [Note(text=words.STANDS), *_due(due, verbs)]
        parts.append(Listing(caption="", headings=("deed",), rows=links))
    else:
        parts.append(Note(text=words.ONLY_READS))
    return View(path="do.html", title=DESK["do.html"], parts=parts)


def _due(due: Sequence[Due], verbs: Sequence[str]) -> Iterator[Part]:
    """What is missing in the case, and who may do it; a link where it is whoever looks."""
    rows: list[tuple[Cell, ...]] = []
    for one in due:
        verb = TAKES[one.step]
        said = words.DEEDS[verb]
        link = Link(text=said, path=f"do/{verb}.html") if verb in verbs else said
        rows.append((link, one.name or WHOSE[one.step]))
    if rows:
        yield Listing(caption=words.DUE, headings=("deed", "of whom or what"), rows=rows)


def asked_form(
    verb: str, state: State, party: str, role: str, secret: str,
    handed: Mapping[str, str] | None = None, about: str = "",
) -> View:  # fmt: skip
    """What a deed asks for.

    Args:
        verb: Which deed.
        state: Of the case.
        party: Who does it.
        role: Theirs.
        secret: Of the form.
        about: What a remark is about, if a page led here.
        handed: Id of each key that was handed in by somebody who is to join, and under which name.
    """
    fields = list(FORMS[verb](state, party, role))
    if verb == "party" and handed:
        keys = [(key, joining.handed_key(name, key)) for key, name in handed.items()]
        own = [("", words.LABELS[""]), *keys]
        fields.insert(-1, _field("invited", "choice", own, needed=False))
    if verb == "comment":
        fields[0] = replace(fields[0], value=about[:LONGEST])
    form = Form(path=f"do/{verb}", secret=secret, fields=tuple(fields), button=words.BUTTON)
    parts: list[Part] = [Note(text=words.STANDS)]
    if verb in LOOKED_AT:
        parts.append(Menu(links=[Link(text=TITLES[LOOKED_AT[verb]], path=LOOKED_AT[verb])]))
    parts.append(form)
    return View(path=f"do/{verb}.html", title=words.DEEDS[verb], parts=parts)


def waiting(deeds: Sequence[Waits]) -> View:
    """Everything that somebody began, the newest first."""
    rows = [
        (Link(text=words.DEEDS[verb], path=f"deeds/{name}.html"), f"{since[:19]}Z", where)
        for name, verb, since, where in reversed(deeds)
    ]
    listing = Listing(
        caption=shown_of(len(rows), len(deeds), "deed"),
        headings=("deed", "begun", "how it stands"),
        rows=rows,
    )
    parts: list[Part] = [listing] if rows else [Note(text=words.NOTHING_WAITS)]
    return View(path="deeds.html", title=DESK["deeds.html"], parts=parts)


def deed_page(
    waits: Waits, *, step: str, message: bytes, said: Sequence[str], secret: str, command: str,
    party: str, texts: Sequence[str], told: Sequence[str] = (),
) -> View:  # fmt: skip
    """One deed: at work, waiting for a signature, on record, or refused.

    Args:
        waits: Which one, and how it stands.
        step: What is being done now.
        message: What waits to be signed.
        said: What was done, or why it was refused.
        secret: Of the forms.
        command: What signs it in a terminal.
        party: Whose it is.
        texts: Words that its event may name by their digest.
        told: What whoever signs should know before.
    """
    name, verb, _, where = waits
    parts: list[Part] = [Paragraph(text=words.which_deed(verb, party), strong=True)]
    if where == "work":
        parts += [Paragraph(text=words.step_words(step)), Note(text=words.WORKING)]
    if where == "sign":
        shown = "\n".join(words.message_lines(*taken_apart(message, "deed"), texts))
        parts += [Paragraph(text=line.strip(), strong=True) for line in told]
        parts += [Note(text=words.STANDS), _signing(name, message, shown, secret, command)]
    parts += [Paragraph(text=words.done_on(line.strip())) for line in said]
    if where in ("work", "sign"):
        parts.append(Form(path=f"deeds/{name}/drop", secret=secret, fields=(), button=words.DROP))
    else:
        again = Link(text=words.PREPARE_AGAIN, path=f"do/{verb}.html")
        more = Link(text=DESK["do.html"], path="do.html")
        people = [Link(text=DESK["people.html"], path="people.html")] if verb in JOINS else []
        parts.append(Menu(links=[again] if where == "refused" else [more, *people]))
    return View(
        path=f"deeds/{name}.html", title=words.DEEDS[verb], parts=parts, room="deeds.html",
        again=1 if where == "work" else 0, script=SCRIPT if where == "sign" else "",
    )  # fmt: skip


def _signing(name: str, message: bytes, shown: str, secret: str, command: str) -> Signing:
    return Signing(
        path=f"deeds/{name}/signature", secret=secret, file=f"deeds/{name}.json", shown=shown,
        message=base64.b64encode(message).decode(), command=command,
    )  # fmt: skip


def _field(name: str, kind: str = "line", choices: Choices = (), *, needed: bool = True,
           value: str = "") -> Field:  # fmt: skip
    return Field(
        name=name, label=words.FIELDS[name], kind=kind, choices=choices,  # type: ignore[arg-type]
        needed=needed and kind != "several", note=words.NOTES.get(name, ""), value=value,
    )  # fmt: skip


def _same(names: Iterable[str]) -> Choices:
    return [(name, words.LABELS.get(name, name)) for name in names]


def _open(state: State, party: str, role: str) -> Iterator[Field]:
    yield _field("dispute")
    yield _field("short", value="lead")
    yield _field("full_name", needed=False)
    yield _field("received", needed=False)
    yield _field("days", value="60")
    yield _field("counting", "choice", _same(("calendar", "working")))
    yield _field("jurisdiction", needed=False)
    yield _field("subdivision", needed=False)


def _party(state: State, party: str, role: str) -> Iterator[Field]:
    yield _field("short")
    yield _field("full_name", needed=False)
    roles = ("claimant", "respondent", "examiner", "reviewer", "observer")
    yield _field("role", "choice", _same(roles))
    yield _field("public_key", "files", needed=False)


def _state(state: State, party: str, role: str) -> Iterator[Field]:
    yield _field("kind", "choice", _same(STATED.get(role, ("submission",))))
    if role == "lead":
        keyless = [name for name, entry in state.parties.items() if not entry.fact.key]
        yield _field("by", "choice", _same([party, *keyless]))
    yield _field("title", needed=False)
    yield _field("text", "words", needed=False)
    yield _field("file", "files", needed=False)
    yield _field("alternative", "choice", _same(["", *facts.ALTERNATIVES]), needed=False)
    yield _field("confidential", "check", needed=False)


def _add(state: State, party: str, role: str) -> Iterator[Field]:
    yield _field("files", "files")
    yield _field("name")
    if role == "lead":
        yield _field(
            "offered_by", "choice", _same([party, *(p for p in state.parties if p != party)])
        )
    yield _field("how", "words")
    for name in ("copy", "unexamined", "along"):
        yield _field(name, "check", needed=False)
    yield _field("which", needed=False)
    if role == "lead":
        yield _field("present", "words", needed=False)


def _plan(state: State, party: str, role: str) -> Iterator[Field]:
    shown = [
        (name, f"{name} ({entry.fact.kind})")
        for name, entry in state.exhibits.items()
        if entry.fact.kind not in (FILES, *ALONE)
    ]
    for name in ("subject", "source", "controls", "components"):
        yield _field(name, "several", shown)
    yield _field("seed", needed=False)
    yield _field("because", "words", needed=bool(state.of(facts.Planned)))


def _nothing(state: State, party: str, role: str) -> Iterator[Field]:
    yield from ()


def _lineups(state: State) -> Choices:
    return _same(entry.fact.lineup for entry in state.of(facts.Drawn))


def _draw(state: State, party: str, role: str) -> Iterator[Field]:
    planned = state.of(facts.Planned)
    most = len(planned[-1].fact.controls) if planned else 0
    yield _field("foils", value=str(most))
    yield _field("lineup", value="first" if not state.of(facts.Drawn) else "")


def _opine(state: State, party: str, role: str) -> Iterator[Field]:
    yield _field("lineup", "choice", _lineups(state))
    codes = dict.fromkeys(code for e in state.of(facts.Drawn) for code in e.fact.codes)
    yield _field("stands_out", "several", _same(codes))
    yield _field("words", "words")


def _unmask(state: State, party: str, role: str) -> Iterator[Field]:
    yield _field("lineup", "choice", _lineups(state))


def _review(state: State, party: str, role: str) -> Iterator[Field]:
    both = [e.event.sequence for kind in (facts.Examined, facts.Inquired) for e in state.of(kind)]
    done = [(f"{number}", f"event {number}") for number in sorted(both, reverse=True)]
    yield _field("examination", "choice", done)
    yield _field("agrees", "choice", _same(("agrees", "disagrees")))
    yield _field("words", "words")


def _decide(state: State, party: str, role: str) -> Iterator[Field]:
    yield _field("outcome", "choice", _same(("dismiss", "escalate", "need-more")))
    yield _field("because", "words")
    if made := state.of(facts.Decided):
        last = str(made[-1].event.sequence)
        yield _field("supersedes", "choice", [(last, f"event {last}")])


def _export(state: State, party: str, role: str) -> Iterator[Field]:
    yield _field("party", "choice", _same(name for name in state.parties if name != party))
    yield _field("folder")
    yield _field("pages", "check", needed=False)
    yield _field("despite", "check", needed=False)


def _privilege(state: State, party: str, role: str) -> Iterator[Field]:
    yield _field("documents", "words")
    yield _field("ground", "words")
    yield _field("waive", "check", needed=False)


def _redact(state: State, party: str, role: str) -> Iterator[Field]:
    yield _field("document")
    yield _field("passages", "words")
    yield _field("ground", "words")


def _rule(state: State, party: str, role: str) -> Iterator[Field]:
    claims = dict.fromkeys(entry.fact.party for entry in state.of(facts.Privileged))
    yield _field("of", "choice", _same(claims))
    yield _field("documents", "words")
    yield _field("ruled", "choice", _same(("upheld", "dismissed")))
    yield _field("because", "words")
    yield _field("ends", needed=False)


def _comment(state: State, party: str, role: str) -> Iterator[Field]:
    yield _field("about")
    yield _field("text", "words")
    yield _field("reach", "choice", _same(("own", "shared", "exculpatory")))


def _pose(state: State, party: str, role: str) -> Iterator[Field]:
    yield _field("log", "choice", _same(_of_kind(state, LOG)))
    yield _field("most", needed=False)
    yield _field("because", "words", needed=bool(state.of(facts.Posed)))


def _commit(state: State, party: str, role: str) -> Iterator[Field]:
    yield _field("commitment")


def _coin(state: State, party: str, role: str) -> Iterator[Field]:
    done = {entry.fact.commitment for entry in state.of(facts.Tossed)}
    plans = {entry.fact.exhibit: entry.fact.digest for entry in state.of(facts.Posed)}
    waits = [(name, name) for name, digest in plans.items() if digest not in done]
    waits += [
        (one.fact.commitment, f"{one.fact.by}: {one.fact.commitment[:16]}\u2026")
        for one in state.of(facts.Committed)
        if one.fact.commitment not in done
    ]
    yield _field("tossed", "choice", waits)


def _inquire(state: State, party: str, role: str) -> Iterator[Field]:
    alone = [(kind, name) for kind in ALONE for name in _of_kind(state, kind)]
    yield _field("alone", "choice", [(f"{kind}:{name}", name) for kind, name in alone])


def _of_kind(state: State, kind: str) -> list[str]:
    return [name for name, entry in state.exhibits.items() if entry.fact.kind == kind]


def _tag(state: State, party: str, role: str) -> Iterator[Field]:
    yield _field("tag")
    yield _field("documents", "words")
    yield _field("off", "check", needed=False)


FORMS: Final[Mapping[str, Callable[[State, str, str], Iterator[Field]]]] = {
    "open": _open, "party": _party, "state": _state, "add": _add, "plan": _plan,
    "power": _nothing, "draw": _draw, "opine": _opine, "unmask": _unmask, "examine": _nothing,
    "review": _review, "decide": _decide, "export": _export, "tag": _tag,
    "comment": _comment, "pose": _pose, "commit": _commit, "coin": _coin, "inquire": _inquire,
    "privilege": _privilege, "redact": _redact, "rule": _rule,
}  # fmt: skip
