"""Two sealed models in a machine that neither side runs: what is bound, and what is refused."""

import base64
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from command import Command
from filiation.casefile.ledger.dsse import seal as enveloped
from filiation.errors import AlteredError, CaseError, FiliationError, UnreadableError, UsageError
from filiation.proceedings import workload
from filiation.proceedings.sealing import seal
from filiation.proceedings.workload import check_signed, measurements_of, work
from filiation.report.languages.catalogue import LANGUAGES
from filiation.sealed.attestation import asking
from filiation.sealed.workload import ENVELOPE, read_signed
from sealed.doubles import PCR0, Nitro, Snp, Tdx, cbor

MODELS = Path(__file__).parents[2] / "examples" / "casebook"
IMAGE = f"sha256:{'5' * 64}"


def laid(at: Path, subject: str = "fine-tuned", source: str = "parent") -> Path:
    """What a workload is given."""
    for side, name in (("subject", subject), ("source", source)):
        (at / side).mkdir(parents=True)
        shutil.copytree(MODELS / name, at / side / "model")
        seal(at / side / "model", at / side / "seal")
    (at / "controls").mkdir()
    shutil.copytree(MODELS / "stranger-2", at / "controls" / "stranger-2")
    return at


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workload that ran, on a double of AWS Nitro; its files are gone once they were read."""
    at = tmp_path_factory.mktemp("done")
    given, double = laid(at / "in"), Nitro()

    def step(doing: str) -> None:
        if doing == "comparing":  # whoever serves the files cannot serve others later
            for side in ("subject", "source"):
                shutil.rmtree(given / side / "model")
            shutil.rmtree(given / "controls")

    found = work(given, at / "out", image=IMAGE, attest=double.document, step=step)
    assert found.attested
    double.roots(at / "roots")
    return at


def changed(done: Path, tmp_path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """The same, signed anew by somebody with a key of its own."""
    payload = json.loads(base64.b64decode(
        json.loads((done / "out/examination.signed").read_bytes())["payload"]
    ))  # fmt: skip
    key = Ed25519PrivateKey.generate()
    payload["key"] = key.public_key().public_bytes_raw().hex()
    change(payload)
    out = tmp_path / "changed.signed"
    out.write_bytes(enveloped(ENVELOPE, rfc8785.dumps(payload), key))
    return out


def test_what_comes_out_is_bound_and_holds(done: Path) -> None:
    out = done / "out"
    assert sorted(path.name for path in out.iterdir()) == [
        "attestation", "examination.signed", "user-data",
    ]  # fmt: skip
    found = check_signed(
        out / "examination.signed",
        seals=[done / "in/subject/seal", done / "in/source/seal"],
        attestation=out / "attestation",
        roots=done / "roots",
        measurements={"PCR0": PCR0.hex()},
    )
    assert found.seals == ("subject", "source")
    assert found.vouched is not None and found.vouched.compared == ("PCR0",)
    statement = found.signed.statement
    assert statement.image == IMAGE
    assert statement.plan == found.signed.examination.plan_digest
    assert (out / "user-data").read_bytes() == found.signed.bound
    assert found.signed.bound[:32].hex() == statement.key
    support = found.signed.examination.conclusions[0].support
    assert support.toward == "derivation", "a true copy is found in there"


def test_nothing_of_the_models_leaves_but_findings(done: Path) -> None:
    """No weights, no rows, no sketch: the examination alone, without its materials."""
    raw = (done / "out/examination.signed").read_bytes()
    assert len(raw) < 1 << 20
    assert not [path for path in (done / "out").rglob("*") if path.suffix in (".sketch", ".npz")]


def test_a_key_is_made_anew_and_kept_nowhere(
    done: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = read_signed(done / "out/examination.signed")
    files = [path.read_bytes() for path in done.rglob("*") if path.is_file()]
    assert not [raw for raw in files if b"PRIVATE KEY" in raw]
    monkeypatch.setattr(workload, "examine_into", lambda *_: held.examination)
    again = work(laid(tmp_path / "in"), tmp_path / "out").statement
    assert again.key != held.statement.key
    assert again.plan == held.statement.plan


@pytest.mark.parametrize("side", ["subject", "source"])
def test_a_model_that_is_not_the_sealed_one(side: str, tmp_path: Path) -> None:
    given = laid(tmp_path / "in")
    file = given / side / "model" / "model.safetensors"
    raw = bytearray(file.read_bytes())
    raw[-1] ^= 1
    file.write_bytes(raw)
    with pytest.raises(AlteredError, match=f"the {side}'s model"):
        work(given, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_whatever_else_does_not_fit_is_refused(tmp_path: Path) -> None:
    given = laid(tmp_path / "in")

    def refused(kind: type[FiliationError], words: str, **more: Any) -> None:
        with pytest.raises(kind, match=words):
            work(given, tmp_path / "out", **more)
        assert not (tmp_path / "out").exists()

    more = given / "source" / "model" / "more.bin"
    more.write_bytes(b"a file that nobody sealed")
    refused(AlteredError, "the source's model")
    more.unlink()
    link = given / "source" / "model" / "link"
    link.symlink_to("/etc/passwd")
    refused(UnreadableError, "leads out")
    link.unlink()
    kept = (given / "source" / "seal.secret").read_bytes()
    shutil.copy(given / "subject" / "seal.secret", given / "source" / "seal.secret")
    refused(CaseError, "opens another seal")
    (given / "source" / "seal.secret").write_bytes(kept)
    shutil.move(given / "controls", given / "aside")
    refused(UsageError, "related to neither side")
    shutil.move(given / "aside", given / "controls")
    refused(UsageError, "expected sha256", image="latest")
    refused(UsageError, "no confidential machine", attest=True)
    (given / "subject" / "seal").unlink()
    refused(UsageError, "seal")
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "earlier").touch()
    for name in ("file", "folder"):
        with pytest.raises(UsageError, match="not an empty folder"):
            work(given, tmp_path / name)


def test_what_is_altered_or_made_up_is_refused(done: Path, tmp_path: Path) -> None:
    """A statement that another key signed is another's: the attestation is not of it."""
    attested = {"attestation": done / "out/attestation", "roots": done / "roots"}

    def swapped(payload: dict[str, Any]) -> None:
        payload["subject"], payload["source"] = payload["source"], payload["subject"]

    forged = changed(done, tmp_path, swapped)
    assert check_signed(forged).vouched is None, "anybody can sign; that is what the page says"
    with pytest.raises(CaseError, match="another examination"):
        check_signed(forged, **attested)
    for name, value, words in (
        ("plan", "0" * 64, "another plan"), ("tool", "filiation 9", "another plan"),
        ("plan", "none", "64 hex digits"), ("image", "sha256:", "expected sha256"),
        ("kind", "seal", "not what"), ("schema_version", 2, "another version"),
        ("key", "0" * 64, "not signed with the key"), ("examination", "%", "base64"),
        ("examination", base64.b64encode(b"{}").decode(), "not an examination"),
        ("subject", 1, "no text"),
    ):  # fmt: skip
        with pytest.raises(CaseError, match=words):
            check_signed(changed(done, tmp_path, lambda p, n=name, v=value: p.update({n: v})))
    with pytest.raises(CaseError, match="of neither model"):
        other = tmp_path / "other.seal"
        seal(MODELS / "stranger-2", other)
        check_signed(done / "out/examination.signed", seals=[other])


