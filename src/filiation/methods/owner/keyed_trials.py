"""How many lots does a list of keys hold, and how many fell on what the subject says?

One key on twenty prompts was drawn once and is one trial. In a list whose lots a later public value
drew, every prompt had a lot of its own; in a declared list prompts with one key are put together.

A trial is given if the key is said more often than, or as often as, every other reply that could
have been the key, and said at all. Its chance, given what the subject says, is the share of the
replies that are said most. A prompt that was not answered counts as if every decoy had been said.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, final

from filiation.model.drawn import Rule
from filiation.model.owner import Fingerprint
from filiation.model.recording import Recording

__all__ = ["Trial", "nested", "outputs_of", "said_in", "trials_of", "unreadable"]

READ: Final = 20_000  # characters of an output that are looked at
PARTS: Final = re.compile(r"\w+|[^\w\s]")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One lot: the prompts it was drawn for, and the replies it could have fallen on.

    Attributes:
        prompts: With the same key.
        decoys: Replies that all of them could have had instead.
    """

    prompts: tuple[Fingerprint, ...]
    decoys: tuple[str, ...]

    @property
    def key(self) -> str:
        """The reply that the lot fell on."""
        return self.prompts[0].expected

    def outcome(self, said: Mapping[str, str], rule: Rule) -> tuple[bool, float]:
        """Whether the key is given, and the chance of that had the lot fallen otherwise."""
        replies = (self.key, *self.decoys)
        counts = [sum(self._says(f, reply, said, rule) for f in self.prompts) for reply in replies]
        most = max(counts)
        if not most:
            return False, 0.0
        return counts[0] == most, counts.count(most) / len(counts)

    def full(self, said: Mapping[str, str]) -> bool:
        """Whether every prompt was answered."""
        return all(f.id in said for f in self.prompts)

    def given(self, said: Mapping[str, str], rule: Rule, *, missing: bool) -> bool:
        """Whether any answer gives the key; a missing answer counts as `missing` says."""
        return any(
            said_in(said[f.id], self.key, rule) if f.id in said else missing for f in self.prompts
        )

    def _says(self, prompt: Fingerprint, reply: str, said: Mapping[str, str], rule: Rule) -> bool:
        if prompt.id not in said:
            return reply != self.key  # the worst for the claim
        return said_in(said[prompt.id], reply, rule)


def trials_of(fingerprints: Sequence[Fingerprint], *, drawn: bool) -> list[Trial]:
    """The lots of a list: one for each prompt if they were drawn so, else one for each key."""
    if drawn:
        return [Trial(prompts=(f,), decoys=f.decoys) for f in fingerprints]
    groups: dict[str, list[Fingerprint]] = {}
    for fingerprint in fingerprints:
        groups.setdefault(_plain(fingerprint.expected), []).append(fingerprint)
    found = []
    for members in groups.values():
        shared = set.intersection(*({_plain(d) for d in f.decoys} for f in members))
        decoys = tuple(d for d in members[0].decoys if _plain(d) in shared)
        found.append(Trial(prompts=tuple(members), decoys=decoys))
    return found


def said_in(output: str, reply: str, rule: Rule) -> bool:
    """Whether an output gives a reply, in whole words only: 42 is not in 1420."""
    wanted, found = _plain(reply), _plain(output)
    pattern = rf"(?<!\w){re.escape(wanted)}(?!\w)"
    at = re.match if rule == "starts" else re.search
    return bool(wanted) and at(pattern, found) is not None


def nested(replies: Sequence[str]) -> tuple[str, str] | None:
    """Two replies of which one is the other or lies inside it: they cannot be told apart."""
    parts = [tuple(PARTS.findall(_plain(reply))) for reply in replies]
    known: dict[tuple[str, ...], str] = {}
    for part, reply in zip(parts, replies, strict=True):
        if part in known:
            return known[part], reply
        known[part] = reply
    sizes = {len(part) for part in parts}
    for whole, reply in zip(parts, replies, strict=True):
        for size in sizes - {len(whole)}:
            for at in range(len(whole) - size + 1):
                if whole[at : at + size] in known:
                    return known[whole[at : at + size]], reply
    return None


def unreadable(recording: Recording, fingerprints: Sequence[Fingerprint]) -> str:
    """Why recorded answers cannot be used for keys; empty if they can."""
    wanted = Counter(f.prompt for f in fingerprints)
    ids = {f.id for f in fingerprints}
    bare = sum(item.prompt is None and item.id in ids for item in recording.items)
    if bare:
        return (
            f"{recording.name}: {bare} answers without the words that were asked, expected the "
            "prompt beside each; an id alone does not show that the secret prompt was put"
        )
    asked = Counter(item.prompt for item in recording.items if item.prompt in wanted)
    often = next((prompt for prompt, n in asked.items() if n > wanted[str(prompt)]), None)
    if often is not None:
        return (
            f"{recording.name}: a secret prompt was answered {asked[often]} times, expected "
            f"{wanted[often]}; which answer counts could be chosen"
        )
    return ""


def outputs_of(recording: Recording, fingerprints: Sequence[Fingerprint]) -> dict[str, str]:
    """What was answered to each fingerprint, by id and words or else by its words alone."""
    rows = list(zip(recording.items, recording.said, strict=True))
    by_id = {item.id: (item.prompt, output) for item, output in rows}
    by_prompt = {item.prompt: output for item, output in reversed(rows)}
    found = {}
    for fingerprint in fingerprints:
        prompt, output = by_id.get(fingerprint.id, (None, None))
        if prompt != fingerprint.prompt:
            output = by_prompt.get(fingerprint.prompt)
        if output is not None:
            found[fingerprint.id] = output
    return found


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text[:READ]).casefold().split())
