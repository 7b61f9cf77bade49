"""Build a family of models: `python -m casebook.build --family population`.

Members that exist with the same recipe are kept, so an interrupted build goes on where it stopped.
"""

import argparse
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

import torch  # type: ignore[import-not-found, unused-ignore]
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from casebook.census import write_census
from casebook.checkpoint import clear_partial, digest_of, write_config, write_whole
from casebook.corpus import Corpus, read_corpus
from casebook.family import FAMILY
from casebook.making import config_of, defined
from casebook.member import Family, Member
from casebook.population import POPULATION
from casebook.readme import write_readme
from casebook.record import record
from casebook.texts import cache_folder, is_kept, keep_text, tokenise
from casebook.truth import ModelTruth, Truth, read_truth, write_truth
from casebook.workshop import Workshop, make_all, recipe_of

FAMILIES: Mapping[str, tuple[Family, Callable[[Truth], str]]] = MappingProxyType(
    {"casebook": (FAMILY, write_readme), "population": (POPULATION, write_census)}
)


def main() -> None:
    """Read the arguments, build what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--family", choices=FAMILIES, default="casebook")
    parser.add_argument("--out", type=Path, help="folder of the models; the user's cache if absent")
    parser.add_argument("--subset", help="a named part of the family, e.g. quick")
    parser.add_argument("--only", nargs="*", help="names of members, made with their ancestors")
    parser.add_argument("--jobs", type=int, default=1, help="members made at once")
    parser.add_argument("--threads", type=int, default=2, help="threads of torch, each member")
    parser.add_argument(
        "--recordings",
        action=argparse.BooleanOptionalAction,
        help="ask them the two batteries at the end (default: the population, not the casebook)",
    )
    given = parser.parse_args()
    family, describe = FAMILIES[given.family]
    if given.subset is not None and given.subset not in family.subsets:
        parser.error(f"--subset {given.subset}: expected one of {sorted(family.subsets)}")
    names = family.subsets[given.subset] if given.subset is not None else given.only
    try:
        members = family.members if not names else family.lineage(frozenset(names))
    except ValueError as error:
        parser.error(str(error))
    out = given.out if given.out is not None else cache_folder() / family.name
    corpus = read_corpus()
    build(family, members, out, describe, corpus=corpus, jobs=given.jobs, threads=given.threads)
    asked = family is POPULATION if given.recordings is None else given.recordings
    if asked:
        record(family, out, corpus=corpus, jobs=given.jobs)


def build(
    family: Family,
    members: tuple[Member, ...],
    out: Path,
    describe: Callable[[Truth], str],
    *,
    corpus: Corpus,
    jobs: int = 1,
    threads: int = 2,
    console: Console | None = None,
) -> None:
    """Make every one of these members that `out` does not hold yet.

    Args:
        family: whose members they are.
        members: with all they descend from, in the family's order.
        out: folder of the models, truth.toml and README.md.
        describe: the README's text.
        corpus: what they learn from.
        jobs: members made at once.
        threads: threads of torch for each.
        console: where progress is drawn; standard output if absent.
    """
    console = console if console is not None else Console()
    began = time.monotonic()
    models = kept(family, out, corpus)
    missing = tuple(member for member in members if member.name not in models)
    console.print(beginning(family, out, corpus, members=len(members), missing=len(missing)))
    workshop = Workshop(
        family=family,
        out=out,
        corpus_digest=corpus.digest,
        text_folders=text_folders(corpus, missing),
        jobs=jobs,
        threads=threads,
    )
    keep = partial(publish, family, out, corpus, models, describe)
    keep()
    make_watched(workshop, missing, models, keep, console)
    console.print(f"done, {time.monotonic() - began:.0f} s")


def kept(family: Family, out: Path, corpus: Corpus) -> dict[str, ModelTruth]:
    """Make the folder if there is none, clear what was interrupted, and list what is sound."""
    out.mkdir(parents=True, exist_ok=True)
    clear_partial(out)
    return sound(family, out, corpus)


def beginning(family: Family, out: Path, corpus: Corpus, *, members: int, missing: int) -> str:
    """What there is and what is to be made, in one line."""
    return (
        f"{family.name} in {out}: {members} members, {members - missing} kept; "
        f"text {corpus.digest[:16]}"
    )


def make_watched(
    workshop: Workshop,
    missing: tuple[Member, ...],
    models: dict[str, ModelTruth],
    keep: Callable[[], None],
    console: Console,
) -> None:
    """Make what is missing, `keep` after each member, under a progress bar."""
    busy: list[str] = []
    with progress_bar(console) as bar:
        watched = bar.add_task("", total=len(missing))

        def began(member: Member) -> None:
            busy.append(member.name)
            bar.update(watched, description=", ".join(busy))

        def ended(member: Member, truth: ModelTruth) -> None:
            keep()
            console.print(line_of(truth))
            busy.remove(member.name)
            bar.update(watched, advance=1, description=", ".join(busy))

        make_all(workshop, missing, models, began, ended)


def progress_bar(console: Console) -> Progress:
    """Members made of all, time gone, what is being made."""
    return Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
        console=console,
    )


def line_of(truth: ModelTruth) -> str:
    """One member that was made, in a line."""
    return (
        f"{truth.name}: {truth.operation}, loss {truth.loss:.3f} "
        f"of {truth.loss_untrained:.3f} untrained, {truth.seconds:.0f} s"
    )


def text_folders(corpus: Corpus, members: tuple[Member, ...]) -> Mapping[str, Path]:
    """Where each tokenizer's text is kept; learned and encoded if it is not."""
    folders: dict[str, Path] = {}
    for member in members:
        if member.tokenizer not in folders:
            folder = cache_folder() / "texts" / f"{member.tokenizer}-{corpus.digest[:16]}"
            if not is_kept(folder):
                size = member.shape.vocabulary
                keep_text(folder, tokenise(corpus, size, member.tokenizer_text))
            folders[member.tokenizer] = folder
    return folders


