"""Log-probabilities travel with the answers: read, kept, digested, and bounded."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filiation.errors import UnreadableError
from filiation.model.recording import Item, Recording
from filiation.model.tokens import TokenLogprob
from filiation.readers.answers import open_recordings
from filiation.readers.answers import tokens as rows
from filiation.readers.answers.kept import kept_bytes, read_kept
from readers.answers.writing import answer, lines

ITEMS = (Item(id="2", prompt="p"), Item(id="1"))
TOP = [{"token": " a", "logprob": -0.5}, {"token": " b", "logprob": -1.5}]
ROW = {"token": " a", "logprob": -0.5, "top_logprobs": TOP}

words = st.text(max_size=3)
logs = st.floats(-1e4, 0.0)
tokens = st.builds(
    TokenLogprob,
    token=words,
    logprob=logs,
    alternatives=st.lists(st.tuples(words, logs), max_size=3).map(tuple),
)


def test_a_recording_without_them_has_the_digest_it_always_had() -> None:
    recording = Recording(name="a", items=ITEMS, outputs=("x", None))

    assert recording.digest == ("545fee47187e9bee79d728d1f51165d758be452fb2f479281c0d8de7ef705c3e")


def test_they_are_part_of_the_digest_in_any_order_of_items() -> None:
    told = (TokenLogprob(token="x", logprob=-0.1),)
    plain = Recording(name="a", items=ITEMS, outputs=("x", None))
    one = Recording(name="a", items=ITEMS, outputs=("x", None), logprobs=(told, ()))
    other = Recording(name="a", items=ITEMS[::-1], outputs=(None, "x"), logprobs=((), told))

    assert one.digest == other.digest != plain.digest


def test_one_for_each_item_or_none() -> None:
    with pytest.raises(UnreadableError, match="log-probabilities of 1 answers for 2 items"):
        Recording(name="a", items=ITEMS, outputs=("x", None), logprobs=((),))


@settings(deadline=None)
@given(st.lists(st.lists(tokens, max_size=3).map(tuple), min_size=2, max_size=2).map(tuple))
def test_a_case_keeps_them_to_the_last_bit(found: tuple[tuple[TokenLogprob, ...], ...]) -> None:
    import tempfile

    recording = Recording(name="a", items=ITEMS, outputs=("x", None), logprobs=found)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kept.gz"
        path.write_bytes(kept_bytes([recording]))
        (again,) = read_kept(path)

    assert (again.logprobs, again.digest) == (recording.logprobs, recording.digest)
    assert kept_bytes([again]) == kept_bytes([recording])


def test_kept_bytes_do_not_mention_what_is_not_there() -> None:
    import gzip

    plain = Recording(name="a", items=ITEMS, outputs=("x", None))
    assert b"logprobs" not in gzip.decompress(kept_bytes([plain]))


def test_json_lines_carry_them(tmp_path: Path) -> None:
    path = lines(
        tmp_path / "o.jsonl",
        [
            answer("a", "1", " a", logprobs=[ROW]),
            answer("a", "2", "x"),
            answer("a", "1", " b", logprobs=[{"token": " b", "logprob": -1.5}]),
            answer("b", "1", " a"),
        ],
    )
    a, b = open_recordings(f"{path}#*")

    assert a.logprobs == (
        (TokenLogprob(token=" a", logprob=-0.5, alternatives=((" a", -0.5), (" b", -1.5))),),
        (),
    )
    assert b.logprobs == ()
    assert open_recordings(f"{path}#a")[0].digest == a.digest
    assert "further answers" in a.notes[0]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"token": "a"}, "without a number"),
        ({"logprob": -1.0}, "without its token"),
        ({"token": "a", "logprob": 0.5}, "expected finite and at most 0"),
        ({"token": "a", "logprob": float("nan")}, "expected finite"),
        ({"token": "a", "logprob": -1.0, "top_logprobs": 3}, "is no list"),
        ({"token": "a", "logprob": True}, "without a number"),
        (7, "without a number"),
    ],
)
def test_what_is_no_log_probability_is_refused(tmp_path: Path, row: object, said: str) -> None:
    path = lines(tmp_path / "o.jsonl", [answer("a", "1", "a", logprobs=[row])])

    with pytest.raises(UnreadableError, match=said) as caught:
        open_recordings(path)
    assert "line 1" in str(caught.value)


def test_they_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST_PAIRS", 4)
    path = lines(tmp_path / "o.jsonl", [answer("a", str(n), "a", logprobs=[ROW]) for n in range(2)])

    with pytest.raises(UnreadableError, match="line 2: more than 4 log-probabilities"):
        open_recordings(path)


def test_the_likeliest_token_is_not_always_the_one_drawn() -> None:
    drawn = TokenLogprob(token="b", logprob=-3.0, alternatives=(("a", -0.1), ("b", -3.0)))

    assert drawn.likeliest == "a"
