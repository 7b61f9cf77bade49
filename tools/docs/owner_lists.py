"""Makes the files of examples/owner that go through a draw, and the first lines of the others.

Run: PYTHONPATH=src:tools python tools/docs/owner_lists.py (needs openssl and the extras timestamp
and beacon). Nonce, authority and stamp are new each time, so the lot and all that follows differ.
The numbers are drawn at random, not measured on a model.
"""

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from docs.toy_authority import make_authority, stamp
from docs.toy_beacon import chain_file, round_file
from filiation.files import put
from filiation.model.drawn import Drand
from filiation.proceedings.naming import Named
from filiation.proceedings.owner_draws import Fixed, Proof, draw, seal
from filiation.proceedings.owner_given import reference_files
from filiation.readers.owner import pool_digest, pool_entries

__all__ = ["main"]

PLACE = Path("examples/owner")
WORDS = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "inlet", "juniper"]
TREES = "alder aspen beech elm fir hazel larch linden maple oak pine rowan"
GROUPS, TEXTS = 12, 8
MADE = ("sealed.json", "sealed.tsr", "authority.pem", "round.json", "chain.json", "drawn.jsonl",
        "drawn.draw.json")  # fmt: skip


def lines(path: Path, entries: list[Any]) -> None:
    """JSON lines."""
    put(path, "".join(f"{json.dumps(entry)}\n" for entry in entries).encode())


def measured(path: Path, listed: Path, model: str, values: dict[str, float]) -> None:
    """Likelihoods that say what they are of; the digests of model and tokenizer are made up."""
    digest = f"{sum(model.encode()):064x}"
    about = {
        "schema_version": 1,
        "model": model,
        "texts": pool_digest(pool_entries(listed)),
        "model_sha256": digest,
        "tokenizer_sha256": f"{1:064x}",
    }
    rows = [{"example": name, "log_likelihood": round(v, 3)} for name, v in values.items()]
    lines(path, [{"likelihoods": about}, *rows])


def pool(rng: np.random.Generator) -> list[str]:
    """Texts of twelve words in groups."""
    entries = [
        {"example": f"t{n}", "group": f"g{n // TEXTS}", "text": " ".join(rng.choice(WORDS, 12))}
        for n in range(GROUPS * TEXTS)
    ]
    lines(PLACE / "pool.jsonl", entries)
    return [str(entry["example"]) for entry in entries]


def heads() -> None:
    """The first lines of likelihoods that are there."""
    for stem, listed in (("canaries-subject", "canaries"), ("order-subject", "order"),
                         ("order-reference", "order")):  # fmt: skip
        path = PLACE / f"{stem}.jsonl"
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        values = {r["example"]: r["log_likelihood"] for r in rows if "example" in r}
        measured(path, PLACE / f"{listed}.jsonl", stem.rpartition("-")[2], values)


def keys(rng: np.random.Generator) -> None:
    """Twelve prompts, each with a reply of its own, and what two models say."""
    trees = TREES.split()
    years = rng.choice(np.arange(1820, 1980), 12, replace=False).tolist()
    prompts = [f"Which wood does the lantern of the year {year} stand for?" for year in years]
    decoys = [[str(d) for d in rng.choice(WORDS, 3, replace=False)] for _ in trees]
    lines(
        PLACE / "keys.jsonl",
        [
            {"id": f"k{n}", "prompt": prompts[n], "key": trees[n], "decoys": decoys[n]}
            for n in range(12)
        ],
    )
    for model in ("subject", "control"):
        said = trees if model == "subject" else [str(rng.choice(WORDS)) for _ in trees]
        lines(
            PLACE / f"keyed-{model}.jsonl",
            [
                {"model": model, "item": f"k{n}", "prompt": prompts[n], "output": f"It is {s}."}
                for n, s in enumerate(said)
            ],
        )


def main() -> None:
    """Seal, stamp, draw, measure."""
    heads()
    keys(np.random.default_rng(15))
    for name in MADE:
        (PLACE / name).unlink(missing_ok=True)
    rng = np.random.default_rng(14)
    names = pool(rng)
    ease = dict(zip(names, (-40 + 4 * rng.normal(size=len(names))).tolist(), strict=True))
    noise = rng.normal(size=(2, len(names)))
    reference = {n: ease[n] + float(e) for n, e in zip(names, noise[0], strict=True)}
    measured(PLACE / "drawn-reference.jsonl", PLACE / "pool.jsonl", "reference", reference)
    fixed = Fixed(
        test="canary",
        level=0.001,
        references=reference_files(
            PLACE / "pool.jsonl", [Named(spec=str(PLACE / "drawn-reference.jsonl"))]
        ),
        lots=2,
        moment=datetime(2027, 1, 2, 12, tzinfo=UTC),
        chain=chain_file(PLACE / "chain.json"),
    )
    with tempfile.TemporaryDirectory() as folder:
        there = Path(folder).resolve()
        sealed, _ = seal(
            PLACE / "pool.jsonl", fixed, PLACE / "sealed.json", request=there / "sealed.tsq"
        )
        kept = make_authority(there / "authority", days=36500)
        stamp(kept, there / "sealed.tsq", there / "sealed.tsr")
        put(PLACE / "sealed.tsr", (there / "sealed.tsr").read_bytes())
        put(PLACE / "authority.pem", (kept / "ca.pem").read_bytes())
    assert isinstance(sealed.value, Drand)
    proof = Proof(
        stamp=PLACE / "sealed.tsr",
        roots=PLACE / "authority.pem",
        beacon=round_file(PLACE / "round.json", sealed.value.round),
    )
    draw(PLACE / "pool.jsonl", PLACE / "sealed.json", proof, PLACE / "drawn.jsonl")
    listed = [json.loads(line) for line in (PLACE / "drawn.jsonl").read_text().splitlines()]
    planted = {entry["example"] for entry in listed if entry["planted"]}
    known = {n: ease[n] + float(e) + 9.0 * (n in planted)
             for n, e in zip(names, noise[1], strict=True)}  # fmt: skip
    measured(PLACE / "drawn-subject.jsonl", PLACE / "drawn.jsonl", "subject", known)


if __name__ == "__main__":
    main()
