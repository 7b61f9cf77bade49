"""Record what the members of a family answer: `python -m casebook.record --family population`.

Beside truth.toml: `batteries/NAME.jsonl`, and `recordings/NAME/MODEL.DIGEST.jsonl.xz`, where a
study looks for them. All answers are greedy, so that a model says the same whenever it is asked on
the same machine. DIGEST is of the model's weights and of the question: files that are there are
kept, those of another model or battery are removed.
"""

import argparse
import hashlib
import json
import lzma
import math
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final, final

import torch  # type: ignore[import-not-found, unused-ignore]
from rich.console import Console
from tokenizers import Tokenizer  # type: ignore[import-not-found, unused-ignore]

from casebook.architectures import Tensors, logits
from casebook.checkpoint import write_whole
from casebook.corpus import Corpus, read_corpus
from casebook.making import load, to_torch
from casebook.member import Family
from casebook.questions import CONTINUATIONS, WORDS, battery_text, draw_battery
from casebook.shapes import Shape
from casebook.texts import cache_folder
from casebook.tokenizer import END_OF_TEXT_ID
from casebook.truth import read_truth
from filiation.model.recording import Item

__all__ = ["main", "record"]

REVISION: Final = 1  # raise when the code changes what is recorded
LONGEST: Final = {WORDS: 4, CONTINUATIONS: 16}  # tokens of an answer
READ: Final = 20  # tokens of a beginning that a model reads, the last ones
SPREADS: Final = 120  # items whose log-probabilities span the listed tokens
LISTED: Final = 128  # tokens that have a log-probability at every one of these, for every model
DIGITS: Final = 7


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One model to be asked one battery."""

    folder: Path
    model: str
    shape: Shape
    battery: str
    items: tuple[Item, ...]
    listed: tuple[str, ...]
    target: Path


def record(
    family: Family, out: Path, *, corpus: Corpus, jobs: int = 1, console: Console | None = None
) -> int:
    """Ask every member in `out` that has not been asked; how many recordings were made."""
    console = console if console is not None else Console()
    began = time.monotonic()
    truth = read_truth(out / "truth.toml")
    listed = common_tokens({name: out / name for name in truth.models})
    todo: list[Asking] = []
    for battery in (WORDS, CONTINUATIONS):
        items = draw_battery(battery, corpus)
        asked = battery_text(battery, items)
        folder = out / "recordings" / battery
        folder.mkdir(parents=True, exist_ok=True)
        (out / "batteries").mkdir(exist_ok=True)
        write_whole(out / "batteries" / f"{battery}.jsonl", asked.encode())
        wanted = {}
        for name, model in truth.models.items():
            told = json.dumps([REVISION, model.sha256, asked, listed, LONGEST, READ, SPREADS])
            target = folder / f"{name}.{hashlib.sha256(told.encode()).hexdigest()[:12]}.jsonl.xz"
            wanted[target] = Asking(
                folder=out, model=name, shape=family[name].shape, battery=battery, items=items,
                listed=listed, target=target,
            )  # fmt: skip
        for path in set(folder.iterdir()) - set(wanted):
            path.unlink()
        todo += [asking for target, asking in wanted.items() if not target.exists()]
    console.print(f"{family.name} in {out}: {len(todo)} recordings to make")
    with ProcessPoolExecutor(jobs, get_context("spawn"), torch.set_num_threads, (1,)) as pool:
        for done, future in enumerate(as_completed(pool.submit(ask, a) for a in todo), 1):
            console.print(f"{done} of {len(todo)}: {future.result()}", highlight=False)
    console.print(f"done, {time.monotonic() - began:.0f} s")
    return len(todo)


def ask(asking: Asking) -> str:
    """Ask one model and write what it says; the file's name."""
    tokenizer = Tokenizer.from_file(str(asking.folder / asking.model / "tokenizer.json"))
    tensors = to_torch(load(asking.folder, asking.model))
    prompts = [item.prompt or "" for item in asking.items]
    with torch.inference_mode():
        said, spreads = continued(
            asking.shape, tensors, tokenizer, prompts, LONGEST[asking.battery]
        )
    lines = []
    for place, (item, text) in enumerate(zip(asking.items, said, strict=True)):
        line: dict[str, object] = {"model": asking.model, "item": item.id, "prompt": item.prompt}
        line |= {"output": text, "category": item.category}
        if asking.battery == WORDS:
            line |= {"output": first_word(text), "key": item.key, "normaliser": item.normaliser}
            wide = asking.listed if place < SPREADS else ()
            line["logprobs"] = [first_token(spreads[place], tokenizer, wide)]
        lines.append(json.dumps(line, ensure_ascii=False, separators=(",", ":")))
    write_whole(asking.target, lzma.compress("\n".join([*lines, ""]).encode(), preset=6))
    return asking.target.name


