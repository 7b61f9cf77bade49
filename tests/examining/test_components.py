"""A body and what stands beside it are concluded on apart, whatever their maker calls them."""

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

import towers
from filiation.casefile.codec import examination_bytes, examination_from_bytes
from filiation.errors import CaseError
from filiation.examining.plan import fix_plan
from filiation.examining.run import examine
from filiation.examining.weights.plug import weights_material
from filiation.model.examination import Conclusion, Examination, Support
from filiation.model.exhibit import Exhibit
from filiation.model.sketch import Sketch
from filiation.model.stack_found import StackFound
from filiation.report.render.json import render_json
from filiation.report.wording import components_found, headline, stack_sentences
from towers import Tensors

BODY, TOWER, PROJECTOR = towers.body(1, layers=3), towers.tower(2, layers=3), towers.projector(3)
OTHER = towers.body(11, layers=3), towers.tower(12, layers=3), towers.projector(13)
CLIP = {name.removeprefix("vision_tower."): x for name, x in TOWER.items()}
# One form is enough: what is planted in which form is asked elsewhere.
PLAN = {"weights": {"components": ["embedding", "mlp"], "alternatives": ["in-place"]}}


def test_a_child_shares_every_part() -> None:
    found = _states(_concluded(towers.tuned(BODY | TOWER | PROJECTOR, 9)))
    assert found["mlp"] == found["vision"] == "shared"
    assert found["projector"] == "agrees"  # by an order alone, which could have been chosen


def test_a_tower_that_the_source_has_not_is_named() -> None:
    """Nobody may take the answer to be about the whole file where a part of it has no opposite."""
    with TemporaryDirectory() as folder:
        at = Path(folder)
        source = _exhibit(towers.sketched(at / "source", BODY))
        subject = _exhibit(towers.sketched(at / "subject", towers.tuned(BODY, 5) | TOWER))
        found = examine(
            fix_plan(subject=subject, source=source, given=PLAN), subject=subject, source=source
        )
    said = "subject also holds, by its names, a vision tower, and source does not"
    assert any(said in note for note in found.conclusions[0].notes)
    assert not any(said in n for n in _concluded(OTHER[0] | OTHER[1] | OTHER[2]).notes)


def test_a_tower_shared_alone_makes_no_derivation() -> None:
    conclusion = _tower_alone()
    assert (conclusion.support.toward, conclusion.support.reason) == ("neither", "part-only")
    assert [name.partition(":")[0] for name in conclusion.support.of] == ["vision"]
    assert _states(conclusion) == {
        "embedding": "nothing", "attention": "nothing", "mlp": "nothing", "head": "nothing",
        "vision": "shared", "projector": "nothing",
    }  # fmt: skip
    assert "share the vision tower (vision_tower.vision_model.encoder.layers)" in headline(
        conclusion
    )
    assert conclusion.combined.log_p == pytest.approx(0.0, abs=3.0)


def test_an_order_beside_the_body_could_have_been_chosen() -> None:
    """Whoever may still order the units of his projector can make it agree with another's."""
    conclusion = _concluded(OTHER[0] | OTHER[1] | towers.tuned(PROJECTOR, 9))
    assert conclusion.support.reason == "order-could-be-chosen"
    assert _states(conclusion)["projector"] == "agrees"
    assert "That order is of the projector (multi_modal_projector) alone" in headline(conclusion)


def test_a_body_does_not_hide_beside_a_strangers_tower() -> None:
    conclusion = _concluded(towers.tuned(BODY, 5) | OTHER[1] | OTHER[2])
    assert conclusion.support.toward == "derivation"
    assert _states(conclusion)["vision"] == "nothing"
    assert "Nothing found: vision tower" in headline(conclusion)
    assert conclusion.relation.kind != "unknown"


def test_a_stranger_shares_nothing() -> None:
    conclusion = _concluded(OTHER[0] | OTHER[1] | OTHER[2])
    assert conclusion.support.toward == "independence"
    assert set(_states(conclusion).values()) == {"nothing"}
    assert any("no disguise was tried" in said for said in stack_sentences(conclusion))


def test_a_body_renamed_a_tower_is_found_behind_a_decoy() -> None:
    renamed = towers.renamed(towers.tuned(BODY, 5), towers.LLAVA, "vision_tower.")
    conclusion = _concluded(renamed | towers.body(21, width=96, layers=3))
    assert conclusion.support.toward == "derivation"
    assert conclusion.stacks[0].found_in == "vision_tower.layers"
    said = " ".join(stack_sentences(conclusion))
    assert "language body stands under vision_tower.layers in the subject" in said


