"""`filiation owner` as an owner uses it."""

import json
from pathlib import Path

import numpy as np
import pytest

from command import CASEBOOK, Command
from filiation.report.wording import forbidden
from owner_files import measured, numbered
from readers.answers.writing import answer, lines


@pytest.fixture
def order(tmp_path: Path) -> Path:
    """Two hundred examples, and likelihoods that remember the late ones."""
    rng = np.random.default_rng(0)
    seen = rng.permutation(200)
    ease = rng.normal(size=200) * 10 - 60
    lines(
        tmp_path / "order.jsonl", [{"example": f"e{n}", "seen": int(s)} for n, s in enumerate(seen)]
    )
    told = {
        "b": ease + seen / 10 + rng.normal(size=200) - 30,
        "stranger": ease + rng.normal(size=200) - 5,
        "r": ease,
    }
    for name, values in told.items():
        measured(tmp_path / f"{name}.jsonl", tmp_path / "order.jsonl", numbered(values))
    return tmp_path


def test_training_order_in_words(order: Path, filiation: Command) -> None:
    done = filiation(
        "owner", "training-order", order / "order.jsonl", "--subject", order / "b.jsonl",
        "--reference", order / "r.jsonl",
    )  # fmt: skip
    said = " ".join(done.out.split())

    assert done.code == 0
    assert "Training-order test on “b”" in said
    assert "This meets the level of 1 in 1,000" in said
    assert said.startswith("Declared list: no later public value drew it")
    assert "its maker could have chosen the list, the level and the references" in said
    assert "which its maker says was fixed beforehand" in said
    assert "without a commitment" in said
    assert "p by references: without" in said
    assert "the date of the texts: not told, not checked" in said
    assert not forbidden(said)


def test_a_stranger_and_what_that_does_not_say(order: Path, filiation: Command) -> None:
    done = filiation(
        "owner", "training-order", order / "order.jsonl", "--subject", order / "stranger.jsonl",
        "--reference", order / "r.jsonl",
    )  # fmt: skip
    said = " ".join(done.out.split())

    assert "This does not meet" in said
    assert "no evidence of independence" in said


def test_a_commitment_is_made_checked_and_recorded(order: Path, filiation: Command) -> None:
    listed, kept = order / "order.jsonl", order / "commitment.json"
    assert filiation("owner", "commit", listed, "-o", kept).code == 0
    words = (
        "owner", "training-order", listed, "--subject", order / "b.jsonl",
        "--reference", order / "r.jsonl", "--json",
    )  # fmt: skip
    once, again = (filiation(*words, "--commitment", kept) for _ in range(2))

    assert once.out == again.out
    found = once.json
    assert found["commitment"]["sha256"] == found["list"]["sha256"]
    assert found["finding"]["log10_p"] < -3
    assert found["met"] is True
    assert filiation("owner", "commit", listed, "-o", kept).code == 2
    listed.write_text(listed.read_text() + '{"example": "late", "seen": 3}\n')
    changed = filiation(*words, "--commitment", kept)
    assert changed.code == 3
    assert "is another one, or was changed since" in changed.err


def test_canaries(tmp_path: Path, filiation: Command) -> None:
    entries = [
        {"example": f"e{n}", "group": f"g{n // 10}", "planted": n % 10 == 3} for n in range(60)
    ]
    lines(tmp_path / "canaries.jsonl", entries)
    rng = np.random.default_rng(1)
    values = [float(rng.normal() - 40 + 20 * bool(e["planted"])) for e in entries]
    measured(tmp_path / "b.jsonl", tmp_path / "canaries.jsonl", numbered(values))
    done = filiation(
        "owner", "canary", tmp_path / "canaries.jsonl", "--subject", tmp_path / "b.jsonl"
    )
    said = " ".join(done.out.split())

    assert done.code == 0
    assert "6 of 6 stand first" in said
    assert "log10 -6" in said


