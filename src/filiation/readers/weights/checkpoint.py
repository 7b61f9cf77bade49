"""A checkpoint as a stream of rows with roles: what sketching sees of the files."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import UnreadableError
from filiation.model.layout import Layout, Skipped, TensorInfo
from filiation.readers.bytes.blocks import BLOCK_VALUES, cuts, row_count, row_values
from filiation.readers.bytes.dtypes import DTYPES, block_values, values, which_not_finite
from filiation.readers.bytes.mapped import Source, StoredTensor
from filiation.readers.weights.archives import unpacked
from filiation.readers.weights.containers import read_contents
from filiation.readers.weights.contents import Contents
from filiation.readers.weights.folder import Folder, find_weights
from filiation.readers.weights.guess import guess
from filiation.readers.weights.layouts import as_stored
from filiation.readers.weights.other_stacks import with_other_stacks
from filiation.readers.weights.packed.packing import Packing
from filiation.readers.weights.packed.unread import unread_tensors
from filiation.readers.weights.roles import lay_out
from filiation.readers.weights.scaling import Scaling, scalings
from filiation.readers.weights.whole import beyond, must_be_whole

__all__ = ["Checkpoint", "checkpoint_of", "laid_out", "open_model"]

Float32: TypeAlias = NDArray[np.float32]

MOST_ODD = 0.1  # share of a table's rows that may be not finite
TOGETHER = 64  # rows decoded at once: each may bring in some 64 KB of pages around it

# Buffers of old GPT-2 and GPT-NeoX exports: a causal mask, and the value that stands for minus
# infinity. Infinite on purpose in some exports.
_MASKS = ("attn.bias", "attn.masked_bias", "attention.bias", "attention.masked_bias")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """One model on disk (a `WeightView`). Tensors are sorted by name; bytes stay in the files.

    Attributes:
        name: What reports call it.
        tensors: As stored.
        layout: What each is for.
        tokens: What each token id stands for, None without a tokenizer.
        places: Where each tensor's bytes are.
        scaling: How stored integers become weights.
        interleaved: Rows per head of tensors whose rows llama.cpp interleaved; here undone.
        packed: Tensors of which a matrix is unpacked; their shape is that of the matrix.
        odd: Tables and unused tensors in which a few rows are not finite; these read as nought.
    """

    name: str
    tensors: tuple[TensorInfo, ...]
    layout: Layout
    tokens: tuple[bytes, ...] | None
    places: Mapping[str, tuple[Source, StoredTensor]]
    scaling: Mapping[str, Scaling]
    interleaved: Mapping[str, int]
    packed: Mapping[str, Packing]
    odd: frozenset[str] = frozenset()

    def blocks(self, tensor: str) -> Iterator[tuple[int, memoryview]]:
        """Stream a tensor's bytes as (first row, bytes), cut as `readers.blocks.cuts` says.

        The pages of a block are given back to the system when the next one is asked for, so a
        block must not be used after that (it would only be read again from disk).
        """
        file, entry = self.places[tensor]
        packing = self.packed.get(tensor)
        parts = (
            cuts(entry.info, group=self.interleaved.get(tensor, 1))
            if packing is None
            else packing.cuts()
        )
        for row, begin, end in parts:
            try:
                yield row, file.view(entry.start + begin, entry.start + end)
            finally:
                file.drop(entry.start + begin, entry.start + end)

    def decode(self, tensor: str, first_row: int, raw: memoryview) -> Float32:
        """The values of one block, [rows, columns]; scaled; a vector or a part of a row is one row.

        Rows that were interleaved within their attention head are back in their order.

        Raises:
            UnreadableError: Scaling gave a value that is not finite.
        """
        packing = self.packed.get(tensor)
        if packing is not None:
            return packing.decode(first_row, raw)
        info = self.places[tensor][1].info
        flat = values(info.dtype, raw)
        columns = row_values(info)
        whole = columns > 0 and flat.size % columns == 0
        block = flat.reshape(-1, columns) if whole else flat.reshape(1, -1)
        scaling = self.scaling.get(tensor)
        block = block if scaling is None else self._scaled(tensor, scaling, first_row, block)
        head = self.interleaved.get(tensor)
        if head is None:
            return block
        return (
            block[:, _apart(block.shape[1], head)]
            if len(info.shape) < 2
            else block[_apart(len(block), head)]
        )

    def rows(self, tensor: str, indices: Sequence[int]) -> Float32:
        """Chosen rows, [len(indices), columns], in the order asked for.

        Of a transposed tensor the stored columns, which takes a pass over it.
        """
        found = self._rows(tensor, indices)
        if tensor in self.odd:
            found[~np.isfinite(found).all(axis=1)] = 0
        return found

    def lying(self, tensor: str, low: int, high: int) -> Float32:
        """The rows from `low` to `high` as they lie, [high - low, columns], in any container."""
        packing = self.packed.get(tensor)
        if packing is not None:
            return packing.between(low, high)
        return self._lying(tensor, range(low, high))

    def _rows(self, tensor: str, indices: Sequence[int]) -> Float32:
        if tensor in self.layout.transposed:
            return self.columns(tensor, indices)
        if tensor in self.packed:
            return self.packed[tensor].rows(indices)
        return self._lying(tensor, indices)

    def _lying(self, tensor: str, indices: Sequence[int]) -> Float32:
        file, entry = self.places[tensor]
        if tensor in self.interleaved and len(entry.info.shape) > 1:
            head = self.interleaved[tensor]
            indices = [n - n % head + int(_apart(head, head)[n % head]) for n in indices]
        count, columns = row_count(entry.info), row_values(entry.info)
        for row in indices:
            if not 0 <= row < count:
                raise IndexError(f"{tensor}: row {row}, expected 0 to {count - 1}")
        alone = tensor in self.interleaved and len(entry.info.shape) < 2
        if alone or (tensor in self.scaling and tensor not in self.interleaved):
            return self._row_by_row(tensor, indices)
        row_bytes = entry.info.nbytes // max(1, count)
        chosen = np.empty((len(indices), columns), dtype=np.float32)
        for first in range(0, len(indices), TOGETHER):
            part = np.asarray(indices[first : first + TOGETHER], dtype=np.int64)
            low, high = int(part.min()), int(part.max()) + 1
            start, end = entry.start + low * row_bytes, entry.start + high * row_bytes
            stored = np.frombuffer(file.view(start, end), dtype=np.uint8)
            raw = stored.reshape(high - low, row_bytes)[part - low].reshape(-1).data
            chosen[first : first + len(part)] = values(entry.info.dtype, raw).reshape(-1, columns)
            file.drop(start, end)
        return chosen

    def _row_by_row(self, tensor: str, indices: Sequence[int]) -> Float32:
        """Rows whose values follow from more than their own bytes."""
        file, entry = self.places[tensor]
        row_bytes = entry.info.nbytes // max(1, row_count(entry.info))
        chosen = np.empty((len(indices), row_values(entry.info)), dtype=np.float32)
        for place, row in enumerate(indices):
            start = entry.start + row * row_bytes
            chosen[place] = self.decode(tensor, row, file.view(start, start + row_bytes))[0]
            file.drop(start, start + row_bytes)
        return chosen

    def columns(self, tensor: str, indices: Sequence[int]) -> Float32:
        """Chosen columns as they are stored, [len(indices), rows]; takes a pass over the tensor."""
        info, at = self.places[tensor][1].info, np.asarray(indices, dtype=np.int64)
        count = row_values(info)
        if ((at < 0) | (at >= count)).any():
            wrong = next(n for n in indices if not 0 <= n < count)
            raise IndexError(f"{tensor}: column {wrong}, expected 0 to {count - 1}")
        chosen = np.empty((len(at), row_count(info)), dtype=np.float32)
        size = self._apart_bytes(tensor)
        for first, raw in self.blocks(tensor):
            if size:  # only what is chosen is decoded
                stored = np.frombuffer(raw, dtype=f"<u{size}").reshape(-1, count)
                kept = np.take(stored, at, axis=1)
                block = values(info.dtype, kept.data.cast("B")).reshape(-1, len(at))
            else:
                block = self.decode(tensor, first, raw)[:, at]
            chosen[:, first : first + len(block)] = block.T
        return chosen

    def _apart_bytes(self, tensor: str) -> int:
        """Bytes of a value, where each follows from its own alone; else nought."""
        info = self.places[tensor][1].info
        joined = (self.packed, self.scaling, self.interleaved)
        if any(tensor in held for held in joined) or block_values(info.dtype) > 1:
            return 0
        bits = DTYPES[info.dtype].bits
        return 0 if bits % 8 or row_values(info) > BLOCK_VALUES else bits // 8

    def check_finite(self, tensor: str, first_row: int, raw: memoryview) -> None:
        """Refuse a block with NaN or infinity in it. Free for integers; masks are exempt.

        Raises:
            UnreadableError: Naming the tensor, how many values in this block, and the first row.
        """
        if tensor in self.packed:
            return  # whoever decodes it sees that
        info = self.places[tensor][1].info
        bad = which_not_finite(info.dtype, raw)
        if not bad.size or is_mask(tensor) or tensor in self.odd:
            return
        row = first_row + int(bad[0]) // row_values(info)
        raise UnreadableError(
            f"{tensor}: holds {bad.size} values that are not finite (first in row {row}), expected "
            "none; a trained checkpoint holds none, so the file is damaged or was exported wrongly"
        )

    def not_finite(self, tensor: str) -> list[int]:
        """Rows (as `rows` counts them) in which a value is not finite; reads the whole tensor."""
        info, found = self.places[tensor][1].info, set()
        columns = max(1, row_values(info))
        across = tensor in self.layout.transposed
        for first, raw in self.blocks(tensor):
            bad = which_not_finite(info.dtype, raw)
            rows = bad % columns if across else first + bad // columns
            found |= {int(row) for row in np.unique(rows)}
        return sorted(found)

    def _scaled(self, tensor: str, scaling: Scaling, first_row: int, block: Float32) -> Float32:
        grid_rows = (first_row + np.arange(len(block))) // scaling.block[0]
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            if scaling.zero is not None:
                block = block - self._spread(scaling.zero, scaling, grid_rows, block.shape[1])
            scale = self._spread(scaling.scale, scaling, grid_rows, block.shape[1])
            factor = scale * np.float32(scaling.factor)
            block = block / factor if scaling.divides else block * factor
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
    """Open a model: a file of any container, a directory that holds one, or an archive that does.

    Raises:
        UsageError: Nothing there, or a directory without weights.
        UnreadableError: The files are damaged or contradict each other.
    """
    with unpacked(path) as place:
        return _open(place)


def _open(path: Path) -> Checkpoint:
    folder = find_weights(path)
    return checkpoint_of(folder, read_contents(folder))


def checkpoint_of(folder: Folder, contents: Contents) -> Checkpoint:
    """Give roles to the tensors of a model, and refuse what is no whole one.

    Raises:
        UnreadableError: The files are damaged or contradict each other.
    """
    places = contents.places
    if not places:
        raise UnreadableError(f"{folder.path}: no tensors, expected some; this is an empty model")
    infos = {name: places[name][1].info for name in sorted(places)}
    layers = 0 if folder.container == "onnx" else contents.settings.layers  # may lose its names
    must_be_whole(folder.path, infos, contents.names, layers=layers)
    unexamined, scaled = _unexamined(infos, contents)
    layout = laid_out(infos, contents, unexamined)
    opened = Checkpoint(
        name=folder.name,
        tensors=tuple(infos.values()),
        layout=layout,
        tokens=contents.tokens,
        places=places,
        scaling={**scaled, **contents.scaling},
        interleaved=contents.interleaved,
        packed=contents.packed,
    )
    aside = [Skipped(tensor=name, reason=why) for name, why in sorted(contents.aside.items())]
    odd = list(_odd(opened))
    return replace(
        opened,
        layout=replace(layout, set_aside=(*aside, *odd, *beyond(infos, contents.names, layers))),
        odd=frozenset(one.tensor for one in odd),
    )


def _unexamined(
    infos: Mapping[str, TensorInfo], contents: Contents
) -> tuple[dict[str, str], Mapping[str, Scaling]]:
    """Tensors that hold no readable weights, with reasons; and the scales of the others."""
    plain = {name: info for name, info in infos.items() if name not in contents.packed}
    scaled = scalings(plain, block=contents.settings.block)
    found = {**scaled.unexamined, **contents.unexamined}
    found = {name: why for name, why in found.items() if name not in contents.scaling}
    return found | unread_tensors(infos, found), scaled.of


def _odd(model: Checkpoint) -> Iterator[Skipped]:
    """Tables and unused tensors in which a few rows are not finite.

    A row of a token that is never used, or a tensor that nothing reads, may hold anything, and
    whoever hands the model over could put it there. More than that, or in what is examined, is
    damage.

    Raises:
        UnreadableError: A table or a gain of norms is damaged; matrices are checked as they are
            read, by `check_finite`.
    """
    layout = model.layout
    tables = {name for name in (layout.embed, layout.unembed, layout.positions) if name}
    unused = {skipped.tensor for skipped in layout.skipped}
    gains = _gains(layout)
    for info in model.tensors:
        table = info.name in tables
        if not (table or info.name in unused | gains) or is_mask(info.name) or not info.nbytes:
            continue
        if info.name in model.packed:
            continue  # whoever decodes it sees that
        rows = model.not_finite(info.name)
        count = info.shape[1] if info.name in layout.transposed else row_count(info)
        if not rows:
            continue
        if info.name in gains or (table and len(rows) > MOST_ODD * count):
            raise UnreadableError(
                f"{info.name}: holds values that are not finite in {len(rows)} of {count} rows "
                f"(first in row {rows[0]}), expected none where tokens are used; the file is "
                "damaged or was exported wrongly"
            )
        listed = ", ".join(map(str, rows[:5])) + (", .." if len(rows) > 5 else "")
        what = "read as nought" if table else "no method reads it"
        yield Skipped(
            tensor=info.name,
            reason=f"values that are not finite stand in {len(rows)} of {count} rows ({listed}); "
            f"{what}",
        )


def _gains(layout: Layout) -> set[str]:
    """Vectors that are folded into matrices and tables."""
    matrices = (m for x in layout.layers for m in (*x.matrices, *x.attention, *x.mixers))
    found = {matrix.gain.tensor for matrix in matrices if matrix.gain is not None}
    return found | ({layout.final_gain.tensor} if layout.final_gain is not None else set())


def is_mask(tensor: str) -> bool:
    """Whether a tensor is an attention mask, where minus infinity is legitimate."""
    return any(tensor == mask or tensor.endswith("." + mask) for mask in _MASKS)


def laid_out(
    infos: Mapping[str, TensorInfo], contents: Contents, unexamined: Mapping[str, str]
) -> Layout:
    """Roles by the names and shapes that the model has, told of the tensors as stored."""
    stored = {contents.names.get(name, name): name for name in infos}
    seen = {
        role: TensorInfo(
            name=role,
            dtype=infos[name].dtype,
            shape=infos[name].shape[::-1] if name in contents.transposed else infos[name].shape,
            nbytes=infos[name].nbytes,
        )
        for role, name in stored.items()
    }
    reasons = {role: unexamined[name] for role, name in stored.items() if name in unexamined}
    found = lay_out(seen, unexamined=reasons, settings=contents.settings)
    if found is None:
        tokens = 0 if contents.tokens is None else len(contents.tokens)
        vocabulary = frozenset({tokens, contents.settings.vocabulary} - {0})
        found = guess(seen, unexamined=reasons, vocabulary=vocabulary)
    found = with_other_stacks(found, seen, unexamined=reasons, settings=contents.settings)
    return as_stored(
        found, stored, transposed=contents.transposed, unreadable=frozenset(unexamined)
    )


def _apart(rows: int, head: int) -> NDArray[np.int64]:
    """Where each row stands, if llama.cpp stores each head's as 0, h/2, 1, h/2 + 1, ..."""
    order = np.arange(rows).reshape(-1, head // 2, 2)
    return np.asarray(order.swapaxes(1, 2).reshape(-1), dtype=np.int64)
