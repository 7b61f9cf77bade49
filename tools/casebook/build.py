"""Build the casebook: `python -m casebook.build --out examples/casebook`.

Members that exist with the same recipe are kept, so an interrupted build goes on where it stopped.
"""

import argparse
import platform
import time
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import torch  # type: ignore[import-not-found, unused-ignore]

from casebook.checkpoint import digest_of, write_config, write_whole
from casebook.corpus import Corpus, read_corpus
from casebook.family import FAMILY
from casebook.making import Text, config_of, make, tokenise
from casebook.readme import write_readme
from casebook.truth import ModelTruth, Truth, read_truth, write_truth


def main() -> None:
    """Read the arguments, build what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder of the casebook")
    parser.add_argument("--threads", type=int, default=2, help="threads of torch")
    parser.add_argument("--only", nargs="*", help="names of members; all if absent")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    build(arguments.out, frozenset(arguments.only) if arguments.only else None)


def build(out: Path, only: frozenset[str] | None = None) -> None:
    """Make every member of the family that `out` does not hold yet."""
    out.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    corpus = read_corpus()
    print(f"corpus {corpus.digest[:16]}, {time.monotonic() - began:.0f} s", flush=True)
    texts: dict[int, Text] = {}
    models = built_before(out / "truth.toml", corpus)
    for member in FAMILY:
        if only is not None and member.name not in only:
            continue
        if missing := [name for name in member.parents if name not in models]:
            raise ValueError(f"{member.name}: found no {missing}, expected its parents; build them")
        recipe = member.recipe(corpus.digest, tuple(models[name].sha256 for name in member.parents))
        if is_built(out, models.get(member.name), recipe):
            print(f"{member.name}: kept", flush=True)
            write_config(out / member.name, config_of(member))  # what costs nothing is renewed
            models[member.name] = replace(models[member.name], note=member.note)
        else:
            size = member.shape.vocabulary
            if size not in texts:
                texts[size] = tokenise(corpus, size)
            models[member.name] = make(member, out, texts[size], recipe)
        publish(out, corpus, models)
    print(f"done, {time.monotonic() - began:.0f} s", flush=True)


def built_before(path: Path, corpus: Corpus) -> dict[str, ModelTruth]:
    """What did an earlier build make of the same text with the same torch? Nothing else counts."""
    if not path.exists():
        return {}
    truth = read_truth(path)
    same = (truth.corpus_digest, truth.torch_version) == (corpus.digest, torch.__version__)
    return dict(truth.models) if same else {}


def is_built(out: Path, truth: ModelTruth | None, recipe: str) -> bool:
    """Does the folder hold the model this recipe made, unchanged?"""
    if truth is None or truth.recipe != recipe:
        return False
    weights, tokenizer = (
        out / truth.name / name for name in ("model.safetensors", "tokenizer.json")
    )
    return tokenizer.exists() and weights.exists() and digest_of(weights) == truth.sha256


def publish(out: Path, corpus: Corpus, models: dict[str, ModelTruth]) -> None:
    """Write truth.toml and README.md, members in the family's order."""
    truth = Truth(
        corpus_digest=corpus.digest,
        python_version=platform.python_version(),
        torch_version=torch.__version__,
        models=MappingProxyType(
            {member.name: models[member.name] for member in FAMILY if member.name in models}
        ),
    )
    write_whole(out / "truth.toml", write_truth(truth).encode())
    write_whole(out / "README.md", write_readme(truth).encode())


if __name__ == "__main__":
    main()
