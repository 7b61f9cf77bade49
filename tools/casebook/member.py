"""One model of a family: what it starts from and what is done to it, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import final

from casebook import recipe
from casebook.checkpoint import Encoding, Half
from casebook.operations import Operation
from casebook.recipe import LATER
from casebook.schedule import Adapter, Sampling, Schedule
from casebook.shapes import LlamaShape, Shape
from casebook.surgery import layer_origins

REVISION = 1  # raise when the code changes what a recipe makes
LEARNED = ("prose", "code")
HALF = Half()
LLAMA = LlamaShape()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One model: its start, then operations, then training, then encoding; absent steps are empty.

    Attributes:
        shape: sizes after the operations.
        seed: of the initialisation if it has its own, else of what is random in the operations.
        parents: models it was made from, by name.
        operation: what was done, in a word or two.
        shares: weights of the parents' sum it starts from; empty: its own initialisation.
        imitates: the parent (the first) is only a teacher: the loss is KL to its logits.
        function_preserving: must compute the logits of its first parent, up to rounding.
        domains: held-out text its loss is measured on.
        tokenizer_text: domains whose text the tokenizer is learned from.
        window: tokens of a held-out window.
        adapter: train only a low-rank addition to the weights, then add it.
        sampling: train on text drawn from the first parent instead of the corpus.
        repeats: the member this one repeats: same seed, same text, other rounding.
    """

    name: str
    seed: int
    operation: str
    shape: Shape = LLAMA
    parents: tuple[str, ...] = ()
    shares: tuple[float, ...] = ()
    operations: tuple[Operation, ...] = ()
    schedule: Schedule | None = None
    imitates: bool = False
    encoding: Encoding = HALF
    function_preserving: bool = False
    domains: tuple[str, ...] = LEARNED
    note: str = ""
    tokenizer_text: tuple[str, ...] = field(default=LEARNED, metadata=LATER)
    window: int = field(default=128, metadata=LATER)
    adapter: Adapter | None = field(default=None, metadata=LATER)
    sampling: Sampling | None = field(default=None, metadata=LATER)
    repeats: str = field(default="", metadata=LATER)

    def __post_init__(self) -> None:
        if self.shares and len(self.shares) != len(self.parents):
            raise ValueError(f"{self.name}: found {self.shares}, expected a share for each parent")
        taught = self.imitates or self.sampling is not None
        if bool(self.parents) != (bool(self.shares) or taught):
            raise ValueError(f"{self.name}: found parents that give nothing, expected shares")
        if self.schedule is None and (taught or self.adapter is not None or not self.parents):
            raise ValueError(f"{self.name}: found no schedule, expected one; it learns nothing")

    @property
    def weights_shared(self) -> bool:
        """Does any of its weights descend from a parent's?"""
        return bool(self.shares)

    @property
    def tokenizer(self) -> str:
        """Equal exactly when the tokenizer is."""
        return f"bpe-{self.shape.vocabulary}-{'+'.join(self.tokenizer_text)}"

    @property
    def data(self) -> tuple[str, ...]:
        """What it was trained on last, in words."""
        if self.schedule is None:
            return ()
        if self.sampling is not None:
            return (f"sampled:{self.parents[0]}",)
        return self.schedule.domains

    def recipe(self, corpus_digest: str, parent_digests: tuple[str, ...]) -> str:
        """The sha256 of everything that decides the weights; equal recipes need no second build."""
        return recipe.digest(REVISION, corpus_digest, parent_digests, replace(self, note=""))


@final
@dataclass(frozen=True, slots=True)
class Family:
    """Members by name, parents before children.

    Attributes:
        name: of the family, and of its folder in the cache.
        members: in the order they are made.
        subsets: names for parts of it; what they descend from is part of them.
    """

    name: str
    members: tuple[Member, ...]
    subsets: Mapping[str, tuple[str, ...]]

    def __post_init__(self) -> None:
        known: set[str] = set()
        for member in self.members:
            named = {*member.parents, *((member.repeats,) if member.repeats else ())}
            if missing := sorted(named - known):
                raise ValueError(f"{member.name}: found no {missing} before it, expected parents")
            if member.name in known:
                raise ValueError(f"{member.name}: found twice, expected one member of a name")
            known.add(member.name)
        for subset, names in self.subsets.items():
            if missing := sorted(set(names) - known):
                raise ValueError(f"subset {subset}: found {missing}, expected members")

    def __getitem__(self, name: str) -> Member:
        """The member of this name."""
        return next(member for member in self.members if member.name == name)

    def root_of(self, member: Member) -> Member:
        """Whose initialisation did its weights begin from (the first parent's, if several)?"""
        return self.root_of(self[member.parents[0]]) if member.weights_shared else member

    def lineage(self, names: frozenset[str]) -> tuple[Member, ...]:
        """These members and all they descend from, in the family's order."""
        wanted = set(names)
        if strangers := sorted(wanted - {member.name for member in self.members}):
            raise ValueError(f"family {self.name}: found no {strangers}, expected its members")
        for member in reversed(self.members):
            if member.name in wanted:
                wanted.update(member.parents)
        return tuple(member for member in self.members if member.name in wanted)

    def layers_from(self, member: Member) -> tuple[int, ...] | None:
        """For each layer, which layer of the first parent it began as; -1: a fresh one."""
        if not member.weights_shared:
            return None
        return layer_origins(member.operations, self[member.parents[0]].shape.layers)
