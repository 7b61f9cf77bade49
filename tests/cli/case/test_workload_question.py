"""What a machine signed, in a case with makers' certificates: put in, checked, tampered with."""

import base64
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from filiation.casefile.facts import Inquired
from filiation.casefile.laws.inquiries import inquired
from filiation.casefile.record import Record
from filiation.errors import UnreadableError, UsageError
from filiation.proceedings import workloads
from filiation.proceedings.inquiries import inquiry_of, material_of
from filiation.proceedings.workload import check_signed, work
from filiation.report.inquiry.compose import inquiry_document
from filiation.report.languages.catalogue import LANGUAGES
from filiation.report.languages.translated import translated
from filiation.sealed.attestation import chains
from filiation.sealed.files import digest_of, read_commitment
from logcases import at, does
from sealed.doubles import PCR0, Authority, Nitro, Snp, Tdx, authority, crl
from sealed.test_workload import IMAGE, laid

DOUBLES: dict[str, Callable[[], Any]] = {"nitro": Nitro, "sev-snp": Snp, "tdx": Tdx}


@pytest.fixture(scope="session")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workload's output on each double, the roots of each, and an empty case."""
    folder = tmp_path_factory.mktemp("worked")
    given = laid(folder / "in")
    work(given, folder / "out", image=IMAGE, attest=lambda bound: b"none")
    (folder / "out/attestation").unlink()
    bound = check_signed(folder / "out/examination.signed").signed.bound
    for name, make in DOUBLES.items():
        double = make()
        shutil.copytree(folder / "out", folder / name)
        (folder / name / "attestation").write_bytes(double.document(bound))
        double.roots(folder / f"{name}-roots")
    Nitro().roots(folder / "other-roots")
    for side in ("subject", "source"):
        shutil.copy(given / side / "seal", folder / f"{side}.seal")
    shutil.rmtree(given)
    case = folder / "case"
    for name in ("first", "second"):
        does(folder, "case", "key", name)
    does(folder, "case", "open", case, "--title", "Acme's model", "--lead", "court")
    for name, role in (("first", "examiner"), ("second", "reviewer")):
        does(folder, "case", "party", case, name, "--role", role,
             "--public-key", folder / "home" / "keys" / f"{name}.pub")  # fmt: skip
    for name, role in (("acme", "claimant"), ("basel", "respondent")):
        does(folder, "case", "party", case, name, "--role", role)
    return folder


@pytest.fixture
def ready(worked: Path, tmp_path: Path) -> Path:
    return shutil.copytree(worked, tmp_path / "ready")


def add(folder: Path, path: str, name: str, by: str = "acme"):  # type: ignore[no-untyped-def]
    return at(folder, "case", "add", folder / "case", folder / path, "--name", name, "--from", by,
              "--how", "as the machine wrote it")  # fmt: skip


def examined(folder: Path, *more: str) -> str:
    said = does(folder, "case", "examine", folder / "case", "--workload", "it", "--as", "first",
                *more)  # fmt: skip
    return " ".join(said.split())


def told(folder: Path) -> Any:
    record = Record(folder / "case")
    return inquiry_of(record, record.state().of(Inquired)[-1]).workload


def report_of(folder: Path) -> dict[str, Any]:
    does(folder, "case", "report", folder / "case")
    (fields,) = (folder / "case" / "reports").glob("*-report.json")
    found: dict[str, Any] = json.loads(fields.read_text())
    return found


@pytest.mark.parametrize("platform", DOUBLES)
def test_it_is_checked_by_the_roots_that_the_case_holds(ready: Path, platform: str) -> None:
    case = ready / "case"
    assert add(ready, "other-roots", "others", "basel").code == 0
    assert add(ready, f"{platform}-roots", "roots", "basel").code == 0
    assert add(ready, platform, "it").code == 0
    said = examined(ready)
    assert "test double: no hardware was asked" in said
    assert "“basel” put the makers' certificates “roots” in" in said
    found = told(ready)
    assert found.checked == "holds" and found.vouched.attestation.platform == platform
    assert [(one.exhibit, one.vouches) for one in found.roots] == [
        ("others", False), ("roots", True),
    ]  # fmt: skip
    does(ready, "case", "review", case, "--as", "second", "--agrees", "I derived it again.")
    answer = report_of(ready)["report"]["answer"]
    assert answer["checked"] == "holds" and answer["attestation"]["double"] is True
    assert answer["attestation"]["user_data"] == answer["bound"]
    assert answer["image"] == IMAGE
    assert [one["vouches"] for one in answer["roots"]] == [False, True]
    (page,) = (case / "reports").glob("*-report.html")
    text = re.sub("<[^>]*>", "", page.read_text())
    for words in ("test double", IMAGE[7:], answer["bound"], "not compared",
                  "did not listen to it", "Nobody committed to that seal"):  # fmt: skip
        assert words in text
    assert list((case / "reports").glob("*-report.pdf"))
    again = does(ready, "case", "replay", case)
    assert "workload of it: the same" in again
    does(ready, "case", "verify", case)


