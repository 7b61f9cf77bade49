"""Who plays in the contract tests: a cast for every kind of question, found by the method's id."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any, Final

import adapters
import bpe
import sources
import toys
from filiation.methods.contract import Cast
from filiation.model.adapter import AdapterSketch
from filiation.model.architecture import Architecture
from filiation.model.recording import Item, Recording
from filiation.model.sketch import Sketch
from filiation.model.source import SourceTree
from filiation.model.vocabulary import Vocabulary
from filiation.numerics.rng import stream
from methods.answers import invented_texts as texts
from methods.answers import invented_tokens as tokens
from methods.answers.population import Population
from methods.answers.test_model_equality import sampled
from methods.answers.test_refusals_method import cautious
from methods.answers.test_structure_method import laid_out
from validate_outputs.before_after import simulated
from validate_outputs.deciders import Decider, crowd, items_of


@lru_cache(maxsize=4)
def cast_of(method_id: str) -> Cast[Any]:
    """The cast of a method's stem; with attention beside the layers where that is what it reads."""
    stem = method_id.partition("/")[0]
    return _toys(fit=attentive) if ";of=attention" in method_id else CASTS[stem]()


def _renamed(material: Any, name: str) -> Any:
    return replace(material, name=name)


def _toys(
    fit: Callable[[toys.Toy], toys.Toy] = lambda toy: toy,
    source: Callable[[toys.Toy], toys.Toy] | None = None,
    level: float = 1e-6,
) -> Cast[Sketch]:
    parent = toys.born(1)
    return Cast(
        source=toys.sketch((source or fit)(parent)),
        child=toys.sketch(fit(toys.tuned(parent, 2))),
        stranger=toys.sketch(fit(toys.born(3))),
        controls=tuple(toys.sketch(fit(toys.born(seed))) for seed in (4, 5, 6, 8)),
        renamed=_renamed,
        level=level,
    )


def attentive(toy: toys.Toy) -> toys.Toy:
    """The toy with heads as wide as half a run, so that a layer has three."""
    return toys.with_heads(toy, heads=3, groups=3, size=8)


def with_positions(toy: toys.Toy) -> toys.Toy:
    """The toy with a table of positions, made of its own embeddings."""
    return toys.changed(toy, toy.name, {"positions": toy.arrays["embed"][::-1].copy()})


def _partly_frozen() -> Cast[Sketch]:
    """Layers of more than 4,096 values, of which the child keeps the first as they were."""
    born = partial(toys.born, units=128)
    parent = born(1)
    frozen = {n: a for n, a in parent.arrays.items() if n.startswith("layers.0")}
    child = toys.changed(toys.tuned(parent, 2), "child", frozen)
    return Cast(
        source=toys.sketch(parent),
        child=toys.sketch(child),
        stranger=toys.sketch(born(3)),
        controls=tuple(toys.sketch(born(seed)) for seed in (4, 5, 6, 8)),
        renamed=_renamed,
        level=1e-6,
    )


def _errors(level: float = 0.05, **more: Any) -> Cast[Recording]:
    population = Population(**{"models": 11, "items": 500, "children": ((1, 0, 0.7),), **more})
    source, child, stranger, *controls = population.recordings(1)
    return Cast(
        source=source,
        child=child,
        stranger=stranger,
        controls=tuple(controls),
        renamed=_renamed,
        level=level,
    )


def _traps() -> Cast[Recording]:
    cast = _errors(items=120, open_values=30)
    strip = partial(_without_keys)
    return replace(
        cast,
        source=strip(cast.source),
        child=strip(cast.child),
        stranger=strip(cast.stranger),
        controls=tuple(map(strip, cast.controls)),
    )


def _without_keys(recording: Recording) -> Recording:
    items = tuple(replace(item, key=None, category="trap") for item in recording.items)
    return replace(recording, items=items)


def _wording() -> Cast[Recording]:
    source = texts.model("source", 1)
    return Cast(
        source=source,
        child=texts.model("child", 2, parent=source, copied=0.5),
        stranger=texts.model("stranger", 3),
        controls=tuple(texts.crowd(5, 12)),
        renamed=_renamed,
    )


def _structure() -> Cast[Recording]:
    return Cast(
        source=laid_out("source", 1),
        child=laid_out("child", 2, parent=1, kept=0.8),
        stranger=laid_out("stranger", 3),
        controls=tuple(laid_out(f"m{n}", 100 + n) for n in range(21)),
        renamed=_renamed,
    )


def _refusals() -> Cast[Recording]:
    source = cautious("source", 1)
    return Cast(
        source=source,
        child=cautious("child", 2, parent=source, kept=0.7),
        stranger=cautious("stranger", 3),
        controls=tuple(cautious(f"m{n}", 300 + n) for n in range(12)),
        renamed=_renamed,
    )


def _tokens() -> Cast[Recording]:
    parent = tokens.model("source", 1)
    return Cast(
        source=tokens.ask(parent),
        child=tokens.ask(tokens.child(parent, "child", 3, 0.05)),
        stranger=tokens.ask(tokens.model("stranger", 77)),
        controls=tuple(tokens.crowd(2, 8)),
        renamed=_renamed,
    )


def _repeated() -> Cast[Recording]:
    return Cast(
        source=sampled("source", 1),
        child=sampled("child", 2),
        stranger=sampled("stranger", 3, shift=0.6),
        controls=tuple(sampled(f"m{n}", 10 + n, shift=0.3) for n in range(6)),
        renamed=_renamed,
    )


