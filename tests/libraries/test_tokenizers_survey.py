"""Tokenizers of a population: one order in common, through whom, which way where a loss shows."""

import base64
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import bpe
import filiation as fl
from command import CASEBOOK, Command
from filiation.libraries.tokenizers_survey import survey_tokenizers
from filiation.model.vocabulary import Vocabulary
from filiation.report.wording.verbs import survey_sentences


@pytest.fixture(scope="module")
def pairs() -> bpe.Merges:
    return bpe.merges(bpe.text(bpe.language(0), 0), 1_200)


@pytest.fixture(scope="module")
def made(pairs: bpe.Merges) -> list[bytes]:
    return list(dict.fromkeys(a + b for a, b in pairs))


@pytest.fixture(scope="module")
def stranger() -> Vocabulary:
    other = bpe.merges(bpe.text(bpe.language(5), 5), 1_200)
    return bpe.vocabulary("stranger", [a + b for a, b in other])


def pruned(made: Sequence[bytes], share: float, seed: int) -> list[bytes]:
    rng = np.random.default_rng(seed)
    return [token for token in made if rng.random() < share]


def shuffled(made: Sequence[bytes], share: float, seed: int) -> list[bytes]:
    """Every so many blocks of 16 in another order."""
    rng, out = np.random.default_rng(seed), list(made)
    for at in range(0, len(out) - 16, 16):
        if rng.random() < share:
            out[at : at + 16] = [out[at + n] for n in rng.permutation(16)]
    return out


def told(*vocabularies: Vocabulary) -> str:
    return "\n".join(survey_sentences(survey_tokenizers(vocabularies, seed=0)))


def test_a_parent_explains_what_its_children_share(made: list[bytes], stranger: Vocabulary) -> None:
    parent = bpe.vocabulary("parent", made)
    one, other = (bpe.vocabulary(f"child-{n}", shuffled(made, 0.1, n)) for n in (1, 2))
    found = survey_tokenizers([one, stranger, parent, other], seed=0)
    assert found.stemma is not None
    (stock,) = found.stemma.stocks
    assert {*stock.models} == {"parent", "child-1", "child-2"}
    assert {frozenset(sum(link.ends, ())) for link in found.stemma.links} == {
        frozenset({"parent", "child-1"}), frozenset({"parent", "child-2"}),
    }  # fmt: skip
    assert found.stemma.alone == ("stranger",)
    assert all(link.later is None for link in found.stemma.links)
    assert (len(found.pairs), len(found.absent)) == (3, 3)


def test_who_lost_the_parts_of_its_tokens_came_later_if_a_third_holds_them(
    made: list[bytes], stranger: Vocabulary
) -> None:
    whole = bpe.vocabulary("whole", made)
    fewer = bpe.vocabulary("fewer", pruned(made, 0.7, 1))
    third = bpe.vocabulary("third", [*shuffled(made, 0.1, 7), b"one more token"])
    apart = told(whole, fewer, stranger)
    assert "No other model holds what it lacks" in apart
    assert "came after" not in apart

    said = told(whole, fewer, stranger, third)
    assert "“fewer” came after “whole”: it holds tokens of “whole” in their places" in said
    assert "could have made the earlier one from it" in said


def test_what_was_added_at_the_end_or_cut_off_there_shows_no_direction(
    made: list[bytes], stranger: Vocabulary
) -> None:
    whole, first = bpe.vocabulary("whole", made), bpe.vocabulary("first", made[:700])
    glued = [b"wholly-" + token for token in made[-40:]]  # of no two tokens
    more = bpe.vocabulary("more", [*made, *glued])
    assert "came after" not in told(whole, first, more, stranger)
    assert "holds tokens of" not in told(whole, first, more, stranger)


