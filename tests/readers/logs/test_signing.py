"""Signatures: equal under one key where texts are equal, unrelated under another, all of them."""

import secrets
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filiation.errors import UnreadableError, UsageError
from filiation.readers.logs.key import LogKey, make_key, read_key
from filiation.readers.logs.signing import SHINGLES, WIDTH, Signer

KEY = LogKey(secret=bytes(range(32)))
WORDS = st.lists(st.sampled_from([*"abcdefghijklmnop"]), max_size=40)


@settings(max_examples=100, deadline=None)
@given(prompts=st.lists(WORDS, max_size=12))
def test_shingles_of_many_prompts_are_those_of_each_by_brute_force(
    prompts: list[list[str]],
) -> None:
    signer = Signer(KEY)
    found = signer.shingles(prompts)
    for prompt, row in zip(prompts, found.tolist(), strict=True):
        padded = [*prompt, *[""] * (WIDTH - len(prompt))]
        windows = {tuple(padded[at : at + WIDTH]) for at in range(len(padded) - WIDTH + 1)}
        alone = (
            {int(signer.shingles([window])[0, 0]) for window in windows}
            if len(prompt) > 2
            else set()
        )
        expected = sorted(alone - {0})[:SHINGLES]
        assert row == expected + [0] * (SHINGLES - len(expected))


def test_an_edit_leaves_most_shingles_and_other_prompts_share_none() -> None:
    """Of 60 words one is replaced: 51 of 61 shingles are shared, .84, and so of the samples."""
    draw = np.random.default_rng(1)
    vocabulary = [f"w{number}" for number in range(3000)]
    signer, kept, shared = Signer(KEY), [], []
    for _ in range(400):
        prompt = draw.choice(vocabulary, 60).tolist()
        edited, other = [*prompt], draw.choice(vocabulary, 60).tolist()
        edited[draw.integers(5, 55)] = "replaced"
        one, two, three = (set(row) for row in signer.shingles([prompt, edited, other]).tolist())
        kept.append(len(one & two) / SHINGLES)
        shared.append(len(one & three))
    assert 0.81 < np.mean(kept) < 0.88
    assert sum(shared) == 0


def test_the_smallest_are_a_uniform_sample_of_a_prompts_shingles() -> None:
    """Each of 56 shingles is among the four of 3,000 keys' samples equally often (chi-squared)."""
    prompt = [f"w{number}" for number in range(60)]
    windows = [prompt[at : at + WIDTH] for at in range(56)]
    counts = np.zeros(56)
    for number in range(3000):
        signer = Signer(LogKey(secret=number.to_bytes(8, "little") + bytes(range(100, 124))))
        each = signer.shingles(windows)[:, 0]
        counts += np.isin(each, signer.shingles([prompt])[0])
    expected = 3000 * SHINGLES / 56
    assert ((counts - expected) ** 2 / expected).sum() < 103  # .9999 point of chi-squared, 55 df


def test_another_key_or_purpose_gives_an_unrelated_signature() -> None:
    one, other = Signer(KEY), Signer(LogKey(secret=secrets.token_bytes(32)))
    assert one.text("template", "x") == Signer(KEY).text("template", "x")
    assert one.text("template", "x") != other.text("template", "x")
    assert one.text("template", "x") != one.text("whole", "x")
    assert one.name("x") != other.name("x")
    assert one.text("whole", "") == 0
    words = [["a", "b", "c", "d", "e"]]
    assert one.shingles(words)[0, 0] != other.shingles(words)[0, 0]
    assert one.shingles(words)[0].tolist()[1:] == [0, 0, 0]


def test_signatures_of_related_shingles_do_not_add_up() -> None:
    """Without the cipher, known shingles would give unknown ones: xbd = xbc + abd - abc."""
    signer = Signer(KEY)
    abc, abd, xbc, xbd = (
        int(signer.shingles([word.split()])[0, 0])
        for word in ("a b c q r", "a b d q r", "x b c q r", "x b d q r")
    )
    assert (xbc + abd - abc) % 2**64 != xbd


def test_order_of_words_counts() -> None:
    signer = Signer(KEY)
    assert signer.shingles([[*"abcde"]])[0, 0] != signer.shingles([[*"bacde"]])[0, 0]


def test_parameters_are_alike_in_any_order() -> None:
    signer = Signer(KEY)
    assert signer.value("parameters", {"a": 1, "b": 2}) == signer.value(
        "parameters", {"b": 2, "a": 1}
    )


def test_a_key_is_made_once_read_back_and_told_to_nobody(tmp_path: Path) -> None:
    path = tmp_path / "case.key"
    made = make_key(path)
    assert read_key(path) == made
    assert path.stat().st_mode & 0o777 == 0o600
    assert made.secret.hex() not in repr(made) + made.id
    assert len(made.id) == 32 and made.id != LogKey(secret=secrets.token_bytes(32)).id
    with pytest.raises(UsageError, match="exists already"):
        make_key(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"filiation.log-key": 1, "key": "zz"}', "not written in hex"),
        ('{"filiation.log-key": 2, "key": "00"}', "no key of a log"),
        ("secret", "not valid JSON"),
    ],
)
def test_what_is_no_key_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "key"
    path.write_text(text)
    with pytest.raises(UnreadableError, match=said):
        read_key(path)


@pytest.mark.parametrize("secret", [b"", b"x" * 32, b"\0" * 32, bytes(31)])
def test_a_weak_key_is_refused(secret: bytes) -> None:
    with pytest.raises(UsageError):
        LogKey(secret=secret)
