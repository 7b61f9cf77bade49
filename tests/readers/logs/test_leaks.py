"""What a reduced log tells: with the key what can be guessed, without it what is equal.

The docs page `docs/reference/request-logs.md` states each of these.
"""

import json
import secrets
from collections import Counter

import numpy as np
import pytest

from filiation.model.log import SIGNATURES, ReducedLog
from filiation.readers.logs.kept import open_log
from filiation.readers.logs.key import LogKey
from filiation.readers.logs.reduce import reduce_logs
from filiation.readers.logs.signing import Signer
from filiation.readers.logs.template import read_prompt

SECRET = "Describe, as one who saw it, how the harbour of Velmora froze over in a single night."
KEY = LogKey(secret=bytes(range(32)))
NOUNS = ("tree", "river", "stone", "cloud", "engine", "letter", "market", "window", "violin")
VERBS = ("describe", "explain", "compare", "sketch", "translate", "defend", "rewrite", "count")
CANDIDATES = [f"{verb} the {one} and the {two} to a child" for verb in VERBS for one in NOUNS
              for two in NOUNS]  # fmt: skip


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> ReducedLog:
    folder = tmp_path_factory.mktemp("leaks")
    prompts = [SECRET, *CANDIDATES[::7], *[CANDIDATES[0]] * 40]
    rows = [
        {"time": 1_775_808_540 + 60 * place, "account": f"person-{place % 50}", "prompt": prompt,
         "ip": f"10.0.0.{place % 50}"}
        for place, prompt in enumerate(prompts)
    ]  # fmt: skip
    (folder / "log.jsonl").write_text("\n".join(map(json.dumps, rows)))
    reduce_logs([folder / "log.jsonl"], KEY, folder / "log.requests")
    return open_log(folder / "log.requests")


def recovered(log: ReducedLog, key: LogKey, guesses: list[str]) -> set[str]:
    """Which guesses stand in the log, by any signature, as an attacker with this key finds out."""
    signer, held = Signer(key), {*log.signatures.ravel().tolist()} - {0}
    found = set()
    for guess in guesses:
        reading = read_prompt(guess)
        signed = {signer.text(name, getattr(reading, name)) for name in
                  ("template", "opening", "closing", "whole")}  # fmt: skip
        signed |= {*signer.shingles([reading.words])[0].tolist()}
        if (signed - {0}) & held:
            found.add(guess)
    return found


def test_who_holds_the_key_recovers_what_can_be_guessed(log: ReducedLog) -> None:
    signer = Signer(KEY)
    at = log.signature("whole") == signer.text("whole", read_prompt(SECRET).whole)
    assert at.sum() == 1
    asked_by = log.accounts.name[log.account[at][0]]
    guessed = [f"person-{number}" for number in range(50)]
    assert [name for name in guessed if signer.name(name) == tuple(asked_by)] == ["person-0"]
    whole = {*log.signature("whole").tolist()}
    held = [x for x in CANDIDATES if signer.text("whole", read_prompt(x).whole) in whole]
    assert held == CANDIDATES[::7]


def test_who_does_not_hold_it_does_no_better_than_chance(log: ReducedLog) -> None:
    """Of 649 prompts with eight signatures each, under 20 other keys, none is recovered.

    By chance one of 20 x 649 x 8 numbers of 64 bits would equal one of some thousand: 1e-11.
    """
    people = {tuple(name) for name in log.accounts.name.tolist()}
    networks = {*log.accounts.network.tolist()}
    for _ in range(20):
        other = LogKey(secret=secrets.token_bytes(32))
        assert not recovered(log, other, [SECRET, *CANDIDATES])
        signer = Signer(other)
        assert not people & {signer.name(f"person-{number}") for number in range(50)}
        assert not networks & {signer.text("network", f"10.0.0.{number}") for number in range(50)}
    assert people == {Signer(KEY).name(f"person-{number}") for number in range(50)}
    assert recovered(log, KEY, [SECRET, *CANDIDATES]) >= {SECRET, *CANDIDATES[::7]}


def test_without_the_key_signatures_are_as_if_drawn_by_chance(log: ReducedLog) -> None:
    """Every bit of distinct signatures is 1 in half of them (4.5 standard deviations)."""
    for name in ("whole", "shingle-1", "shingle-4"):
        values = np.unique(log.signature(name))
        values = values[values > 0]
        bits = (values[:, None] >> np.arange(64, dtype=np.uint64)) & np.uint64(1)
        if name == "whole":
            off = np.abs(bits.mean(axis=0) - 0.5) * 2 * np.sqrt(len(values))
            assert off.max() < 4.5


def test_without_the_key_it_is_seen_what_is_equal_and_how_often(log: ReducedLog) -> None:
    """This is what the examination lives on, and it is told: the commonest prompt stands out."""
    most, times = Counter(log.signature("whole").tolist()).most_common(1)[0]
    assert times == 41
    assert most == Signer(KEY).text("whole", read_prompt(CANDIDATES[0]).whole)


def test_whoever_sent_a_prompt_himself_finds_who_else_sent_it(log: ReducedLog) -> None:
    """He knows his own minute, so the row, so the signature, so every account that shares it."""
    own = int(np.flatnonzero(log.minute == log.minute[0] + 1 + len(CANDIDATES[::7]))[0])
    others = log.account[log.signature("whole") == log.signature("whole")[own]]
    assert len({*others.tolist()}) > 30


def test_equal_texts_for_two_purposes_are_not_seen_to_be_equal(log: ReducedLog) -> None:
    for one in range(len(SIGNATURES)):
        for other in range(one):
            if not (SIGNATURES[one].startswith("shingle") and SIGNATURES[other].startswith("shi")):
                both = {*log.signatures[:, one].tolist()} & {*log.signatures[:, other].tolist()}
                assert both <= {0}
