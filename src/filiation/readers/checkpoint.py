"""A checkpoint as a stream of rows with roles: what sketching sees of the files."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import UnreadableError
from filiation.model.layout import Layout, TensorInfo
from filiation.readers.blocks import cuts, row_count, row_values
from filiation.readers.dtypes import values, which_not_finite
from filiation.readers.folder import Folder, find_weights
from filiation.readers.guess import guess
from filiation.readers.roles import lay_out
from filiation.readers.safetensors import Entry, MappedFile, open_file
from filiation.readers.scaling import Scaling, Scalings, scalings
from filiation.readers.settings import Settings, read_settings
from filiation.readers.tokens import read_tokens

__all__ = ["Checkpoint", "open_model"]

Float32: TypeAlias = NDArray[np.float32]

# Buffers of old GPT-2 and GPT-NeoX exports: a causal mask, and the value that stands for minus
# infinity. Infinite on purpose in some exports.
_MASKS = ("attn.bias", "attn.masked_bias", "attention.bias", "attention.masked_bias")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """One model on disk (a `WeightView`). Tensors are sorted by name; bytes stay in the files."""

    name: str
    tensors: tuple[TensorInfo, ...]
    layout: Layout
    tokens: tuple[bytes, ...] | None
    places: Mapping[str, tuple[MappedFile, Entry]]
    scaling: Mapping[str, Scaling]

    def blocks(self, tensor: str) -> Iterator[tuple[int, memoryview]]:
        """Stream a tensor's bytes as (first row, bytes), cut as `readers.blocks.cuts` says.

        The pages of a block are given back to the system when the next one is asked for, so a
        block must not be used after that (it would only be read again from disk).
        """
        file, entry = self.places[tensor]
        for row, begin, end in cuts(entry.info):
            try:
                yield row, file.view(entry.start + begin, entry.start + end)
            finally:
                file.drop(entry.start + begin, entry.start + end)

    def decode(self, tensor: str, first_row: int, raw: memoryview) -> Float32:
        """The values of one block, [rows, columns]; scaled; a vector or a part of a row is one row.

        Raises:
            UnreadableError: Scaling gave a value that is not finite.
        """
        info = self.places[tensor][1].info
        flat = values(info.dtype, raw)
        columns = row_values(info)
        whole = columns > 0 and flat.size % columns == 0
        block = flat.reshape(-1, columns) if whole else flat.reshape(1, -1)
        scaling = self.scaling.get(tensor)
        return block if scaling is None else self._scaled(tensor, scaling, first_row, block)

    def rows(self, tensor: str, indices: Sequence[int]) -> Float32:
        """Chosen rows, [len(indices), columns], in the order asked for."""
        file, entry = self.places[tensor]
        count, columns = row_count(entry.info), row_values(entry.info)
        row_bytes = entry.info.nbytes // max(1, count)
        chosen = np.empty((len(indices), columns), dtype=np.float32)
        for place, row in enumerate(indices):
            if not 0 <= row < count:
                raise IndexError(f"{tensor}: row {row}, expected 0 to {count - 1}")
            start = entry.start + row * row_bytes
            chosen[place] = self.decode(tensor, row, file.view(start, start + row_bytes))[0]
            file.drop(start, start + row_bytes)
        return chosen

    def check_finite(self, tensor: str, first_row: int, raw: memoryview) -> None:
        """Refuse a block with NaN or infinity in it. Free for integers; masks are exempt.

        Raises:
            UnreadableError: Naming the tensor, how many values in this block, and the first row.
        """
        info = self.places[tensor][1].info
        bad = which_not_finite(info.dtype, raw)
        if not bad.size or is_mask(tensor):
            return
        row = first_row + int(bad[0]) // row_values(info)
        raise UnreadableError(
            f"{tensor}: holds {bad.size} values that are not finite (first in row {row}), expected "
            "none; a trained checkpoint holds none, so the file is damaged or was exported wrongly"
        )

    def _scaled(self, tensor: str, scaling: Scaling, first_row: int, block: Float32) -> Float32:
        grid_rows = (first_row + np.arange(len(block))) // scaling.block[0]
        with np.errstate(over="ignore", invalid="ignore"):
            if scaling.zero is not None:
                block = block - self._spread(scaling.zero, scaling, grid_rows, block.shape[1])
            scale = self._spread(scaling.scale, scaling, grid_rows, block.shape[1])
            block = block * (scale * np.float32(scaling.factor))
        if not np.isfinite(block).all():
            raise UnreadableError(
                f"{tensor}: not finite once scaled by {scaling.scale}, expected finite weights; "
                "the scale is damaged or was exported wrongly"
            )
        return block

    def _spread(
        self, name: str, scaling: Scaling, grid_rows: NDArray[np.int64], columns: int
    ) -> Float32:
        """One scale per value of the block (or per row, where all columns share it)."""
        file, entry = self.places[name]
        across = scaling.grid[1]
        low, high = int(grid_rows[0]), int(grid_rows[-1]) + 1
        size = entry.info.nbytes // (scaling.grid[0] * across)
        start = entry.start + low * across * size
        stored = file.view(start, start + (high - low) * across * size)
        scale = values(entry.info.dtype, stored).reshape(-1, across)[grid_rows - low]
        return scale if across == 1 else np.repeat(scale, scaling.block[1], axis=1)[:, :columns]


def open_model(path: Path) -> Checkpoint:
    """Open a safetensors file or a Hugging Face model directory.

    Raises:
        UsageError: Nothing there, or a directory without weights.
        UnreadableError: The files are damaged or contradict each other.
    """
    folder = find_weights(path)
    places = _places(folder)
    if not places:
        raise UnreadableError(f"{path}: no tensors, expected some; this is an empty model")
    infos = {name: places[name][1].info for name in sorted(places)}
    settings = read_settings(folder.config)
    scaled = scalings(infos, block=settings.block)
    tokens = read_tokens(folder.tokenizer)
    return Checkpoint(
        name=folder.name,
        tensors=tuple(infos.values()),
        layout=_layout(infos, scaled, settings, 0 if tokens is None else len(tokens)),
        tokens=tokens,
        places=places,
        scaling=scaled.of,
    )


def is_mask(tensor: str) -> bool:
    """Whether a tensor is an attention mask, where minus infinity is legitimate."""
    return any(tensor == mask or tensor.endswith("." + mask) for mask in _MASKS)


def _layout(
    infos: Mapping[str, TensorInfo], scaled: Scalings, settings: Settings, tokens: int
) -> Layout:
    known = lay_out(infos, unexamined=scaled.unexamined, settings=settings)
    if known is not None:
        return known
    vocabulary = frozenset({tokens, settings.vocabulary} - {0})
    return guess(infos, unexamined=scaled.unexamined, vocabulary=vocabulary)


def _places(folder: Folder) -> dict[str, tuple[MappedFile, Entry]]:
    """Every tensor's file; the files must hold what the index says, each tensor once."""
    places: dict[str, tuple[MappedFile, Entry]] = {}
    for path in folder.files:
        file = open_file(path)
        for entry in file.entries:
            name = entry.info.name
            if name in places:
                raise UnreadableError(
                    f"{path}: tensor {name!r} is also in {places[name][0].path.name}, expected it "
                    "once; which one the model uses cannot be known"
                )
            places[name] = file, entry
    if folder.index is not None:
        _check_index(folder, folder.index, places)
    return places


def _check_index(
    folder: Folder, index: Mapping[str, str], places: Mapping[str, tuple[MappedFile, Entry]]
) -> None:
    for name, told in index.items():
        if name not in places:
            raise UnreadableError(
                f"{folder.path / told}: tensor {name!r} is not in it, the index says it is; "
                "the files are not of one model, or one was replaced"
            )
    for name, (file, _) in places.items():
        if name not in index:
            raise UnreadableError(
                f"{file.path}: holds tensor {name!r}, which the index does not list; "
                "the files are not of one model, or one was replaced"
            )
        if file.path.name != index[name]:
            raise UnreadableError(
                f"{file.path}: holds tensor {name!r}, the index places it in {index[name]}; "
                "the files are not of one model, or one was replaced"
            )
