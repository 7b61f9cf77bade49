"""One tokenizer in every usual file gives the same bytes and the same order of training."""

import base64
import json
import struct
import time
from pathlib import Path

import gguf
import pytest

from filiation.errors import FiliationError, UnreadableError, UsageError
from filiation.readers.tokenizers import is_tokenizer, open_vocabulary
from filiation.readers.tokenizers.kept import kept_bytes, read_kept

MADE = (b"th", b"the", b" the", b"in", b"ing")
PIECES = ("th", "the", "\u2581the", "in", "ing")
MERGES = (("t", "h"), ("th", "e"), ("\u0120", "the"), ("i", "n"), ("in", "g"))
LETTERS = ("t", "h", "e", "i", "n", "g", "\u0120")


def _hugging_face(folder: Path, *, texts: bool = True) -> Path:
    vocab = {text: n for n, text in enumerate([*LETTERS, "th", "the", "\u0120the", "in", "ing"])}
    found = {
        "model": {
            "type": "BPE",
            "vocab": vocab,
            "merges": [" ".join(pair) if texts else list(pair) for pair in MERGES],
        },
        "decoder": {"type": "ByteLevel"},
        "pre_tokenizer": {"type": "ByteLevel"},
        "added_tokens": [{"id": 12, "content": "<|end|>", "special": True}],
    }
    (folder / "tokenizer.json").write_text(json.dumps(found))
    (folder / "tokenizer_config.json").write_text(json.dumps({"chat_template": "{{ said }}"}))
    return folder


def _pair_files(folder: Path) -> Path:
    vocab = {text: n for n, text in enumerate([*LETTERS, "th", "the", "\u0120the", "in", "ing"])}
    (folder / "vocab.json").write_text(json.dumps(vocab))
    lines = ["#version: 0.2", *(" ".join(pair) for pair in MERGES)]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n")
    return folder


def _ranks(folder: Path) -> Path:
    tokens = [b"t", b"h", b"e", b"i", b"n", b"g", b" ", *MADE]
    lines = [f"{base64.b64encode(token).decode()} {n}" for n, token in enumerate(tokens)]
    (folder / "x.tiktoken").write_text("\n".join(lines) + "\n")
    return folder / "x.tiktoken"


def _tekken(folder: Path) -> Path:
    tokens = [b"t", b"h", b"e", b"i", b"n", b"g", b" ", *MADE, b"cut off"]
    listed = [
        {"rank": n, "token_bytes": base64.b64encode(token).decode(), "token_str": None}
        for n, token in enumerate(tokens)
    ]
    config = {"pattern": "x", "default_vocab_size": 15, "default_num_special_tokens": 3}
    said = {"config": config, "vocab": listed, "special_tokens": [{"rank": 0, "token_str": "<s>"}]}
    (folder / "tekken.json").write_text(json.dumps(said))
    return folder


def _varint(number: int) -> bytes:
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _field(number: int, raw: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(raw)) + raw


def _piece(text: str, score: float, kind: int) -> bytes:
    body = _field(1, text.encode()) + b"\x15" + struct.pack("<f", score) + b"\x18" + _varint(kind)
    return _field(1, body)


def _sentencepiece(folder: Path, *, model: int = 2, shuffle: bool = False) -> Path:
    learnt = [_piece(text, -float(n), 1) for n, text in enumerate(PIECES)]
    learnt = learnt[::-1] if shuffle else learnt
    raw = b"".join([_piece("<unk>", 0.0, 2), _piece("<0x0A>", 0.0, 6), *learnt])
    raw += _field(2, b"\x18" + _varint(model)) + _field(3, _field(1, b"nmt_nfkc"))
    (folder / "tokenizer.model").write_bytes(raw)
    return folder


def _gguf(folder: Path) -> Path:
    texts = [*LETTERS, "th", "the", "\u0120the", "in", "ing", "<|end|>"]
    writer = gguf.GGUFWriter(folder / "m.gguf", "llama")
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(texts)
    writer.add_token_types([1] * 12 + [3])
    writer.add_token_merges([" ".join(pair) for pair in MERGES])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return folder / "m.gguf"


@pytest.mark.parametrize(
    "write", [_hugging_face, _pair_files, _ranks, _tekken, _sentencepiece, _gguf]
)
def test_every_file_gives_the_same_order(tmp_path: Path, write) -> None:  # type: ignore[no-untyped-def]
    found = open_vocabulary(write(tmp_path))
    made = tuple(token for token in found.made if len(token) > 1)
    assert made == MADE
    assert found.algorithm == "bpe"


def test_merges_as_lists_and_control_tokens(tmp_path: Path) -> None:
    found = open_vocabulary(_hugging_face(tmp_path, texts=False))
    assert found.made == MADE and found.tokens[12] == b""
    assert found.control == ("<|end|>",) and found.ranked == "merges"
    assert dict(found.settings)["chat template"] == "{{ said }}"


def test_merges_that_never_happen_hide_no_order(tmp_path: Path) -> None:
    """In front stand merges of what is no token, in another order; then those that are used."""
    _hugging_face(tmp_path)
    found = json.loads((tmp_path / "tokenizer.json").read_text())
    dead = ["i ng", "\u0120t he", "t he"]
    found["model"]["merges"] = [*dead, *found["model"]["merges"]]
    (tmp_path / "tokenizer.json").write_text(json.dumps(found))
    assert open_vocabulary(tmp_path).made == MADE