def sound(family: Family, out: Path, corpus: Corpus) -> dict[str, ModelTruth]:
    """What did an earlier build make of the same text and recipes, and is there unchanged?

    What costs nothing is renewed: config.json, and what the definition alone says.
    """
    before = built_before(out / "truth.toml", corpus)
    models: dict[str, ModelTruth] = {}
    for member in family.members:
        truth = before.get(member.name)
        if truth is None or not all(name in models for name in member.parents):
            continue
        if is_built(out, truth, recipe_of(member, corpus.digest, models)):
            write_config(out / member.name, config_of(member))
            models[member.name] = replace(truth, **defined(member, family))
    return models


def built_before(path: Path, corpus: Corpus) -> dict[str, ModelTruth]:
    """What did an earlier build make of the same text with the same torch? Nothing else counts."""
    if not path.exists():
        return {}
    truth = read_truth(path)
    same = (truth.corpus_digest, truth.torch_version) == (corpus.digest, torch.__version__)
    return dict(truth.models) if same else {}


def is_built(out: Path, truth: ModelTruth, recipe: str) -> bool:
    """Does the folder hold the model this recipe made, unchanged?"""
    if truth.recipe != recipe:
        return False
    weights, tokenizer = (
        out / truth.name / name for name in ("model.safetensors", "tokenizer.json")
    )
    return tokenizer.exists() and weights.exists() and digest_of(weights) == truth.sha256


def publish(
    family: Family,
    out: Path,
    corpus: Corpus,
    models: Mapping[str, ModelTruth],
    describe: Callable[[Truth], str],
) -> None:
    """Write truth.toml and README.md, members in the family's order."""
    ordered = {
        member.name: models[member.name] for member in family.members if member.name in models
    }
    truth = Truth(
        corpus_digest=corpus.digest,
        python_version=platform.python_version(),
        torch_version=torch.__version__,
        models=MappingProxyType(ordered),
    )
    write_whole(out / "truth.toml", write_truth(truth).encode())
    write_whole(out / "README.md", describe(truth).encode())


if __name__ == "__main__":
    main()
