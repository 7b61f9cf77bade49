"""One factor: how many messages a mailbox holds. Time and memory of putting it into a case.

The mailbox is generated (about 1.1 KB a message: transport, threads, plain text or HTML, and on one
in ten a DKIM signature by a key of ours, alternately over the right and over another body). It is
put in as a user would, with the words indexed; then the case is verified, searched and exported to
a party from whom one message is withheld. Prints one JSON object a size, memory as the high-water
mark of the process that did it.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from casebook.signed_mail import example_key, sign

WORDS = [
    "model",
    "weights",
    "training",
    "outputs",
    "data",
    "batch",
    "loss",
    "licence",
    "server",
    "release",
    "review",
    "paper",
    "token",
    "layer",
    "merge",
    "teacher",
    "student",
    "sample",
    "prompt",
    "answer",
    "benchmark",
    "contract",
    "invoice",
    "meeting",
    "budget",
]


def body(number: int) -> str:
    """Some four hundred letters that differ from message to message."""
    picks = (WORDS[(number * 7 + step * step * 13 + step) % len(WORDS)] for step in range(60))
    return f"{' '.join(picks)}\nReference {number * 2654435761 % 2**32:08x}.\n"


def message(number: int) -> str:
    """One message as a mailbox holds it."""
    sender, receiver = number % 997, number * 31 % 997
    root = number - number % 5
    answer = f"In-Reply-To: <{root}@sender.example>\n" if number % 5 else ""
    kind = "text/html" if number % 7 == 3 else "text/plain"
    minute, hour, day = number % 60, number // 60 % 24, 1 + number // 1440 % 28
    date = f"{day:02d} Mar 2026 {hour:02d}:{minute:02d}:00 +0000"
    words = body(number)
    if kind == "text/html":
        words = f"<html><body><p>{words}</p><script>x()</script></body></html>\n"
    return (
        f"Received: from out{number % 3}.sender.example (192.0.2.{number % 250})\n"
        f"\tby in.receiver.example with ESMTPS id {number}; {date}\n"
        f"Message-ID: <{number}@sender.example>\n{answer}"
        f"From: Person {sender} <p{sender}@sender.example>\n"
        f"To: Person {receiver} <p{receiver}@receiver.example>\n"
        f"Date: {date}\nSubject: {'Re: ' if answer else ''}matter {root}\n"
        f"MIME-Version: 1.0\nContent-Type: {kind}; charset=utf-8\n\n{words}"
    )


def mailbox(count: int) -> Iterator[bytes]:
    """The mailbox in pieces. Two hundred signed messages are made and given in turn."""
    key = example_key()
    signed = []
    for number in range(200):
        raw = sign(
            message(number * 10 + 1).encode(), key, selector="bench", domain="sender.example"
        )
        signed.append(raw if number % 2 else raw.replace(b"Reference ", b"Reference x"))
    for number in range(count):
        raw = signed[number // 10 % 200] if number % 10 == 9 else message(number).encode()
        yield b"From p%d@sender.example Sun Mar  1 00:00:00 2026\n" % (number % 997)
        yield raw.replace(b"\r\n", b"\n")
        yield b"\n"


def measured(folder: Path, *words: str) -> dict[str, float]:
    """Seconds and peak memory (MiB) of one verb, in a process of its own."""
    began = time.perf_counter()
    child = os.fork()
    if child == 0:
        os.chdir(folder)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.execv(sys.executable, [sys.executable, "-m", "filiation", "case", *words])
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{words}: status {status}")
    peak = used.ru_maxrss / 1024
    return {"seconds": round(time.perf_counter() - began, 1), "peak_mib": round(peak)}


def run(count: int, folder: Path) -> dict[str, object]:
    """Make a mailbox of a size, put it in, verify, search, export."""
    from casebook.signed_mail import dns_record

    os.environ["FILIATION_HOME"] = str(folder / "home")
    with (folder / "mail.mbox").open("wb") as file:
        for piece in mailbox(count):
            file.write(piece)
    (folder / "keys.txt").write_text(dns_record(example_key(), "bench", "sender.example"))
    measured(folder, "open", "case", "--title", "mailbox", "--lead", "lead", "--quiet")
    for party, role in (("acme", "claimant"), ("basel", "respondent")):
        measured(folder, "party", "case", party, "--role", role, "--quiet")
    verbs = {
        "add": ("documents", "add", "case", "mail.mbox", "--name", "mail", "--from", "acme",
                "--how", "generated", "--keys", "keys.txt"),
        "verify": ("verify", "case"),
        "search": ("documents", "search", "case", "teacher NEAR student", "--most", "5"),
        "show": ("documents", "show", "case", f"mail:{count - 1}"),
        "privilege": ("documents", "privilege", "case", "mail:7", "--by", "acme", "--ground", "x"),
        "export": ("export", "case", "--for", "basel", "-o", "out"),
        "verify export": ("verify", "out"),
    }  # fmt: skip
    done: dict[str, object] = {name: measured(folder, *words) for name, words in verbs.items()}
    sizes = {
        "mailbox": (folder / "mail.mbox").stat().st_size,
        "case": sum(p.stat().st_size for p in (folder / "case").rglob("*") if p.is_file()),
        "index": sum(p.stat().st_size for p in (folder / "home" / "indexes").iterdir()),
    }
    done["disk_mib"] = {name: round(size / 2**20) for name, size in sizes.items()}
    return {"messages": count, **done}


def main() -> None:
    """Measure the sizes that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    parser.add_argument("--limit-mib", type=int, default=2048, help="address space of every verb")
    given = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (given.limit_mib << 20, given.limit_mib << 20))
    processor = subprocess.run(["uname", "-p"], capture_output=True, text=True, check=True).stdout
    for count in given.counts:
        with tempfile.TemporaryDirectory() as folder:
            found = {"processor": processor.strip(), "limit_mib": given.limit_mib}
            print(json.dumps({**found, **run(count, Path(folder))}), flush=True)


if __name__ == "__main__":
    main()
