"""The report on a session of two secret materials: every outcome, in three languages."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from filiation.casefile.facts import Inquired
from filiation.casefile.ledger.event import Event, Written
from filiation.casefile.state import Entry
from filiation.model.blind import (
    Bound,
    Compared,
    Control,
    SessionTold,
    Shared,
    Spoken,
    Terms,
    Tie,
    steps_of,
)
from filiation.model.finding import Finding, Underpowered
from filiation.model.inquiry import SESSION, InCase, Inquiry
from filiation.model.null import Permutation
from filiation.report.inquiry.compose import inquiry_document
from filiation.report.inquiry.gather import InquiryMaterial
from filiation.report.languages.catalogue import LANGUAGES
from filiation.report.languages.translated import translated
from filiation.report.render.page import expert_html
from filiation.report.wording.blind import report_lines
from filiation.report.wording.blind_course import READ, course_lines, said_lines, taken_lines
from filiation.report.wording.session import course_row
from report import cases

KEYS = {role: f"{n}" * 64 for n, role in enumerate(("claimant", "respondent", "tribunal"), 1)}
SIDES = ("claimant", "respondent")


def bounds(**failed: str) -> tuple[Bound, ...]:
    return tuple(
        Bound(role=role, root="a" * 64, drawn=("x", "y"), of=20, used=18, opened=90, nbytes=900,
              tensors=4, values=1200, failed=failed.get(role, ""))
        for role in SIDES
    )  # fmt: skip


def spoken(material: str, upto: int = 99) -> tuple[Spoken, ...]:
    return tuple(
        Spoken(number=number, step=step.name, sender=role, digest=f"{number}" * 64)
        for number, step in enumerate(steps_of(material), 1)  # type: ignore[arg-type]
        for role in step.speakers
        if number <= upto
    )


def session(material: str = "weights", told: Compared | None = None, **more: Any) -> SessionTold:
    asked = {"battery": "traps", "items": 20, "repeat": 4} if material == "answers" else {}
    terms = Terms(keys=KEYS, nonce="0" * 64, material=material, **asked)  # type: ignore[arg-type]
    return SessionTold(
        session="5" * 64, terms=terms, told=told, course=more.pop("course", spoken(material)),
        report="7" * 64 if told else "", **more,
    )  # fmt: skip


def compared(**more: Any) -> Compared:
    return Compared(session="5" * 64, **({"bounds": bounds(), "seed": "77"} | more))


def finding(method: str, log_p: float) -> Finding:
    return Finding(
        method=method, observed=1.0, unit="one", log_p=log_p, items=12, counts=False,
        null=Permutation(draws=9999, log_floor=-9.3, because="they are exchangeable"),
        combination="one statistic",
    )  # fmt: skip


TIES = (
    Tie(role="claimant", to="weights", digest="8" * 64, found=(
        finding("model-equality/1", -0.5), finding("token-agreement/2", -9.1))),
    Tie(role="respondent", to="service", digest="9" * 64, found=(
        finding("model-equality/1", -9.0), finding("token-agreement/2", -0.5))),
)  # fmt: skip
CONTROLS = tuple(Control(name=f"other {n}", size=50 + n, common=n) for n in range(5))
SHARED = Shared(sizes=(60, 80), common=30, controls=CONTROLS)
LAST = Spoken(number=5, step="abort", sender="respondent", digest="e" * 64, reason="too late")
SESSIONS = {
    "weights": session(told=compared(found=cases.examination(cases.derivation())), again="same"),
    "a cheat": session(told=compared(bounds=bounds(respondent="x differs"))),
    "answers": session("answers", compared(
        found=cases.examination(cases.derivation()), battery="traps", ties=TIES)),
    "sets": session("set", compared(shared=SHARED, seed=""), again="same"),
    "controls that are the same": session("set", compared(
        shared=replace(SHARED, once=(("other 7", "other 1"),)), seed="")),
    "models without controls": session(told=compared(
        found=replace(cases.examination(cases.derivation()), controls=()))),
    "answers without controls": session("answers", compared(
        found=replace(cases.examination(cases.derivation()), controls=()), battery="traps")),
    "a cheat with sets": session("set", compared(bounds=bounds(claimant="x differs"), seed="")),
    "sets without controls": session("set", compared(shared=replace(SHARED, controls=()), seed="")),
    "counts with noise": session("set", compared(shared=replace(SHARED, scale=2.5), seed="")),
    "a bribed tribunal": session("set", compared(shared=SHARED), again="differs"),
    "derived by other versions": session(told=compared(
        found=cases.examination(cases.derivation())), again="other-versions"),
    "aborted": session(course=(*spoken("weights", 4), LAST), aborted="respondent"),
    "begun": session(course=spoken("weights", 3), step="commit", awaited=SIDES),
}  # fmt: skip


def material(found: SessionTold) -> InquiryMaterial:
    fact = Inquired(question=SESSION, exhibit="it", plan="d" * 64)
    event = Event(
        case="c" * 32, sequence=9, time="2026-11-30T20:00:00.000000Z", actor="first", key="k",
        verb="examine", tool="filiation 1", arguments={}, reads={},
        writes=(Written(what="inquiry", sha256="f" * 64, size=1),), facts={}, root="0" * 64,
    )  # fmt: skip
    asked = InCase(
        exhibit="it", offered_by="acme", entered=4, planned=4, planned_by="acme", plan="d" * 64,
        coin=4, tossed_by="acme", place=1, others=("another", "a third"),
        sides=(("claimant", "acme"), ("respondent", ""), ("tribunal", "first")),
    )  # fmt: skip
    inquiry = Inquiry(question=SESSION, asked=asked, environment=("python 3",), session=found)
    return InquiryMaterial(
        found=inquiry, entry=Entry(event=event, fact=fact), case="c" * 32, title="A dispute",
        lead="court", size=12, root="1" * 64,
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SESSIONS)
def test_no_english_is_left(name: str, language: str) -> None:
    document = json.loads(inquiry_document(material(SESSIONS[name])))
    put = translated(document, language)
    assert put["english"] == []


@pytest.mark.parametrize("name", SESSIONS)
def test_every_outcome_has_its_page_and_picture(name: str) -> None:
    raw = inquiry_document(material(SESSIONS[name]))
    page = expert_html(raw).decode()
    told = SESSIONS[name].told
    assert page.count("<svg") == 1 + (told is not None and told.shared is not None)
    answer = json.loads(raw)["report"]["answer"]
    assert answer["derived_again"] == SESSIONS[name].again
    assert len(answer["messages"]) == len(SESSIONS[name].course)


def test_what_is_said_first() -> None:
    """The opponent's reading: nothing that fails is called a finding, nothing unheld is held."""
    first = {name: material(one) for name, one in SESSIONS.items()}
    said = {name: json.loads(inquiry_document(one))["front"]["verdict"][0]
            for name, one in first.items()}  # fmt: skip
    assert said["a cheat"][0].startswith("The respondent's material is not that of what it sealed")
    assert said["a bribed tribunal"][0].startswith("What the tribunal signed does not follow")
    assert "does not follow" not in said["derived by other versions"][0]
    assert "with other versions than the tribunal names" in said["derived by other versions"][1]
    assert (
        said["aborted"][0]
        == "The respondent ended the session, in this copy before a result: “too late”."
    )
    assert "step “commit” awaits the claimant and the respondent" in said["begun"][0]
    assert "tribunal's word" in said["answers"][1] and "derived again" in said["weights"][1]
    assert "Without controls nothing follows" in said["sets without controls"][0]
    for name, one in first.items():
        text = inquiry_document(one).decode()
        assert ("No control was given" in text) is (
            name.endswith("s without controls") and "sets" not in name
        ), name
        if SESSIONS[name].terms.material == "set":
            assert not re.search(r"\b(models?|tensors?)\b", text), name
        ended = SESSIONS[name].aborted != ""
        assert ("Each but the terms and the abort names" in text) is ended
        assert ("Each but the terms names" in text) is not ended
    assert "“other 7” holds the same as “other 1”" in inquiry_document(
        first["controls that are the same"]).decode()  # fmt: skip
    begun = inquiry_document(first["begun"]).decode()  # nobody has committed to anything yet
    assert "had committed to their materials" not in begun
    assert "had committed to their materials" in inquiry_document(first["aborted"]).decode()
    assert all("not to what a service runs" in lines[-1] for lines in said.values())


