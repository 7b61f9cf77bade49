"""Prints size and power of the owner-side tests on the casebook.

Run: PYTHONPATH=src:tools python -m validate_outputs.owner_tables canary, or keyed, training-order,
or low-rate
"""

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import torch  # type: ignore[import-not-found, unused-ignore]

from filiation.methods.owner.canary import CanaryRank
from filiation.methods.owner.keyed import Keyed
from filiation.methods.owner.training_order import TrainingOrder
from filiation.model.finding import Absent, Finding
from filiation.model.owner import Canary, Likelihoods, OrderedExample
from filiation.numerics.rng import stream
from validate_outputs.owner import (
    Network,
    casebook_network,
    id_likelihoods,
    key_texts,
    order_of,
    planted,
    replies,
    secret_canaries,
    secret_keys,
    tuned_on,
    window_likelihoods,
)

STRANGERS = ("stranger-2", "stranger-3", "stranger-4", "stranger-5")
LEVELS = (0.01, 0.05, 0.2)
AGAIN = 400  # secrets drawn again, for the size


def log10_p(out: Finding | Absent) -> float:
    """The p of a finding; an absence is a fault here."""
    if not isinstance(out, Finding):
        raise SystemExit(out.reason)
    return out.log_p / math.log(10) + 0.0


def size_line(method: str, name: str, draw: Callable[[int], Finding | Absent]) -> str:
    """How often a secret drawn again, of which the model cannot know, meets a level."""
    found = np.array([log10_p(draw(n)) for n in range(AGAIN)])
    shares = ", ".join(f"{np.mean(found <= math.log10(a)):.4f} at {a:g}" for a in LEVELS)
    return f"{method}\n{name}: {AGAIN} secrets drawn again, share met: {shares}"


def _order(model: str, every: int) -> tuple[list[OrderedExample], dict[str, Likelihoods]]:
    """Print what a casebook model, its parent and strangers remember of its order."""
    test = TrainingOrder()
    examples, windows = order_of(model, every)
    ids = [example.id for example in examples]
    names = (model, "parent", *STRANGERS[:3])
    told = {n: window_likelihoods(casebook_network(n), windows, ids) for n in names}
    reference = [told["stranger-4"]]
    print(f"Order of {model}, {len(examples)} windows, reference stranger-4")
    for name in names[:-1]:
        found = test.compare(examples, told[name], reference, seed=0)
        rho = getattr(found, "observed", 0.0)
        print(f"  {name:<12} rho {rho:+.4f}  log10 p {log10_p(found):.2f}")
    mixed = np.random.default_rng(0).permutation(len(examples)).tolist()
    for count in (500, 1000, 2000, 4000):
        if count <= len(examples):
            picked = [examples[n] for n in mixed[:count]]
            found = test.compare(picked, told[model], reference, seed=0)
            print(f"  {count} windows: log10 p {log10_p(found):.2f}")
    return examples, told


def training_order() -> None:
    """A training at a high rate, which leaves a trace."""
    _order("continued", 6)


def low_rate() -> None:
    """A training at a low rate; and the size, by orders drawn again."""
    examples, told = _order("fine-tuned", 4)
    quick = TrainingOrder(draws=999)

    def again(n: int) -> Finding | Absent:
        seen = stream(n, "size", "order").permutation(500).tolist()
        shuffled = [replace(e, seen=s) for e, s in zip(examples[:500], seen, strict=True)]
        return quick.compare(shuffled, told["fine-tuned"], [told["stranger-4"]], seed=n)

    print(size_line(quick.id, "fine-tuned", again))


def child_of(
    texts: Sequence[Sequence[int]], *, share: int, steps: int, then: Sequence[int]
) -> list[Network]:
    """The parent taught these texts, and what further training made of it."""
    first = planted(casebook_network("parent"), texts, steps=steps, share=share, seed=7)
    return [first, *(tuned_on(first, steps=more, seed=8) for more in then)]


def canary() -> None:
    """Fifty groups of ten texts."""
    canaries, ids = secret_canaries(50, 9, 1)
    networks = child_of(
        [ids[c.id] for c in canaries if c.planted], share=8, steps=80, then=(40, 160)
    )
    others = [casebook_network(name) for name in ("parent", *STRANGERS)]
    reference = id_likelihoods(others[1], ids)
    told: dict[str, Likelihoods] = {}
    for network in (*networks, others[0], *others[2:]):
        told[network.name] = id_likelihoods(network, ids)
        plain = CanaryRank().compare(canaries, told[network.name], [])
        found = CanaryRank().compare(canaries, told[network.name], [reference])
        unit = getattr(found, "unit", "").partition("; ")[2]
        print(
            f"{network.name:<24} log10 p {log10_p(plain):8.2f}, with reference stranger-2 "
            f"{log10_p(found):8.2f} ({unit})"
        )

    def again(n: int) -> Finding | Absent:
        chosen = stream(n, "size", "canary").integers(10, size=50)
        drawn = [
            Canary(id=c.id, group=c.group, planted=place % 10 == chosen[place // 10])
            for place, c in enumerate(canaries)
        ]
        return CanaryRank().compare(drawn, told["stranger-3"], [])

    print(size_line(CanaryRank().id, "stranger-3", again))


def keyed() -> None:
    """Twenty keys with four decoys each, and the same without decoys."""
    keys = secret_keys(20, 4, 2)
    bare = [replace(key, decoys=()) for key in keys]
    networks = child_of(key_texts(keys), share=24, steps=60, then=(20,))
    heard = {n: replies(casebook_network(n), keys) for n in ("parent", *STRANGERS)}
    for network in networks:
        heard[network.name] = replies(network, keys)
    for name, recording in heard.items():
        controls = [heard[s] for s in STRANGERS if s != name]
        by_decoys, _ = Keyed().compare(keys, recording, controls, drawn=True)
        by_controls, _ = Keyed().compare(bare, recording, controls, drawn=True)
        print(
            f"{name:<24} {getattr(by_decoys, 'observed', 0):g} of 20 replies, log10 p by decoys "
            f"{log10_p(by_decoys):7.2f}, by controls {log10_p(by_controls):7.2f}"
        )

    def again(n: int) -> Finding | Absent:
        rng = stream(n, "size", "keyed")
        drawn = []
        for key in keys:
            every = rng.permutation([key.expected, *key.decoys]).tolist()
            drawn.append(replace(key, expected=every[0], decoys=tuple(every[1:])))
        return Keyed().compare(drawn, heard["stranger-5"], [], drawn=True)[0]

    print(size_line(Keyed().id, "stranger-5, by decoys", again))


def main() -> None:
    """Print one table."""
    torch.set_num_threads(1)
    tables = {"training-order": training_order, "low-rate": low_rate}
    {**tables, "canary": canary, "keyed": keyed}[sys.argv[1]]()


if __name__ == "__main__":
    main()