def test_flips_of_a_signed_examination(done: Path, tmp_path: Path) -> None:
    raw = (done / "out/examination.signed").read_bytes()
    at = tmp_path / "flipped"
    for place in (
        *range(0, 60, 3),
        *range(60, len(raw), len(raw) // 60),
        *range(len(raw) - 60, len(raw)),
    ):
        at.write_bytes(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
        with pytest.raises(FiliationError):
            check_signed(at)
    for size in (0, 1, 200, len(raw) // 2, len(raw) - 1):
        at.write_bytes(raw[:size])
        with pytest.raises(FiliationError):
            check_signed(at)


@pytest.mark.parametrize("double", [Nitro, Snp, Tdx])
def test_each_platform_can_vouch(
    double: Any, done: Path, tmp_path: Path, filiation: Command
) -> None:
    made = double()
    file = tmp_path / "attestation"
    file.write_bytes(made.document((done / "out/user-data").read_bytes()))
    roots = made.roots(tmp_path / "roots")
    found = check_signed(done / "out/examination.signed", attestation=file, roots=roots)
    assert found.vouched is not None and found.vouched.vendor == ""
    said = filiation(
        "verify", done / "out/examination.signed", "--attestation", file, "--roots", roots,
        "--out", tmp_path / "kept",
    ).out  # fmt: skip
    for words in ("no hardware", "none that this program knows", "not compared",
                  "make workload-image", "What it does not say"):  # fmt: skip
        assert words in said
    page = (tmp_path / "kept" / "report.html").read_text()
    assert "none that this program knows" in page and "Who signed it, and" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_has_its_translation(
    language: str, done: Path, tmp_path: Path, filiation: Command
) -> None:
    """Of what is said of signing and attesting, nothing stays in English."""
    made, file = Tdx(), tmp_path / "attestation"
    file.write_bytes(made.document((done / "out/user-data").read_bytes()))
    roots = made.roots(tmp_path / "roots")
    asked = ("verify", done / "out/examination.signed", "--seal", done / "in/subject/seal")
    attested = ("--attestation", file, "--roots", roots)
    measured = ("--measurement", f"MRTD={dict(measured_in(file, roots))['MRTD']}")
    for more in ((), attested, (*attested, *measured)):
        english = filiation(*asked, *more).out.splitlines()
        other = filiation(*asked, *more, "--language", language).out.splitlines()
        assert len(english) == len(other) > 8
        same = [one for one, two in zip(english, other, strict=True) if one == two]
        findings = sum("“subject” and “source”" in one for one in english)
        assert len([one for one in same if not one.startswith("  ")]) <= findings, same


def measured_in(file: Path, roots: Path) -> tuple[tuple[str, str], ...]:
    from filiation.sealed.attestation.chains import read_roots
    from filiation.sealed.attestation.documents import check

    return check(file.read_bytes(), read_roots(roots), "x").measurements


def test_a_known_root_and_a_list_are_said(
    done: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, filiation: Command
) -> None:
    from filiation.sealed.attestation import chains
    from sealed.doubles import crl

    double, file = Nitro(), tmp_path / "attestation"
    file.write_bytes(double.document((done / "out/user-data").read_bytes()))
    roots = double.roots(tmp_path / "roots")
    (roots / "list.crl").write_bytes(crl(double.root, 99))
    found = chains.read_roots(roots)
    digest = chains.chain_of(found.anchors[0], (), found, "x").root
    monkeypatch.setattr(chains, "VENDORS", {digest: ("nitro", "a maker")})
    asked = ("verify", done / "out/examination.signed", "--attestation", file, "--roots", roots)
    said = filiation(*asked).out
    assert "known to this program as that of a maker" in said
    assert "Lists of revoked certificates that name none of them: 1, the oldest of " in said
    (roots / "list.crl").write_bytes(crl(Nitro().root, 2))
    said = filiation(*asked).out
    assert "were given (1), but none by an issuer" in said and "No list" not in said
    for language, word in (("de", "Sperrlisten lagen vor (1)"), ("fr", "ont été remises (1)")):
        assert word in filiation(*asked, "--language", language).out
    (roots / "list.crl").write_bytes(crl(double.root, 99))
    said = filiation(*asked, "--language", "de").out
    assert "die älteste vom" in said and "Wer nach diesem Tag" in said
    monkeypatch.setattr(chains, "VENDORS", {digest: ("tdx", "a maker")})
    assert "none that this program knows" in filiation(*asked).out, (
        "a root vouches for its own platform"
    )


def test_options_that_do_not_go_together(done: Path, filiation: Command) -> None:
    signed = done / "out/examination.signed"
    for asked, words in (
        ((signed, "--attestation", done / "out/attestation"), "give all of them"),
        ((signed, "--measurement", "PCR0=00"), "give all of them"),
        ((signed, "--coin", "00"), "do not go with"),
        ((signed, "--language", "xx"), "expected one of"),
        ((MODELS / "parent", "--roots", done / "roots"), "go with what `workload` signed"),
    ):
        said = filiation("verify", *asked)
        assert said.code == 2 and words in said.err
    for path in (done, done / "roots"):  # folders are no documents
        attested = ("--attestation", path, "--roots", done / "roots")
        assert filiation("verify", signed, *attested).code == 3
    with pytest.raises(UsageError, match="each name once"):
        measurements_of(["PCR0=" + "0" * 96] * 2)


class FakeTsm:
    """What Linux does below `tsm/report`: attributes appear with the folder, and go with it."""

    def __init__(
        self, at: Path, provider: str, out: bytes, aside: bytes, generation: str = "1"
    ) -> None:
        at.mkdir()
        self.at, self.held = at, {"outblob": out, "auxblob": aside, "provider": provider.encode(),
                                  "generation": generation.encode()}  # fmt: skip
        self.asked = b""

    def mkdir(self, entry: Path) -> None:
        Path.mkdir(entry)
        for name, raw in self.held.items():
            (entry / name).write_bytes(raw)

    def rmdir(self, entry: Path) -> None:
        self.asked = (entry / "inblob").read_bytes()
        shutil.rmtree(entry)


@pytest.mark.parametrize(
    ("provider", "expected"), [("sev_guest", b"reportaside"), ("tdx_guest", b"report")]
)
def test_asking_linux(
    provider: str, expected: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeTsm(tmp_path / "report", provider, b"report", b"aside")
    monkeypatch.setattr(asking, "made", fake.mkdir)
    monkeypatch.setattr(asking, "gone", fake.rmdir)
    assert asking.ask(b"g" * 64, fake.at, tmp_path / "none") == expected
    assert fake.asked == b"g" * 64 and list(fake.at.iterdir()) == []
    fake.held["generation"] = b"2"
    with pytest.raises(UnreadableError, match="somebody else"):
        asking.ask(b"g" * 64, fake.at, tmp_path / "none")


def test_asking_nitro(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The request is that of Amazon's library; the answer is cut to what the device says."""
    import ctypes

    nsm, asked = tmp_path / "nsm", list[bytes]()
    nsm.touch()
    answers = [cbor({"Attestation": {"document": b"signed"}}), cbor({"Error": "InputTooLarge"})]

    def ioctl(device: int, request: int, pairs: Any) -> int:
        assert request == 0xC0200A00
        asked.append(ctypes.string_at(pairs[0], pairs[1]))
        answer = answers.pop(0)
        ctypes.memmove(pairs[2], answer, len(answer))
        pairs[3] = len(answer)
        return 0

    monkeypatch.setattr(asking.fcntl, "ioctl", ioctl)
    assert asking.ask(b"g" * 64, tmp_path / "none", nsm) == b"signed"
    wanted = {"user_data": b"g" * 64, "nonce": None, "public_key": None}
    assert asked == [cbor({"Attestation": wanted})]
    with pytest.raises(UnreadableError, match="an error"):
        asking.ask(b"g" * 64, tmp_path / "none", nsm)


def test_no_secret_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was copied in is gone, whether it ended well or not."""
    monkeypatch.setattr(workload.tempfile, "tempdir", str(tmp_path / "private"))
    (tmp_path / "private").mkdir()
    given = laid(tmp_path / "in")
    with (given / "source" / "model" / "config.json").open("a") as file:
        file.write(" ")
    with pytest.raises(AlteredError):
        work(given, tmp_path / "out")
    assert list((tmp_path / "private").iterdir()) == []
