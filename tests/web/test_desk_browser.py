"""In Chromium: forms that come back, what is signed in words, and keys behind a passphrase."""

import base64
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from cli.case.conftest import Walked, at_home, before
from docs.pictures import OVER, opened
from filiation.casefile.ledger import keys
from filiation.casefile.ledger.locked import ROUNDS, locked_pem
from filiation.report.site.translated import saying
from filiation.report.wording import desk, joining
from web.browser import NEEDED, Desk
from web.running import running

pytestmark = [*NEEDED]
BEGINS = "-----BEGIN ENCRYPTED PRIVATE KEY-----"
PHRASE = "Schlüssel zum Schloß, 9"
AXE = os.environ.get("AXE", "")
FOUND = "axe.run().then(r => r.violations.map(v => [v.id, v.nodes[0].html.slice(0, 150)]))"
OPENED = """async ([pem, phrase]) => {
  const typed = document.createElement("input");
  typed.value = phrase;
  const words = { none: "none", passphrase: "another lock", wrong: "wrong" };
  try {
    const key = await filiationKey.opened(new File([pem], "x.pem"), typed, words, false);
    return [key.algorithm.name, key.extractable, typed.value];
  } catch (error) { return [error.message, typed.value]; }
}"""


@pytest.fixture
def folder(walked: Walked, tmp_path: Path) -> Iterator[Path]:
    made = before(walked, tmp_path, "plan")
    shutil.move(made / "home" / "keys", made / "theirs")
    with at_home(made):
        yield made


def locked(path: Path) -> Path:
    """The same key behind a passphrase, as a terminal makes it."""
    own = keys._load(path)
    der = own.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(locked_pem(der, PHRASE.encode()))
    return path


def fits(page: Any) -> None:
    """Nothing stands out at two widths, and axe finds nothing."""
    for width in (1200, 375):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(OVER) == []
        if AXE:
            page.evaluate(Path(AXE).read_text())
            assert page.evaluate(FOUND) == [], page.url


def test_from_a_refused_form_to_a_signature_with_a_passphrase(folder: Path) -> None:
    """In German; nothing that was typed as a passphrase is sent."""
    say = saying("de")
    with running(folder / "case", ["acme"], []) as addresses, opened() as browser:
        acme = Desk(browser, f"{addresses['acme']}de/", locked(folder / "theirs" / "acme.pem"))
        page, sent = acme.page, list[bytes]()
        page.on("request", lambda one: sent.append(one.post_data_buffer or b""))
        page.goto(f"{acme.address}do/state.html")
        page.fill("[name=title]", "Zu <b>beiden</b>")
        page.check("[name=confidential]")
        page.click("form.deed button")
        page.wait_for_selector("#refused")
        assert page.evaluate("document.activeElement.id") == "refused"
        assert page.input_value("[name=title]") == "Zu <b>beiden</b>"
        assert page.is_checked("[name=confidential]")
        fits(page)
        page.click("#refused a")
        field = page.locator("[aria-invalid]")
        assert field.get_attribute("name") == "text"
        assert say(desk.lacking("text")) in page.inner_text("main")
        field.fill("Ihr Modell kam von unserem.")
        page.click("form.deed button")
        page.wait_for_selector("#by-browser:not([hidden])")
        shown = page.inner_text("dl.signed >> nth=0")
        assert say(desk.DEEDS["state"]) in shown and "Ihr Modell kam von unserem." in shown
        assert not page.is_visible("pre") and not page.is_visible("#passphrase")
        fits(page)
        page.click("summary")
        assert page.is_visible("pre")
        page.set_input_files("#key", str(acme.key))
        page.wait_for_selector("#passphrase:visible")
        assert page.evaluate("document.activeElement.id") == "passphrase"
        fits(page)
        page.fill("#passphrase", "falsch")
        page.click("#by-browser button")
        page.wait_for_selector("#by-browser-said:not(:empty)")
        assert say(desk.WRONG_PASSPHRASE) == page.inner_text("#by-browser-said")
        assert page.input_value("#passphrase") == ""
        page.fill("#passphrase", PHRASE)
        page.click("#by-browser button")
        page.wait_for_selector("main .menu")
        assert "statements.html" in page.content() and acme.wrong == []
        assert sent and not [one for one in sent if PHRASE.encode() in one or b"falsch" in one]
        stored = "[localStorage.length, sessionStorage.length, document.cookie]"
        assert page.evaluate(stored) == [0, 0, ""]


