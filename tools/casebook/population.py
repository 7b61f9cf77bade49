"""The population: many small models of known ancestry, for error rates; built into a cache.

Originals of one architecture, text and order that differ only in seed; pairs that share an
initialisation and not the text; models trained twice; other architectures, sizes and tokenizers;
and for each kind of descent several children, of different parents.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from casebook.checkpoint import EightBit, FourBit
from casebook.member import LEARNED, Family, Member
from casebook.operations import (
    DropLayers,
    FoldGains,
    Operation,
    PermuteUnits,
    PruneWidth,
    RescaleUnits,
    RotateResidual,
)
from casebook.schedule import Adapter, Sampling, Schedule
from casebook.shapes import Gpt2Shape, LlamaShape, Shape
from casebook.surgery import AddNoise, ReinitialiseLayers, ReplaceEmbeddings, StackLayers, Upcycle

WINDOW = 64
BATCH = 8
STEPS = 240
BASES = 24
MAIN = LlamaShape(vocabulary=512, hidden=64, intermediate=160, layers=4)
NARROW = replace(MAIN, hidden=48, intermediate=128)
GPT2 = Gpt2Shape(vocabulary=512, hidden=64, intermediate=192, layers=3)
MIX = (("prose", BATCH // 4), ("code", BATCH - BATCH // 4))
SPREAD = MAIN.initial_spread

Changes = dict[str, object]  # fields of a member


def schedule(steps: int, rate: float, order_seed: int, *domains: str) -> Schedule:
    """A training on the originals' mixture, or on some domains alike."""
    mixture = tuple((domain, BATCH // len(domains)) for domain in domains) if domains else MIX
    return Schedule(
        mixture=mixture,
        steps=steps,
        rate=rate,
        order_seed=order_seed,
        warm_up=min(60, steps // 5),
        window=WINDOW,
    )


def original(name: str, seed: int, *, shape: Shape = MAIN, **changes: object) -> Member:
    """A model trained from its own initialisation; the order of the text is the same for all."""
    rate = 4e-3 if isinstance(shape, Gpt2Shape) else 6e-3
    member = Member(
        name=name,
        seed=seed,
        operation="trained",
        shape=shape,
        schedule=schedule(STEPS, rate, 0),
        window=WINDOW,
    )
    return replace(member, **changes)  # type: ignore[arg-type]


def base(number: int) -> str:
    """The name of one of the originals that differ only in seed; numbers go round."""
    return f"base-{(number - 1) % BASES + 1:02d}"


def bases() -> Iterator[Member]:
    """One architecture, one text, one order; only the seed differs."""
    for number in range(1, BASES + 1):
        yield original(base(number), number)


def twins() -> Iterator[Member]:
    """Trained again from the same seed on the same text, rounded as another machine would."""
    for number in (1, 2, 3):
        again = replace(schedule(STEPS, 6e-3, 0), parts=2)
        yield original(
            f"twin-{number:02d}",
            number,
            schedule=again,
            repeats=base(number),
            note="each gradient summed from two halves of the batch",
        )


def kin() -> Iterator[Member]:
    """Pairs of one initialisation: one of each pair saw prose only, the other code or tests."""
    for number, other in enumerate(("code", "code", "tests", "tests"), start=1):
        for side, domain in (("a", "prose"), ("b", other)):
            yield original(
                f"kin-{number}{side}",
                200 + number,
                schedule=schedule(STEPS, 6e-3, 0, domain),
                domains=(domain,),
                note="shares its initialisation with the other of its pair",
            )


def others() -> Iterator[Member]:
    """Other architectures, widths, depths and tokenizers, on the text of the bases."""
    mixtral = replace(NARROW, intermediate=64, layers=3, experts=4)
    kinds: tuple[tuple[str, int, Shape, tuple[str, ...]], ...] = (
        ("gpt2", 3, GPT2, LEARNED),
        ("qwen2", 3, replace(MAIN, query_biases=True), LEARNED),
        ("tied", 2, replace(MAIN, tied=True), LEARNED),
        ("narrow", 2, NARROW, LEARNED),
        ("vocabulary-768", 2, replace(MAIN, vocabulary=768), LEARNED),
        ("mixtral", 2, mixtral, LEARNED),
        ("deep", 2, replace(NARROW, layers=6), LEARNED),
        ("shallow", 2, replace(MAIN, layers=3, intermediate=192), LEARNED),
        ("prose-tokenizer", 2, MAIN, ("prose",)),
    )
    most = max(count for _, count, _, _ in kinds)
    for number in range(1, most + 1):  # one of each kind first: what is built early is varied
        for kind, (name, count, shape, text) in enumerate(kinds, start=1):
            if number <= count:
                seed = 300 + 10 * kind + number
                yield original(f"{name}-{number}", seed, shape=shape, tokenizer_text=text)


def further(steps: int, rate: float, seed: int, *domains: str) -> Changes:
    """Trained on, from the parent's weights."""
    return {"schedule": schedule(steps, rate, seed, *domains), "domains": domains or LEARNED}


def healed(seed: int, steps: int = 100) -> Changes:
    """A short training on the originals' text after damage."""
    return further(steps, 1e-3, seed)


def changed(*operations: Operation, shape: Shape = MAIN, **changes: object) -> Changes:
    """Weights changed without training; what follows may train them."""
    return {"operations": operations, "shape": shape, **changes}


def disguise(seed: int) -> Changes:
    """Rescaled, permuted, rotated, then fine-tuned: what an owner's eye would not know again."""
    moves = (
        RescaleUnits(seed=seed, spread=0.7),
        FoldGains(),
        PermuteUnits(seed=seed + 1),
        RotateResidual(seed=seed + 2),
    )
    return changed(*moves) | further(120, 1e-3, seed, "tests")


def half_fresh(seed: int) -> Changes:
    """Every second layer forgets all."""
    layers = (0, 2) if seed % 2 else (1, 3)
    return changed(ReinitialiseLayers(layers=layers, seed=seed, spread=SPREAD)) | healed(seed, 150)


def new_embeddings(seed: int) -> Changes:
    """Another tokenizer on the parent's layers."""
    replacement = ReplaceEmbeddings(vocabulary=768, seed=seed, spread=SPREAD)
    return changed(replacement, shape=replace(MAIN, vocabulary=768)) | healed(seed, 200)


def deeper(seed: int) -> Changes:
    """The layers in the middle twice."""
    stack = StackLayers(order=(0, 1, 2, 1, 2, 3))
    return changed(stack, shape=replace(MAIN, layers=6)) | healed(seed)


def upcycled(seed: int) -> Changes:
    """Four experts, each the parent's MLP."""
    step = Upcycle(experts=4, seed=seed, spread=SPREAD)
    return changed(step, shape=replace(MAIN, experts=4))


Descent = tuple[str, str, int, Callable[[int], Changes]]  # name, operation, how many, changes
DESCENTS: tuple[Descent, ...] = (
    ("light", "fine-tuned, light", 3, lambda s: further(60, 3e-4, s, "tests")),
    ("tuned", "fine-tuned", 3, lambda s: further(120, 1e-3, s, "tests")),
    ("heavy", "fine-tuned, heavy", 3, lambda s: further(200, 4e-3, s, "tests")),
    ("continued", "continued pre-training", 3, lambda s: further(STEPS, 8e-3, s, "prose")),
    (
        "lora",
        "LoRA merged",
        3,
        lambda s: further(120, 4e-3, s, "tests") | {"adapter": Adapter(rank=4, seed=s)},
    ),
    ("eight-bit", "quantised to 8 bits", 3, lambda _: {"encoding": EightBit()}),
    ("four-bit", "quantised to 4 bits", 3, lambda _: {"encoding": FourBit(group=16)}),
    (
        "permuted",
        "units permuted",
        3,
        lambda s: changed(PermuteUnits(seed=s), function_preserving=True),
    ),
    (
        "rotated",
        "residual rotated",
        3,
        lambda s: changed(FoldGains(), RotateResidual(seed=s), function_preserving=True),
    ),
    (
        "rescaled",
        "units rescaled",
        3,
        lambda s: changed(RescaleUnits(seed=s, spread=0.7), function_preserving=True),
    ),
    ("disguised", "permuted, rotated, rescaled, fine-tuned", 3, disguise),
    ("noise-5", "noise of 5 %", 2, lambda s: changed(AddNoise(seed=s, relative=0.05))),
    ("noise-20", "noise of 20 %", 2, lambda s: changed(AddNoise(seed=s, relative=0.2))),
    ("half-fresh", "half of the layers re-initialised, healed", 3, half_fresh),
    ("new-embeddings", "embeddings replaced, healed", 3, new_embeddings),
    ("deeper", "layers duplicated, healed", 3, deeper),
    ("upcycled", "upcycled to experts", 2, lambda s: upcycled(s) | {"function_preserving": True}),
    ("upcycled-tuned", "upcycled to experts, trained", 3, lambda s: upcycled(s) | healed(s)),
    (
        "width-pruned",
        "width pruned, healed",
        3,
        lambda s: changed(PruneWidth(keep=120), shape=replace(MAIN, intermediate=120)) | healed(s),
    ),
    (
        "depth-pruned",
        "depth pruned, healed",
        3,
        lambda s: changed(DropLayers(layers=(s % 4,)), shape=replace(MAIN, layers=3)) | healed(s),
    ),
)


def children() -> Iterator[Member]:
    """Each kind of descent from several bases; the kinds in turn, the parents in turn."""
    for number in range(1, max(count for _, _, count, _ in DESCENTS) + 1):
        for kind, (name, operation, count, changes) in enumerate(DESCENTS):
            if number <= count:
                parent = base(1 + kind + 7 * (number - 1))
                seed = 1000 + 10 * kind + number
                yield descendant(f"{name}-{number}", operation, seed, parent, changes(seed))


def descendant(name: str, operation: str, seed: int, parent: str, changes: Changes) -> Member:
    """A model made from a parent's published (rounded) weights."""
    start = Member(
        name=name,
        seed=seed,
        operation=operation,
        shape=MAIN,
        parents=(parent,),
        shares=(1.0,),
        window=WINDOW,
    )
    return replace(start, **changes)  # type: ignore[arg-type]


def merges() -> Iterator[Member]:
    """Two parents, the second with a tenth, three tenths, a half; strangers, then siblings."""
    for percent in (10, 30, 50):
        shares = (1 - percent / 100, percent / 100)
        for number in (1, 2):
            first = number * 3 + percent // 10
            yield descendant(
                f"merged-{percent}-{number}",
                f"merged {percent} %, healed",
                2000 + percent + number,
                base(first),
                healed(2000 + percent + number, 60)
                | {"parents": (base(first), base(first + 11)), "shares": shares},
            )
        yield descendant(
            f"sibling-merged-{percent}",
            f"merged {percent} % with a sibling",
            2005 + percent,
            "tuned-1",
            {"parents": ("tuned-1", "sibling-of-tuned-1"), "shares": shares},
        )


def students() -> Iterator[Member]:
    """Their own initialisation, taught by a teacher's logits or by text drawn from it."""
    taught: tuple[tuple[int, Shape], ...] = ((1, MAIN), (1, MAIN), (5, MAIN), (9, GPT2))
    for number, (teacher, shape) in enumerate(taught, start=1):
        seed = 400 + number
        yield original(
            f"student-{number}",
            seed,
            shape=shape,
            operation="distilled from logits",
            parents=(base(teacher),),
            imitates=True,
            schedule=schedule(STEPS, 6e-3 if shape is MAIN else 4e-3, seed),
        )
    reading: tuple[tuple[int, Shape], ...] = ((1, MAIN), (6, MAIN), (6, MAIN), (10, NARROW))
    for number, (teacher, shape) in enumerate(reading, start=1):
        seed = 410 + number
        yield original(
            f"reader-{number}",
            seed,
            shape=shape,
            operation="distilled from sampled text",
            parents=(base(teacher),),
            sampling=Sampling(texts=768, seed=seed),
            schedule=schedule(STEPS, 6e-3, seed, "sampled"),
        )


def grandchildren() -> Iterator[Member]:
    """A second step after a first: tuned after rounding, tuned twice, permuted after tuning."""
    for number in (1, 2, 3):
        yield descendant(
            f"four-bit-tuned-{number}",
            "quantised, then fine-tuned",
            500 + number,
            f"four-bit-{number}",
            further(120, 1e-3, 500 + number, "tests"),
        )
    again = "fine-tuned twice"
    yield descendant("tuned-again-1", again, 511, "tuned-1", further(120, 1e-3, 511, "prose"))
    yield descendant("tuned-again-2", again, 512, "heavy-2", further(120, 1e-3, 512, "code"))
    yield descendant(
        "tuned-permuted-1",
        "fine-tuned, then permuted",
        521,
        "tuned-3",
        changed(PermuteUnits(seed=521), function_preserving=True, domains=("tests",)),
    )


def of_other_parents() -> Iterator[Member]:
    """Descent among the other architectures and tokenizers."""
    parents = ("gpt2-1", "gpt2-2", "qwen2-1", "tied-1", "mixtral-1", "vocabulary-768-1", "narrow-1")
    shapes = {member.name: member for member in others()}

    def of(parent: str, name: str, operation: str, seed: int, changes: Changes) -> Member:
        kept = {"shape": shapes[parent].shape, "tokenizer_text": shapes[parent].tokenizer_text}
        return descendant(name, operation, seed, parent, kept | changes)

    for number, parent in enumerate(parents, start=1):
        seed = 600 + number
        tuned = further(120, 1e-3, seed, "tests")
        yield of(parent, f"{parent}-tuned", "fine-tuned", seed, tuned)
    lora = further(120, 4e-3, 611, "tests") | {"adapter": Adapter(rank=4, seed=611)}
    yield of("gpt2-1", "gpt2-1-lora", "LoRA merged", 611, lora)
    noise: Changes = {"operations": (AddNoise(seed=612, relative=0.05),)}
    yield of("gpt2-3", "gpt2-3-noise", "noise of 5 %", 612, noise)
    rounded: Changes = {"encoding": EightBit()}
    yield of("qwen2-2", "qwen2-2-eight-bit", "quantised to 8 bits", 613, rounded)
    turned: Changes = {
        "operations": (FoldGains(), RotateResidual(seed=614)),
        "function_preserving": True,
    }
    yield of("qwen2-3", "qwen2-3-rotated", "residual rotated", 614, turned)


def sibling() -> Member:
    """A second child of the parent of `tuned-1`: what a sibling merge merges."""
    parent = next(member.parents[0] for member in children() if member.name == "tuned-1")
    return descendant(
        "sibling-of-tuned-1", "fine-tuned", 531, parent, further(120, 1e-3, 531, "code")
    )


MEMBERS: tuple[Member, ...] = (
    *bases(),
    *kin(),
    *twins(),
    *others(),
    *children(),
    sibling(),
    *merges(),
    *students(),
    *grandchildren(),
    *of_other_parents(),
)
QUICK = (
    *(base(number) for number in range(1, 13)),
    *("twin-01", "kin-1a", "kin-1b", "gpt2-1", "qwen2-1"),
    *("light-1", "tuned-1", "lora-1", "eight-bit-1", "four-bit-1", "permuted-1"),
    *("disguised-3", "half-fresh-3", "deeper-3", "upcycled-tuned-3"),
    *("width-pruned-3", "depth-pruned-3", "student-1"),
)
POPULATION = Family(name="population", members=MEMBERS, subsets={"quick": QUICK})
