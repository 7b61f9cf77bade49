"""`python examined.py TREE`: examine pairs of folders by the filiation of another tree.

Reads one JSON object a line, writes one: what the examination under that tree's default plan says.
A process of its own, as two versions of a package cannot live in one; nothing here is imported
from the rest of the adversary's tools. The source's sketch is kept between lines.
"""

import json
import math
import os
import sys
import tempfile
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

LOG10 = math.log(10)


def said(line: dict[str, Any]) -> dict[str, Any]:
    """One pair, as the tree says it."""
    from filiation.examining.plan import fix_plan
    from filiation.examining.run import examine
    from filiation.report.wording import conclusion as words

    began = time.process_time()
    source, subject, *controls = (
        shown(path, name) for path, name in zip(line["models"], line["names"], strict=True)
    )
    plan = fix_plan(subject=subject, source=source, controls=controls)
    done = examine(plan, subject=subject, source=source, controls=controls)
    (case,) = done.conclusions
    return {
        "id": line["id"],
        "log10_p": None if case.combined.log_p is None else case.combined.log_p / LOG10,
        "toward": case.support.toward,
        "reason": case.support.reason,
        "relation": " ".join([case.relation.kind, *(f"+{d}" for d in case.relation.disguises)]),
        "direction": str(case.relation.direction),
        "headline": _headline()(case),
        "because": words.support_because(case),
        "notes": list(case.notes),
        "power": case.power.share,
        "asked": case.plan.power_share,
        "cells": [(p.component, p.alternative, p.share) for p in getattr(case, "parts", ())],
        "findings": {f.method: f.log_p / LOG10 for f in case.findings},
        "seconds": round(time.process_time() - began, 1),
    }


def _headline() -> Any:
    """Of this tree, or of one from before the headline had a file of its own."""
    from importlib import import_module

    wording = "filiation.report.wording."
    try:
        return import_module(f"{wording}headline").headline
    except ModuleNotFoundError:
        return import_module(f"{wording}conclusion").headline


@lru_cache(maxsize=2)
def _kept(path: str) -> Any:
    from filiation.readers.weights.checkpoint import open_model
    from filiation.sketching.sketch import take_sketch
    from filiation.sketching.sketch_file import read_sketch

    with tempfile.TemporaryDirectory() as folder:
        take_sketch(open_model(Path(path)), Path(folder) / "s")
        return read_sketch(Path(folder) / "s")


def shown(path: str, name: str) -> Any:
    """A model as an exhibit."""
    from dataclasses import replace

    from filiation.examining.weights.plug import weights_material
    from filiation.model.exhibit import Exhibit

    sketch = _kept(path) if name == "source" else _kept.__wrapped__(path)
    return Exhibit(name=name, materials=(weights_material(replace(sketch, name=name)),))


def main() -> None:
    """Answer line by line until there are no more."""
    sys.path.insert(0, str(Path(sys.argv[1]) / "src"))
    from threadpoolctl import threadpool_limits

    import filiation

    if Path(sys.argv[1]).resolve() not in Path(str(filiation.__file__)).resolve().parents:
        sys.exit(f"filiation is {filiation.__file__}, expected it under {sys.argv[1]}")
    with threadpool_limits(1):
        for line in sys.stdin:
            try:
                answer = said(json.loads(line))
            except Exception as error:  # noqa: BLE001 - a tree that fails is a row of the table
                answer = {
                    "id": json.loads(line)["id"],
                    "failed": f"{type(error).__name__}: {error}",
                }
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
