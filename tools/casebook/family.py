"""The casebook: who descends from whom, by which operation. Add a member here, build again."""

from dataclasses import replace

from casebook.checkpoint import EightBit, FourBit
from casebook.member import Family, Member
from casebook.operations import (
    DropLayers,
    FoldGains,
    PermuteUnits,
    PruneWidth,
    RescaleUnits,
    RotateResidual,
)
from casebook.schedule import Schedule
from casebook.shapes import Gpt2Shape, LlamaShape, Shape

MIX = (("prose", 8), ("code", 24))
LLAMA = LlamaShape()


def original(name: str, seed: int, *, shape: Shape = LLAMA, note: str = "") -> Member:
    """A model trained from its own initialisation; the order of the text is the same for all."""
    schedule = Schedule(mixture=MIX, steps=800, rate=4e-3, order_seed=0)
    return Member(
        name=name, seed=seed, operation="trained", shape=shape, schedule=schedule, note=note
    )


def child(name: str, operation: str, seed: int, **changes: object) -> Member:
    """A model made from the published (rounded) weights of `parent`."""
    start = Member(name=name, seed=seed, operation=operation, parents=("parent",), shares=(1.0,))
    return replace(start, **changes)  # type: ignore[arg-type]


def healing(order_seed: int) -> Schedule:
    """A short training on the parent's own text after pruning."""
    return Schedule(mixture=MIX, steps=100, rate=1e-3, order_seed=order_seed)


MEMBERS: tuple[Member, ...] = (
    original("parent", 1, note="the ancestor; its children start from the published F16 weights"),
    original("stranger-2", 2, note="the parent's text in the parent's order, another seed"),
    child("quantised-8bit", "quantised", 0, encoding=EightBit(), note="I8, a scale for each row"),
    child(
        "quantised-4bit",
        "quantised",
        0,
        encoding=FourBit(group=16),
        note="symmetric, groups of 16 (80 is no multiple of 32), stored dequantised as BF16",
    ),
    child(
        "permuted",
        "units permuted",
        101,
        operations=(PermuteUnits(seed=101),),
        function_preserving=True,
        note="the MLP units of each layer in a random order",
    ),
    child(
        "rotated",
        "residual rotated",
        102,
        operations=(FoldGains(), RotateResidual(seed=102)),
        function_preserving=True,
        note="gains folded, then a random orthogonal matrix, embeddings and lm_head included",
    ),
    child(
        "rescaled",
        "units rescaled",
        103,
        operations=(RescaleUnits(seed=103, spread=0.7),),
        function_preserving=True,
        note="up rows times exp(N(0, 0.7)), down columns divided by it",
    ),
    Member(
        name="merged",
        seed=0,
        operation="merged",
        parents=("parent", "stranger-2"),
        shares=(0.5, 0.5),
        note="half and half, not healed: models of two initialisations do not average",
    ),
    child(
        "fine-tuned",
        "fine-tuned",
        104,
        schedule=Schedule(mixture=(("tests", 32),), steps=300, rate=3e-4, order_seed=104),
        domains=("tests",),
        note="the sources of the test suite, a usual low rate",
    ),
    original("stranger-3", 3, note="the parent's text in the parent's order, another seed"),
    child(
        "continued",
        "continued pre-training",
        105,
        schedule=Schedule(
            mixture=(("prose", 32),), steps=800, rate=8e-3, weight_decay=0.3, order_seed=105
        ),
        domains=("prose",),
        note="prose only, twice as fast as the first training and as long: the weights move far",
    ),
    child(
        "width-pruned",
        "width pruned, healed",
        106,
        shape=replace(LLAMA, intermediate=168),
        operations=(PruneWidth(keep=168),),
        schedule=healing(106),
        note="the 168 of 224 units of each layer with the largest norms, order kept",
    ),
    child(
        "depth-pruned",
        "depth pruned, healed",
        107,
        shape=replace(LLAMA, layers=3),
        operations=(DropLayers(layers=(2,)),),
        schedule=healing(107),
        note="layer 2 of 0 to 3 left out",
    ),
    replace(
        original("other-architecture", 4, shape=Gpt2Shape()),
        note="GPT-2 with its own tokenizer of 512 pieces, the same texts; "
        "its nats per token do not compare with the others'",
    ),
    Member(
        name="distilled",
        seed=9,
        operation="distilled",
        parents=("parent",),
        imitates=True,
        schedule=Schedule(mixture=MIX, steps=800, rate=4e-3, order_seed=108),
        note="its own initialisation, taught by the parent's logits: no weight is inherited",
    ),
    original("stranger-4", 14, note="the parent's text in the parent's order, another seed"),
    original(
        "other-width",
        11,
        shape=LlamaShape(hidden=64, intermediate=176, layers=3),
        note="a narrower, shallower Llama with the same tokenizer and text",
    ),
    original("stranger-5", 15, note="the parent's text in the parent's order, another seed"),
)

FAMILY = Family(name="casebook", members=MEMBERS, subsets={})
