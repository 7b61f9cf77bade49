"""The command line, and the one place where errors become exit codes."""

import gc
import os
import sys
from typing import Final

from filiation.errors import FiliationError

__all__ = ["run"]

EVERY: Final = 10_000  # new objects between two looks for cycles: most are classes that stay


def run() -> None:
    """Run a verb; every error of ours becomes one line on stderr and its exit code."""
    gc.set_threshold(EVERY)
    from filiation.cli.front.serve import serve

    try:
        code = serve(sys.argv[1:])
        gc.freeze()  # at the end nothing is looked through once more: a tenth of a second
        sys.exit(code)
    except FiliationError as error:
        from filiation.files import shown  # the name of a file may hold what steers a terminal

        said = "\n".join(map(shown, str(error).split("\n")))
        print(f"filiation: {said}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        from filiation.cli.front.usage import INTERRUPTED

        print(f"filiation: {INTERRUPTED}", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:  # whoever read the output, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