def test_keys(tmp_path: Path, filiation: Command) -> None:
    keys = [
        {"id": f"k{n}", "prompt": f"p{n}?", "key": f"yes{n}", "decoys": ["no", "maybe", "never"]}
        for n in range(12)
    ]
    lines(tmp_path / "keys.jsonl", keys)
    said = [answer("b", str(k["id"]), f"It is {k['key']}.", prompt=k["prompt"]) for k in keys]
    said += [answer("c", str(k["id"]), "no", prompt=k["prompt"]) for k in keys]
    lines(tmp_path / "said.jsonl", said)
    words = ("owner", "keyed", tmp_path / "keys.jsonl", "--json")
    found = filiation(*words, "--subject", f"{tmp_path / 'said.jsonl'}#b").json
    other = filiation(*words, "--subject", f"{tmp_path / 'said.jsonl'}#c").json

    assert found["finding"]["log10_p"] == pytest.approx(-12 * np.log10(4))
    assert (other["finding"]["log10_p"], other["met"]) == (0.0, False)
    assert "yes3" not in json.dumps(found)
    several = filiation(*words, "--subject", f"{tmp_path / 'said.jsonl'}#*")
    assert several.code == 2


def test_what_cannot_be_examined_is_said(order: Path, filiation: Command) -> None:
    few = measured(order / "few.jsonl", order / "order.jsonl", numbered([-1.0, -2.0]))
    reference = ("--reference", order / "r.jsonl")
    done = filiation(
        "owner", "training-order", order / "order.jsonl", "--subject", few, *reference, "--json"
    )
    assert done.code == 0
    assert done.json["absent"]["kind"] == "underpowered"
    assert done.json["met"] is None
    assert done.json["counted"] == {"planned": 200, "measured": 2, "missing": 198}
    bare = filiation("owner", "training-order", order / "order.jsonl", "--subject",
                     order / "b.jsonl", "--json")  # fmt: skip
    assert "there is no reference" in bare.json["absent"]["reason"]
    wrong = filiation(
        "owner", "training-order", order / "order.jsonl", "--subject", few, *reference,
        "--level", "2",
    )  # fmt: skip
    assert wrong.code == 2


def test_likelihoods_need_texts_and_are_not_overwritten(order: Path, filiation: Command) -> None:
    taken = filiation(
        "owner", "likelihoods", CASEBOOK / "parent", order / "order.jsonl", "-o", order / "b.jsonl"
    )
    assert (taken.code, "nothing is overwritten" in taken.err) == (2, True)
    bare = filiation(
        "owner", "likelihoods", CASEBOOK / "parent", order / "order.jsonl", "-o", order / "n.jsonl"
    )
    assert (bare.code, "neither 'text' nor 'tokens'" in bare.err) == (3, True)


@pytest.mark.validate
@pytest.mark.filterwarnings("ignore")  # transformers' own
def test_likelihoods_of_a_local_model(tmp_path: Path, filiation: Command) -> None:
    pytest.importorskip("transformers")
    listed = lines(
        tmp_path / "texts.jsonl",
        [{"example": "words", "text": "import sys"}, {"example": "ids", "tokens": [5, 6, 7]}],
    )
    out = tmp_path / "l.jsonl"
    assert filiation("owner", "likelihoods", CASEBOOK / "parent", listed, "-o", out, "-q").code == 0
    head, *rows = [json.loads(line) for line in out.read_text().splitlines()]

    assert head["likelihoods"]["model"] == "parent"
    assert rows[1]["tokens"] == 2
    assert all(row["log_likelihood"] < 0 for row in rows)
    torch = pytest.importorskip("torch")
    from validate_outputs.owner import casebook_network, window_likelihoods

    own = window_likelihoods(casebook_network("parent"), torch.tensor([[5, 6, 7]]), ["ids"])
    assert rows[1]["log_likelihood"] == pytest.approx(own.values["ids"], rel=1e-4)
