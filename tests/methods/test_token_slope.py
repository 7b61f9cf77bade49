"""Which tokenizer counts? Encoding from a vocabulary, lines through counts, what fits."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from command import Command
from filiation.interrogate.batteries import generate, usual_items
from filiation.methods.tokenizers.encoding import Encoder, encoders_of
from filiation.methods.tokenizers.splitting import KNOWN_SPLITS, known_splitter, splitter_of
from filiation.methods.tokenizers.token_slope import alike, candidate_of, not_linear, probe_of
from filiation.model.vocabulary import Vocabulary
from filiation.readers.answers.transcript import GENESIS, seal
from filiation.readers.tokenizers import open_vocabulary

PARENT = Path("examples/casebook/parent/tokenizer.json")
ITEMS = generate("token-slope", seed=3, items=usual_items("token-slope"))


def bpe(name: str, *made: bytes, cut: str = "gpt-2") -> Encoder:
    tokens = (*(bytes([n]) for n in range(256)), *made)
    order = tuple(range(256, len(tokens)))
    vocabulary = Vocabulary(name=name, tokens=tokens, order=order, algorithm="bpe", ranked="ranks")
    return Encoder(name=name, vocabulary=vocabulary, cut=cut)


def test_merging_against_a_hand_made_one() -> None:
    one = bpe("a", b"ab", b"abc", b"cd", b" x")
    assert [one.count(t) for t in ("ab", "abcd", "cd", "é", "ab x", "aab")] == [1, 2, 1, 2, 2, 2]
    assert one.count("") == 0


@pytest.mark.parametrize(
    ("cut", "text", "parts"),
    [("gpt-2", "It's 2026, ok  so", ["It", "'s", " 2026", ",", " ok", " ", " so"]),
     ("cl100k", "12345 ab\n\nc", ["123", "45", " ab", "\n\n", "c"]),
     ("qwen", "123", ["1", "2", "3"]),
     ("o200k", "HelloWorld it's", ["Hello", "World", " it's"]),
     ("tekken", "it's 12", ["it", "'s", " ", "1", "2"]),
     ("deepseek-3", "a1234天地x", ["a", "123", "4", "天地", "x"])],
)  # fmt: skip
def test_cuts(cut: str, text: str, parts: list[str]) -> None:
    assert known_splitter(cut)(text) == parts
    assert "".join(known_splitter(cut)(ITEMS[40].prompt or "")) == ITEMS[40].prompt


def test_a_pattern_from_a_file_is_looked_up_and_never_run() -> None:
    evil = {"type": "Split", "pattern": {"Regex": "(a+)+$"}, "behavior": "Isolated"}
    assert splitter_of(evil) is None
    known = evil | {"pattern": {"Regex": KNOWN_SPLITS["cl100k"][0]}}
    byte_level = {"type": "ByteLevel", "use_regex": False, "add_prefix_space": False}
    both = {"type": "Sequence", "pretokenizers": [known, byte_level]}
    assert (splitter_of(both) or ("",))[0] == "cl100k"
    assert splitter_of({"type": "Whitespace"}) is None


def test_what_cannot_be_counted_with_says_why() -> None:
    unigram = Vocabulary(name="u", tokens=(b"a",), order=(0,), algorithm="unigram", ranked="scores")
    assert encoders_of("u", unigram) == ([], "a unigram model, which is not encoded with here")
    odd = Vocabulary(name="o", tokens=(b"a",), order=(0,), algorithm="bpe", ranked="merges",
                     settings=(("pre-tokeniser", '{"type": "ByteLevel", "x": 1}'),
                               ("normaliser", '{"type": "Lowercase"}')))  # fmt: skip
    assert "not known here" in encoders_of("o", odd)[1]


def counts_of(encoder: Encoder, bill: Callable[[int], int]) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for item in ITEMS:
        name, _, repeat = item.category.partition(" x")
        found.setdefault(name, {})[int(repeat)] = bill(encoder.count(item.prompt or ""))
    return found


WORDS = {(i.category.partition(" x")[0], int(i.category.partition(" x")[2])): i.prompt or ""
         for i in ITEMS}  # fmt: skip
ONE = bpe("one", b"th", b"the", b" l", b"\xe5\xa4", b"\xf0\x9f")
TWO = bpe("two", b"th", b"the", b" l", b"\xe5\xa4", b"\xd0\xb0")
COPY = bpe("copy", b"th", b"the", b" l", b"\xe5\xa4", b"\xf0\x9f")


def held(encoder: Encoder, bill: Callable[[int], int]) -> list[Any]:
    probes = [p for n, c in sorted(counts_of(ONE, bill).items()) if (p := probe_of(n, c))]
    assert not_linear(probes) == ""
    return [candidate_of(e.name, lambda n, r, e=e: e.count(WORDS[n, r]), probes)
            for e in (ONE, TWO, COPY)]  # fmt: skip


@pytest.mark.parametrize(
    ("bill", "ratio"),
    [(lambda n: n, 1.0), (lambda n: n + 38, 1.0), (lambda n: round(1.3 * n) + 200, 1.3),
     (lambda n: round(0.5 * n), 0.5)],
)  # fmt: skip
def test_intercept_and_multiplier(bill: Callable[[int], int], ratio: float) -> None:
    one, two, copy = held(ONE, bill)
    assert one.consistent and copy.consistent and not two.consistent
    assert one.ratio == pytest.approx(ratio, rel=0.01)
    assert alike([one, two, copy]) == (("one", "copy"),)


def test_counts_that_are_no_line() -> None:
    probes = [p for n, c in counts_of(ONE, lambda n: min(n, 150)).items() if (p := probe_of(n, c))]
    assert "lie on no straight line" in not_linear(probes)
    assert "expected at least 6" in not_linear(probes[:3])
    flat = [p for n, c in counts_of(ONE, lambda n: 10).items() if (p := probe_of(n, c))]
    assert "the counts are made up" in not_linear(flat)


def transcript(path: Path, usage: Callable[[str], dict[str, Any]], dialect: str) -> Path:
    """A sealed transcript with these counts."""
    lines, previous = [], GENESIS
    entries: list[dict[str, Any]] = [
        {"kind": "header", "schema_version": 1, "model": "closed", "dialect": dialect, "repeat": 1}
    ]
    entries += [
        {"kind": "item", "id": i.id, "prompt": i.prompt, "category": i.category, "options": 0,
         "normaliser": "", "key": None} for i in ITEMS
    ]  # fmt: skip
    for item in ITEMS:
        body: dict[str, Any] = {"model": "m", "usage": usage(item.prompt or "")}
        if dialect == "openai-chat":
            body["choices"] = [{"message": {"content": "ok"}, "finish_reason": "stop"}]
        else:
            body |= {"content": [{"type": "text", "text": "ok"}], "stop_reason": "end_turn"}
        response = {"status": 200, "headers": [], "body": {"text": json.dumps(body)}}
        entries.append(
            {"kind": "exchange", "item": item.id, "repeat": 1, "outcome": "answered", "error": "",
             "time": "2026-11-30T10:00:00Z", "response": response}
        )  # fmt: skip
    for entry in entries:
        line, previous = seal(entry, previous)
        lines.append(line)
    path.write_bytes(b"".join(lines))
    return path


@pytest.fixture(scope="module")
def parent() -> Encoder:
    return encoders_of("parent", open_vocabulary(PARENT))[0][0]


def test_caches_count_in_both_dialects(tmp_path: Path, parent: Encoder, filiation: Command) -> None:
    def cached(prompt: str) -> dict[str, Any]:
        whole = parent.count(prompt) + 20
        return {"input_tokens": whole - 30, "cache_read_input_tokens": 20,
                "cache_creation_input_tokens": 10, "output_tokens": 1}  # fmt: skip

    path = transcript(tmp_path / "t.jsonl", cached, "anthropic-messages")
    done = filiation("token-slope", path, "--tokenizer", f"parent={PARENT}", "--json")
    assert done.code == 0, done.err
    assert done.json["consistent"] == ["parent"]
    assert done.json["cached"] == len(ITEMS)


def test_an_estimate_is_no_tokenizer(tmp_path: Path, filiation: Command) -> None:
    path = transcript(tmp_path / "t.jsonl", lambda p: {"prompt_tokens": len(p) // 4 + 3},
                      "openai-chat")  # fmt: skip
    done = filiation("token-slope", path, "--tokenizer", f"parent={PARENT}")
    said = " ".join(done.out.split())
    assert done.code == 0, done.err
    assert "The counts are what an estimate from characters gives (0.25 each)" in said
    assert "Not with parent" in said


def test_a_server_that_reports_nothing(tmp_path: Path, filiation: Command) -> None:
    path = transcript(tmp_path / "t.jsonl", lambda p: {}, "openai-chat")
    done = filiation("token-slope", path, "--tokenizer", f"parent={PARENT}")
    assert done.code == 3
    assert "no answer says how many tokens its prompt had" in done.err
