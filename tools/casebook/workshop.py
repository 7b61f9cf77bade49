"""Members made several at once, each by one worker, parents before children."""

import os
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import final

import torch  # type: ignore[import-not-found, unused-ignore]

from casebook.making import make
from casebook.member import Family, Member
from casebook.texts import open_text
from casebook.truth import ModelTruth


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Where and how: the folder of the models, the folders of the texts, workers, their threads."""

    family: Family
    out: Path
    corpus_digest: str
    text_folders: Mapping[str, Path]
    jobs: int = 1
    threads: int = 1


def recipe_of(member: Member, corpus_digest: str, models: Mapping[str, ModelTruth]) -> str:
    """What decides this member's weights, its parents' files included."""
    return member.recipe(corpus_digest, tuple(models[name].sha256 for name in member.parents))


def make_all(
    workshop: Workshop,
    members: tuple[Member, ...],
    models: dict[str, ModelTruth],
    began: Callable[[Member], None],
    ended: Callable[[Member, ModelTruth], None],
) -> None:
    """Make these members and add them to `models`, each as soon as its parents are in.

    Args:
        workshop: how to work.
        members: those to make; what they descend from is among them or in `models`.
        models: those there are already; what is made is added before `ended` is called.
        began: called when a worker is given a member.
        ended: called when a member is written.
    """
    waiting = list(members)
    running: dict[Future[ModelTruth], Member] = {}
    context = get_context("spawn")  # torch's threads do not survive a fork
    settings = (workshop.threads, os.getpid())
    with ProcessPoolExecutor(workshop.jobs, context, _settle, settings) as pool:
        try:
            while waiting or running:
                for member in [m for m in waiting if all(p in models for p in m.parents)]:
                    if len(running) < workshop.jobs:
                        waiting.remove(member)
                        began(member)
                        recipe = recipe_of(member, workshop.corpus_digest, models)
                        running[pool.submit(_work, workshop, member, recipe)] = member
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    member = running.pop(future)
                    models[member.name] = future.result()
                    ended(member, models[member.name])
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _settle(threads: int, builder: int) -> None:
    torch.set_num_threads(threads)
    threading.Thread(target=_end_with, args=(builder,), daemon=True).start()


def _end_with(builder: int) -> None:
    """A worker whose builder was killed must not write beside the next build."""
    while os.getppid() == builder:
        time.sleep(1)
    os._exit(1)


def _work(workshop: Workshop, member: Member, recipe: str) -> ModelTruth:
    text = open_text(workshop.text_folders[member.tokenizer])
    return make(member, workshop.family, workshop.out, text, recipe)
