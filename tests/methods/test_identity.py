"""What a model says it is: counts beside controls, context only."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from command import Command
from filiation.errors import UsageError
from filiation.methods.answers.identity import LANGUAGES, identities, names_in
from filiation.model.recording import Item, Recording

ASKED = [(language, n) for language in sorted(LANGUAGES) for n in range(7)]


def says(name: str, *, own: str, foreign: str = "", share: float = 0.0, seed: int = 0) -> Recording:
    rng = np.random.default_rng([seed, len(name)])
    items = tuple(Item(id=f"{c}{n}", prompt=f"who {c}{n}?", category=c) for c, n in ASKED)
    outputs = tuple(f"I am {foreign if rng.random() < share else own}." for _ in ASKED)
    return Recording(name=name, items=items, outputs=outputs)


def controls(count: int) -> list[Recording]:
    return [
        says(f"c{n}", own=("ChatGPT", "Qwen")[n % 2], foreign="Claude", seed=n,
             share=0.1 + 0.02 * (n % 3))
        for n in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "names"),
    [("I'm ChatGPT, made by OpenAI.", ("ChatGPT / OpenAI",)),
     ("我是通义千问。", ("Qwen / Alibaba",)),
     ("I am a metaphor of llamas", ()), ("GPT-4o mini here", ("ChatGPT / OpenAI",)),
     ("Ich heiße Claude und bin nicht Gemini", ("Claude / Anthropic", "Gemini / Google")),
     ("Qwen2.5", ("Qwen / Alibaba",)), ("", ())],
)  # fmt: skip
def test_names(text: str, names: tuple[str, ...]) -> None:
    assert names_in(text) == names


def test_a_name_that_nobody_else_gives() -> None:
    found = identities(says("s", own="Grok", foreign="DeepSeek", share=0.4), controls(25), "t")
    deep = next(one for one in found.names if one.name == "DeepSeek")
    assert deep.controls == 0
    assert deep.log_p == pytest.approx(math.log(1 / 26))
    assert all(one.log_p >= math.log(1 / 26) - 1e-12 for one in deep.spoken)
    assert found.answers == 98
    assert found.several > 10


def test_under_twenty_controls_nothing_is_said() -> None:
    with pytest.raises(UsageError, match="19 different controls"):
        identities(says("s", own="Grok"), controls(19), "t")
    padded = [*controls(15), *(says(f"d{n}", own="Kimi") for n in range(9))]
    with pytest.raises(UsageError, match="different controls"):
        identities(says("s", own="Grok"), padded, "t")


def test_size_over_whole_models_and_over_languages_apart() -> None:
    """Languages of one model go together: permuted apart they would err far too often."""
    rng = np.random.default_rng(4)
    whole, apart = [], []
    for _ in range(400):
        leaks = rng.beta(0.3, 3.0, size=21)
        table = rng.binomial(7, leaks[:, None], size=(21, 14)) / 7
        spread = table.std(axis=0)
        score = ((table - table.mean(axis=0)) / np.where(spread > 0, spread, 1.0)).sum(axis=1)
        whole.append((score >= score[0] - 1e-9).mean())
        ranks = (table >= table[:1] - 1e-9).mean(axis=0)
        apart.append(-2.0 * np.log(ranks).sum())
    from scipy.stats import chi2

    assert np.mean(np.array(whole) <= 0.05) <= 0.05 + 3 * 0.011
    assert np.mean(chi2.sf(apart, 28) <= 0.05) > 0.1


def test_context_and_never_a_finding(tmp_path: Path, filiation: Command) -> None:
    said = filiation("identity", "examples/answers/identity.jsonl.xz#suspect", "--control",
                     "examples/answers/identity.jsonl.xz#*")  # fmt: skip
    assert said.code == 0, said.err
    words = " ".join(said.out.split())
    assert "beside 24 controls in the same languages" in words
    assert "This is context and no finding" in words
    assert "a quarter to a third of models" in words
    done = filiation("identity", "examples/answers/identity.jsonl.xz#suspect", "--control",
                     "examples/answers/identity.jsonl.xz#*", "--json")  # fmt: skip
    assert json.loads(done.out)["context_only"] is True
    few = filiation("identity", "examples/answers/identity.jsonl.xz#suspect", "--control",
                    "examples/answers/identity.jsonl.xz#model-01")  # fmt: skip
    assert few.code == 2
    assert "1 different controls answered" in few.err
