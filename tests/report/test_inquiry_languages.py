"""A report on served answers in other languages: whatever its outcome, no English is left."""

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Final

import numpy as np
import pytest

from filiation.casefile import facts
from filiation.casefile.ledger.event import Event, Written
from filiation.casefile.state import Entry
from filiation.methods.owner.served_twins import ServedTwins
from filiation.model.drawn import Drawn
from filiation.model.finding import Absent, Finding, Underpowered, Unreadable
from filiation.model.inquiry import InCase, Inquiry, TwinsShown
from filiation.model.owner import Beside, Counted, Likelihoods, OwnerExamination
from filiation.model.served import Exchange
from filiation.model.subject import Subject
from filiation.report.inquiry.compose import inquiry_document
from filiation.report.inquiry.gather import InquiryMaterial
from filiation.report.languages.catalogue import LANGUAGES
from filiation.report.languages.translated import translated
from report import cases

PROMPTS, TWINS = 60, 4
DRAWN: Final = Drawn(
    commitment="c" * 64, fixed="2026-03-02T09:00:00Z",
    attested=f"case {'ab' * 16}, event 3; acme: commitment 1 of 2", trusted=True,
    valued="2026-03-02T10:00:00Z", source="coin (event 5), tossed by lead", known=True, lot=1,
    lots=1, level=0.001, missing="worst",
)  # fmt: skip


def listed(prompts: int = PROMPTS, *, same: int = 0, lost: int = 0) -> list[Exchange]:
    """Exchanges, half of them with others; some twins equal the answer or are not handed over."""
    return [
        Exchange(id=f"x{n}", prompt=f"p{n}", answer=f"a{n}", to="group" if n % 2 else "others",
                 twins=(f"a{n}" if n < same else f"b{n}", None if n < lost else f"c{n}",
                        f"d{n}", f"e{n}"))
        for n in range(prompts)
    ]  # fmt: skip


def model(name: str, exchanges: list[Exchange], table: np.ndarray) -> Likelihoods:
    values = {
        key: float(v) for one, row in zip(exchanges, table, strict=True)
        for key, text, v in zip(one.names, (one.answer, *one.twins), row, strict=True)
        if text is not None and not math.isnan(v)
    }  # fmt: skip
    return Likelihoods(name=name, digest=name, values=values, tokens={}, model=name)


def asked(
    exchanges: list[Exchange], *, group: float = 0.0, others: float = 0.0, source: float = 0.0,
    told: int = PROMPTS, holes: int = 0, odd: float = 0.0, alone: bool = False,
) -> tuple[Finding | Absent, tuple[Beside, ...]]:  # fmt: skip
    """The test, of a subject that learnt so much."""
    rng = np.random.default_rng(18)
    ease = -50.0 + 8.0 * rng.normal(size=(len(exchanges), 1 + TWINS))
    found = ease + 2.0 * rng.normal(size=ease.shape)
    found[:, 0] += [group if one.to == "group" else others for one in exchanges]
    found[told:] = -7.0
    found[: max(0, holes), 0] = np.nan
    found[:] = np.nan if holes < 0 else found
    base = ease + rng.normal(size=ease.shape)
    base[:, 0] += odd
    ease[:, 0] += source
    return ServedTwins().examine(
        exchanges, model("b", exchanges, found), model("s", exchanges, ease),
        [] if alone else [model("r", exchanges, base)], fixed=True,
    )  # fmt: skip


def examination(
    outcome: Finding | Absent, beside: tuple[Beside, ...], *notes: str
) -> OwnerExamination:
    words = ServedTwins().words
    return OwnerExamination(
        tool="filiation 1.0.0", test="served-twins", list_name="drawn.jsonl",
        list_sha256="a" * 64, commitment=None, subject=subject("b"),
        others=(subject("s"), subject("r")), level=0.001, seed=7, outcome=outcome,
        counted=Counted(planned=300, measured=290), drawn=DRAWN, beside=beside,
        notes=("twins from snapshot 5555555555555555.. with temperature 0.8, top_p 0.95, "
               "stop None", "30 prompts of the group", "30 prompts of others",
               "measured by log-likelihoods", *notes),
        words=(("served-twins", words), (outcome.method, words)),
    )  # fmt: skip


def subject(name: str) -> Subject:
    return Subject(name=name, kind="answers", digest=cases.digest(name), kept=cases.digest(name))


