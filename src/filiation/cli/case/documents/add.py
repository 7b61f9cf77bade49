"""The verb `case documents add`."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from filiation.cli.case._options import As, CasePath, Follow, Present, Quiet
from filiation.cli.case.documents._options import say

__all__ = ["command"]

Offered: TypeAlias = Annotated[
    Path, typer.Argument(help="A file, a folder (a Maildir, an export), or a .zip of one.")
]
Name: TypeAlias = Annotated[
    str, typer.Option("--name", help="What this production is called: a-z, 0-9 and '-'.")
]
From: TypeAlias = Annotated[str, typer.Option("--from", metavar="PARTY", help="Who put it in.")]
How: TypeAlias = Annotated[
    str, typer.Option("--how", help="How it was acquired: from where, by what means, when.")
]
Keys: TypeAlias = Annotated[
    Path | None,
    typer.Option("--keys", help="Kept DNS records with the keys of signers, as `dig +noall +answer "
                 "SELECTOR._domainkey.DOMAIN TXT` prints them. Nothing is looked up."),
]  # fmt: skip
KeysHow: TypeAlias = Annotated[
    str, typer.Option("--keys-how", help="Who took those records, when, and from which server.")
]

Dates: TypeAlias = Annotated[
    str,
    typer.Option("--dates", help="Order of day, month and year in chats that do not show it: dmy, "
                 "mdy or ymd; the record says that it was told so."),
]  # fmt: skip
Prefix: TypeAlias = Annotated[
    str | None,
    typer.Option("--prefix", help="Number the documents at once, as `documents number` does."),
]


def command(
    case: CasePath, path: Offered, name: Name, offered_by: From, how: How,
    keys: Keys = None, keys_how: KeysHow = "", dates: Dates = "", prefix: Prefix = None,
    present: Present = None,
    follow: Follow = False, acting: As = None, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Put documents in: mbox, eml, Maildir, .msg, exports of chats, PDF, docx, plain text.

    The files are kept as they are, under names byte for byte; nothing is reached through a link
    that leads out of the folder, and a pipe or a device is not read. A file that cannot be read,
    or an archive that cannot be unpacked, is set aside and named. The record holds of every
    document its SHA-256, of mail also the EDRM message identification hash, the path of transport
    as it claims it, and what its DKIM and ARC signatures show with the keys given. Words are
    indexed for `documents search`.
    """
    from dataclasses import asdict

    from filiation.cli._progress import bar
    from filiation.proceedings.naming import present_at

    present_at([(case, "a case"), (path, "documents"), (keys, "kept DNS records")])
    from filiation.proceedings.documents.adding import Production, add
    from filiation.proceedings.documents.numbering import number
    from filiation.report.wording.document_deeds import added_lines, numbered_line

    given = Production(path=path, name=name, offered_by=offered_by, how=how, keys=keys,
                       keys_how=keys_how, dates=dates, present=present or (),
                       follow=follow)  # fmt: skip
    with bar(quiet) as shown:
        done = add(case, given, acting=acting, step=shown.step, progress=shown.progress)
    if not quiet:
        say(added_lines(done.event, done.fact, formats=done.formats, signatures=done.signatures,
                        remarks=done.remarks, undated=done.undated,
                        set_aside=done.set_aside))  # fmt: skip
    if prefix is not None:
        numbered = number(case, name, prefix=prefix, present=present or (), acting=acting)
        say([] if quiet else [numbered_line(**asdict(numbered))])
