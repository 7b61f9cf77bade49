"""Keep a training's checkpoints as sealed sketches, from inside the training. Copy what you need.

Beside a training, without touching it, the same is `filiation history watch RUN -o KEPT`.
"""

import subprocess
from pathlib import Path

_last = []


def keep_checkpoints(run, kept, *, filiation="filiation"):
    """For a loop of one's own: call it after a checkpoint was written. It does not wait.

    One look at a time: where the last one still reads, the next call finds what it left.
    """
    if not _last or _last[0].poll() is not None:
        Path(kept).parent.mkdir(parents=True, exist_ok=True)
        look = [filiation, "history", "watch", str(run), "-o", str(kept), "--once", "--quiet"]
        _last[:] = [subprocess.Popen(look, stdin=subprocess.DEVNULL)]
    return _last[0]


def trainer_callback(kept, *, filiation="filiation"):
    """For `transformers.Trainer(callbacks=[trainer_callback("kept")])`."""
    from transformers import TrainerCallback

    class Keeping(TrainerCallback):
        def on_save(self, args, state, control, **more):
            if state.is_world_process_zero:
                keep_checkpoints(args.output_dir, kept, filiation=filiation)

        def on_train_end(self, args, state, control, **more):
            if state.is_world_process_zero:
                for _ in range(2):  # the look that runs, and one more for what it left
                    keep_checkpoints(args.output_dir, kept, filiation=filiation).wait()

    return Keeping()
