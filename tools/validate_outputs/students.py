"""Students of the casebook's parent: what do their recorded answers show, and what not?

`distilled` (in the casebook) learned from the parent's logits. One more is trained here from text
alone, on what `parent` wrote, from its own initialisation: no weight and no logit is inherited. All
models continue the same beginnings of held-out text, greedily. Models, texts and answers are kept
in a folder outside the repository (FILIATION_CACHE, else ~/.cache/filiation) and made once.

Run: python -m validate_outputs.students  (torch and transformers; about ten minutes the first
time). Prints a Markdown table.
"""

import importlib
import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from casebook.checkpoint import write_model, write_whole
from casebook.corpus import read_corpus
from casebook.family import original
from casebook.making import config_of
from casebook.member import Member
from casebook.schedule import Schedule
from casebook.texts import TokenRows
from casebook.tokenizer import encode
from casebook.training import train
from filiation.interrogate.battery_file import commit_battery, read_battery
from filiation.methods import Method
from filiation.methods.answers.shared_errors import SharedErrors
from filiation.methods.answers.structure import Structure
from filiation.methods.answers.traps import Traps
from filiation.methods.answers.wording import Wording
from filiation.model.finding import Absent, Finding
from filiation.model.recording import Item, Recording
from filiation.numerics.rng import stream
from filiation.readers.answers import open_recordings
from validate_outputs.shared import ROOT

__all__ = ["CONTROLS", "SUBJECTS", "finding", "main", "recordings"]

CASEBOOK: Final = ROOT / "examples" / "casebook"
STUDENTS: Final[Mapping[str, str]] = {
    "student-of-parent": "parent",
}
CONTROLS: Final = (
    *("stranger-2", "stranger-3", "stranger-4", "stranger-5", "other-width", "other-architecture"),
)
SUBJECTS: Final = (
    *("fine-tuned", "continued", "depth-pruned", "distilled", "student-of-parent"),
    *("stranger-2", "stranger-3", "stranger-4", "stranger-5"),
)
SEQUENCES: Final = 8192  # pieces of text a teacher writes
BEGUN: Final = 8  # tokens given to it
LENGTH: Final = 128
SHORT: Final = 400  # questions whose next word is compared
LONG: Final = 100  # questions whose wording is compared
CONTEXT: Final = 96  # tokens a model is given


def cache() -> Path:
    """Where what is made stays."""
    folder = os.environ.get("FILIATION_CACHE")
    path = Path(folder) if folder else Path.home() / ".cache" / "filiation"
    (path / "students").mkdir(parents=True, exist_ok=True)
    return path / "students"


def folder_of(name: str) -> Path:
    """The folder of a model, of the casebook or made here."""
    return (cache() if name in STUDENTS else CASEBOOK) / name


def written_by(teacher: str, rows: TokenRows) -> np.ndarray[Any, np.dtype[np.int32]]:
    """What a teacher writes when given eight tokens of the corpus, at temperature 1: one row."""
    kept = cache() / f"written-by-{teacher}.npy"
    if kept.exists():
        return np.asarray(np.load(kept, allow_pickle=False), dtype=np.int32)
    torch = importlib.import_module("torch")
    transformers = importlib.import_module("transformers")
    model = transformers.AutoModelForCausalLM.from_pretrained(str(CASEBOOK / teacher))
    model.eval().float()
    torch.manual_seed(int(stream(0, "students", teacher).integers(1 << 31)))
    pieces = []
    row = np.concatenate([rows["prose"], *([rows["code"]] * 3)])  # the casebook's mixture
    places = stream(1, "students", teacher).integers(0, len(row) - BEGUN, SEQUENCES)
    for start in range(0, SEQUENCES, 1024):
        begun = np.stack([row[at : at + BEGUN] for at in places[start : start + 1024]])
        given = torch.from_numpy(begun.astype(np.int64))
        with torch.inference_mode():
            made = model.generate(
                given, do_sample=True, temperature=1.0, top_k=0, max_new_tokens=LENGTH - BEGUN,
                min_new_tokens=LENGTH - BEGUN, pad_token_id=0,
                attention_mask=torch.ones_like(given),
            )  # fmt: skip
        pieces.append(made.numpy().astype(np.int32).reshape(-1))
        print(f"  {teacher}: {start + 1024} of {SEQUENCES} pieces", flush=True)
    found = np.concatenate(pieces)
    np.save(kept, found, allow_pickle=False)
    return np.asarray(found)


def taught(name: str, rows: TokenRows) -> Path:
    """Train a student on what its teacher wrote, unless it is there."""
    folder = folder_of(name)
    if (folder / "model.safetensors").exists():
        return folder
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    seed = 40 + list(STUDENTS).index(name)
    member: Member = original(name, seed, note="taught by text alone")
    schedule = Schedule(
        mixture=(("written", 32),), steps=400, rate=4e-3, order_seed=seed, window=LENGTH - 1
    )
    initialise = importlib.import_module("casebook.architectures").initialise
    tensors = train(
        member.shape,
        initialise(member.shape, seed=seed),
        {"written": written_by(STUDENTS[name], rows)},
        schedule,
        report=lambda step, loss: print(f"  {name}, step {step}: {loss:.3f}", flush=True),
    )
    stored = member.encoding.store({key: value.numpy() for key, value in tensors.items()})
    tokenizer = (CASEBOOK / "parent" / "tokenizer.json").read_text("utf-8")
    write_model(folder, stored, config_of(member), tokenizer)
    return folder


