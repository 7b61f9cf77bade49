"""Folders that are no model themselves: the model is found, or the sentence says where to look."""

from pathlib import Path

import pytest

import shards
from builders import f32, llama, write_folder, write_safetensors
from containers import write_torch
from filiation.errors import FiliationError, UnreadableError, UsageError
from filiation.readers.weights.checkpoint import open_model
from filiation.readers.weights.exhibited import open_exhibited

TOY = {n: a for n, (_, a) in llama(layers=2, width=16, hidden=24).items()}
A, B = "a" * 40, "b" * 40


def cache(at: Path, *commits: str, main: str = "") -> Path:
    """A hub's cache of one model."""
    root = at / "models--some--tiny-model"
    (root / "blobs").mkdir(parents=True)
    for n, commit in enumerate(commits):
        (root / "snapshots" / commit).mkdir(parents=True)
        blob = write_safetensors(root / "blobs" / f"{n:064x}", llama(seed=n))
        (root / "snapshots" / commit / "model.safetensors").symlink_to(blob)
    if main:
        (root / "refs").mkdir()
        (root / "refs" / "main").write_text(main)
    return root


def refusal(path: Path, kind: type[FiliationError] = UsageError) -> str:
    with pytest.raises(kind) as caught:
        open_model(path)
    return str(caught.value)


def test_the_root_of_a_cache_is_the_snapshot_of_its_main_branch(tmp_path: Path) -> None:
    root = cache(tmp_path, A, B, main=B)
    wanted = llama(seed=1)["lm_head.weight"][1].tobytes()
    for path in (root, root / "snapshots", root / "snapshots" / B, tmp_path):
        model = open_model(path)
        assert model.name == "tiny-model"
        assert b"".join(bytes(raw) for _, raw in model.blocks("lm_head.weight")) == wanted
    assert open_model(root / "snapshots" / A).name == "tiny-model"


def test_a_cache_that_does_not_say_which_is_asked_about(tmp_path: Path) -> None:
    root = cache(tmp_path, A, B)
    assert f"holds 2 snapshots, {A}, {B}, and refs/main names none" in refusal(root)
    (root / "refs").mkdir()
    (root / "refs" / "main").write_text("../../elsewhere")
    assert "refs/main names none" in refusal(root)
    (tmp_path / "models--some--other").mkdir()
    assert "is a cache of 2 models, models--some--other, models--" in refusal(tmp_path)


def test_contents_without_names_say_where_the_names_are(tmp_path: Path) -> None:
    root = cache(tmp_path, A)
    assert f"holds contents without names, expected a model; their names are in {root}" in refusal(
        root / "blobs"
    )
    assert open_model(next((root / "blobs").iterdir())).layout.layers


@pytest.mark.parametrize("place", ["weights", "weights/inner"])
def test_weights_in_a_folder_below_are_told(tmp_path: Path, place: str) -> None:
    write_folder(tmp_path / place, llama())
    (tmp_path / "other").mkdir()
    assert f"found weights in its folder {place}; give {tmp_path / place}" in refusal(tmp_path)
    write_folder(tmp_path / place.replace("weights", "again"), llama())
    assert "(and in 1 more)" in refusal(tmp_path)


def test_an_archive_in_a_folder_is_told(tmp_path: Path) -> None:
    shards.write_tar(tmp_path / "m.tar.gz", {})
    assert f"found the archive m.tar.gz; give {tmp_path / 'm.tar.gz'}" in refusal(tmp_path)


@pytest.mark.parametrize("suffix", ["safetensors", "bin", "h5", "msgpack"])
def test_two_files_that_no_index_lists_are_asked_about(tmp_path: Path, suffix: str) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.{suffix}").write_bytes(b"\x80")
    sentence = refusal(tmp_path)
    assert f"models, one.{suffix}, two.{suffix}, and no index that says whether" in sentence
    assert "name one of the files, or write the index" in sentence