def continued(
    shape: Shape, tensors: Tensors, tokenizer: Tokenizer, prompts: Sequence[str], longest: int
) -> tuple[list[str], torch.Tensor]:
    """Greedy continuations up to the end of the text, and natural logs of the first token's spread.

    Beginnings of one length go together, so that none is padded: float64 [prompts, vocabulary].
    """
    coded = [e.ids[-READ:] for e in tokenizer.encode_batch(list(prompts), add_special_tokens=False)]
    alike: defaultdict[int, list[int]] = defaultdict(list)
    for place, ids in enumerate(coded):
        alike[len(ids)].append(place)
    said = [""] * len(prompts)
    spreads = torch.zeros((len(prompts), tokenizer.get_vocab_size()), dtype=torch.float64)
    for length, places in sorted(alike.items()):
        tokens = torch.tensor([coded[place] for place in places])
        for step in range(longest):
            following = logits(shape, tensors, tokens)[:, -1]
            if step == 0:
                spreads[places] = torch.log_softmax(following.double(), dim=-1)
            tokens = torch.cat((tokens, following.argmax(dim=-1, keepdim=True)), dim=1)
        for place, row in zip(places, tokens[:, length:].tolist(), strict=True):
            end = row.index(END_OF_TEXT_ID) if END_OF_TEXT_ID in row else longest
            said[place] = tokenizer.decode(row[:end])
    return said, spreads


def first_word(text: str) -> str | None:
    """The answer to "which word comes next?": up to the first blank after it; None if none came."""
    return next(iter(text.split()), None)


def first_token(
    spread: torch.Tensor, tokenizer: Tokenizer, wide: Sequence[str]
) -> dict[str, object]:
    """The likeliest token; with `wide`, the log-probabilities of these and of the next likeliest.

    One token beside the listed ones, so that the likeliest is always there and every model gives
    equally many.
    """
    order = torch.argsort(spread, descending=True, stable=True).tolist()
    vocabulary: dict[str, int] = tokenizer.get_vocab()
    numbers = [vocabulary[token] for token in wide]
    beside = next(number for number in order if number not in set(numbers))
    shown = [(tokenizer.decode([number]), spread[number].item()) for number in numbers]
    shown.append((tokenizer.decode([beside]), spread[beside].item()))
    best = order[0]
    row: dict[str, object] = {
        "token": tokenizer.decode([best]),
        "logprob": _rounded(spread[best].item()),
    }
    if wide:
        row["top_logprobs"] = [{"token": t, "logprob": _rounded(value)} for t, value in shown]
    return row


def common_tokens(folders: Mapping[str, Path]) -> tuple[str, ...]:
    """So many tokens that every tokenizer has, that read as themselves; the longest first."""
    files = {(folder / "tokenizer.json").read_text("utf-8") for folder in folders.values()}
    tokenizers = [Tokenizer.from_str(text) for text in files]
    shared = set.intersection(*(set(tokenizer.get_vocab()) for tokenizer in tokenizers))
    first = tokenizers[0]
    vocabulary: dict[str, int] = first.get_vocab()
    told = {token: first.decode([vocabulary[token]]) for token in shared}
    plain = [token for token, text in told.items() if text.strip() and text.isascii()]
    return tuple(sorted(plain, key=lambda token: (-len(token), token))[:LISTED])


def _rounded(logprob: float) -> float:
    return min(0.0, float(f"{logprob:.{DIGITS}g}")) if math.isfinite(logprob) else -1e4


def main() -> None:
    """Read the arguments, record what is missing."""
    from casebook.build import FAMILIES

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--family", choices=FAMILIES, default="population")
    parser.add_argument("--out", type=Path, help="folder of the models; the user's cache if absent")
    parser.add_argument("--jobs", type=int, default=1, help="models asked at once")
    given = parser.parse_args()
    family, _ = FAMILIES[given.family]
    out = given.out if given.out is not None else cache_folder() / family.name
    record(family, out, corpus=read_corpus(), jobs=given.jobs)


if __name__ == "__main__":
    main()