def test_ids_do_not_decide_the_order(tmp_path: Path) -> None:
    """Pieces stored in another order, scores as they were."""
    first = open_vocabulary(_sentencepiece(tmp_path)).made
    assert open_vocabulary(_sentencepiece(tmp_path, shuffle=True)).made == first == MADE


def test_wordpiece(tmp_path: Path) -> None:
    (tmp_path / "vocab.txt").write_text("[PAD]\n[unused0]\n[UNK]\nthe\n##ing\n[\n")
    found = open_vocabulary(tmp_path)
    assert found.tokens == (b"", b"", b"", b" the", b"ing", b" [")
    assert (found.algorithm, found.ranked) == ("wordpiece", "ids")


def test_unigram_goes_by_score(tmp_path: Path) -> None:
    pieces = [["<unk>", 0.0], ["b", -3.0], ["\u2581a", -1.0], ["c", -2.0]]
    said = {"model": {"type": "Unigram", "vocab": pieces}, "added_tokens": [{"id": 0}]}
    (tmp_path / "tokenizer.json").write_text(json.dumps(said))
    assert open_vocabulary(tmp_path).made == (b" a", b"c", b"b")


def test_kept_and_read_again(tmp_path: Path) -> None:
    found = open_vocabulary(_hugging_face(tmp_path))
    path = tmp_path / "a.vocabulary.gz"
    path.write_bytes(kept_bytes(found))
    again = read_kept(path, "another name")
    assert again.digest == found.digest and again.name == "another name"
    assert is_tokenizer(str(path)) and open_vocabulary(path).digest == found.digest
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(UnreadableError, match="changed"):
        read_kept(path, "x")


def test_a_folder_with_weights_is_a_model(tmp_path: Path) -> None:
    assert is_tokenizer(str(_hugging_face(tmp_path)))
    (tmp_path / "model.safetensors").write_bytes(b"")
    assert not is_tokenizer(str(tmp_path))
    assert is_tokenizer(str(tmp_path / "tokenizer.json"))
    assert not is_tokenizer(str(tmp_path / "tokenizer_config.json"))


def test_a_file_of_a_usual_name_is_called_as_its_folder(tmp_path: Path) -> None:
    """Two files called tokenizer.json are two tokenizers."""
    (tmp_path / "acme").mkdir()
    folder = _hugging_face(tmp_path / "acme")
    named = {open_vocabulary(path).name for path in (folder, folder / "tokenizer.json")}
    assert named == {"acme"} and open_vocabulary(_ranks(folder)).name == "x"


def test_nothing_there(tmp_path: Path) -> None:
    for path, said in ((tmp_path / "none", "no such file"), (tmp_path, "no tokenizer in it")):
        with pytest.raises(UsageError, match=said):
            open_vocabulary(path)


def test_a_line_that_stands_twice_among_many_is_named_at_once(tmp_path: Path) -> None:
    """A megabyte of words and one of them twice was read for an hour."""
    lines = [f"w{n}" for n in range(100_000)]
    (tmp_path / "vocab.txt").write_text("\n".join([*lines, lines[0]]))
    begun = time.process_time()
    with pytest.raises(UnreadableError, match="two lines"):
        open_vocabulary(tmp_path / "vocab.txt")
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("x.tiktoken", b"dGg= 1\ndGg= 2\n", "stands twice"),
        ("x.tiktoken", b"dGg= 1\nISE= 1\n", "stands twice"),
        ("x.tiktoken", b"dGg= 1\nISE= 99999999\n", "no tokenizer has so many"),
        ("x.tiktoken", b"dGg= 1\n\xff\xfe 2\n", "expected base64"),
        ("vocab.txt", b"a\nb\na\n", "two lines"),
        ("vocab.txt", b"a\n\xff\n", "not UTF-8"),
        ("tekken.json", b'{"config": {}, "vocab": [{"rank": 1}]}', "token_bytes"),
        ("tokenizer.json", b'{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a b"]}}',
         "makes no token"),
        ("tokenizer.json", b'{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [3]}}', "pair"),
        ("tokenizer.json", b'{"model": {"type": "BPE", "vocab": {"a": 0}}}', "no list of merges"),
        ("tokenizer.json", b'{"model": {"type": "Unigram", "vocab": [["a"]]}}', "without a score"),
        ("tokenizer.json", b'{"model": {"vocab": {"a": 10000000}}}', "expected 0 to 1999999"),
        ("tokenizer.json", b'{"model": {"vocab": {"a": 0, "b": 0}}}', "both have id 0"),
        ("tokenizer.json", b"[" * 100_000, "nested too deeply"),
        ("tokenizer.model", b"\x0a\x05\x0a\x03abc\x0a\xff\xff\xff\xff\x0f", "truncated"),
    ],
)  # fmt: skip
def test_damaged(tmp_path: Path, name: str, raw: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(UnreadableError, match=said):
        open_vocabulary(tmp_path / name)


def test_every_cut_is_named(tmp_path: Path) -> None:
    for write in (_hugging_face, _ranks, _tekken, _sentencepiece, _gguf):
        (folder := tmp_path / write.__name__).mkdir()
        path = write(folder)
        path = next(folder.glob("t*")) if path.is_dir() else path
        whole = path.read_bytes()
        for size in range(0, len(whole), max(1, len(whole) // 40)):
            path.write_bytes(whole[:size])
            try:
                open_vocabulary(path)
            except FiliationError as error:
                assert str(error)
