"""Unpublished phrases among decoys: exact under the lot, and a list that is unfair is refused."""

import itertools
import math

import numpy as np
from scipy.stats import binomtest

from filiation.methods.owner.phrases import PhraseRank
from filiation.model.finding import Finding, Inapplicable, Underpowered, Unreadable
from filiation.model.owner import Phrase
from filiation.model.recording import Item, Recording

METHOD = PhraseRank()


def listed(groups: int, decoys: int, seed: int = 0) -> tuple[Phrase, ...]:
    """Groups of phrases of two words, of which the lot picks one."""
    rng = np.random.default_rng(seed)
    found = []
    for group in range(groups):
        words = [f"weigh g{group}t{n}" for n in rng.permutation(decoys + 1)]
        found.append(Phrase(id=f"p{group}", phrase=words[0], decoys=tuple(words[1:])))
    return tuple(found)


def speaking(name: str, *answers: str, prompt: str = "What now?") -> Recording:
    items = tuple(Item(id=f"q{n}", prompt=f"{prompt} {n}") for n in range(len(answers)))
    return Recording(name=name, items=items, outputs=answers)


def test_p_against_enumeration_of_the_lots() -> None:
    phrases = listed(3, 2)
    subject = speaking("s", *(f"I {p.phrase}, surely." for p in phrases[:2]), "nothing")
    found = METHOD.compare(phrases, subject)
    assert isinstance(found, Finding)
    said = {p.phrase for p in phrases[:2]}
    scores = []
    for lot in itertools.product(*((p.phrase, *p.decoys) for p in phrases)):
        total = 0.0
        for picked, p in zip(lot, phrases, strict=True):
            count = {text: float(text in said) for text in (p.phrase, *p.decoys)}
            total -= math.log(sum(c >= count[picked] for c in count.values()) / 3)
        scores.append(total)
    exact = float(np.mean([score >= scores[0] - 1e-9 for score in scores]))
    assert found.observed == 2.0
    assert math.isclose(found.log_p, math.log(exact), rel_tol=1e-6)
    assert math.isclose(exact, 1 / 9)


def test_size_over_lots_of_a_talkative_subject() -> None:
    """Whatever it likes to say, the lot decides which of its words were the phrase."""
    rng = np.random.default_rng(1)
    said = [f"I weigh g{int(rng.integers(12))}t{int(rng.integers(4))}." for _ in range(60)]
    subject = speaking("s", *said)
    found = [METHOD.compare(listed(12, 3, seed), subject) for seed in range(300)]
    log_ps = np.array([one.log_p for one in found if isinstance(one, Finding)])
    assert log_ps.size == 300
    for alpha in (0.01, 0.05, 0.2):
        hits = int((log_ps <= math.log(alpha)).sum())
        assert binomtest(hits, 300, alpha, alternative="greater").pvalue > 1e-5


def test_a_subject_that_uses_a_third_of_them_is_found() -> None:
    phrases = listed(30, 4)
    subject = speaking("s", *(f"So I {p.phrase} first." for p in phrases[:10]))
    found = METHOD.compare(phrases, subject, [speaking("c", "Nothing of it.")])
    assert isinstance(found, Finding) and found.log_p < math.log(1e-3)
    silent = METHOD.compare(phrases, speaking("s", "Nothing of it."))
    assert isinstance(silent, Underpowered) and "none of the decoys" in silent.reason


def test_a_list_whose_decoys_nobody_would_say_is_refused() -> None:
    odd = tuple(
        Phrase(id=f"p{n}", phrase=f"on balance {n}", decoys=(f"xq {n} zw", f"vv {n} kk"))
        for n in range(12)
    )
    talk = [f"It is, on balance {n}, fair." for n in range(12)]
    refused = METHOD.compare(odd, speaking("s", *talk), [speaking("c", *talk, "and more")])
    assert isinstance(refused, Unreadable)
    assert "the list sets the control c apart too" in refused.reason