def test_what_another_makes_and_one_has_appended_is_no_loss(made: list[bytes]) -> None:
    """As a published vocabulary appends words that a relative's training made from their parts."""
    relative = bpe.vocabulary("relative", made)
    appended = bpe.vocabulary("appended", [*made[:800], *pruned(made[800:], 0.3, 2)[::-1]])
    third = bpe.vocabulary("third", shuffled(made, 0.1, 7))
    said = told(relative, appended, third)
    assert "“relative” and “appended” (0." in said
    assert "came after" not in said
    assert "holds tokens of" not in said


def test_one_order_under_other_ids_is_one(made: list[bytes], stranger: Vocabulary) -> None:
    parent = bpe.vocabulary("parent", made)
    turned = replace(
        parent, name="turned", tokens=parent.tokens[::-1],
        order=tuple(len(parent.tokens) - 1 - n for n in parent.order),
    )  # fmt: skip
    found = survey_tokenizers([parent, stranger, turned], seed=0)
    assert found.stemma is not None
    assert found.stemma.copies == (("parent", "turned"),)
    assert found.models == ("parent", "stranger")


def test_strangers_of_one_language_are_alone() -> None:
    found = survey_tokenizers(
        [
            bpe.vocabulary(
                f"v{n}", [a + b for a, b in bpe.merges(bpe.text(bpe.language(0), n), 800)]
            )
            for n in range(4)
        ],
        seed=0,
    )
    assert found.stemma is not None
    assert found.stemma.stocks == ()
    assert len(found.stemma.alone) == 4
    assert found.screening is not None
    assert found.screening.bar == pytest.approx(1e-6 / 6)


def saved(folder: Path, name: str, made: Sequence[bytes]) -> Path:
    tokens = [*(bytes([n]) for n in range(256)), *made]
    path = folder / f"{name}.tiktoken"
    path.write_bytes(b"".join(base64.b64encode(t) + b" %d\n" % n for n, t in enumerate(tokens)))
    return path


def test_the_verb_reads_files_and_folders_and_a_bad_one_is_a_row(
    filiation: Command, tmp_path: Path, made: list[bytes]
) -> None:
    one, other = saved(tmp_path, "one", made), saved(tmp_path, "other", shuffled(made, 0.3, 1))
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "tokenizer.json").write_text('{"model": {"vocab": {"a": 0, "b": 0}}}')
    done = filiation("survey", one, other, tmp_path / "bad", "--out", tmp_path / "s", "-q")
    told = " ".join(done.out.split())
    assert done.code == 0
    assert "merge-order: 1 pairs" in told
    assert "“one” and “other” (0." in told
    assert "bad: " in told
    assert "both have id 0" in told
    assert "sharing weights" not in told
    assert {path.name for path in (tmp_path / "s").iterdir()} == {
        "survey.json", "stemma.svg", "stemma.nwk", "matrix.svg",
    }  # fmt: skip
    read = json.loads((tmp_path / "s" / "survey.json").read_text())
    assert (read["kind"], read["aside"][0]["name"]) == ("tokenizers", "bad")
    assert "weights" not in (tmp_path / "s" / "stemma.nwk").read_text()

    models = [CASEBOOK / name for name in ("parent", "stranger-2", "other-architecture")]
    lying = filiation("survey", *models, tmp_path / "bad", "--only", "tokenizers", "-q")
    assert "“parent”, “stranger-2” list the same tokens" in " ".join(lying.out.split())
    mixed = filiation("survey", one, CASEBOOK / "parent", "-q")
    assert (mixed.code, "checkpoints and tokenizers together" in mixed.err) == (2, True)
    wrong = filiation("survey", one, other, "--only", "weights", "-q")
    assert (wrong.code, "found tokenizers; a survey compares weights" in wrong.err) == (2, True)


def test_it_goes_through_the_api(tmp_path: Path, made: list[bytes]) -> None:
    one, other = saved(tmp_path, "one", made), saved(tmp_path, "other", made[:900])
    found = fl.survey([one, other])
    assert found.newick is not None
    assert found.records()[0]["log10_p"] < -6
    assert "svg" in found._repr_html_()
