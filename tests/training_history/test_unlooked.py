"""A share of the source's attention, in axes of its own: seen as it comes, else named."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from filiation.examining.trainings import claims
from filiation.examining.trainings.measured import measured
from filiation.examining.trainings.unlooked import held_by_parts, with_unlooked
from filiation.model.sketch import Sketch
from filiation.model.training import (
    CLAIMS,
    HistoryExamined,
    Seen,
    TrainingClaim,
    TrainingHistory,
    TrainingPoint,
    Whole,
)
from filiation.report.languages.catalogue import read_catalogue
from filiation.report.languages.translated import sentences_in, sentences_of
from filiation.report.render.training import examined_fields
from filiation.report.wording.trained import RESTS
from filiation.report.wording.training import (
    AMONG,
    FEATURES,
    LIMITS,
    WHY,
    conclusion_words,
    history_lines,
)
from size.shape import TINY, Weights
from training_history.walks import BANDS, taken, wandering
from trainings.forging import Runs, blended_in


@cache
def forged(strength: int, share: float, way: str) -> tuple[Sketch, ...]:
    runs = Runs(source=wandering(seed=7), own=wandering(), shape=TINY)
    return tuple(taken(blended_in(runs, strength, "attention", share, way)))


@pytest.mark.parametrize("strength", [1, 2])
@pytest.mark.parametrize("share", [0.25, 0.4])
@pytest.mark.parametrize("way", ["at once", "over three points"])
def test_attention_that_is_put_in_goes_too_far_in_its_step(
    way: str, share: float, strength: int
) -> None:
    """It kept every unit of the MLPs in place, and no method of (d) sees it: all claims held."""
    points = forged(strength, share, way)
    honest, found = measured(taken(wandering()), seed=0), measured(points, seed=0)
    assert honest is not None and found is not None
    assert np.nanmax(honest.uneven) < BANDS["uneven"].high < np.nanmax(found.uneven)
    claim = claims.judged_steps(found, BANDS)
    assert claim.outcome != "holds"
    told = {row[2:] for row in claim.figures if row[0] == "uneven"}
    assert claim.outcome == "fails" or told == {(BANDS["uneven"].low, BANDS["uneven"].high)}


def test_uneven_steps_alone_fail_nothing() -> None:
    """How evenly the attention of a large training goes is not known."""
    way = measured(taken(wandering()), seed=0)
    assert way is not None
    found = claims.judged_steps(replace(way, uneven=np.full(len(way.uneven), 1e5)), BANDS)
    assert (found.outcome, found.why, found.place) == ("open", "near-bands", 1)


def test_a_model_without_attention_is_held_against_the_other_bands() -> None:
    bare = [replace(one, attention=()) for one in taken(wandering())]
    way = measured(bare, seed=0)
    assert way is not None and np.isnan(way.uneven).all()
    assert claims.judged_steps(way, BANDS).outcome == "holds"


def _powered(point: object) -> Whole:
    power = (Seen(component="mlp", alternative="in-place", share=0.25, cosine=0.9),)
    return Whole(toward="independence", reason="powered-and-clean", power=power)


def supported(weights: Weights) -> HistoryExamined:
    """A history that supports independence, whose last checkpoint this is."""
    point, other = taken([weights, wandering(seed=7)[-1]])
    contact = claims.claim_contact([point], other, _powered, seed=0)
    assert contact.outcome == "holds"
    held = [TrainingClaim(claim=one, outcome="holds", why="in-bands") for one in CLAIMS]
    history = TrainingHistory(
        points=tuple(
            TrainingPoint(name=f"{n}", file="", digest="", subject="", step=n) for n in (0, 9)
        )
    )
    said = tuple(contact if one.claim == "contact" else one for one in held)
    return HistoryExamined(history=history, source="theirs", claims=said)


def test_the_headline_names_the_class_and_how_much_may_be_such() -> None:
    weights = wandering()[-1]
    found = supported(weights)
    assert found.toward == "independence"
    said, values = next(history_lines(found)), sum(x.size for x in weights.values())
    attending = sum(x.size for n, x in weights.items() if "self_attn" in n) / values
    mlp = sum(x.size for n, x in weights.items() if "mlp" in n) / values
    assert "Nor is a copy of the source's attention excluded, whatever its share" in said
    assert f"That may be up to {attending:.1%} of the values of the last checkpoint." in said
    assert f"and less, up to {0.25 * mlp:.1%} of all values in one class, is not excluded" in said
    power = examined_fields(found)["claims"][3]["power"]
    assert power[-1] == {"component": "attention", "alternative": "own-axes", "share": None,
                         "cosine": 1.0, "values": pytest.approx(attending)}  # fmt: skip


@pytest.mark.parametrize("language", ["de", "fr"])
def test_what_is_said_has_its_words_in_other_languages(language: str) -> None:
    catalogue = read_catalogue(language)
    labels = [WHY["recipe-large"], FEATURES["drawn"], FEATURES["uneven"], AMONG.label, *RESTS]
    for text in (*conclusion_words(supported(wandering()[-1])), *labels, *LIMITS):
        for one in sentences_of(text):
            assert sentences_in(catalogue, one) != one, one


def test_mlps_that_are_not_looked_through_are_named_too() -> None:
    point = taken(wandering()[-1:])[0]
    (seen,) = _powered(point).power
    blind = with_unlooked([seen], point, gated=False)[1:]
    assert [one.component for one in blind] == ["attention", "mlp"]
    held = held_by_parts(point)
    assert math.isclose(sum(one.values or 0.0 for one in blind), held["attention"] + held["mlp"])
    assert with_unlooked((), point, gated=True) == ()