@pytest.mark.parametrize("name", [n for n, one in SESSIONS.items() if one.told])
def test_the_signed_text_speaks_of_what_was_compared(name: str) -> None:
    """Of sets, of models, or of answers; whether controls were given, and which are the same."""
    one = SESSIONS[name]
    assert one.told is not None
    text = "\n".join(report_lines(one.told))
    if one.terms.material == "set":
        assert not re.search(r"\b(models?|tensors?)\b", text)
    assert ("No control was given" in text) is (name in ("models without controls",
                                                         "answers without controls"))  # fmt: skip
    assert ("holds the same as" in text) is (name == "controls that are the same")


@pytest.mark.parametrize("name", ["weights", "answers", "sets"])
def test_whose_message_hands_a_material_over(name: str) -> None:
    """A side's, with its share of the second coin; of sets nobody's, and never the tribunal's."""
    rows = [course_row(SESSIONS[name], n) for n in range(len(SESSIONS[name].course))]
    said = {who: what for _, who, what, _ in rows if "share of the audit's coin" in what}
    handing = {who for who, what in said.items() if "material" in what}
    assert len(said) == 3 and handing == (set() if name == "sets" else set(SIDES))


def test_the_signed_text_says_which_models_given_as_controls_are_the_same() -> None:
    told = SESSIONS["weights"].told
    assert told is not None and told.found is not None
    first, *rest = told.found.conclusions
    note = "b: weights of a; they count once"
    noted = replace(told.found, conclusions=(replace(first, notes=(note, "else")), *rest))
    text = "\n".join(report_lines(replace(told, found=noted)))
    assert f"  {note}.\n" in text and "else" not in text.split("Bound")[0]


def test_the_signed_text_says_what_ties_answers_to_anything() -> None:
    told = SESSIONS["answers"].told
    assert told is not None
    text = "\n".join(report_lines(told))
    assert "no difference was found on 12 prompts. That is no proof" in text
    assert "they are not those of one model under the same settings" in text
    assert "they agree on the next token as relatives do" in text
    assert re.search("respondent's answers are not tied to the weights", text)
    without = replace(told, ties=(replace(TIES[0], found=(
        Underpowered(method="model-equality/1", reason="too few repetitions"),)),))  # fmt: skip
    text = "\n".join(report_lines(without))
    assert "model-equality: cannot be run: too few repetitions." in text


def test_whoever_waits_or_has_ended_is_told_what_to_do() -> None:
    """A newcomer's walk: the result is taken, and nothing said where it can be read."""
    assert list(taken_lines(["report.txt, as the tribunal signed it"], (), (), ""))[-1] == READ
    assert READ not in list(taken_lines(["7 result, tribunal"], (), (), ""))
    assert list(course_lines("5" * 64, (), (), ""))[-1].endswith(READ)
    (waiting,) = said_lines((), ("tribunal",), "join")
    assert waiting.endswith("`filiation blind take` takes what was handed over.")
