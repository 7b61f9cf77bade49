"""`python tools/docs/seal_vectors.py FOLDER`: writes the test vectors of docs/protocol.md.

A seal of three small files under a secret of zeros, an opening of two of them, and four openings
that a verifier must refuse.
"""

import json
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from filiation.files import put  # noqa: E402
from filiation.model.seal import Commitment, Part, Table  # noqa: E402
from filiation.sealed.files import sealed_file  # noqa: E402
from filiation.sealed.opening import write_opening  # noqa: E402
from filiation.sealed.tree import (  # noqa: E402
    block_head,
    leaves_of,
    levels_of,
    path_of,
    salt_of,
    table_entry,
)

FILES = {"a.txt": b"first\n", "b/c.txt": b"second\n", "d.txt": b"kept closed\n"}
SECRET = bytes(32)


def main() -> int:
    """Write the seal, the openings and the list of what each must give."""
    folder = Path(sys.argv[1])
    folder.mkdir(exist_ok=True)
    parts = [Part(what="file", file=name, nbytes=len(raw)) for name, raw in FILES.items()]
    table = Table(parts=tuple(parts))
    blocks = [(number, 0, raw) for number, raw in enumerate(FILES.values())]
    levels = levels_of(list(leaves_of(SECRET, table, blocks)))
    made = Commitment(root=levels[-1][0].hex(), leaves=len(levels[0]), label="vectors")
    entries = [table_entry(table), *(block_head(n, at) + raw for n, at, raw in blocks)]
    put(folder / "it.seal", sealed_file(made, None))
    kept = [(i, salt_of(SECRET, i), path_of(levels, i), entries[i]) for i in (0, 1, 2)]
    with (folder / "two-of-three.opening").open("wb") as file:
        write_opening(file, made, kept)
    raw = (folder / "two-of-three.opening").read_bytes()
    put(folder / "cut.opening", raw[:-3])
    put(folder / "other-text.opening", raw.replace(b"second", b"Second"))
    with (folder / "no-table.opening").open("wb") as file:
        write_opening(file, made, kept[1:])
    with (folder / "swapped.opening").open("wb") as file:
        write_opening(file, made, [kept[0], kept[2], kept[1]])
    outcomes = {"two-of-three": "2", "cut": "refused", "other-text": "refused",
                "no-table": "refused", "swapped": "refused"}  # fmt: skip
    listed = [{"opening": f"{name}.opening", "outcome": said} for name, said in outcomes.items()]
    put(folder / "vectors.json", (json.dumps(listed, indent=1) + "\n").encode())
    print(made.root)
    return 0


if __name__ == "__main__":
    sys.exit(main())
