"""Files that the owner of a source makes: secret lists, commitments, draws, likelihoods.

JSON lines, or CSV with a header (`.csv`), with one entry per line:

order       {"example": "e1", "seen": 17, "stratum"?: "epoch 1", "text"?: "..", "tokens"?: [5, 9],
             "date"?: "2026-11-29", "source"?: "..", "length"?: 120}
canaries    {"example": "c1", "group": "g1", "planted": true, "text"?: "..", "tokens"?: [..]}
keys        {"id": "k1", "prompt": "..", "key": "the reply", "decoys"?: ["..", ".."]}
phrases     {"id": "p1", "phrase": "..", "decoys": ["..", ".."]}
exchanges   {"id": "x1", "prompt": "..", "answer": "..", "to"?: "others", "seeds": [5, 9]}
twins       {"id": "x1", "twin": 1, "text": ".."}
likelihoods {"example": "e1", "log_likelihood": -301.2, "tokens"?: 128}

A pool is a list before its lot: without `seen` or `planted`; keys with `replies` in place of `key`
and `decoys`. A list of keys is a battery as `filiation ask` takes it. Likelihoods open with a line
that says what they are of: {"likelihoods": {"model": "name", "texts": SHA-256, ..}}.
"""

from filiation.readers.owner.beacon import (
    QUICKNET,
    beacons_work,
    check_round,
    read_chain,
    read_round,
    round_at,
)
from filiation.readers.owner.commitment import commitment_bytes, file_digest, read_commitment
from filiation.readers.owner.likelihoods import likelihood_bytes, read_likelihoods
from filiation.readers.owner.lists import (
    Text,
    read_canaries,
    read_keys,
    read_order,
    read_phrases,
    read_texts,
)
from filiation.readers.owner.pools import (
    Entry,
    list_entries,
    pool_digest,
    pool_entries,
    read_pool,
)
from filiation.readers.owner.records import DrawRecord, read_record, record_bytes
from filiation.readers.owner.sealed import commitment_of, read_sealed, sealed_bytes
from filiation.readers.owner.served import (
    Twins,
    answers_digest,
    read_exchanges,
    read_plan,
    read_twins,
)

__all__ = [
    "QUICKNET",
    "DrawRecord",
    "Entry",
    "Text",
    "Twins",
    "answers_digest",
    "beacons_work",
    "check_round",
    "commitment_bytes",
    "commitment_of",
    "file_digest",
    "likelihood_bytes",
    "list_entries",
    "pool_digest",
    "pool_entries",
    "read_canaries",
    "read_chain",
    "read_commitment",
    "read_exchanges",
    "read_keys",
    "read_likelihoods",
    "read_order",
    "read_phrases",
    "read_plan",
    "read_pool",
    "read_record",
    "read_round",
    "read_sealed",
    "read_texts",
    "read_twins",
    "record_bytes",
    "round_at",
    "sealed_bytes",
]
