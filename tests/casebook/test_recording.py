"""Members are asked once, answer the same again, and are asked again when they have changed."""

import io
import lzma
import os
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

pytest.importorskip("torch")
pytest.importorskip("tokenizers")
pytestmark = pytest.mark.validate

from casebook import questions  # noqa: E402
from casebook.record import LISTED, SPREADS, first_word, record  # noqa: E402
from filiation.readers.answers import open_recordings  # noqa: E402
from micro_family import FAMILY, build_micro, corpus  # noqa: E402

ROOT = Path(__file__).parents[2]
CORPUS = replace(
    corpus(), held_out={domain: (" ".join(texts),) for domain, texts in corpus().held_out.items()}
)


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("micro")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        paths = [str(ROOT / part) for part in ("src", "tests", "tools")]
        patch.setenv("PYTHONPATH", os.pathsep.join(paths))
        build_micro(folder / "micro", console=quiet())
        assert ask(folder / "micro") == 2 * len(FAMILY.members)
    return folder / "micro"


def quiet():
    return Console(file=io.StringIO(), width=100)


def ask(folder):
    return record(FAMILY, folder, corpus=CORPUS, console=quiet())


def files(folder):
    return {path.name: path for path in sorted((folder / "recordings").rglob("*.xz"))}


def heard(folder, battery):
    paths = sorted((folder / "recordings" / battery).iterdir())
    return {r.name: r for path in paths for r in open_recordings(path)}


def test_every_member_answers_both_batteries(out):
    for battery in (questions.WORDS, questions.CONTINUATIONS):
        found = heard(out, battery)
        assert set(found) == {member.name for member in FAMILY.members}
        assert {len(r.items) for r in found.values()} == {questions.COUNTS[battery]}
    words = heard(out, questions.WORDS)["first"]
    wide = [row[0].alternatives for row in words.logprobs[:SPREADS]]
    assert len({len(row) for row in wide}) == 1 and len(wide[0]) <= LISTED + 1
    for row in words.logprobs[:SPREADS]:
        assert row[0].likeliest == row[0].token


def test_a_copy_that_computes_the_same_answers_the_same(out):
    said = heard(out, questions.CONTINUATIONS)
    assert said["permuted"].outputs == said["first"].outputs != said["second"].outputs


def test_what_is_there_is_kept_and_what_is_stale_is_asked_again(out):
    before = {name: path.read_bytes() for name, path in files(out).items()}
    assert ask(out) == 0
    first = next(path for name, path in files(out).items() if name.startswith("first."))
    first.rename(first.with_name("first.000000000000.jsonl.xz"))
    assert ask(out) == 1
    assert {name: path.read_bytes() for name, path in files(out).items()} == before
    assert lzma.decompress(first.read_bytes()).startswith(b'{"model":"first"')


def test_the_first_word_is_what_stands_before_a_blank():
    assert first_word(" the end") == "the" and first_word("ing of") == "ing"
    assert first_word(" \n") is None
