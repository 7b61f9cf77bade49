"""The attacks: what is done to the parent, in which order, and under which name."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Final, final

from adversary.child import (
    Child,
    Step,
    born,
    flip_signs,
    four_bit,
    noise,
    permute,
    prune,
    rescale,
    rotate,
)
from adversary.lab import Lab
from casebook.operations import mix

__all__ = ["Attack", "disguise", "doubling_noise", "interpolation", "joint", "noisy"]

PRUNED: Final = 0.10
RETRAINED: Final = 300  # steps
HEALED: Final = 150  # steps
WEIGHTS: Final = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)
NOISE: Final = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0)  # of the noise that doubles the loss
BISECTIONS: Final = 8


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Attack:
    """A child under the name of what was done to it; an empty child is a heading."""

    name: str
    child: Child | None = None


def disguise() -> tuple[tuple[str, Step], ...]:
    """What changes no function: another order of units, a turn of the stream, other scales."""
    return (
        ("units permuted", permute(31)),
        ("stream rotated", rotate(32)),
        ("units rescaled", rescale(33)),
    )


def joint(lab: Lab, *, retrained: int = RETRAINED) -> Iterator[Attack]:
    """Each part alone, all parts one after another, and what goes beyond them."""
    parent, tuned = born(lab.models["parent"]), born(lab.models["fine-tuned"])
    embeddings = ("embeddings re-trained", lab.retrain_embeddings(retrained, seed=34))
    parts = (
        (f"{PRUNED:.0%} of units pruned", prune(PRUNED)),
        *disguise(),
        embeddings,
        ("4 bits", four_bit),
    )
    yield Attack(name="each part alone")
    yield Attack(name="nothing", child=parent)
    yield Attack(name="fine-tuned", child=tuned)
    for name, step in (*parts, ("signs of half the units changed", flip_signs(35))):
        yield Attack(name=name, child=step(parent))
    yield Attack(name="one after another")
    yield Attack(name="fine-tuned", child=tuned)
    child = tuned
    for name, step in parts:
        child = step(child)
        yield Attack(name=f"+ {name}", child=child)
    yield Attack(name="the joint attack, and")
    yield from beyond(lab, child)
    yield Attack(name="the joint attack on others")
    for name in ("continued", "stranger-2"):
        if name in lab.models:
            steps = [step for _, step in parts]
            yield Attack(name=name, child=_through(born(lab.models[name]), steps))


def beyond(lab: Lab, child: Child) -> Iterator[Attack]:
    """What can be added to the joint attack."""
    for relative in (0.5, 0.75, 1.0):
        drowned = noise(relative, 36)(child)
        yield Attack(name=f"+ noise of {relative:g}", child=drowned)
        healed = lab.heal(HEALED, seed=37)(drowned)
        yield Attack(name=f"+ noise of {relative:g}, healed", child=healed)
    for share in (0.25, 0.5):
        yield Attack(name=f"+ {share:.0%} of units pruned", child=prune(share)(child))
    yield Attack(name="+ signs of half the units changed", child=flip_signs(35)(child))


def interpolation(
    lab: Lab, weights: tuple[float, ...] = WEIGHTS, *, heal: bool = True
) -> Iterator[Attack]:
    """A weighted sum with a stranger: as it is, healed, and healed under the disguise."""
    parent, stranger = lab.models["parent"], lab.models["stranger-2"]
    hidden = [step for _, step in disguise()]
    for weight in weights:
        mixed = born(mix((parent, stranger), (weight, 1 - weight)))
        yield Attack(name=f"{weight:.0%} of the parent", child=mixed)
        if heal:
            mixed = lab.heal(HEALED, seed=38)(mixed)
            yield Attack(name=f"{weight:.0%}, healed", child=mixed)
        yield Attack(
            name=f"{weight:.0%}, {'healed, ' if heal else ''}disguised",
            child=_through(mixed, hidden),
        )


def doubling_noise(lab: Lab) -> float:
    """The noise, in root mean squares of each matrix, that doubles the parent's loss."""
    parent = born(lab.models["parent"])
    goal = 2 * lab.loss(parent.weights)
    low, high = 0.0, 4.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        if lab.loss(noise(middle, 39)(parent).weights) < goal:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def noisy(lab: Lab, shares: tuple[float, ...] = NOISE) -> Iterator[Attack]:
    """Noise on every matrix, up to twice what doubles the loss; as it is and disguised."""
    doubling = doubling_noise(lab)
    hidden = [step for _, step in disguise()]
    yield Attack(name=f"a noise of {doubling:.2f} doubles the loss")
    for share in shares:
        drowned = noise(share * doubling, 39)(born(lab.models["parent"]))
        name = f"noise of {share * doubling:.2f}"
        yield Attack(name=name, child=drowned)
        yield Attack(name=f"{name}, disguised", child=_through(drowned, hidden))


def _through(child: Child, steps: list[Step]) -> Child:
    return reduce(lambda so_far, step: step(so_far), steps, child)