def _deciders(battery: str = "values", count: int = 800) -> Cast[Recording]:
    items = items_of(battery, count)
    source, stranger, *controls = crowd(3, 8, items)
    return Cast(
        source=replace(source, name="source"),
        child=Decider(seed=9).answers("child", items, parent=source, redone=0.2),
        stranger=replace(stranger, name="stranger"),
        controls=tuple(controls),
        renamed=_renamed,
        level=0.01,
    )


def _coded(name: str, codes: Any) -> Recording:
    """Answers of one word each."""
    items = tuple(Item(id=f"q{n}") for n in range(len(codes)))
    return Recording(name=name, items=items, outputs=tuple(f"word{code}" for code in codes))


def older(seed: int = 5) -> Recording:
    """The version that child and stranger of `_versions` were trained further from."""
    return _coded("older", simulated("nobody", 0.4, 0.5, stream(seed, "cast"))[0])


def _versions(seed: int = 5) -> Cast[Recording]:
    """A child that moved towards the source, and a stranger that moved towards nobody."""
    _, taught, others = simulated("the source", 0.4, 0.5, stream(seed, "cast"))
    _, alone, _ = simulated("nobody", 0.4, 0.5, stream(seed, "cast"))
    return Cast(
        source=_coded("source", others[0]),
        child=_coded("child", taught),
        stranger=_coded("stranger", alone),
        controls=tuple(_coded(f"m{n}", row) for n, row in enumerate(others[1:])),
        renamed=_renamed,
        level=0.05,
    )


def _adapters() -> Cast[AdapterSketch]:
    """Factors of one base, trained on the same examples: onwards, and from other numbers."""
    return Cast(
        source=adapters.sketched(adapters.trained(start=1), "source"),
        child=adapters.sketched(adapters.trained(start=1, steps=60), "child"),
        stranger=adapters.sketched(adapters.trained(start=2, order=1), "stranger"),
        controls=tuple(
            adapters.sketched(adapters.trained(start=n, order=n), f"control-{n}")
            for n in range(3, 7)
        ),
        renamed=_renamed,
        level=1e-6,
    )


def _tokenizers() -> Cast[Vocabulary]:
    """Trained on one language; the child prunes its source and adds tokens of another."""
    source, stranger, *controls = (
        bpe.vocabulary(name, [a + b for a, b in bpe.merges(bpe.text(bpe.language(0), n), 900)])
        for n, name in enumerate(("source", "stranger", "m0", "m1", "m2"))
    )
    other = [a + b for a, b in bpe.merges(bpe.text(bpe.language(3), 9), 300)]
    kept = [token for n, token in enumerate(source.made) if n % 4]
    return Cast(
        source=source,
        child=bpe.vocabulary("child", [*kept, *other]),
        stranger=stranger,
        controls=tuple(controls),
        renamed=_renamed,
        level=1e-6,
    )


def _architectures() -> Cast[Architecture]:
    """The child has every choice of its source; so has a control, which proves nothing."""
    source = Architecture(name="source", stated=(("layers", "4"), ("width", "80"), ("heads", "4")))
    other = Architecture(name="stranger", stated=(("layers", "6"), ("width", "96"), ("heads", "4")))
    return Cast(
        source=source,
        child=replace(source, name="child"),
        stranger=other,
        controls=(replace(source, name="m0"), replace(other, name="m1")),
        renamed=_renamed,
    )


def _source_trees() -> Cast[SourceTree]:
    """Trees of one field; the child takes a fifth of its functions from the source."""
    return Cast(
        source=sources.tree("source", 1),
        child=sources.tree("child", 2, taken=0.2, parent=1),
        stranger=sources.tree("stranger", 3),
        controls=tuple(sources.tree(f"m{n}", 10 + n) for n in range(24)),
        renamed=_renamed,
    )


CASTS: Final[Mapping[str, Callable[[], Cast[Any]]]] = {
    "unit-trace": _toys,
    "unit-order": _toys,
    "axis-order": _toys,
    "unit-sign": _toys,
    "unit-subsequence": partial(
        _toys, fit=lambda toy: toys.narrowed(toy, 4), source=lambda toy: toy
    ),
    "unit-agreement": partial(_toys, level=0.07),
    "expert-order": partial(_toys, fit=toys.with_experts),
    "head-order": partial(_toys, fit=lambda toy: toys.with_heads(toy, heads=12, groups=6)),
    "table-axes": partial(_toys, fit=with_positions),
    "attention-axes": partial(_toys, fit=toys.with_heads),
    "equal-tensors": _partly_frozen,
    "shared-errors": _errors,
    "shared-errors-exchangeable": partial(_errors, level=1e-6),  # its null fails
    "error-profile": partial(_errors, items=200, level=0.01),
    "sequential": _errors,
    "traps": _traps,
    "wording": _wording,
    "structure": _structure,
    "refusals": _refusals,
    "token-agreement": _tokens,
    "output-subspace": _tokens,
    "model-equality": _repeated,
    "movement": _versions,
    "shared-choices": _deciders,
    "reasons": partial(_deciders, count=240),
    "rank-order": _adapters,
    "refusal-boundary": partial(_deciders, "constitution", 1_600),
    "merge-order": _tokenizers,
    "configuration": _architectures,
    "tree-containment": _source_trees,
}
