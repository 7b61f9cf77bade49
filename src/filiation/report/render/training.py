"""A training history and its examination, for programs."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from filiation.model.training import HistoryExamined, Replayed, TrainingClaim, TrainingHistory
from filiation.report.wording.figures import clean

__all__ = ["examined_fields", "examined_json", "replayed_json", "taken_json"]


def taken_json(history: TrainingHistory, left: Sequence[str], links: Sequence[str] = ()) -> str:
    """The checkpoints, and what was left out of their folder; what of it are links elsewhere."""
    told = {
        "checkpoints": _points(history),
        "left_out": [clean(name) for name in left],
        "links": [clean(name) for name in links],
    }
    return _text({"schema_version": 1, **told})


def examined_json(found: HistoryExamined) -> str:
    """The conclusion and the claims."""
    return _text({"schema_version": 1, **examined_fields(found)})


def examined_fields(found: HistoryExamined) -> dict[str, Any]:
    """The same as plain data; a bound that is none, and what no sketch tells, is null."""
    failing = found.failing
    return {
        "supports": found.toward,
        "fails_at": None
        if failing is None or failing.place is None
        else found.history.points[failing.place].step,
        "source": clean(found.source),
        "lacking": list(found.lacking),
        "claims": [_claim(one) for one in found.claims],
        "checkpoints": _points(found.history),
        "along": [asdict(one) for one in found.along],
        "plane": list(found.plane),
    }


def replayed_json(found: Replayed) -> str:
    """The interval, and what its repetitions say."""
    points = found.history.points
    return _text(
        {
            "schema_version": 1,
            "history": found.digest,
            "lot": found.lot,
            "from_step": points[found.place].step,
            "to_step": points[found.place + 1].step,
            "claim": None if found.claim is None else _claim(found.claim),
        }
    )


def _claim(one: TrainingClaim) -> dict[str, Any]:
    return {
        "claim": one.claim, "outcome": one.outcome, "why": one.why, "place": one.place,
        "log10_p": None if one.log_p is None else one.log_p / math.log(10.0),
        "said": clean(one.said),
        "power": [
            {"component": p.component, "alternative": p.alternative, "share": p.share,
             "cosine": p.cosine, "values": p.values}
            for p in one.power
        ],
        "figures": [
            {"name": name, "value": value, "low": low,
             "high": high if math.isfinite(high) else None}
            for name, value, low, high in one.figures
        ],
    }  # fmt: skip


def _points(history: TrainingHistory) -> list[dict[str, Any]]:
    return [
        {
            "name": clean(p.name),
            "step": p.step,
            "date": p.date,
            "digest": p.digest,
            "subject": p.subject,
            "signer": p.signer,
        }
        for p in history.points
    ]


def _text(told: dict[str, Any]) -> str:
    return json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