def test_an_export_checks_it_without_the_case(ready: Path) -> None:
    """The other side has the attestation and the roots, and asks nobody."""
    assert add(ready, "nitro-roots", "roots", "basel").code == 0
    assert add(ready, "nitro", "it").code == 0
    examined(ready)
    does(ready, "case", "export", ready / "case", "--for", "basel", "-o", ready / "export")
    assert "workload of it: the same" in does(ready, "case", "replay", ready / "export")


def test_a_makers_root_and_a_measurement_are_said(
    ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    double = Nitro(root=authority("aws.nitro-enclaves"))
    bound = check_signed(ready / "out/examination.signed").signed.bound
    (ready / "nitro/attestation").write_bytes(double.document(bound))
    double.roots(ready / "makers")
    add(ready, "makers", "roots", "basel")
    for side in ("subject", "source"):
        digest = digest_of(read_commitment(ready / f"{side}.seal")[0])
        does(ready, "case", "commit", ready / "case", digest, "--by", "acme")
    add(ready, "nitro", "it")
    said = examined(ready)
    assert "not a maker's root that this program knows" in said and "double" not in said
    assert "anybody's program may have run there" in said
    assert "What follows anybody can sign: no maker that this program knows vouches" in said
    root = told(ready).vouched.attestation.chain.root
    monkeypatch.setattr(chains, "VENDORS", {root: ("nitro", "Amazon")})
    said = examined(ready)
    assert "What follows is said by a program that was not compared with any." in said
    said = examined(ready, "--measurement", f"PCR0={PCR0.hex()}")
    assert "What follows" not in said
    assert "under a root that this program knows as that of Amazon" in said
    assert "What was measured there is what whoever examined it named: PCR0. That this" in said
    assert said.count("“acme” committed to that seal in this case.") == 2
    said = examined(ready, "--measurement", f"PCR0={'0' * 96}")
    assert "does not hold: “attestation: PCR0 is" in said and "another program ran" in said
    assert "Nothing vouches for where it was made" in said
    monkeypatch.setattr(chains, "VENDORS", {root: ("tdx", "Intel")})
    assert "not a maker's root that this program knows" in examined(ready)


def other_bound(folder: Path) -> None:
    file = folder / "nitro/attestation"
    file.write_bytes(Nitro(root=ROOT).document(b"7" * 64))


def debugged(folder: Path) -> None:
    pcrs = {"pcrs": {number: bytes(48) for number in range(16)}}
    bound = check_signed(folder / "nitro/examination.signed").signed.bound
    (folder / "nitro/attestation").write_bytes(Nitro(root=ROOT).document(bound, pcrs))


def flipped(folder: Path) -> None:
    file = folder / "nitro/attestation"
    raw = bytearray(file.read_bytes())
    raw[-1] ^= 1
    file.write_bytes(raw)


def cut(folder: Path) -> None:
    file = folder / "nitro/attestation"
    file.write_bytes(file.read_bytes()[:-200])


def no_document(folder: Path) -> None:
    (folder / "nitro/attestation").write_bytes(b"a letter that says it is all true")


def revoked(folder: Path) -> None:
    (folder / "nitro-roots/list.crl").write_bytes(crl(ROOT, 2, 7))


ROOT: Authority = authority()
TAMPERED: dict[str, tuple[Callable[[Path], None], str]] = {
    "of another examination": (other_bound, "it is of another examination"),
    "debug": (debugged, "debug mode"),
    "a bit flipped": (flipped, "attestation: "),
    "cut": (cut, "attestation: "),
    "no document": (no_document, "no attestation of AWS Nitro"),
    "revoked": (revoked, "revoked the certificate"),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_what_fails_is_said_to_fail(ready: Path, how: str) -> None:
    """It stands in the record as it was handed in, and nothing is made of it."""
    double = Nitro(root=ROOT)
    bound = check_signed(ready / "out/examination.signed").signed.bound
    (ready / "nitro/attestation").write_bytes(double.document(bound))
    shutil.rmtree(ready / "nitro-roots")
    double.roots(ready / "nitro-roots")
    change, words = TAMPERED[how]
    change(ready)
    assert add(ready, "other-roots", "others", "basel").code == 0
    assert add(ready, "nitro-roots", "roots", "basel").code == 0
    assert add(ready, "nitro", "it").code == 0
    said = examined(ready)
    assert "attestation that was put in with this examination does not hold" in said
    assert words in said
    assert "Nothing vouches for where it was made, nor for what it says." in said
    assert told(ready).checked == "fails"
    answer = report_of(ready)
    assert answer["front"]["verdict"][0][0].startswith("The attestation that was put in")
    assert answer["report"]["answer"]["checked"] == "fails"
    assert "workload of it: the same" in does(ready, "case", "replay", ready / "case")


def test_what_a_maker_revoked_is_revoked_by_whoever_shows_it(ready: Path) -> None:
    """The same root without its list of revoked certificates, put in beside, forgives nothing."""
    double = Nitro(root=ROOT)
    bound = check_signed(ready / "out/examination.signed").signed.bound
    (ready / "nitro/attestation").write_bytes(double.document(bound))
    double.roots(ready / "with-list")
    double.roots(ready / "without")
    (ready / "with-list/list.crl").write_bytes(crl(ROOT, 2))
    (ready / "with-list/.DS_Store").write_bytes(b"what a desktop leaves in folders")
    for name, by in (("without", "acme"), ("with-list", "basel")):
        assert add(ready, name, name, by).code == 0
    assert add(ready, "nitro", "it").code == 0
    assert "its maker revoked the certificate" in examined(ready)
    assert told(ready).checked == "fails"


def test_roots_that_are_none_spoil_no_others(ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that was recorded by another program, or that a later library cannot read."""
    assert add(ready, "other-roots", "others", "basel").code == 0
    assert add(ready, "nitro-roots", "roots", "acme").code == 0
    assert add(ready, "nitro", "it").code == 0
    real = workloads.roots_in

    def unread(files: dict[str, Path], folder: str) -> Any:
        if folder in odd:
            raise UnreadableError(f"{folder}: damaged")
        return real(files, folder)

    odd = {"others"}
    monkeypatch.setattr(workloads, "roots_in", unread)
    examined(ready)
    assert [(one.exhibit, one.vouches) for one in told(ready).roots] == [
        ("others", False), ("roots", True),
    ]  # fmt: skip
    odd = {"roots"}
    assert "none of the roots that were given vouches" in examined(ready)
    odd = {"others", "roots"}
    assert "roots that cannot be read: others: damaged" in examined(ready)


def test_roots_cannot_be_swapped(ready: Path) -> None:
    """Whoever puts its own root in later stands beside it; what was answered before stays."""
    forged = Tdx()
    bound = check_signed(ready / "out/examination.signed").signed.bound
    (ready / "tdx/attestation").write_bytes(forged.document(bound))
    assert add(ready, "nitro-roots", "roots", "basel").code == 0
    assert add(ready, "tdx", "it").code == 0
    assert "does not hold" in examined(ready)
    forged.roots(ready / "forged")
    taken = add(ready, "forged", "roots")
    assert taken.code == 2 and "an exhibit never changes" in taken.err
    assert add(ready, "forged", "more").code == 0
    said = examined(ready)
    assert "“acme” put the makers' certificates “more” in" in said
    held = [(one.exhibit, one.offered_by, one.vouches) for one in told(ready).roots]
    assert held == [("roots", "basel", False), ("more", "acme", True)]
    again = does(ready, "case", "replay", ready / "case")
    assert again.count("workload of it: the same") == 2


def test_nobody_chooses_among_the_roots(ready: Path) -> None:
    """An event that names fewer, others or no roots breaks a law of the case."""
    assert add(ready, "nitro-roots", "roots", "basel").code == 0
    assert add(ready, "other-roots", "others", "acme").code == 0
    assert add(ready, "nitro", "it").code == 0
    examined(ready)
    state = Record(ready / "case").state()
    entry = state.of(Inquired)[-1]
    inquired(entry.fact, entry.event, state)
    for roots in ((), ("roots",), ("others", "roots"), ("roots", "others", "it")):
        with pytest.raises(UsageError, match="expected all of them"):
            inquired(replace(entry.fact, roots=roots), entry.event, state)
    for expected in ((("PCR0", "00"),), (("x y", "0" * 96),), (("PCR0", "0" * 96),) * 2):
        with pytest.raises(UsageError, match="each once, of 96 hex digits"):
            inquired(replace(entry.fact, expected=expected), entry.event, state)


def test_altered_bytes_of_a_case_are_named(ready: Path) -> None:
    """Certificates, attestation, what was signed: each is an object with its digest."""
    add(ready, "nitro-roots", "roots", "basel")
    add(ready, "nitro", "it")
    examined(ready)
    state = Record(ready / "case").state()
    digests = [
        one.sha256 for name in ("roots", "it") for one in state.exhibits[name].event.writes
        if one.what != "manifest"
    ]  # fmt: skip
    assert len(digests) >= 3
    for digest in digests:
        path = Record(ready / "case").objects.path(digest)
        raw = path.read_bytes()
        path.chmod(0o600)
        path.write_bytes(bytes([raw[0] ^ 1]) + raw[1:])
        assert at(ready, "case", "verify", ready / "case").code == 3
        assert at(ready, "case", "replay", ready / "case").code == 3
        path.write_bytes(raw)
    assert at(ready, "case", "verify", ready / "case").code == 0


def test_what_is_missing_is_said(ready: Path) -> None:
    assert add(ready, "out", "it").code == 0
    said = examined(ready)
    assert "No attestation was put in with it: anybody can make such a key" in said
    (limits,) = [one for one in report_of(ready)["core"] if "made it at all" in one.get("text", "")]
    assert limits["kind"] == "paragraph"
    shutil.rmtree(ready / "case")
    does(ready, "case", "open", ready / "case", "--title", "Another", "--lead", "court")
    does(ready, "case", "party", ready / "case", "acme", "--role", "claimant")
    assert add(ready, "nitro", "it").code == 0
    said = " ".join(does(ready, "case", "examine", ready / "case", "--workload", "it").split())
    assert "holds no makers' certificates to check it by" in said


def test_what_is_no_such_exhibit_is_refused(ready: Path) -> None:
    signed = ready / "nitro/examination.signed"
    envelope = json.loads(signed.read_bytes())
    payload = bytearray(base64.b64decode(envelope["payload"]))
    payload[40] ^= 1
    envelope["payload"] = base64.b64encode(payload).decode()
    raw = signed.read_bytes()
    signed.write_bytes(json.dumps(envelope, separators=(",", ":"), sort_keys=True).encode())
    assert add(ready, "nitro", "it").code == 3, "what is signed must hold"
    signed.write_bytes(raw)
    shutil.copy(signed, ready / "nitro/second-examination.signed")
    assert add(ready, "nitro", "it").code == 2
    (ready / "nitro/second-examination.signed").unlink()
    (ready / "nitro/attestation").write_bytes(bytes((1 << 16) + 1))
    assert "expected an attestation" in add(ready, "nitro", "it").err
    (ready / "nitro-roots/1.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nnone")
    assert add(ready, "nitro-roots", "roots").code == 3
    assert add(ready, "out/examination.signed", "it").code == 0
    assert add(ready, "tdx-roots", "roots").code == 0
    case = ready / "case"
    for asked, words in (
        (("--workload", "roots"), "of kind roots, expected workload"),
        (("--measurement", "PCR0=00"), "goes with --workload"),
        (("--workload", "it", "--measurement", "PCR0=00"), "96 digits"),
        (("--workload", "it", "--session", "it"), "two questions"),
    ):
        said = at(ready, "case", "examine", case, *asked)
        assert said.code == 2 and words in said.err, words
    said = at(ready, "case", "plan", case, "--subject", "roots", "--source", "it")
    assert said.code == 2 and "not examined" in said.err


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("how", ["holds", "fails", "no-roots", "no-attestation"])
def test_no_english_is_left(ready: Path, how: str, language: str) -> None:
    if how in ("holds", "fails"):
        add(ready, "tdx-roots" if how == "holds" else "other-roots", "roots", "basel")
    add(ready, "out" if how == "no-attestation" else "tdx", "it")
    examined(ready)
    record = Record(ready / "case")
    state = record.state()
    document = inquiry_document(material_of(record, state, state.of(Inquired)[-1]))
    assert translated(json.loads(document), language)["english"] == []
