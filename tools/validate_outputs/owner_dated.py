"""Innocent models on dated text: the changelogs that Debian's packages carry.

An owner claims that a source was trained on these entries in the order of their date, or by lot.
No model of the casebook was trained on them, so whatever is found is found of innocents.
"""

import gzip
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from email.utils import parsedate_to_datetime
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer  # type: ignore[import-not-found, unused-ignore]

from filiation.methods.owner.chosen_order import follows, why_refused
from filiation.methods.owner.lots import lot_seed, with_lot
from filiation.methods.owner.references import against_references
from filiation.methods.owner.training_order import TrainingOrder
from filiation.model.finding import Finding
from filiation.model.owner import Likelihoods, OrderedExample
from validate_outputs.owner import casebook_network, id_likelihoods, tokenizer_json

__all__ = ["INNOCENT", "dated_entries", "innocent_likelihoods", "lots_met", "orders_by_date"]

PLACES = Path("/usr/share/doc")
INNOCENT = ("stranger-2", "stranger-3", "stranger-4", "stranger-5")
SIGNED = re.compile(r"^ -- .*?  (\w{3}, +\d+ \w{3} \d{4} [\d:]+ [+-]\d{4})$", re.MULTILINE)
LONGEST = 160  # tokens of an entry
EACH = 8  # entries of a package
QUICK = TrainingOrder(draws=999)


def dated_entries(count: int) -> tuple[list[OrderedExample], dict[str, list[int]]]:
    """Entries of changelogs in the order of their date, and their token ids; as many as asked."""
    tokenizer = Tokenizer.from_str(tokenizer_json())
    found = sorted(_entries())
    chosen = [found[n] for n in np.linspace(0, len(found) - 1, min(count, len(found))).astype(int)]
    examples, ids = [], {}
    for n, (day, source, words) in enumerate(dict.fromkeys(chosen)):
        name = f"d{n}"
        ids[name] = tokenizer.encode(words, add_special_tokens=False).ids[:LONGEST]
        length = float(len(ids[name]))
        examples.append(
            OrderedExample(id=name, seen=float(n), length=length, day=day, source=source)
        )
    return examples, ids


def innocent_likelihoods(ids: Mapping[str, list[int]]) -> dict[str, Likelihoods]:
    """Log-likelihoods per token of the entries under models that never saw them."""
    counts = {name: len(tokens) for name, tokens in ids.items()}
    return {
        name: replace(id_likelihoods(casebook_network(name), ids), tokens=counts)
        for name in INNOCENT
    }


def orders_by_date(
    examples: list[OrderedExample], told: Mapping[str, Likelihoods]
) -> Iterator[tuple[str, float, str]]:
    """Each innocent: the least log p that an order by date gives, and why that is refused."""
    for name in INNOCENT:
        others = [told[other] for other in INNOCENT if other != name]
        turned = [replace(e, seen=-e.seen) for e in examples]
        found = [
            QUICK.compare(listed, told[name], references, seed=0)
            for listed in (examples, turned)
            for references in ([], others)
        ]
        least = min(one.log_p for one in found if isinstance(one, Finding))
        silent = [replace(e, day=None, length=None, source="") for e in examples]
        reasons = [why_refused(follows(listed, others)) for listed in (examples, turned, silent)]
        yield name, least, " | ".join(reasons) if all(reasons) else ""


def lots_met(
    examples: list[OrderedExample], told: Mapping[str, Likelihoods], lots: int
) -> dict[str, list[float]]:
    """Each innocent: log p under so many orders that a public value could have drawn."""
    pool = [{"example": e.id} for e in examples]
    found: dict[str, list[float]] = {name: [] for name in INNOCENT}
    for lot in range(lots):
        seed = lot_seed(commitment="c", nonce="n", value=f"{lot:064x}", lot=1)
        seen = {e["example"]: e["seen"] for e in with_lot("training-order", pool, seed)}
        listed = [replace(e, seen=float(seen[e.id])) for e in examples]
        for name, log_ps in found.items():
            reference = told[INNOCENT[INNOCENT.index(name) - 1]]

            def ask(
                subject: Likelihoods,
                references: object,
                listed: list[OrderedExample] = listed,
                lot: int = lot,
            ) -> object:
                return QUICK.compare(listed, subject, references, seed=lot)  # type: ignore[arg-type]

            out, _ = against_references(ask, told[name], [reference], fixed=True)  # type: ignore[arg-type]
            log_ps.append(out.log_p if isinstance(out, Finding) else 0.0)
    return found


def _entries() -> Iterator[tuple[float, str, str]]:
    """Day, package and words."""
    for path in sorted(PLACES.glob("*/changelog.Debian.gz")):
        if path.parent.is_symlink():
            continue
        text = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
        start = 0
        for n, signed in enumerate(SIGNED.finditer(text)):
            words = " ".join(text[start : signed.start()].split("\n", 2)[-1].split())
            start = signed.end()
            if len(words) > 80 and n < EACH:
                moment = parsedate_to_datetime(signed[1])
                yield moment.timestamp() / 86400.0, path.parent.name, words