def test_a_locked_key_is_handed_in(tmp_path: Path) -> None:
    """By who opens a case with a key that a terminal made."""
    with at_home(tmp_path), running(tmp_path / "case", [], []) as addresses, opened() as browser:
        lead = Desk(browser, addresses[""], locked(keys.make_key("ours")))
        page = lead.page
        page.goto(f"{lead.address}key.html")
        page.wait_for_selector("#have-key:not([hidden])")
        page.set_input_files("#own-key", str(lead.key))
        page.wait_for_selector("#passphrase:visible")
        fits(page)
        for phrase in ("wrong", PHRASE):
            page.fill("#passphrase", phrase)
            page.click("#have-key button")
            page.wait_for_selector("#make-key-said:not(:empty), main .menu")
            assert (desk.WRONG_PASSPHRASE in page.inner_text("main")) is (phrase == "wrong")
        assert joining.OPENS_NEXT in page.inner_text("main") and lead.wrong == []


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_locks_of_others(folder: Path) -> None:
    """What `cryptography` and openssl write; what no browser opens says so, and nothing stays.

    Nor does it open what would take it minutes: a lock of 16 million rounds, a file of many heads.
    """
    plain = folder / "theirs" / "acme.pem"
    own = keys._load(plain)
    best = own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"pw"))
    made = {"best": (best.decode(), "pw"), "plain": (plain.read_text(), "")}
    for name, more in {
        "sha1": ["-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA1"],
        "sha512": ["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA512", "-iter", "5000"],
        "scrypt": ["-scrypt"], "des": ["-v2", "des3"], "aes192": ["-v2", "aes-192-cbc"],
    }.items():  # fmt: skip
        asked = ["openssl", "pkcs8", "-topk8", "-in", str(plain), "-passout", "pass:pw", *more]
        done = subprocess.run(asked, capture_output=True, text=True, check=True)
        made[name] = (done.stdout, "pw")
    cut = "\n".join([*best.decode().splitlines()[:2], "-----END ENCRYPTED PRIVATE KEY-----"])
    made |= {"wrong": (made["sha512"][0], "pv"), "cut": (cut, "pw"), "none": ("no key", "pw")}
    ours = locked_pem(own.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()), b"pw")
    made["ours"] = (ours.decode(), "pw")
    body = base64.b64decode(b"".join(ours.splitlines()[1:-1]))
    endless = base64.encodebytes(body.replace(ROUNDS.to_bytes(3, "big"), b"\xff\xff\xff", 1))
    made["endless"] = (f"{BEGINS}\n{endless.decode()}{BEGINS.replace('BEGIN', 'END')}", "pw")
    made["huge"] = (BEGINS * 5000 + best.decode(), "pw")
    with running(folder / "case", ["acme"], []) as addresses, opened() as browser:
        acme = Desk(browser, addresses["acme"], plain)
        acme.prepares("state", {"kind": "claim", "text": "Once."})
        acme.page.wait_for_selector("#by-browser:not([hidden])")
        found = {name: acme.page.evaluate(OPENED, list(one)) for name, one in made.items()}
    opens = ["Ed25519", False, ""]
    assert found == {
        **dict.fromkeys(("best", "plain", "sha1", "sha512", "ours"), opens),
        **{name: ["another lock", ""] for name in
           ("scrypt", "des", "aes192", "cut", "endless")},
        "wrong": ["wrong", ""], "none": ["none", ""], "huge": ["none", ""],
    }  # fmt: skip
