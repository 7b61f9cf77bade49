"""Pages of what can be done, what each deed asks for, and what waits to be signed."""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import Final

from filiation.casefile.ledger.dsse import taken_apart
from filiation.casefile.next import Due, Step
from filiation.casefile.state import State
from filiation.report.blocks import Heading, Note, Paragraph
from filiation.report.site.before import COMES_FIRST, is_too_early
from filiation.report.site.desk_forms import FORMS
from filiation.report.site.fields import field
from filiation.report.site.refused import Refused
from filiation.report.site.signed import as_bytes, rows_of
from filiation.report.site.view import Cell, Form, Link, Listing, Menu, Part, Signing, View
from filiation.report.wording import desk as words
from filiation.report.wording import joining
from filiation.report.wording.desk_fields import LABELS
from filiation.report.wording.site import DESK, TITLES, shown_of

__all__ = ["Waits", "asked_form", "deed_page", "todo", "waiting"]

Waits = tuple[str, str, str, str]  # id, verb, since, where
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
GROUPED: Final[Mapping[str, tuple[str, ...]]] = {  # each deed once, as a case goes on
    "people": ("open", "party", "state", "comment", "export"),
    "evidence": ("add", "documents"),
    "papers": ("tag", "privilege", "rule", "redact"),
    "plan": ("power", "plan", "pose", "trained", "commit", "coin"),
    "examination": ("examine", "inquire", "draw", "opine", "unmask"),
    "decision": ("review", "report", "decide"),
    "time": ("serve", "deadline", "extend", "stop", "resume", "closed"),
}
LOOKED_AT: Final[Mapping[str, str]] = {  # what whoever does it should have seen
    "plan": "exhibits.html", "power": "exhibits.html", "draw": "exhibits.html",
    "opine": "lineups.html", "unmask": "lineups.html", "examine": "exhibits.html",
    "review": "examinations.html", "decide": "decisions.html", "export": "documents.html",
    "tag": "documents.html", "comment": "documents.html", "pose": "exhibits.html",
    "privilege": "documents.html", "redact": "documents.html", "rule": "documents.html",
    "coin": "examinations.html", "inquire": "exhibits.html", "trained": "exhibits.html",
    "report": "examinations.html", "documents": "documents.html", "serve": "log.html",
}  # fmt: skip


SHOWN_ON: Final[Mapping[str, str]] = {  # where what was done is seen
    "state": "statements.html", "add": "exhibits.html", "documents": "documents.html",
    "draw": "lineups.html", "opine": "lineups.html", "unmask": "lineups.html",
    "examine": "examinations.html", "inquire": "examinations.html", "review": "decisions.html",
    "decide": "decisions.html",
}  # fmt: skip


def todo(party: str, role: str, may: Iterable[str], due: Sequence[Due] = ()) -> View:
    """What somebody can do here, what is due first; nothing, if this address only reads."""
    verbs = {*may}
    acting = words.acting_as(party, role) if party else words.NO_CASE
    parts: list[Part] = [Paragraph(text=acting)] if verbs else []
    if verbs:
        parts += [Note(text=words.STANDS), *_due(due, verbs), *_grouped(verbs)]
    else:
        parts.append(Note(text=words.ONLY_READS))
    return View(path="do.html", title=DESK["do.html"], parts=parts)


def _grouped(may: Set[str]) -> Iterator[Part]:
    """Deeds below what they are about; of a group without any nothing is said."""
    for group, verbs in GROUPED.items():
        links = [_deed(verb) for verb in verbs if verb in may]
        if links:
            yield Heading(text=words.GROUPS[group], level=1, anchor=group)
            yield Menu(links=links, below=True)


def _deed(verb: str) -> Link:
    return Link(text=words.DEEDS[verb], path=f"do/{verb}.html")


def _due(due: Sequence[Due], verbs: Set[str]) -> Iterator[Part]:
    """What is missing in the case, and who may do it; a link where it is whoever looks."""
    rows: list[tuple[Cell, ...]] = []
    for one in due:
        verb = TAKES[one.step]
        link = _deed(verb) if verb in verbs else words.DEEDS[verb]
        rows.append((link, one.name or WHOSE[one.step]))
    if rows:
        yield Listing(caption=words.DUE, headings=("deed", "of whom or what"), rows=rows)


