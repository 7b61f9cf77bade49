"""What files say of descent, in the report for programs: every claim beside what was found."""

from filiation.model.declared import Declared, Signed
from filiation.model.descent import Compared, compared
from filiation.model.examination import Examination
from filiation.model.examined import Examined
from filiation.report.render.plain import text_of
from filiation.report.wording.descent import descent_words

__all__ = ["declared_json"]


def declared_json(examination: Examination) -> dict[str, object]:
    """The field `declared`; nothing where no files were looked at."""
    sides = (("subject", examination.subject), ("source", examination.source))
    said = [
        _said(side, model, model.declared) for side, model in sides if model.declared is not None
    ]
    if not said:
        return {}
    return {"declared": {"models": said, "compared": [_row(one) for one in compared(examination)]}}


def _said(side: str, model: Examined, declared: Declared) -> dict[str, object]:
    return {
        "side": side,
        "name": text_of(model.name),
        "claims": [
            {
                "about": one.about,
                "field": text_of(one.field),
                "file": text_of(one.file),
                "says": text_of(one.says),
            }
            for one in declared.declarations
        ],
        "read": [text_of(name) for name in declared.read],
        "notes": [text_of(note) for note in declared.notes],
        "signed": [_signed(one) for one in declared.signed],
    }


def _signed(one: Signed) -> dict[str, object]:
    lists = {"same": one.same, "other": one.other, "missing": one.missing, "unsigned": one.unsigned}
    return {
        "file": text_of(one.file),
        "by": text_of(one.by),
        "unread": text_of(one.unread),
        **{key: [text_of(name) for name in names] for key, names in lists.items()},
    }


def _row(row: Compared) -> dict[str, object]:
    return {
        "standing": row.standing,
        "reason": row.reason,
        "side": row.side,
        "name": text_of(row.model),
        "says": [{"field": text_of(s.field), "file": text_of(s.file), "says": text_of(s.says)}
                 for s in row.says],
        "other": [text_of(one) for one in row.other],
        "signature": None if row.signed is None else text_of(row.signed.file),
        "words": descent_words(row),
    }  # fmt: skip
