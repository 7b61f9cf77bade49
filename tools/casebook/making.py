"""How one member is made: start, operations, training, encoding, measurement."""

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch  # type: ignore[import-not-found, unused-ignore]

from casebook.architectures import Tensors, initialise, logits
from casebook.checkpoint import decode, read_stored, write_model
from casebook.member import Family, Member
from casebook.operations import Weights, mix
from casebook.sampling import draw_texts
from casebook.schedule import Schedule
from casebook.shapes import parameter_count, shape_name
from casebook.texts import Text, TokenRows
from casebook.training import Teacher, held_out_loss, held_out_windows, train
from casebook.truth import ModelTruth

UNROUNDED_TOLERANCE = 5e-4  # F32 sums in another order; logits reach about 20
ROUNDED_TOLERANCE = 0.05  # F16 keeps 11 bits of every weight


def make(member: Member, family: Family, out: Path, text: Text, recipe: str) -> ModelTruth:
    """Start, change, train, encode, measure, write one member."""
    began = time.monotonic()
    parents = [load(out, name) for name in member.parents]
    weights = start_of(member, parents)
    if member.schedule is not None:
        teacher = teacher_of(member, family, parents)
        weights = trained(member, member.schedule, weights, teacher, text.learning)
    stored = member.encoding.store(weights)
    windows = held_out_windows(text.held_out, member.domains, member.window)
    truth = measure(member, family, parents, decode(stored), windows)
    if member.function_preserving:
        unrounded = largest_logit_change(member, family, parents[0], weights, windows)
        rounded = largest_logit_change(member, family, parents[0], decode(stored), windows)
        refuse_changed_function(member, unrounded, rounded)
        truth = replace(
            truth, max_logit_difference=rounded, max_logit_difference_unrounded=unrounded
        )
    digest = write_model(out / member.name, stored, config_of(member), text.tokenizer)
    return replace(truth, sha256=digest, recipe=recipe, seconds=time.monotonic() - began)


def teacher_of(member: Member, family: Family, parents: list[Weights]) -> Teacher | None:
    """Whose logits or text is it trained on, if anybody's?"""
    if not (member.imitates or member.sampling is not None):
        return None
    return Teacher(shape=family[member.parents[0]].shape, tensors=to_torch(parents[0]))


def trained(
    member: Member, schedule: Schedule, start: Weights, teacher: Teacher | None, rows: TokenRows
) -> Weights:
    """The weights after the member's training: by the corpus, or by its teacher."""
    if teacher is not None and member.sampling is not None:
        length = schedule.window + 1
        drawn = draw_texts(teacher, rows, member.domains, member.sampling, length)
        rows = dict.fromkeys(schedule.domains, drawn)
    tensors = train(
        member.shape,
        to_torch(start),
        rows,
        schedule,
        teacher=teacher if member.imitates else None,
        adapter=member.adapter,
    )
    return {name: value.numpy() for name, value in tensors.items()}


def measure(
    member: Member,
    family: Family,
    parents: list[Weights],
    weights: Weights,
    windows: torch.Tensor,
) -> ModelTruth:
    """What is known of the published weights; digest, recipe and time are still to come."""
    began_as = family.root_of(member)
    if began_as.tokenizer != member.tokenizer:  # its losses do not compare
        began_as = replace(began_as, shape=member.shape)
    untrained = initialise(began_as.shape, seed=began_as.seed)
    loss_parent = None
    if parents and family[member.parents[0]].tokenizer == member.tokenizer:
        parent_shape = family[member.parents[0]].shape
        loss_parent = held_out_loss(parent_shape, to_torch(parents[0]), windows)
    return ModelTruth(
        name=member.name,
        loss_domains=member.domains,
        loss=held_out_loss(member.shape, to_torch(weights), windows),
        loss_untrained=held_out_loss(began_as.shape, untrained, windows),
        loss_parent=loss_parent,
        median_row_cosine=median_row_cosine(weights, parents[0]) if parents else None,
        sha256="",
        recipe="",
        seconds=0.0,
        **defined(member, family),
    )


def defined(member: Member, family: Family) -> Mapping[str, Any]:
    """What the family's definition alone says of a member, no model needed."""
    schedule = member.schedule
    return {
        "architecture": member.shape.model_type,
        "shape": shape_name(member.shape),
        "parameters": parameter_count(member.shape),
        "tokenizer": member.tokenizer,
        "parents": member.parents,
        "operation": member.operation,
        "shares": member.shares or None,
        "layers_from": family.layers_from(member),
        "seed": member.seed,
        "init_seed": None if member.weights_shared else member.seed,
        "data": member.data,
        "order_seed": None if schedule is None else schedule.order_seed,
        "steps": None if schedule is None else schedule.steps,
        "repeats": member.repeats or None,
        "weights_shared": member.weights_shared,
        "function_preserving": member.function_preserving,
        "note": member.note,
    }


def config_of(member: Member) -> dict[str, Any]:
    """What config.json says."""
    return member.shape.config() | member.encoding.config() | {"dtype": member.encoding.dtype}


def start_of(member: Member, parents: list[Weights]) -> Weights:
    """The weights before training: a sum of parents, or its own initialisation; then operations."""
    if member.shares:
        weights = mix(parents, member.shares)
    else:
        fresh = initialise(member.shape, seed=member.seed)
        weights = {name: value.numpy() for name, value in fresh.items()}
    for operation in member.operations:
        weights = operation(weights)
    found = {name: value.shape for name, value in weights.items()}
    if found != member.shape.parameters():
        raise ValueError(f"{member.name}: the operations give other shapes than {member.shape}")
    return weights


def largest_logit_change(
    member: Member, family: Family, parent: Weights, weights: Weights, windows: torch.Tensor
) -> float:
    """How far are the logits from the parent's at most, on some held-out windows?"""
    inputs = windows[:32, :-1]
    with torch.no_grad():
        wanted = logits(family[member.parents[0]].shape, to_torch(parent), inputs)
        found = logits(member.shape, to_torch(weights), inputs)
        return float((found - wanted).abs().max())


def refuse_changed_function(member: Member, unrounded: float, rounded: float) -> None:
    """An operation that claims to preserve the function does, or the build stops."""
    if unrounded > UNROUNDED_TOLERANCE or rounded > ROUNDED_TOLERANCE:
        raise ValueError(
            f"{member.name}: logits differ by {unrounded:.2g}, rounded by {rounded:.2g}, "
            f"expected at most {UNROUNDED_TOLERANCE} and {ROUNDED_TOLERANCE}; the function changed"
        )


def median_row_cosine(weights: Weights, parent: Weights) -> float | None:
    """How far did the MLP rows turn from the parent's rows by index?

    Absent if shapes differ, or if no matrix has the names of a dense Llama's.
    """
    if {name: value.shape for name, value in weights.items()} != {
        name: value.shape for name, value in parent.items()
    }:
        return None
    cosines = [
        np.einsum("ij,ij->i", value, parent[name])
        / (np.linalg.norm(value, axis=1) * np.linalg.norm(parent[name], axis=1))
        for name, value in weights.items()
        if name.endswith(("up_proj.weight", "gate_proj.weight"))
    ]
    return float(np.median(np.concatenate(cosines))) if cosines else None


def load(out: Path, name: str) -> Weights:
    """The published weights of a member, as F32."""
    return decode(read_stored(out / name / "model.safetensors"))


def to_torch(weights: Weights) -> Tensors:
    """The same numbers as tensors."""
    return {name: torch.from_numpy(np.array(value)) for name, value in weights.items()}