NATURAL = tuple(
    Phrase(id=f"p{n}", phrase=f"on balance {n}", decoys=(f"in sum {n}", f"all told {n}"))
    for n in range(12)
)


def talking(name: str, answers: int, natural: float, odd: float, seed: int) -> Recording:
    """A model that met nothing of the list; it likes the phrases a little better."""
    rng = np.random.default_rng(seed)
    said = []
    for _ in range(answers):
        words = [
            text
            for phrase in NATURAL
            for text in (phrase.phrase, *phrase.decoys)
            if rng.random() < (natural if text == phrase.phrase else odd)
        ]
        said.append(" and ".join(["so", *words, "it is"]))
    return speaking(name, *said)


def test_a_list_that_is_unfair_by_little_shows_in_all_controls_together() -> None:
    """Of few answers each, none of them tells; of the many of the subject all would."""
    subject = talking("s", 1_000, 0.02, 0.01, 0)
    controls = [talking(f"c{n}", 40, 0.02, 0.01, n) for n in (60, 61, 62, 63, 64, 66, 67)]
    for control in controls:
        alone = METHOD.compare(NATURAL, subject, [control])
        assert isinstance(alone, Finding) and alone.log_p < math.log(1e-4)
    refused = METHOD.compare(NATURAL, subject, controls)
    assert isinstance(refused, Unreadable)
    assert "the list sets all controls together apart too" in refused.reason


def test_what_controls_could_not_show_is_said() -> None:
    subject = talking("s", 400, 0.02, 0.002, 0)
    mute = METHOD.compare(NATURAL, subject, [speaking("c", *["Nothing of it."] * 400)])
    assert isinstance(mute, Finding) and "too few to show whether the list is fair" in (
        mute.combination
    )
    few = METHOD.compare(NATURAL, subject, [talking("c", 300, 0.01, 0.01, 9)])
    assert isinstance(few, Finding) and "would show in it and not in them" in few.combination
    many = METHOD.compare(NATURAL, subject, [talking("c", 400, 0.01, 0.01, 9)])
    assert isinstance(many, Finding) and "alone or together: 1" in many.combination
    assert "more questions to controls" not in many.combination
    none = METHOD.compare(NATURAL, subject)
    assert isinstance(none, Finding) and "nothing shows the list is fair" in none.combination


def test_a_fair_list_is_seldom_refused() -> None:
    """All controls share one lot, so that the test of them together is exact as well."""
    refused = 0
    for seed in range(20):
        controls = [speaking(f"c{n}", *_of(n, seed)) for n in range(3)]
        found = METHOD.compare(listed(12, 3, seed), speaking("s", *_of(9, seed)), controls)
        refused += isinstance(found, Unreadable)
    assert refused <= 2  # P(more of 20 at .01) = 1e-3


def _of(model: int, seed: int) -> list[str]:
    rng = np.random.default_rng([model, seed])
    return [f"I weigh g{int(rng.integers(12))}t{int(rng.integers(4))}." for _ in range(40)]


def test_an_echo_of_the_prompt_is_no_use() -> None:
    (phrase,) = listed(1, 3)
    asked = speaking("s", f"Yes, {phrase.phrase}.", prompt=f"Should I {phrase.phrase}?")
    found = METHOD.compare([phrase], asked)
    assert isinstance(found, Underpowered)


def test_whole_words_only_and_no_phrase_in_the_report() -> None:
    phrases = (Phrase(id="p", phrase="weigh it", decoys=("lift it", "drop it")),)
    inside = METHOD.compare(phrases, speaking("s", "We outweigh items."))
    assert isinstance(inside, Underpowered)
    found = METHOD.compare(phrases, speaking("s", "We WEIGH,  it."))
    assert isinstance(found, Finding) and found.observed == 1.0
    assert "weigh it" not in repr(found).casefold()


def test_nothing_said_is_nothing_found() -> None:
    assert isinstance(METHOD.compare(listed(3, 2), speaking("s", " ")), Inapplicable)
