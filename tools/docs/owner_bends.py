"""Prints what an owner's tricks give an innocent subject, and what the honest owner finds.

Run: PYTHONPATH=src:tools python -m docs.owner_bends. Numbers are drawn, not measured: texts of
unequal ease (deviation 20 nats), models that differ from it by 1.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from filiation.methods.owner.canary import CanaryRank
from filiation.methods.owner.chosen_order import follows, why_refused
from filiation.methods.owner.keyed import Keyed
from filiation.methods.owner.lots import lot_seed, with_lot
from filiation.methods.owner.references import against_references
from filiation.methods.owner.training_order import TrainingOrder
from filiation.model.finding import Absent, Finding
from filiation.model.owner import Canary, Fingerprint, Likelihoods, OrderedExample
from filiation.model.recording import Item, Recording

GROUPS, TEXTS, KEYS, EXAMPLES, LOTS = 20, 10, 14, 400, 40
WORDS = tuple(f"word{n}" for n in range(30))
RNG = np.random.default_rng(14)


def log10_p(out: Finding | Absent) -> float:
    """Of a finding; an absence finds nothing."""
    return out.log_p / math.log(10) + 0.0 if isinstance(out, Finding) else 0.0


def seed_of(lot: int) -> bytes:
    """As a public value would give it."""
    return lot_seed(commitment="c", nonce="n", value=f"{lot:064x}", lot=1)


def model(name: str, values: Sequence[float] | np.ndarray) -> Likelihoods:
    """Likelihoods of examples e0, e1, .."""
    told = {f"e{n}": float(v) for n, v in enumerate(values)}
    return Likelihoods(name=name, digest=name, values=told, tokens={})


def line(what: str, before: str, after: str) -> None:
    """One row."""
    print(f"{what:<44} {before:>22}  {after}")


def canaries() -> None:
    """A reference trained on the twins; twins left out; and the honest owner."""
    pool = [{"example": f"e{n}", "group": f"g{n // TEXTS}"} for n in range(GROUPS * TEXTS)]
    ease = 20 * RNG.normal(size=len(pool)) - 90
    near = partial(RNG.normal, size=len(pool))

    def lot(number: int) -> list[Canary]:
        drawn = with_lot("canary", pool, seed_of(number))
        return [Canary(id=e["example"], group=e["group"], planted=e["planted"]) for e in drawn]

    listed = lot(0)
    planted = np.array([c.planted for c in listed])
    innocent, honest = model("innocent", ease + near()), model("r", ease + near())
    bent = model("bent", ease + near() + 6 * ~planted)
    ask = partial(CanaryRank().compare, listed)
    taken = log10_p(ask(innocent, [bent]))
    counted = log10_p(against_references(ask, innocent, [bent], fixed=False)[0])
    line("a reference trained on the twins", f"{taken:.1f}", f"{counted:.1f}")
    own = {c.group: innocent.values[c.id] for c in listed if c.planted}
    kept = [c for c in listed if c.planted or innocent.values[c.id] < own[c.group]]
    short = replace(innocent, values={c.id: innocent.values[c.id] for c in kept})
    alone = {g for g in own if sum(c.group == g for c in kept) > 1}
    left = log10_p(CanaryRank().compare([c for c in kept if c.group in alone], short, []))
    line("twins that did well not measured", f"{left:.1f}", f"{log10_p(ask(short, [])):.1f}")
    met = []
    for number in range(LOTS):
        drawn = lot(number)
        knows = 1.2 * np.array([c.planted for c in drawn])
        child, asked = model("b", ease + near() + knows), partial(CanaryRank().compare, drawn)
        before = log10_p(asked(child, [honest]))
        after = log10_p(against_references(asked, child, [honest], fixed=True)[0])
        met.append((before <= -3, after <= -3))
    _power("canaries, reference fixed before the lot", met)


def keys() -> None:
    """Keys made after measuring; one key on many prompts; and the honest owner."""
    pool = [
        {"id": f"k{n}", "prompt": f"p{n}", "replies": sorted(RNG.choice(WORDS, 10, replace=False))}
        for n in range(KEYS)
    ]

    def says(outputs: Sequence[str]) -> Recording:
        items = tuple(Item(id=f"k{n}", prompt=f"p{n}") for n in range(len(outputs)))
        return Recording(name="b", items=items, outputs=tuple(outputs))

    def listed(entries: Sequence[Mapping[str, Any]]) -> list[Fingerprint]:
        return [
            Fingerprint(
                id=str(e["id"]), prompt=str(e["prompt"]), expected=str(e["key"]),
                decoys=tuple(e["decoys"]),
            )
            for e in entries
        ]  # fmt: skip

    said = [str(RNG.choice(e["replies"])) for e in pool]
    made = [
        {**e, "key": s, "decoys": [r for r in e["replies"] if r != s]}
        for e, s in zip(pool, said, strict=True)
    ]
    before = log10_p(Keyed().compare(listed(made), says(said), [], drawn=True)[0])
    lots = [
        log10_p(Keyed().compare(listed(with_lot("keyed", pool, seed_of(n))), says(said), [],
                                drawn=True)[0])
        for n in range(LOTS)
    ]  # fmt: skip
    line("keys made after measuring, then drawn by lot", f"{before:.1f}",
         f"{np.median(lots):.1f} (median of {LOTS} lots; least {min(lots):.1f})")  # fmt: skip
    one = [{**e, "key": "paris", "decoys": list(WORDS[:9])} for e in pool]
    same, told = listed(one), says(["paris"] * KEYS)
    taken, counted = (Keyed().compare(same, told, [], drawn=drawn)[0] for drawn in (True, False))
    line(f"one key on {KEYS} prompts", f"{log10_p(taken):.1f}",
         "one lot, abstains" if not isinstance(counted, Finding) else "")  # fmt: skip
    met = []
    for number in range(LOTS):
        drawn = listed(with_lot("keyed", pool, seed_of(number)))
        knows = [f.expected if RNG.random() < 0.4 else "no" for f in drawn]
        p = log10_p(Keyed().compare(drawn, says(knows), [], drawn=True)[0])
        met.append((p <= -3, p <= -3))
    _power("keys drawn by lot", met)


def order() -> None:
    """Texts in order of their date; and the honest owner."""
    test = TrainingOrder(draws=999)
    ease = 3 * RNG.normal(size=EXAMPLES) - 70
    dated = np.arange(EXAMPLES) / EXAMPLES
    models = [
        model(f"m{k}", ease - (9 + 3 * k) * dated + RNG.normal(size=EXAMPLES)) for k in range(2)
    ]
    listed = [
        OrderedExample(id=f"e{n}", seen=float(-n), day=float(n), length=9.0, source="s")
        for n in range(EXAMPLES)
    ]
    taken = log10_p(test.compare(listed, models[0], [], seed=0))
    line("texts in order of their date", f"{taken:.1f}",
         "refused" if why_refused(follows(listed, models[1:])) else "examined")  # fmt: skip
    pool, met = [{"example": e.id} for e in listed], []
    for number in range(LOTS):
        seen = {e["example"]: e["seen"] for e in with_lot("training-order", pool, seed_of(number))}
        drawn = [replace(e, seen=float(seen[e.id])) for e in listed]
        memory = {e.id: models[0].values[e.id] + 1.5 * e.seen / EXAMPLES for e in drawn}
        child = replace(models[0], name="child", values=memory)
        ask = partial(test.compare, drawn, seed=number)
        before = log10_p(ask(child, models[1:]))
        after = log10_p(against_references(ask, child, models[1:], fixed=True)[0])
        met.append((before <= -3, after <= -3))
    _power("orders drawn by lot", met)


def _power(what: str, met: Sequence[tuple[bool, bool]]) -> None:
    before, after = (sum(column) for column in zip(*met, strict=True))
    line(f"power: {what}", f"{before} of {len(met)}", f"{after} of {len(met)}")


def main() -> None:
    """Print the table."""
    line("log10 p of an innocent; power at 1 in 1,000", "taken at its word", "as it is counted")
    canaries()
    keys()
    order()


if __name__ == "__main__":
    main()
