"""From words to groups: read, reduced, examined."""

from pathlib import Path

from filiation.model.log import ReducedLog
from filiation.proceedings.campaigns import examine_log
from filiation.readers.logs.kept import open_log
from filiation.readers.logs.key import LogKey
from filiation.readers.logs.reduce import reduce_logs
from logs.texts import DEALT, text_log

KEY = LogKey(secret=bytes(range(32)))


def reduced(folder: Path, lines: list[str], name: str = "all") -> tuple[Path, ReducedLog]:
    text = folder / f"{name}.jsonl"
    text.write_text("\n".join(lines) + "\n")
    out = folder / f"{name}.requests"
    reduce_logs([text], KEY, out)
    return out, open_log(out)


def test_a_campaign_in_words_is_found_from_its_reduced_log(tmp_path: Path) -> None:
    lines = list(text_log(1))
    out, log = reduced(tmp_path, lines)
    _, alone = reduced(tmp_path, [one for one in lines if '"dealt-' in one], "dealt")
    dealt = {f"{a:016x}{b:016x}" for a, b in alone.accounts.name.tolist()}
    assert len(dealt) == DEALT
    found = examine_log(out)
    assert len(log) == found.rows == len(lines)
    group = found.groups[0]
    assert {*group.members} == dealt
    assert group.claims[:2] == ("template", "alike")
    assert not any(one.claims for one in found.groups[1:])


def test_without_the_campaign_nothing_is_said(tmp_path: Path) -> None:
    out, _ = reduced(tmp_path, [one for one in text_log(2) if '"user-' in one])
    assert not any(one.claims for one in examine_log(out).groups)