def test_a_public_component_is_set_aside_by_name_and_number() -> None:
    conclusion = _public_tower().conclusions[0]
    assert conclusion.support.toward == "independence"
    assert _states(conclusion)["vision"] == "public"
    assert "Held by an exhibited public component, and set aside: vision tower" in headline(
        conclusion
    )
    said = " ".join(stack_sentences(conclusion))
    assert "18 of 18 large matrices hold the values of an exhibited public component" in said
    assert "“clip”" in said


def test_no_component_sets_a_body_aside() -> None:
    """Else whoever exhibits the source itself as public makes a copy of it vanish."""
    conclusion = _concluded(towers.tuned(BODY, 5), components={"base": BODY})
    assert conclusion.support.toward == "derivation"
    assert "Nothing of a body is set aside" in " ".join(stack_sentences(conclusion))


def test_a_component_that_holds_nothing_is_said() -> None:
    conclusion = _concluded(OTHER[0], components={"whisper": towers.tower(77, layers=2)})
    assert any("public component whisper: none" in note for note in conclusion.notes)


def test_a_record_is_read_again_and_an_older_one_is_written_as_it_was() -> None:
    found = _public_tower()
    raw = examination_bytes(found)
    assert examination_bytes(examination_from_bytes(raw, "it")) == raw
    assert [one.name for one in found.components] == ["clip"] and not found.controls
    told = json.loads(render_json(found))
    assert told["conclusions"][0]["stacks"][1]["public"] == ["clip"]
    bare = replace(found, components=(), conclusions=(replace(found.conclusions[0], stacks=()),))
    assert b'"stacks"' not in examination_bytes(bare)
    assert b'"components":[]' not in examination_bytes(bare)


def test_laws_of_what_stands_beside() -> None:
    conclusion = _tower_alone()
    with pytest.raises(CaseError, match="the level alone decides"):
        replace(conclusion, support=Support(toward="derivation", reason="level-met"))
    with pytest.raises(CaseError, match="the level alone decides"):
        replace(conclusion, support=Support(toward="independence", reason="powered-and-clean"))
    uncommon = [
        replace(stack, log_p=math.log(1e-3)) if stack.kind == "vision" else stack
        for stack in conclusion.stacks
    ]
    with pytest.raises(CaseError, match="beside the body agrees"):
        replace(
            conclusion,
            stacks=tuple(uncommon),
            support=Support(toward="independence", reason="powered-and-clean"),
        )
    with pytest.raises(CaseError, match="expected some of both"):
        StackFound(kind="vision", stack="visual", aside=(1, 2))


def _states(conclusion: Conclusion) -> dict[str, str]:
    return {one.component.partition(":")[0]: one.state for one in components_found(conclusion)}


def _concluded(subject: Tensors, components: Mapping[str, Tensors] | None = None) -> Conclusion:
    return _examined(subject, components=components or {}).conclusions[0]


@lru_cache
def _tower_alone() -> Conclusion:
    return _concluded(OTHER[0] | TOWER | OTHER[2])


@lru_cache
def _public_tower() -> Examination:
    half = {name: _halved(x) for name, x in CLIP.items()}  # in another precision
    return _examined(OTHER[0] | TOWER, components={"clip": half})


def _examined(subject: Tensors, *, components: Mapping[str, Tensors]) -> Examination:
    with TemporaryDirectory() as folder:
        at = Path(folder)
        sides = {
            "source": _exhibit(_source()),
            "subject": _exhibit(towers.sketched(at / "subject", subject)),
        }
        public = [
            replace(_exhibit(towers.sketched(at / name, tensors)), public=True)
            for name, tensors in components.items()
        ]
        plan = fix_plan(**sides, controls=public, given=PLAN)
        return examine(plan, **sides, controls=public)


@lru_cache
def _source() -> Sketch:
    with TemporaryDirectory() as folder:
        return towers.sketched(Path(folder) / "source", BODY | TOWER | PROJECTOR)


def _exhibit(sketch: Sketch) -> Exhibit:
    return Exhibit(name=sketch.name, materials=(weights_material(sketch),))


def _halved(values: towers.Array) -> towers.Array:
    """To the nearest float16, kept in float32."""
    return values.astype(np.float16).astype(np.float32)
