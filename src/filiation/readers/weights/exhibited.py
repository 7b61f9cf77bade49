"""What stands for a model: a model, or a base with adapters that are merged while it is read."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from filiation.errors import UsageError
from filiation.files import shown
from filiation.model.layout import Merged, Skipped
from filiation.readers.bytes.digests import digest_of_tensors
from filiation.readers.bytes.parsing import read_object
from filiation.readers.weights.adapters.adapter import Adapter, adapter_beside, open_adapter
from filiation.readers.weights.adapters.spelling import JOIN, could_be_joined, joined
from filiation.readers.weights.archives import unpacked
from filiation.readers.weights.checkpoint import Checkpoint, checkpoint_of
from filiation.readers.weights.containers import read_contents
from filiation.readers.weights.folder import Folder, find_weights
from filiation.readers.weights.settings import CONFIG_LIMIT
from filiation.readers.weights.tokens import read_tokens
from filiation.readers.weights.whereabouts import archive_of, other_weights

if TYPE_CHECKING:
    from filiation.readers.weights.adapters.merging import Merging

__all__ = ["open_exhibited"]

MOST: Final = 16  # adapters of one model
OWN_NAME: Final = "_name_or_path"  # how a configuration calls its model


def open_exhibited(path: Path) -> Checkpoint:
    """Open a model, or a base and its adapters (BASE+ADAPTER+..), each merged before the next.

    Raises:
        UsageError: Nothing there, no adapter where one was expected, or one of them twice.
        UnreadableError: The files are damaged, contradict each other, or do not fit.
    """
    base, *further = joined(path)
    with unpacked(base) as place:
        return _opened(path, place, further)


def _opened(path: Path, base: Path, further: Sequence[Path]) -> Checkpoint:
    folder = find_weights(base)
    contents = read_contents(folder)
    opened = checkpoint_of(folder, contents)
    odd = (*_beside(path, folder, opened), *opened.layout.set_aside)
    if not further:
        return replace(opened, layout=replace(opened.layout, set_aside=odd))
    from filiation.readers.weights.adapters.merging import merge  # a model alone needs none of it

    adapters = _read(further)
    digest, says, merged = _digest(opened), _own_name(folder), []
    for adapter in adapters:
        done = merge(contents, adapter, lambda changed: checkpoint_of(folder, changed))
        contents = done.contents
        if done.replaced and (adapter.folder / "tokenizer.json").is_file():
            tokens = read_tokens(adapter.folder / "tokenizer.json")
            contents = replace(contents, tokens=tokens)
        merged.append(_told(adapter, done, folder.name, digest, says))
    changed = checkpoint_of(folder, contents)
    aside = [one for one in odd if one not in changed.layout.set_aside]
    return replace(
        changed,
        name=JOIN.join((folder.name, *(adapter.name for adapter in adapters))),
        layout=replace(
            changed.layout,
            set_aside=(*aside, *changed.layout.set_aside),
            merged=tuple(merged),
        ),
    )


def _read(paths: Sequence[Path]) -> Sequence[Adapter]:
    if len(paths) > MOST:
        raise UsageError(f"{len(paths)} adapters of one model, expected at most {MOST}")
    adapters: list[Adapter] = []
    for path in paths:
        adapter = open_adapter(path)
        for other in adapters:
            if other.digest == adapter.digest:
                raise UsageError(
                    f"{path}: holds the same tensors as {other.path}, expected each adapter once; "
                    "merged twice it would count twice"
                )
        adapters.append(adapter)
    return adapters


def _digest(model: Checkpoint) -> str:
    """What `filiation sketch` gives as the digest of the base alone."""
    found = []
    for info in model.tensors:
        digest = hashlib.sha256()
        for _, raw in model.blocks(info.name):
            digest.update(raw)
        found.append(digest.hexdigest())
    return digest_of_tensors(model.tensors, found)


def _own_name(folder: Folder) -> str:
    config = {} if folder.config is None else read_object(folder.config, limit=CONFIG_LIMIT)
    found = config.get(OWN_NAME)
    return shown(found[:300]) if isinstance(found, str) else ""


def _told(adapter: Adapter, done: "Merging", base: str, digest: str, says: str) -> Merged:
    return Merged(
        name=adapter.name,
        kind="IA3" if not done.ranks else "DoRA" if done.magnitudes else "LoRA",
        digest=adapter.digest,
        config_digest=adapter.config_digest,
        base=base,
        base_digest=digest,
        base_says=says,
        declared=adapter.declared,
        modules=done.modules,
        least_rank=min(done.ranks, default=0),
        most_rank=max(done.ranks, default=0),
        full=done.full,
        idle=done.idle,
        assumed=done.assumed,
        replaced=done.replaced,
        added=done.added,
        aside=tuple(f"{part}: {count} tensors" for part, count in done.aside.items()),
    )


def _beside(path: Path, folder: Folder, opened: Checkpoint) -> Sequence[Skipped]:
    """What a reader of the folder would not expect.

    Other weights in it, an adapter among them, and a name with a joint.
    """
    found = []
    is_file = joined(path)[0].is_file() and archive_of(joined(path)[0]) is None
    others = "" if is_file else _others(folder, opened)
    if others:
        found.append(
            Skipped(
                tensor=others,
                reason="other weights in the folder of those that were read; they were not read, "
                "and may hold another model: name them to examine them",
            )
        )
    beside = adapter_beside(folder.path, folder.files) if joined(path)[0].is_dir() else None
    if beside is not None and folder.path / beside not in joined(path)[1:]:
        found.append(
            Skipped(
                tensor=beside,
                reason="an adapter that lies beside the weights; it is not merged into them "
                f"(transformers would): {JOIN} and its path after the model's merges it",
            )
        )
    if could_be_joined(path):
        found.append(
            Skipped(
                tensor=shown(path.name),
                reason=f"a model of this name is there and was read, no adapter after the {JOIN}",
            )
        )
    return found


def _others(folder: Folder, opened: Checkpoint) -> str:
    """Weights that lie beside those that were read, and that nothing else tells of."""
    read = {*folder.files, *(source.path for source, _ in opened.places.values())}
    read |= {folder.path / name for name in folder.beside}
    adapter = adapter_beside(folder.path, folder.files)
    read |= set() if adapter is None else {folder.path / adapter}
    if folder.container == "distributed":
        read |= set(folder.path.glob("*.distcp"))
    return other_weights(folder.path, read)
