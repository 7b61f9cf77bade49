"""What the receiver of an export reads first."""

from filiation.report.wording.figures import clean

__all__ = ["readme"]

LOGS = """\
logs/          the privilege log, the redaction log, and a list of all documents, for a spreadsheet
"""
PAGES = """\
pages/         each document to read and print, its number on every page
"""
TEXT = """\
{title}

This folder is what {party} may see of a case, as {lead}, who leads it, gave it out.
Case {case}.

reports/       the reports
submissions/   what the parties said
documents/     documents of which others are withheld
keys/          the public keys of the parties; compare yours with the one you made
export.json    the log: each event whole, or as a hash if it is not for you, under one signed head
objects/       every file that these events name, under its SHA-256
{along}SHA256SUMS     the SHA-256 of every other file here; `sha256sum -c SHA256SUMS` compares them

Work in the folder that holds this one, here called FOLDER. Nothing needs a network. Every verb
checks the whole folder first, and reads nothing of one that was altered.

1. filiation case verify FOLDER
   shows that {lead} signed for a log that holds each of these events, that the parties signed
   them, and that no file was changed, added or removed. It does not show that what they say is so.
2. filiation case witness keep FOLDER {party}.witness
   keeps the head that {lead} signed in a file of yours. Held against any later copy of the case,
   it shows whether an event that you have seen here was changed or cut off.
3. filiation case log FOLDER
   lists the events that are whole here, with who signed each and when, by their own clocks.
4. filiation case replay FOLDER
   derives every finding, report and reading of documents again from what lies here, and says what
   could not be derived because it is withheld. It shows that the numbers follow from what was
   read of the exhibits. It does not show that what was read is what the models hold.
5. filiation case documents list FOLDER, and: filiation case documents show FOLDER NAME:NUMBER
   (also: alike for what says nearly the same, extract for what hangs on one)
   show the documents that you may see, each checked against the root on record, and of each
   other one that it is withheld and why. Not that what a document says is so.
6. filiation case documents search FOLDER WORDS (also: people, threads, timeline)
   finds words in what you may see. What is withheld is not searched, and named each time: that
   nothing was found does not show that nothing is there.

To answer: filiation case submit FOLDER --by {party} --file YOUR.FILE --offline answer.submission
signs it with your key, after the log as it stands here; send the file to {lead} by any means.
"""


def readme(
    title: str, case: str, lead: str, party: str, *, logs: bool = False, pages: bool = False
) -> str:
    """What an export is, how it is checked, what each check shows and what none of them shows."""
    along = (LOGS if logs else "") + (PAGES if logs and pages else "")
    return TEXT.format(title=clean(title), case=case, lead=lead, party=party, along=along)
