"""One whole case of toys, verb by verb, as people type it. `{}` is the folder they work in."""

import shutil
from pathlib import Path

import numpy as np
import pytest

import builders
from docs.toy_authority import make_authority, stamp

__all__ = ["STEPS", "Step", "authority", "make_models", "stamped"]

Step = tuple[str, ...]

STEPS: tuple[Step, ...] = (
    ("open", "{}/case", "--title", "Acme and Basel", "--lead", "tribunal",
     "--received", "2026-03-02", "--jurisdiction", "GB", "--subdivision", "ENG"),
    ("party", "{}/case", "acme", "--role", "claimant", "--public-key", "{}/home/keys/acme.pub"),
    ("party", "{}/case", "basel", "--role", "respondent", "--name", "Basel AG"),
    ("party", "{}/case", "first", "--role", "examiner", "--public-key", "{}/home/keys/first.pub"),
    ("party", "{}/case", "second", "--role", "reviewer",
     "--public-key", "{}/home/keys/second.pub"),
    ("claim", "{}/case", "--by", "acme", "Their model came from ours."),
    ("answer", "{}/case", "--by", "basel", "The data were public.", "--alternative", "shared-data"),
    ("submit", "{}/case", "--by", "acme", "--file", "{}/letter.eml", "--confidential"),
    ("add", "{}/case", "{}/parent", "--name", "parent", "--from", "acme", "--how", "copied disk"),
    ("add", "{}/case", "{}/child", "--name", "suspect", "--from", "basel", "--how", "by order",
     "--copy"),
    ("add", "{}/case", "{}/stranger-1", "--name", "s1", "--from", "acme", "--how", "public"),
    ("add", "{}/case", "{}/stranger-2", "--name", "s2", "--from", "acme", "--how", "public"),
    ("plan", "{}/case", "--subject", "suspect", "--source", "parent", "--control", "s1",
     "--control", "s2", "--seed", "7"),
    ("power", "{}/case"),
    ("lineup", "draw", "{}/case", "--foils", "2"),
    ("lineup", "opinion", "{}/case", "No one stands out enough.", "--as", "first"),
    ("lineup", "unmask", "{}/case"),
    ("examine", "{}/case", "--as", "first"),
    ("review", "{}/case", "--as", "second", "--agrees", "I derived it again."),
    ("report", "{}/case"),
    ("decide", "{}/case", "need-more", "--because", "The source's training record is missing."),
    ("clock", "{}/case", "--stop", "Waiting for the record.", "--on", "2026-03-10"),
    ("clock", "{}/case", "--resume", "--on", "2026-03-20"),
    ("stamp", "request", "{}/case", "-o", "{}/head.tsq"),
    ("stamp", "import", "{}/case", "{}/head.tsr", "--roots", "{}/authority/ca.pem"),
    ("export", "{}/case", "--for", "basel", "-o", "{}/sub"),
    ("documents", "add", "{}/case", "{}/letter.eml", "--name", "mail", "--from", "acme",
     "--how", "their server"),
    ("documents", "tag", "{}/case", "hot", "mail:0"),
    ("documents", "search", "{}/case", "outputs", "--save", "outputs"),
    ("documents", "redact", "{}/case", "mail:0", "--passage", "outputs", "--ground", "secret"),
    ("documents", "privilege", "{}/case", "mail:0", "--by", "acme", "--ground", "counsel"),
    ("rule", "{}/case", "mail:0", "--of", "acme", "--upheld", "--because", "Advice of counsel."),
    ("commit", "{}/case", "4be9d63a2f7c1805" * 4, "--by", "acme", "--as", "acme"),
    ("coin", "{}/case", "4be9d63a2f7c1805" * 4),
    ("documents", "judge", "{}/case", "mail:0", "--by", "basel", "--keys", "{}/dns.txt",
     "--keys-how", "taken by counsel on 2026-03-09"),
)  # fmt: skip
KEYS = ("acme", "first", "second")


def make_models(folder: Path) -> None:
    """A parent, a child of it, two strangers, and a letter."""
    parent = builders.llama(layers=2, width=16, hidden=40)
    rng = np.random.default_rng(1)
    child = {
        name: (word, (array + 0.1 * rng.standard_normal(array.shape)).astype(np.float32))
        for name, (word, array) in parent.items()
    }
    builders.write_folder(folder / "parent", parent)
    builders.write_folder(folder / "child", child)
    for number in (1, 2):
        stranger = builders.llama(layers=2, width=16, hidden=40, seed=100 * number)
        builders.write_folder(folder / f"stranger-{number}", stranger)
    (folder / "dns.txt").write_text("; of nobody\n")
    (folder / "letter.eml").write_bytes(b"From: a@b\r\n\r\nPlease use their outputs.\r\n")


def authority(folder: Path) -> Path:
    """A time-stamp authority of our own: a root, a certificate for stamping, and its settings."""
    _needed()
    return make_authority(folder)


def stamped(authority: Path, request: Path, response: Path) -> None:
    """Let the authority answer a request."""
    _needed()
    stamp(authority, request, response)


def _needed() -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed; it plays the time-stamping authority")
