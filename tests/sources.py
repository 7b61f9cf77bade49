"""Source trees of invented functions: hashes, of which a field has some in common."""

import hashlib

import numpy as np

from filiation.model.source import Fragment, SourceTree, features_of

FUNCTIONS = 40
FEATURES = 30  # of a function and channel
FIELD = 400  # features that everybody of the field draws from
SHARED = 0.3  # of a function's features that come from there


def function(owner: int, number: int) -> Fragment:
    """The same owner and number give the same function."""
    rng = np.random.default_rng([owner, number])
    field = np.random.default_rng(0).integers(0, 1 << 63, FIELD, dtype=np.uint64)
    channels = []
    for _ in range(3):
        own = rng.integers(0, 1 << 63, FEATURES, dtype=np.uint64)
        common = rng.random(FEATURES) < SHARED
        own[common] = rng.choice(field, int(common.sum()))
        channels.append(features_of({int(one): 1 for one in own}))
    one, two, three = channels
    return Fragment(
        file="a.py", name=f"f{number}", first=9 * number + 1, last=9 * number + 9,
        language="python", channels=(one, two, three),
    )  # fmt: skip


def tree(name: str, owner: int, *, taken: float = 0.0, parent: int = 0) -> SourceTree:
    """A tree of `FUNCTIONS` functions, the first of which are another owner's."""
    copied = round(taken * FUNCTIONS)
    fragments = tuple(
        function(parent if number < copied else owner, number) for number in range(FUNCTIONS)
    )
    digest = hashlib.sha256(f"{owner} {taken} {parent}".encode()).hexdigest()
    return SourceTree(name=name, files={"a.py": digest}, fragments=fragments)
