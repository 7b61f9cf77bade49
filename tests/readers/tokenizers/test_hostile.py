"""Tokenizers made to hurt: too many tokens, holes, texts twice, expressions that never end."""

import base64
import json
import re
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import gguf
import pytest

from filiation.examining.tokenizers.heritage import heritage
from filiation.readers.tokenizers import open_vocabulary

TEN_MILLION = 10_000_000
SECONDS, MEGABYTES = 60, 900


def ranks(path: Path) -> None:
    with path.open("wb") as file:
        for start in range(0, TEN_MILLION, 100_000):
            numbers = range(start, start + 100_000)
            texts = (base64.b64encode(n.to_bytes(3)) for n in numbers)
            file.write(b"".join(b"%s %d\n" % (t, n) for n, t in zip(numbers, texts, strict=True)))


def words(path: Path) -> None:
    with path.open("wb") as file:
        for start in range(0, TEN_MILLION, 100_000):
            file.write(b"".join(b"%d\n" % n for n in range(start, start + 100_000)))


def listed(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b'{"model":{"type":"BPE","merges":[],"vocab":{"a":0')
        for start in range(1, TEN_MILLION, 100_000):
            file.write(b"".join(b',"":%d' % n for n in range(start, start + 100_000)))
        file.write(b"}}}")


OPENED = """
import re, sys, time
from pathlib import Path
from filiation.errors import UnreadableError
from filiation.readers.tokenizers.opening import open_vocabulary
try:
    open_vocabulary(Path(sys.argv[1]))
except UnreadableError as error:
    peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]
    print(time.process_time(), peak, error)
"""  # a process of its own, whose ru_maxrss would begin at that of this one


def pieces(path: Path) -> None:
    with path.open("wb") as file:
        for start in range(0, TEN_MILLION, 100_000):
            numbers = (struct.pack(">I", n)[1:] for n in range(start, start + 100_000))
            texts = (bytes(48 + b % 64 for b in number) for number in numbers)
            file.write(b"".join(b"\x0a\x05\x0a\x03" + text for text in texts))


@pytest.mark.parametrize(
    ("name", "write", "said"),
    [
        ("x.tiktoken", ranks, "no tokenizer has so many"),
        ("vocab.txt", words, "no tokenizer has so many"),
        ("tokenizer.json", listed, "no tool writes so many items"),
        pytest.param(
            *("tokenizer.model", pieces, "no tokenizer has so many"), marks=pytest.mark.validate
        ),
    ],
)
def test_ten_million_tokens_cost_bounded_time_and_memory(
    tmp_path: Path, name: str, write: Callable[[Path], None], said: str
) -> None:
    write(tmp_path / name)
    done = subprocess.run(
        [sys.executable, "-c", OPENED, tmp_path / name], capture_output=True, text=True, check=True
    )
    seconds, kilobytes, words = done.stdout.split(maxsplit=2)
    assert said in words
    assert float(seconds) < SECONDS and int(kilobytes) < MEGABYTES * 1024


def hugging_face(folder: Path, **more: object) -> Path:
    vocab = {"a": 0, "b": 1, "ab": 2}
    found = {"model": {"type": "BPE", "vocab": vocab, "merges": ["a b"]}, **more}
    folder.mkdir()
    (folder / "tokenizer.json").write_text(json.dumps(found))
    return folder


def test_no_expression_of_a_stranger_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = "(a+)+$"
    run: list[object] = []
    compiled = re.compile

    def watched(pattern: str, *flags: int) -> re.Pattern[str]:
        run.append(pattern)
        return compiled(pattern, *flags)

    monkeypatch.setattr(re, "compile", watched)
    split = {"type": "Split", "pattern": {"Regex": hostile}, "behavior": "Isolated"}
    normal = {"type": "Replace", "pattern": {"Regex": hostile}, "content": "a" * 100}
    one, other = (
        open_vocabulary(hugging_face(tmp_path / name, pre_tokenizer=split, normalizer=normal))
        for name in ("one", "other")
    )
    said = list(heritage(one, other, [one]))

    assert "pre-tokeniser: the same in both; never counted" in said
    assert hostile not in run
    assert json.loads(dict(one.settings)["pre-tokeniser"]) == split


def test_holes_are_ids_without_a_token(tmp_path: Path) -> None:
    hugging_face(tmp_path / "x")
    read = json.loads((tmp_path / "x" / "tokenizer.json").read_text())
    read["model"]["vocab"] = {"a": 0, "b": 5, "ab": 1_999_999}
    (tmp_path / "x" / "tokenizer.json").write_text(json.dumps(read))
    holed = open_vocabulary(tmp_path / "x")

    assert holed.made == (b"ab",)
    assert "x: 1,999,997 ids have no token; never counted" in list(heritage(holed, holed, []))


def test_a_text_of_two_ids_is_told_and_made_once(tmp_path: Path) -> None:
    writer = gguf.GGUFWriter(tmp_path / "x.gguf", "llama")
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(["a", "b", "ab", "ab"])
    writer.add_token_types([1, 1, 1, 1])
    writer.add_token_merges(["a b", "a b"])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    twice = open_vocabulary(tmp_path / "x.gguf")

    assert twice.made == (b"ab",)
    assert "x: 1 id has the bytes of another id; never counted" in list(heritage(twice, twice, []))
