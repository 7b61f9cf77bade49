"""Methods on log-probabilities, on real models: size on strangers, and which children are found."""

import itertools
import math
from collections.abc import Mapping

import numpy as np
import pytest

from filiation.methods.answers.output_subspace import OutputSubspace
from filiation.methods.answers.texts_survey import judge_all
from filiation.methods.answers.token_agreement import TokenAgreement, agreement
from filiation.model.finding import Finding
from filiation.model.recording import Recording
from validate_outputs.mmlu_pro import TABLE, family_of, recordings

pytestmark = pytest.mark.validate


@pytest.fixture(scope="module")
def told() -> Mapping[str, Recording]:
    pytest.importorskip("torch")
    pytest.importorskip("tokenizers")
    from validate_outputs.next_tokens import INDEPENDENT, held_out_prompts, next_tokens

    prompts = held_out_prompts(200)
    children = ("permuted", "quantised-4bit", "fine-tuned", "distilled")
    return {name: next_tokens(name, prompts) for name in (*INDEPENDENT, *children)}


@pytest.mark.parametrize(
    "method", [TokenAgreement(), OutputSubspace()], ids=lambda m: m.id.split("/")[0]
)
def test_strangers_of_one_text_and_order_are_not_accused(
    told: Mapping[str, Recording], method: TokenAgreement | OutputSubspace
) -> None:
    from validate_outputs.next_tokens import examined, pairs

    found = pairs(method, told)
    assert len(found) == 21
    assert min(found) > 0.02
    assert sum(p <= 0.2 for p in found) <= 10
    for child in ("permuted", "quantised-4bit", "fine-tuned"):
        out = examined(method, told, "parent", child)
        assert isinstance(out, Finding)
        assert out.log_p <= math.log(0.02)
        assert out.lineup[0].who == "subject"


def test_a_copy_shares_every_direction_and_a_student_hardly_any(
    told: Mapping[str, Recording],
) -> None:
    from validate_outputs.next_tokens import examined

    copy = examined(OutputSubspace(), told, "parent", "permuted")
    student = examined(OutputSubspace(), told, "parent", "distilled")
    assert isinstance(copy, Finding)
    assert isinstance(student, Finding)
    assert "within one in a thousand: 80, with the closest control 0" in copy.combination
    assert "within one in a thousand: 80" not in student.combination


@pytest.mark.skipif(not TABLE.exists(), reason=f"{TABLE} is not here")
def test_letters_of_public_models_keep_the_size() -> None:
    """The letter chosen on a question as the token: 29 models, pairs of different makers."""
    models = recordings()
    families = {model.name: family_of(model.name) for model in models}
    picked = np.random.default_rng(0).permutation(len(models[0].items))[:2000]
    numbers: dict[str, int] = {}
    codes = np.array(
        [
            [
                -1 if (said := m.outputs[n]) is None else numbers.setdefault(said, len(numbers))
                for m in models
            ]
            for n in picked
        ]
    )
    names = [model.name for model in models]
    table = agreement(codes, len(names))
    log_p = judge_all(names, table, families, fewest_items=50).log_p
    strangers = [
        log_p[a, b]
        for a, b in itertools.combinations(range(len(names)), 2)
        if families[names[a]] != families[names[b]]
    ]
    assert len(strangers) == 358
    assert np.mean(np.array(strangers) <= math.log(0.01)) <= 0.01
    assert np.mean(np.array(strangers) <= math.log(0.05)) <= 0.05
