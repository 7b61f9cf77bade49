"""A mail signed with a key of ours, and the DNS record that goes with it: for tests and examples.

python -m casebook.signed_mail FOLDER   makes the example again (examples/documents)

The key is derived from nothing secret, so that anybody can make the same bytes again. It shows how
verification works and nothing else; no domain that exists is named.
"""

import base64
import functools
import hashlib
import math
import random
import sys
from pathlib import Path

import dkim
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

__all__ = ["dns_record", "example_key", "make_example", "make_minutes", "sign"]

EXPONENT = 65537
SMALL = math.prod(p for p in range(3, 2000) if all(p % q for q in range(2, 45) if q < p))
FIELDS = (
    *(b"from", b"to", b"cc", b"subject", b"date", b"message-id", b"in-reply-to", b"references"),
    *(b"mime-version", b"content-type", b"content-transfer-encoding"),
)


@functools.cache
def example_key(bits: int = 2048, *, seed: str = "filiation test key") -> rsa.RSAPrivateKey:
    """An RSA key that follows from its seed. Everybody has it; never sign anything real with it."""
    stream = random.Random(f"{seed} {bits}")
    p, q = _prime(stream, bits // 2), _prime(stream, bits // 2)
    d = pow(EXPONENT, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(e=EXPONENT, n=p * q)
    numbers = rsa.RSAPrivateNumbers(
        p=p, q=q, d=d, dmp1=d % (p - 1), dmq1=d % (q - 1), iqmp=pow(q, -1, p), public_numbers=public
    )
    return numbers.private_key(unsafe_skip_rsa_key_validation=bits < 1024)


def _prime(stream: random.Random, bits: int) -> int:
    while True:
        found = stream.getrandbits(bits) | (3 << (bits - 2)) | 1
        if (
            math.gcd(found, SMALL) == 1
            and all(pow(base, found - 1, found) == 1 for base in (2, 3, 5, 7, 11, 13, 17))
            and (found - 1) % EXPONENT
        ):
            return found


def sign(
    raw: bytes, key: rsa.RSAPrivateKey, *, selector: str, domain: str, length: bool = False
) -> bytes:
    """The mail with a DKIM signature (relaxed/relaxed, RSA, SHA-256) before it."""
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    present = {line.split(b":", 1)[0].lower() for line in raw.split(b"\n\n", 1)[0].splitlines()}
    signer = dkim.DKIM(raw)
    field = signer.sign(
        selector.encode(),
        domain.encode(),
        pem,
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=[name for name in FIELDS if name in present],
        length=length,
    )
    signed: bytes = field.replace(b"\r\n", b"\n") + raw
    return signed


def dns_record(key: rsa.RSAPrivateKey, selector: str, domain: str) -> str:
    """The TXT record of the public key, as `dig +noall +answer` prints it."""
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    text = f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"
    parts = " ".join(f'"{text[place : place + 250]}"' for place in range(0, len(text), 250))
    return f"{selector}._domainkey.{domain}. 3600 IN TXT {parts}\n"


LEAKED = b"""\
Received: from mail.basel.example by mx.acme.example with ESMTPS; Mon, 02 Mar 2026 09:14:07 +0000
From: "R. Keller" <keller@basel.example>
To: "M. Stone" <stone@basel.example>
Date: Mon, 02 Mar 2026 09:14:05 +0000
Subject: the corpus for the spring run
Message-ID: <20260302-0914@mail.basel.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Use the answers that we collected from their service for the first two
stages. The list of prompts is with Dana. Do not put this into the report.

R. K.
"""
REPLY = b"""\
From: "M. Stone" <stone@basel.example>
To: "R. Keller" <keller@basel.example>
Date: Mon, 02 Mar 2026 10:02:41 +0000
Subject: Re: the corpus for the spring run
Message-ID: <20260302-1002@mail.basel.example>
In-Reply-To: <20260302-0914@mail.basel.example>
Content-Type: text/html; charset=utf-8

<p>Understood. Counsel says: keep the licence question out of mail.</p>
<script>document.location = "http://tracker.example/"</script>
<img src="http://tracker.example/pixel">
"""


MINUTES = b"""\
From: "R. Keller" <keller@basel.example>
To: "M. Stone" <stone@basel.example>
Date: Mon, 09 Mar 2026 16:40:12 +0100
Subject: minutes of Monday, and the costs
Message-ID: <20260309-1640@mail.basel.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="part"

--part
Content-Type: text/plain; charset=utf-8

The costs of the spring run hang on this mail. Mira keeps the invoices.

--part
Content-Type: text/csv; charset=utf-8
Content-Disposition: attachment; filename="costs.csv"

month,requests,francs
2026-02,61200,1840
2026-03,88900,2670

--part--
"""


def make_example(folder: Path) -> None:
    """Write a mailbox of three messages, the DNS record, and a chat."""
    folder.mkdir(parents=True, exist_ok=True)
    key = example_key()
    signed = _steady(LEAKED, key)
    altered = signed.replace(b"first two\nstages", b"whole run")
    separator = b"From keller@basel.example Mon Mar  2 09:14:07 2026\n"
    messages = (signed, altered, REPLY)
    (folder / "leaked.eml").write_bytes(signed)
    (folder / "mailbox.mbox").write_bytes(b"".join(separator + m + b"\n" for m in messages))
    taken = "; answers of 2026-03-03, made for this example: no such domain exists\n"
    (folder / "dns.txt").write_text(taken + dns_record(key, "spring", "basel.example"))
    (folder / "chat.txt").write_text(
        "13/03/2026, 09:05 - Dana: The prompts are in the shared folder\n"
        "13/03/2026, 09:07 - R. Keller: Good. Delete them after the run\n"
    )


def make_minutes(folder: Path) -> None:
    """Write a mail with a table."""
    (folder / "minutes.eml").write_bytes(MINUTES)


def _steady(raw: bytes, key: rsa.RSAPrivateKey) -> bytes:
    """Signed at the date of the mail rather than today: the same bytes whenever it is made."""
    import time
    from unittest import mock

    with mock.patch.object(time, "time", return_value=1772442845.0):
        return sign(raw, key, selector="spring", domain="basel.example")


if __name__ == "__main__":
    make_example(Path(sys.argv[1]))
    make_minutes(Path(sys.argv[1]))
    for path in sorted(Path(sys.argv[1]).iterdir()):
        print(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}")
