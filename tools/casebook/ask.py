"""Ask the casebook's models one battery and keep the transcripts: `python -m casebook.ask`.

They are exhibits of the demonstration's case (examples/answers). Needs the extra `run`; models that
have a transcript are not asked again.
"""

import lzma
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from casebook.checkpoint import write_whole

__all__ = ["MODELS", "main"]

MODELS: Final = (
    *("parent", "fine-tuned", "stranger-2", "stranger-3", "stranger-4", "stranger-5"),
    "other-width",
)
ASKED: Final = (
    "--battery",
    "program-output",
    "--seed",
    "11",
    "--items",
    "100",
    "--max-tokens",
    "16",
)


def main() -> None:
    """Ask every model that has no transcript yet."""
    into = Path("examples/answers")
    into.mkdir(exist_ok=True)
    for model in MODELS:
        kept = into / f"{model}.jsonl.xz"
        if kept.exists():
            continue
        with tempfile.TemporaryDirectory() as folder:
            said = Path(folder) / "said.jsonl"
            asked = ("ask", f"local:examples/casebook/{model}", *ASKED, "-o", str(said), "--quiet")
            # its status is not 0 where a question is longer than the model reads
            subprocess.run([sys.executable, "-m", "filiation", *asked], check=False)
            write_whole(kept, lzma.compress(said.read_bytes(), preset=9 | lzma.PRESET_EXTREME))
        print(f"{model}: {kept.stat().st_size:,} bytes", flush=True)


if __name__ == "__main__":
    main()
