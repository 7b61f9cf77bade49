"""What a reader must know of a model that is a base with adapters merged into it."""

import re
from collections.abc import Iterator
from typing import Final

from filiation.model.layout import Merged

__all__ = ["merged_notes"]

SEPARATORS: Final = re.compile(r"[-_. ]+")


def merged_notes(merged: Merged) -> Iterator[str]:
    """What was merged, by digest; whether base and declaration agree; what the base explains."""
    config = f", configuration {merged.config_digest}" if merged.config_digest else ""
    yield (
        f"{merged.name} ({merged.kind}, sha256 of its tensors {merged.digest}{config}) was merged "
        f"into {merged.base} (sha256 of its tensors {merged.base_digest}) while it was read: "
        f"{merged.modules} modules changed{_ranks(merged)}{_wholes(merged)}"
    )
    yield _declaration(merged)
    if merged.idle:
        yield (
            f"{merged.name}: {merged.idle} of its changes add nothing (a factor or the scale is "
            "nought); there the model is its base"
        )
    if merged.assumed:
        yield (
            f"{merged.name}: of {merged.assumed} changes nobody stored the scale; they were added "
            "as they stand (alpha equal to the rank)"
        )
    if merged.full:
        yield (
            f"{merged.name}: {merged.full} of its changes are of as high a rank as their matrices, "
            "so that what is merged may be any matrix there and owe the base nothing"
        )
    if merged.aside:
        yield (
            f"{merged.name}: not merged, since the base is another component: "
            f"{', '.join(merged.aside)}; nothing is said of it"
        )


def _ranks(merged: Merged) -> str:
    if not merged.most_rank:
        return ""
    if merged.least_rank == merged.most_rank:
        return f", rank {merged.most_rank}"
    return f", rank {merged.least_rank} to {merged.most_rank}"


def _wholes(merged: Merged) -> str:
    if not merged.replaced:
        return ""
    added = f", {merged.added} of which the base has not" if merged.added else ""
    return f"; {merged.replaced} tensors stand in the adapter itself{added}"


def _declaration(merged: Merged) -> str:
    if not merged.declared:
        return f"{merged.name} does not say which model it is an adapter of"
    own = [merged.base, *([merged.base_says] if merged.base_says else [])]
    if _plain(merged.declared) in map(_plain, own):
        return f"{merged.name} declares the base “{merged.declared}”, as the base given is called"
    called = " and, by its configuration, ".join(f"“{name}”" for name in own)
    return (
        f"contradiction: {merged.name} declares the base “{merged.declared}”; the base given is "
        f"called {called}. That its shapes fit does not show that it is the same model"
    )


def _plain(name: str) -> str:
    """The last part of a path or of a name on a hub, its case and separators set aside."""
    last = re.split(r"[/\\]", name.rstrip("/\\"))[-1]
    stem = re.sub(r"\.(?:safetensors|gguf|bin|pt|pth|ckpt|onnx)$", "", last.lower())
    return SEPARATORS.sub("-", stem)
