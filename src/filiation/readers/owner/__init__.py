"""Files that the owner of a source makes: secret lists, commitments, likelihoods.

JSON lines, or CSV with a header (`.csv`), with one entry per line:

order       {"example": "e1", "seen": 17, "stratum"?: "epoch 1", "text"?: "..", "tokens"?: [5, 9]}
canaries    {"example": "c1", "group": "g1", "planted": true, "text"?: "..", "tokens"?: [..]}
keys        {"id": "k1", "prompt": "..", "key": "the reply", "decoys"?: ["..", ".."]}
phrases     {"id": "p1", "phrase": "..", "decoys": ["..", ".."]}
likelihoods {"example": "e1", "log_likelihood": -301.2, "tokens"?: 128}

A list of keys is a battery as `filiation ask` takes it. Likelihoods may open with a line that says
whose they are: {"likelihoods": {"model": "name", ..}}. In CSV a list of decoys is not possible.
"""

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

__all__ = [
    "Text",
    "commitment_bytes",
    "file_digest",
    "likelihood_bytes",
    "read_canaries",
    "read_commitment",
    "read_keys",
    "read_likelihoods",
    "read_order",
    "read_phrases",
    "read_texts",
]