def _battery(name: str, count: int) -> Path:
    """A committed battery of beginnings; keyed by the word that follows if `name` is `short`."""
    path = cache() / f"{name}.jsonl"
    if path.exists():
        return path
    held = read_corpus().held_out
    rng = stream(0, "students", "battery", name)
    items: list[Item] = []
    while len(items) < count:
        domain = ("prose", "code")[len(items) % 2]
        texts = held[domain]
        text = texts[int(rng.integers(len(texts)))]
        if len(text) < 400:
            continue
        cut = text.find(" ", int(rng.integers(130, len(text) - 60)))
        word = text[cut + 1 : cut + 40].split(" ")[0].split("\n")[0]
        if cut > 0 and len(word) >= 2 and word.isascii() and word.isprintable():
            items.append(
                Item(
                    id=f"{name}-{len(items):04d}",
                    prompt=text[cut - 120 : cut],
                    category=domain,
                    key=word if name == "short" else None,
                    normaliser="text/1" if name == "short" else "",
                )
            )
    commit_battery(path, tuple(items), {"id": name})
    return path


def _asked(name: str, battery: str, count: int, longest: int) -> Recording:
    """What a model answers, greedily: kept as answers, one per line, and read back."""
    path = cache() / f"{name}.{battery}.answers.jsonl"
    if not path.exists():
        items = read_battery(_battery(battery, count)).items
        said = _continued(folder_of(name), [item.prompt or "" for item in items], longest)
        lines = [
            json.dumps(
                {
                    "model": name,
                    "item": item.id,
                    "prompt": item.prompt,
                    "output": output,
                    "category": item.category,
                    "normaliser": item.normaliser,
                    **({} if item.key is None else {"key": item.key}),
                }
            )
            for item, output in zip(items, said, strict=True)
        ]
        write_whole(path, "\n".join([*lines, ""]).encode())
        print(f"  {name} answered {battery}", flush=True)
    return open_recordings(path)[0]


def _continued(folder: Path, prompts: list[str], longest: int) -> list[str]:
    """Greedy continuations, fifty at a time, where the `local:` client asks one at a time."""
    torch = importlib.import_module("torch")
    transformers = importlib.import_module("transformers")
    tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder))
    model = transformers.AutoModelForCausalLM.from_pretrained(str(folder))
    model.eval().float()
    found: list[str] = []
    for start in range(0, len(prompts), 50):
        coded = [tokenizer(p)["input_ids"][-CONTEXT:] for p in prompts[start : start + 50]]
        width = max(map(len, coded))
        ids = torch.tensor([[0] * (width - len(row)) + row for row in coded])
        seen = torch.tensor([[0] * (width - len(row)) + [1] * len(row) for row in coded])
        with torch.inference_mode():
            made = model.generate(
                ids, attention_mask=seen, do_sample=False, max_new_tokens=longest, pad_token_id=0
            )
        found += [
            tokenizer.decode(row, skip_special_tokens=True) for row in made[:, width:].tolist()
        ]
    return found


def recordings() -> dict[str, dict[str, Recording]]:
    """By battery, then by model: everything asked, made if it is not there."""
    if any(not (folder_of(name) / "model.safetensors").exists() for name in STUDENTS):
        corpus = read_corpus()
        tokenizer = (CASEBOOK / "parent" / "tokenizer.json").read_text("utf-8")
        rows: TokenRows = {d: encode(tokenizer, corpus.learning[d]) for d in ("prose", "code")}
        for name in STUDENTS:
            taught(name, rows)
    names = dict.fromkeys(("parent", *SUBJECTS, *CONTROLS))
    return {
        battery: {name: _asked(name, battery, count, longest) for name in names}
        for battery, count, longest in (("short", SHORT, 5), ("long", LONG, 32))
    }


def finding(
    method: Method[Any], heard: Mapping[str, Recording], source: str, subject: str
) -> Finding | Absent:
    """Put the question, with every control that is neither of the two nor known to be kin."""
    controls = [heard[name] for name in CONTROLS if name not in (source, subject)]
    return method.compare(heard[source], heard[subject], controls, families={}, seed=0)


def main() -> None:
    """Print one row per subject: z and p against `parent` under every method that applies."""
    heard = recordings()
    methods: tuple[tuple[Method[Any], str], ...] = (
        (SharedErrors(), "short"),
        (Traps(), "long"),
        (Wording(), "long"),
        (Structure(), "long"),
    )
    print("| subject | " + " | ".join(m.id.partition("/")[0] for m, _ in methods) + " |")
    print("|---" * (len(methods) + 1) + "|")
    for subject in SUBJECTS:
        cells = []
        for method, battery in methods:
            found = finding(method, heard[battery], "parent", subject)
            if isinstance(found, Finding):
                place = next(place for place in found.lineup if place.who == "subject")
                cells.append(f"z {place.z:.1f}, p {math.exp(found.log_p):.2g}")
            else:
                cells.append(found.kind)
        print(f"| {subject} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