def asked_form(
    verb: str, state: State, party: str, role: str, secret: str,
    handed: Mapping[str, str] | None = None, about: str = "", may: Set[str] = frozenset(),
    refused: Refused | None = None,
) -> View:  # fmt: skip
    """What a deed asks for; what has to come before it, where there is nothing to ask.

    Args:
        verb: Which deed.
        state: Of the case.
        party: Who does it.
        role: Theirs.
        secret: Of the form.
        about: What a remark is about, if a page led here.
        handed: Id of each key that was handed in by somebody who is to join, and under which name.
        may: Deeds that are theirs.
        refused: What it was sent with, and why that was refused; None: it is asked for first.
    """
    looks = [Link(text=TITLES[one], path=one) for one in (LOOKED_AT.get(verb),) if one]
    if is_too_early(verb, state, party):
        view = _too_early(verb, looks, may)
        return replace(view, parts=[refused.refusal(()), *view.parts]) if refused else view
    fields = list(FORMS[verb](state, party, role))
    if verb == "party" and handed:
        keys = [(key, joining.handed_key(name, key)) for key, name in handed.items()]
        own = [("", LABELS[""]), *keys]
        fields.insert(-1, field("invited", "choice", own, needed=False))
    if verb == "comment":
        fields[0] = replace(fields[0], values=(about[:LONGEST],))
    parts: list[Part] = [Note(text=words.STANDS)]
    if refused:
        parts.insert(0, refused.refusal(fields))
        fields = [refused.filled(one) for one in fields]
    form = Form(path=f"do/{verb}", secret=secret, fields=tuple(fields), button=words.BUTTON)
    if looks:
        parts.append(Menu(links=looks))
    parts.append(form)
    return View(path=f"do/{verb}.html", title=words.DEEDS[verb], parts=parts)


def _too_early(verb: str, looks: Sequence[Link], may: Set[str]) -> View:
    """What is missing, and where to go for it."""
    first = [_deed(one) for one in COMES_FIRST[verb] if one in may]
    onward = [*first, *looks, Link(text=DESK["do.html"], path="do.html")]
    parts: list[Part] = [Paragraph(text=words.BEFORE[verb], strong=True), Menu(links=onward)]
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
    party: str, texts: Sequence[str], told: Sequence[str] = (), again: Sequence[Part] = (),
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
        again: Of what was refused, why, and its form as it was sent.
    """
    name, verb, _, where = waits
    parts: list[Part] = [Paragraph(text=words.which_deed(verb, party), strong=True)]
    if where == "work":
        parts += [Paragraph(text=words.step_words(step)), Note(text=words.WORKING)]
    if where == "sign":
        parts += [Paragraph(text=line.strip(), strong=True) for line in told]
        parts += [Note(text=words.STANDS), _signing(name, message, texts, secret, command)]
    if where == "refused":
        parts += _once_more(said, again)
    else:
        parts += [Paragraph(text=words.done_on(line.strip())) for line in said]
    if where in ("work", "sign"):
        parts.append(Form(path=f"deeds/{name}/drop", secret=secret, fields=(), button=words.DROP))
    else:
        anew = [] if again else [Link(text=words.PREPARE_AGAIN, path=f"do/{verb}.html")]
        more = Link(text=DESK["do.html"], path="do.html")
        people = [Link(text=DESK["people.html"], path="people.html")] if verb in JOINS else []
        seen = [Link(text=TITLES[one], path=one) for one in (SHOWN_ON.get(verb),) if one]
        parts.append(Menu(links=[*anew, more] if where == "refused" else [*seen, more, *people]))
    return View(
        path=f"deeds/{name}.html", title=words.DEEDS[verb], parts=parts, room="deeds.html",
        again=1 if where == "work" else 0, script=SCRIPT if where == "sign" else "",
    )  # fmt: skip


def _once_more(said: Sequence[str], again: Sequence[Part]) -> Sequence[Part]:
    """Why a deed was refused, and its form."""
    if not again:
        return [Refused(said=said).refusal(())]
    return [again[0], Heading(text=words.PREPARE_AGAIN, level=1, anchor="again"), *again[1:]]


def _signing(name: str, message: bytes, texts: Sequence[str], secret: str, command: str) -> Signing:
    said, behind = rows_of(*taken_apart(message, "deed"), texts)
    return Signing(
        path=f"deeds/{name}/signature", secret=secret, file=f"deeds/{name}.json", said=said,
        behind=behind, shown=as_bytes(message), digest=hashlib.sha256(message).hexdigest(),
        message=base64.b64encode(message).decode(), command=command,
    )  # fmt: skip