def outcomes() -> Iterator[tuple[str, OwnerExamination]]:
    whole = listed()
    yield "met", examination(*asked(whole, group=5.0))
    yield "met, others known", examination(*asked(whole, group=5.0, others=9.0))
    yield "not met", examination(*asked(whole))
    alone = [one for one in listed(120) if one.to == "group"]
    yield "no others", examination(*asked(alone, group=5.0))
    some = listed(same=7, lost=2)
    yield "some missing", examination(*asked(some, group=5.0, holes=4), "2 twins not handed over")
    yield "no reference", examination(*asked(whole, group=12.0, alone=True))
    yield "neighbouring", examination(*asked(listed(600), source=-0.8))
    yield "too few speak", examination(*asked(whole, told=21))
    yield "nothing measured", examination(*asked(whole, holes=-1))
    yield "twins picked", examination(*asked(whole, source=9.0))
    yield "twins picked, too low", examination(*asked(whole, source=-9.0))
    yield "few whole", examination(*asked(listed(lost=50)), "50 twins not handed over")
    yield "a reference knows", examination(*asked(listed(200), odd=9.0))
    outcome, beside = asked(whole)
    yield (
        "refused",
        examination(
            Underpowered(
                method=outcome.method,
                reason="10 of 300 items were not measured, and the commitment refuses a list that "
                "is not measured whole",
            ),
            beside,
        ),
    )
    yield (
        "incomplete",
        examination(
            Unreadable(
                method=outcome.method,
                reason="reference s lacks 3 of 300 texts, expected all: what is left out of a "
                "reference could be chosen",
            ),
            (),
        ),
    )


def document(made: OwnerExamination, case: InCase) -> dict[str, object]:
    shown = TwinsShown(
        observed=0.5, draws=tuple(n / 100 for n in range(-20, 20)), subject=(9, 8, 7, 6, 5),
        source=(7, 7, 7, 7, 7), others=(3, 3, 3, 3, 3),
    )  # fmt: skip
    found = Inquiry(
        question="served-twins", asked=case, environment=(), twins=made,
        shown=shown if isinstance(made.outcome, Finding) else None,
    )  # fmt: skip
    fact = facts.Inquired(exhibit="served", question="served-twins", plan="f" * 64)
    event = Event(
        case="ab" * 16, sequence=9, time="2026-03-02T09:12:00.000000Z", actor="first", key="k",
        verb="examine", tool="filiation 1.0.0", arguments={}, reads={},
        writes=(Written(what="inquiry", sha256="d" * 64, size=9),),
        facts=facts.fact_fields(fact), root="00" * 32,
    )  # fmt: skip
    material = InquiryMaterial(
        found=found, entry=Entry(event=event, fact=fact), case="ab" * 16, title="Acme and Basel",
        lead="lead", size=12, root="ee" * 32,
    )  # fmt: skip
    read: dict[str, object] = json.loads(inquiry_document(material))
    return read


IN_CASE: Final = InCase(
    exhibit="served", offered_by="acme", entered=6, planned=3, planned_by="acme", plan="f" * 64,
    coin=5, tossed_by="lead", place=1,
)  # fmt: skip
WITH_MORE: Final = replace(IN_CASE, others=("first-try", "second-try"), place=2, drawn_again=True)


@cache
def made() -> dict[str, OwnerExamination]:
    return dict(outcomes())


def test_outcomes_are_those_that_they_are_called() -> None:
    kinds = {name: type(one.outcome).__name__ for name, one in made().items()}
    assert [n for n, k in kinds.items() if k == "Finding"] == [
        "met", "met, others known", "not met", "no others", "some missing", "no reference",
    ]  # fmt: skip
    assert [one.met for one in made().values()][:5] == [True, True, False, True, True]
    said = {name: getattr(one.outcome, "reason", "") for name, one in made().items()}
    assert "fails the test in the subject's place" in said["a reference knows"]
    assert "not the one that answered" in said["neighbouring"]
    assert "too high" in said["twins picked"] and "too low" in said["twins picked, too low"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", [IN_CASE, WITH_MORE], ids=["alone", "with more"])
def test_no_english_is_left(language: str, case: InCase) -> None:
    left = {
        sentence: name
        for name, one in made().items()
        for sentence in translated(document(one, case), language)["english"]
    }
    assert left == {}


def test_names_of_models_stay_and_hide_nothing() -> None:
    """A model that is called as words of ours are: quoted, so that no sentence is taken for his."""
    named = replace(made()["met"], subject=subject("length"), beside=(
        Beside(how="in-place", name="1 in 100 (opposite direction 1), s", log_p=-3.0, opposite=0.0),
        Beside(how="with", name="too high, without", log_p=-5.0),
    ))  # fmt: skip
    found = translated(document(named, IN_CASE), "de")
    said = " ".join(str(block.get("text", "")) for block in found["core"])
    assert "“1 in 100 (opposite direction 1), s” 5 zu 100 (Gegenrichtung 1)" in said
    assert "mit “too high, without” 7 zu 1 000" in said
    assert "Zwillingstest an “length”" in said
