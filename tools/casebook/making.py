"""How one member is made: start, operations, training, encoding, measurement."""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, final

import numpy as np
import torch  # type: ignore[import-not-found, unused-ignore]

from casebook.architectures import Tensors, initialise, logits
from casebook.checkpoint import decode, read_stored, write_model
from casebook.corpus import DOMAINS, Corpus
from casebook.family import FAMILY, MIX, Member
from casebook.operations import Weights, mix
from casebook.schedule import Schedule
from casebook.shapes import LlamaShape
from casebook.tokenizer import encode, learn_tokenizer
from casebook.training import Teacher, TokenRows, held_out_loss, held_out_windows, train
from casebook.truth import ModelTruth

UNROUNDED_TOLERANCE = 5e-4  # F32 sums in another order; logits reach about 20
ROUNDED_TOLERANCE = 0.05  # F16 keeps 11 bits of every weight
WINDOW = 128


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A tokenizer and the corpus in its ids."""

    tokenizer: str
    learning: TokenRows
    held_out: TokenRows


def tokenise(corpus: Corpus, vocabulary: int) -> Text:
    """Learn a tokenizer on what originals learn from, and encode all."""
    learned_on = [text for domain, _ in MIX for text in corpus.learning[domain]]
    tokenizer = learn_tokenizer(learned_on, vocabulary=vocabulary)
    return Text(
        tokenizer=tokenizer,
        learning={domain: encode(tokenizer, corpus.learning[domain]) for domain in DOMAINS},
        held_out={domain: encode(tokenizer, corpus.held_out[domain]) for domain in DOMAINS},
    )


def make(member: Member, out: Path, text: Text, recipe: str) -> ModelTruth:
    """Start, change, train, encode, measure, write one member."""
    began = time.monotonic()
    print(f"{member.name}: {member.operation}", flush=True)
    parents = [load(out, name) for name in member.parents]
    weights = start_of(member, parents)
    if member.schedule is not None:
        weights = trained(member, member.schedule, weights, parents, text.learning)
    stored = member.encoding.store(weights)
    windows = held_out_windows(text.held_out, member.domains, WINDOW)
    truth = measure(member, parents, decode(stored), windows)
    if member.function_preserving:
        unrounded = largest_logit_change(member, parents[0], weights, windows)
        rounded = largest_logit_change(member, parents[0], decode(stored), windows)
        refuse_changed_function(member, unrounded, rounded)
        truth = replace(
            truth, max_logit_difference=rounded, max_logit_difference_unrounded=unrounded
        )
    digest = write_model(out / member.name, stored, config_of(member), text.tokenizer)
    seconds = time.monotonic() - began
    print(f"  loss {truth.loss:.3f}, cosine {truth.median_row_cosine}, {seconds:.0f} s", flush=True)
    return replace(truth, sha256=digest, recipe=recipe, seconds=seconds)


def trained(
    member: Member, schedule: Schedule, start: Weights, parents: list[Weights], rows: TokenRows
) -> Weights:
    """The weights after the member's training, by the text or by its first parent's logits."""
    teacher = None
    if member.imitates:
        teacher = Teacher(shape=shape_of(member.parents[0]), tensors=to_torch(parents[0]))
    tensors = train(
        member.shape,
        to_torch(start),
        rows,
        schedule,
        teacher=teacher,
        report=lambda step, loss: print(f"  step {step}: {loss:.3f}", flush=True),
    )
    return {name: value.numpy() for name, value in tensors.items()}


def measure(
    member: Member, parents: list[Weights], weights: Weights, windows: torch.Tensor
) -> ModelTruth:
    """What is known of the published weights; digest, recipe and time are still to come."""
    root = root_of(member)
    loss_parent = None
    if parents:
        parent_shape = shape_of(member.parents[0])
        loss_parent = held_out_loss(parent_shape, to_torch(parents[0]), windows)
    return ModelTruth(
        name=member.name,
        architecture=str(member.shape.config()["model_type"]),
        parents=member.parents,
        operation=member.operation,
        seed=member.seed,
        data=member.schedule.domains if member.schedule is not None else (),
        loss_domains=member.domains,
        weights_shared=member.weights_shared,
        function_preserving=member.function_preserving,
        loss=held_out_loss(member.shape, to_torch(weights), windows),
        loss_untrained=held_out_loss(root.shape, initialise(root.shape, seed=root.seed), windows),
        loss_parent=loss_parent,
        median_row_cosine=median_row_cosine(weights, parents[0]) if parents else None,
        sha256="",
        recipe="",
        seconds=0.0,
        note=member.note,
    )


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
    member: Member, parent: Weights, weights: Weights, windows: torch.Tensor
) -> float:
    """How far are the logits from the parent's at most, on some held-out windows?"""
    inputs = windows[:32, :-1]
    with torch.no_grad():
        wanted = logits(shape_of(member.parents[0]), to_torch(parent), inputs)
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
    """How far did the MLP rows turn from the parent's rows by index? Absent if shapes differ."""
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
    return float(np.median(np.concatenate(cosines)))


def root_of(member: Member) -> Member:
    """Whose initialisation did these weights begin from (the first parent's, if several)?"""
    return root_of(named(member.parents[0])) if member.weights_shared else member


def named(name: str) -> Member:
    """The member of this name."""
    return next(member for member in FAMILY if member.name == name)


def shape_of(name: str) -> LlamaShape:
    """The shape of a parent; every parent is a Llama so far."""
    shape = named(name).shape
    if not isinstance(shape, LlamaShape):
        raise ValueError(f"{name}: found {shape}, expected a Llama; no operation knows others")
    return shape


def load(out: Path, name: str) -> Weights:
    """The published weights of a member, as F32."""
    return decode(read_stored(out / name / "model.safetensors"))


def to_torch(weights: Weights) -> Tensors:
    """The same numbers as tensors."""
    return {name: torch.from_numpy(np.array(value)) for name, value in weights.items()}
