"""What a watch costs beside a training: processor seconds of a look, and of a checkpoint.

PYTHONPATH=src:tools python -m trainings.watched MODEL
"""

import shutil
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from filiation.proceedings.watching import watch_history

CHECKPOINTS: Final = 10
LOOKS: Final = 100


def costs(model: Path) -> tuple[float, float]:
    """Seconds of a look at checkpoints that are kept already, and of keeping one."""
    with TemporaryDirectory() as scratch:
        runs, out = Path(scratch) / "run", Path(scratch) / "kept"
        for n in range(CHECKPOINTS):
            shutil.copytree(model, runs / f"checkpoint-{n}")
        begin = time.process_time()
        kept = list(watch_history(runs, out, once=True, sleep=lambda _: None))
        all_kept = time.process_time() - begin
        assert len(kept) == CHECKPOINTS and all(one.seal for one in kept), kept
        begin = time.process_time()
        idle = watch_history(runs, out, every=1.0, idle=float(LOOKS), sleep=lambda _: None)
        assert not list(idle)
        look = (time.process_time() - begin) / LOOKS
    return look, all_kept / CHECKPOINTS


if __name__ == "__main__":
    for what, seconds in zip(("a look", "a checkpoint"), costs(Path(sys.argv[1])), strict=True):
        print(f"{what}: {seconds:.4f} s of a processor")