def test_weights_of_other_containers_and_folders_beside_are_told(tmp_path: Path) -> None:
    """A copy beside a stranger's file, which a loader may prefer, was passed over in silence."""
    write_folder(tmp_path, llama())
    for name in ("pytorch_model.bin", "consolidated.safetensors", "flax_model.msgpack"):
        (tmp_path / name).write_bytes(b"another model")
    write_folder(tmp_path / "text_model", llama())
    (tmp_path / "assets").mkdir()
    told = open_exhibited(tmp_path).layout.set_aside
    assert [s.tensor for s in told] == [
        "consolidated.safetensors, flax_model.msgpack, pytorch_model.bin, text_model/"
    ]
    assert "were not read, and may hold another model" in told[0].reason
    assert open_exhibited(tmp_path / "model.safetensors").layout.set_aside == ()


def test_two_archives_of_arrays_are_asked_about(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.npz").write_bytes(b"PK")
    assert "holds 2 npz models, one.npz, two.npz; name one of the files" in refusal(tmp_path)


def test_what_lies_beside_the_usual_file_is_told(tmp_path: Path) -> None:
    write_folder(tmp_path, llama())
    write_safetensors(tmp_path / "extra.safetensors", {"w": f32(2)})
    write_safetensors(tmp_path / "consolidated.safetensors", {"w": f32(2)})
    assert [(s.tensor, s.reason) for s in open_model(tmp_path).layout.set_aside] == [
        (
            "extra.safetensors",
            "no index lists this file beside model.safetensors; it was not read",
        )
    ]


def test_states_of_a_training_are_set_aside_and_told(tmp_path: Path) -> None:
    beside = b"X\x09\x00\x00\x00optimizer" + b"}X\x01\x00\x00\x000"
    one = shards.torch_bytes(TOY["model.norm.weight"])
    start, end = one.index(b"ctorch._utils"), one.index(b".PK", one.index(b"ctorch._utils"))
    made = write_torch(tmp_path / "m.pt", {"t": TOY["model.norm.weight"], **TOY}, wrapper="model",
                       beside=beside + one[start:end] + b"s")  # fmt: skip
    model = open_model(made)
    assert set(TOY) < {info.name for info in model.tensors}
    assert [(s.tensor, s.reason) for s in model.layout.set_aside] == [
        (
            "optimizer",
            "1 tensors that stand beside the model, which is 'model'; the state of a training, "
            "no part of the model",
        )
    ]


def test_a_part_that_is_missing_is_named(tmp_path: Path) -> None:
    meta = shards.write_meta(tmp_path / "meta", TOY)
    (meta / "consolidated.00.pth").unlink()
    assert "holds parts 1 of consolidated.NN.pth, expected each" in refusal(meta, UnreadableError)

    ranks = shards.write_megatron(tmp_path / "ranks", TOY)
    gone = ranks / "iter_0000007" / "mp_rank_01_000"
    (gone / "model_optim_rng.pt").unlink()
    assert "no model_optim_rng.pt" in refusal(ranks, UnreadableError)
    gone.rmdir()
    assert "rank 1 of stage 0 is missing" in refusal(ranks, UnreadableError)
    gone.with_name("mp_rank_00_000").rename(gone.with_name("mp_rank_00_000_001"))
    assert "expert-parallel model, which is not read" in refusal(ranks, UnreadableError)

    pieces = shards.write_distributed(tmp_path / "pieces", TOY)
    (pieces / "__1_0.distcp").unlink()
    assert "__1_0.distcp: missing, the records name it" in refusal(pieces, UnreadableError)


def test_records_must_not_reach_elsewhere(tmp_path: Path) -> None:
    pieces = shards.write_distributed(tmp_path, TOY)
    raw = (pieces / ".metadata").read_bytes()
    (pieces / ".metadata").write_bytes(raw.replace(b"__1_0.distcp", b"../0_.distcp"))
    assert "records must not reach elsewhere" in refusal(pieces, UnreadableError)


def test_a_tensor_that_no_name_says_how_to_join_is_unread(tmp_path: Path) -> None:
    weights = {**TOY, "odd.table.weight": f32(8, 16)[1]}
    folder = shards.write_meta(tmp_path, TOY)
    for n in range(2):
        part = {"odd.table.weight": weights["odd.table.weight"][4 * n : 4 * n + 4]}
        named = shards.meta_names(TOY)
        cut = {name: one if one.ndim < 2 else one[: len(one) // 2] for name, one in named.items()}
        write_torch(folder / f"consolidated.{n:02}.pth", {**cut, **part})
    unread = [s.tensor for s in open_model(folder).layout.skipped if s.unread]
    assert unread == ["odd.table.weight"]
