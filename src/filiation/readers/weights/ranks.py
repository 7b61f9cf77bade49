"""Which folders hold the parts of a checkpoint of Megatron?

`latest_checkpointed_iteration.txt` names one of `iter_0000100`; in it stands a folder for each
rank of tensor and pipeline parallelism, `mp_rank_00` or `mp_rank_00_000`, or pieces of
torch.distributed.checkpoint.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from filiation.errors import UnreadableError, UsageError

__all__ = ["RANK", "Ranks", "megatron_ranks", "rank_of"]

TRACKER: Final = "latest_checkpointed_iteration.txt"
RANK: Final = re.compile(r"mp_rank_(\d{2})(?:_(\d{3}))?(_\d{3})?")
FILES: Final = ("model_optim_rng.pt", "model_rng.pt", "model_weights.ckpt")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Ranks:
    """The folder of an iteration, and the file of every rank; none where it holds no ranks."""

    folder: Path
    files: tuple[Path, ...]


def megatron_ranks(path: Path) -> Ranks | None:
    """The parts that a folder holds; None if it is no checkpoint of Megatron.

    Raises:
        UsageError: It names an iteration that is not there.
        UnreadableError: A part is missing, or they are cut by experts too.
    """
    tracker = path / TRACKER
    if tracker.is_file():
        said = tracker.read_bytes()[:32].decode("ascii", "replace").strip()
        inner = path / (f"iter_{int(said):07}" if said.isascii() and said.isdigit() else "release")
        if not inner.is_dir():
            raise UsageError(f"{path}: {TRACKER} says {said!a:.40}, {inner.name} is not there")
        return megatron_ranks(inner) or Ranks(folder=inner, files=())
    found = sorted(one for one in path.iterdir() if RANK.fullmatch(one.name) and one.is_dir())
    if not found:
        return None
    places = [rank_of(one) for one in found]
    tensor, stage = ({place[n] for place in places} for n in (0, 1))
    wanted = [(t, s) for t in range(max(tensor) + 1) for s in range(max(stage) + 1)]
    if sorted(places) != wanted:
        missing = next(iter(sorted(set(wanted) - set(places))), None)
        raise UnreadableError(
            f"{path}: holds {len(places)} parts of {len(wanted)}, expected one of every rank"
            + ("" if missing is None else f"; rank {missing[0]} of stage {missing[1]} is missing")
        )
    files = []
    for one in found:
        held = [one / file for file in FILES if (one / file).is_file()]
        if not held:
            raise UnreadableError(f"{one}: no {FILES[0]}, expected the part of this rank")
        files.append(held[0])
    return Ranks(folder=path, files=tuple(files))


def rank_of(folder: Path) -> tuple[int, int]:
    """Tensor-parallel rank and stage that a folder is of.

    Raises:
        UnreadableError: Its name says an expert's rank too.
    """
    found = RANK.fullmatch(folder.name)
    if found is None or found[3]:
        raise UnreadableError(
            f"{folder}: is a part of an expert-parallel model, which is not read; its weights are "
            "unread, not missing (convert the checkpoint first)"
        )
    return int(found[1]), int(found[2] or 0)
