"""What each token id stands for, for each way of writing bytes as text."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filiation.errors import FiliationError, UnreadableError
from filiation.readers.weights.tokens import read_tokens


def tokens(tmp_path: Path, found: object) -> tuple[bytes, ...] | None:
    path = tmp_path / "tokenizer.json"
    path.write_text(json.dumps(found))
    return read_tokens(path)


def test_no_tokenizer() -> None:
    assert read_tokens(None) is None


@pytest.mark.parametrize(
    "where",
    [
        {"decoder": {"type": "ByteLevel"}},
        {"pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "ByteLevel"}]}},
    ],
)
def test_byte_level(tmp_path: Path, where: dict[str, Any]) -> None:
    vocab = {"\u0120the": 0, "\u00c3\u00a9": 1, "\u010a": 2, "<|end|>": 3, "\u4e2d": 4, "!": 6}
    found = tokens(
        tmp_path,
        where
        | {
            "model": {"type": "BPE", "vocab": vocab, "merges": []},
            "added_tokens": [{"id": 3, "content": "<|end|>", "special": True}, {"id": 7}],
        },
    )
    assert found == (b" the", "é".encode(), b"\n", b"", "中".encode(), b"", b"!", b"")


def test_every_byte_has_a_letter(tmp_path: Path) -> None:
    letters = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x144)]
    vocab = {chr(letter): n for n, letter in enumerate(letters)}
    found = tokens(tmp_path, {"model": {"vocab": vocab}, "decoder": {"type": "ByteLevel"}})
    assert found is not None and sorted(found) == [bytes([n]) for n in range(256)]


def test_sentencepiece(tmp_path: Path) -> None:
    vocab = {"<unk>": 0, "\u2581the": 1, "<0x0A>": 2, "ing": 3, "\u2581\u2581": 4}
    added = [{"id": 0, "content": "<unk>"}]
    bpe = tokens(tmp_path, {"model": {"type": "BPE", "vocab": vocab}, "added_tokens": added})
    pieces = [[text, -1.0] for text in vocab]
    unigram = tokens(
        tmp_path, {"model": {"type": "Unigram", "vocab": pieces}, "added_tokens": added}
    )
    assert bpe == unigram == (b"", b" the", b"\n", b"ing", b"  ")


def test_wordpiece(tmp_path: Path) -> None:
    vocab = {"[CLS]": 0, "the": 1, "##ing": 2, "##": 3}
    added = [{"id": 0, "content": "[CLS]"}]
    found = tokens(
        tmp_path, {"model": {"type": "WordPiece", "vocab": vocab}, "added_tokens": added}
    )
    assert found == (b"", b" the", b"ing", b"")


def test_end_of_word_marks(tmp_path: Path) -> None:
    assert tokens(tmp_path, {"model": {"vocab": {"the</w>": 0, "th": 1}}}) == (b"the ", b"th")


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({}, "no model, expected a tokenizer"),
        ({"model": {}}, "no vocabulary, expected one"),
        ({"model": {"vocab": {"a": -1}}}, "a token has id -1"),
        ({"model": {"vocab": {"a": True}}}, "a token has id True"),
        ({"model": {"vocab": {"a": 2_000_000}}}, "a token has id 2000000"),
        ({"model": {"vocab": {"a": 0, "b": 0}}}, "tokens 'a' and 'b' both have id 0"),
        ({"model": {"vocab": [[1, 0.5]]}}, "token 0 is not text"),
        ({"model": {"vocab": [[]]}}, "token 0 is not text"),
        ({"model": {"vocab": {}}, "added_tokens": {}}, "added_tokens is not a list"),
        ({"model": {"vocab": {}}, "added_tokens": [{}]}, "a token has id None"),
        ([], "found a JSON list"),
    ],
)
def test_each_damage_has_its_own_sentence(tmp_path: Path, found: object, words: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        tokens(tmp_path, found)
    assert words in str(caught.value)


def test_a_file_over_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    with path.open("wb") as file:
        file.truncate((1 << 26) + 1)
    with pytest.raises(UnreadableError, match="67108865 bytes, expected at most 67108864"):
        read_tokens(path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["model", "vocab", "type", "id", "added_tokens", "decoder", "a"]), inner
        )
    ),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["model", "added_tokens", "decoder"]), JSON))
def test_arbitrary_tokenizers_are_read_or_refused(tmp_path: Path, found: dict[str, Any]) -> None:
    try:
        read = tokens(tmp_path, found)
    except FiliationError as error:
        assert str(error).isprintable()
    else:
        assert read is not None and all(isinstance(token, bytes) for token in read)
