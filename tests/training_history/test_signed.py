"""Model signatures (OpenSSF): one that model-signing made, and our own few lines; then attacks."""

import base64
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from command import Command
from filiation.errors import AlteredError, CaseError, FiliationError, UnreadableError, UsageError
from filiation.proceedings.model_signatures import check_files, read_key
from filiation.proceedings.trainings import take_history
from filiation.readers.trainings.manifest import read_history
from training_history.test_taking import write
from training_history.walks import wandering

MADE = Path(__file__).parent / "signed"
KIND = "application/vnd.in-toto+json"


def statement(folder: Path, **change: Any) -> dict[str, Any]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".sig")
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]
    root = hashlib.sha256(b"".join(bytes.fromhex(one) for one in digests)).hexdigest()
    resources = [
        {"name": path.relative_to(folder).as_posix(), "algorithm": "sha256", "digest": digest}
        for path, digest in zip(files, digests, strict=True)
    ]
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": folder.name, "digest": {"sha256": root}}],
        "predicateType": "https://model_signing/signature/v1.0",
        "predicate": {
            "serialization": {"method": "files", "hash_type": "sha256", "ignore_paths": []},
            "resources": resources,
        },
    } | change


def signed(
    key: ec.EllipticCurvePrivateKey, said: dict[str, Any], at: Path, kind: str = KIND
) -> Path:
    """Few lines of a signer: DSSE's encoding, ECDSA with the hash of the key's size."""
    payload = json.dumps(said).encode()
    encoded = f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload
    hashed = {256: hashes.SHA256(), 384: hashes.SHA384(), 521: hashes.SHA512()}[key.key_size]
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    sig = base64.b64encode(key.sign(encoded, ec.ECDSA(hashed))).decode()
    bundle = {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {"publicKey": {"hint": hashlib.sha256(pem).hexdigest()}},
        "dsseEnvelope": {
            "payload": base64.b64encode(payload).decode(), "payloadType": kind,
            "signatures": [{"sig": sig, "keyid": ""}],
        },
    }  # fmt: skip
    at.write_text(json.dumps(bundle))
    return at


def public(key: ec.EllipticCurvePrivateKey, at: Path) -> Path:
    at.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return at


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return shutil.copytree(MADE, tmp_path / "made")


def checks(folder: Path) -> None:
    check_files(
        folder / "checkpoint-0/model.sig", folder / "checkpoint-0", read_key(folder / "key.pub")
    )


def test_what_model_signing_signed_is_verified(made: Path) -> None:
    checks(made)


def test_a_file_that_changed_is_named(made: Path) -> None:
    (made / "checkpoint-0/below/b.bin").write_bytes(b"other")
    with pytest.raises(AlteredError, match=r"below/b\.bin"):
        checks(made)


@pytest.mark.parametrize(
    ("change", "said"), [("more", "has 'model.bin'"), ("less", "lacks 'a.txt'")]
)
def test_a_file_more_or_less_is_named(change: str, said: str, made: Path) -> None:
    if change == "more":
        (made / "checkpoint-0/model.bin").write_bytes(b"weights")
    else:
        (made / "checkpoint-0/a.txt").unlink()
    with pytest.raises(CaseError, match=said):
        checks(made)


def test_a_payload_or_a_signature_that_was_altered_is_refused(made: Path) -> None:
    at = made / "checkpoint-0/model.sig"
    bundle = json.loads(at.read_text())
    payload = base64.b64decode(bundle["dsseEnvelope"]["payload"])
    renamed = payload.replace(b"checkpoint-0", b"checkpoint-1")
    bundle["dsseEnvelope"]["payload"] = base64.b64encode(renamed).decode()
    at.write_text(json.dumps(bundle))
    with pytest.raises(CaseError, match="not a signature of key"):
        checks(made)


def test_another_key_is_named_before_anything_else(made: Path) -> None:
    public(ec.generate_private_key(ec.SECP384R1()), made / "key.pub")
    with pytest.raises(CaseError, match="signed by key"):
        checks(made)


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()])
def test_each_curve_with_its_hash(curve: ec.EllipticCurve, made: Path) -> None:
    key = ec.generate_private_key(curve)
    public(key, made / "key.pub")
    folder = made / "checkpoint-0"
    signed(key, statement(folder), folder / "model.sig")
    checks(made)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"predicateType": "https://slsa.dev/provenance/v1"}, "no digests of a model"),
        ({"_type": "https://in-toto.io/Statement/v0.1"}, "no digests of a model"),
        ({"subject": []}, "do not give its root"),
        ({"subject": [{"digest": {"sha256": "0" * 64}}]}, "do not give its root"),
    ],
)
def test_a_statement_of_another_kind_is_refused(
    change: dict[str, Any], said: str, made: Path
) -> None:
    key, folder = ec.generate_private_key(ec.SECP256R1()), made / "checkpoint-0"
    public(key, made / "key.pub")
    signed(key, statement(folder, **change), folder / "model.sig")
    with pytest.raises(UnreadableError, match=said):
        checks(made)


def test_a_signer_that_leaves_the_weights_out_has_not_signed_them(made: Path) -> None:
    key, folder = ec.generate_private_key(ec.SECP256R1()), made / "checkpoint-0"
    public(key, made / "key.pub")
    said = statement(folder)
    said["predicate"]["serialization"]["ignore_paths"] = ["model.bin"]
    signed(key, said, folder / "model.sig")
    (folder / "model.bin").write_bytes(b"weights")
    with pytest.raises(CaseError, match=r"has 'model\.bin' beside"):
        checks(made)


@pytest.mark.parametrize("name", ["../key.pub", "/etc/passwd", "a.txt"])
def test_names_lead_nowhere_and_stand_once(name: str, made: Path) -> None:
    key, folder = ec.generate_private_key(ec.SECP256R1()), made / "checkpoint-0"
    public(key, made / "key.pub")
    said = statement(folder)
    more = {"name": name, "algorithm": "sha256", "digest": "0" * 64}
    said["predicate"]["resources"].append(more)
    every = b"".join(bytes.fromhex(one["digest"]) for one in said["predicate"]["resources"])
    said["subject"][0]["digest"]["sha256"] = hashlib.sha256(every).hexdigest()
    signed(key, said, folder / "model.sig")
    with pytest.raises(FiliationError, match=r"lacks|without a SHA-256 of its own"):
        checks(made)


def test_a_certificate_takes_more_and_is_said_not_to_be_checked(made: Path) -> None:
    at = made / "checkpoint-0/model.sig"
    bundle = json.loads(at.read_text())
    bundle["verificationMaterial"] = {"certificate": {"rawBytes": "AA=="}, "tlogEntries": []}
    at.write_text(json.dumps(bundle))
    with pytest.raises(UsageError, match="Fulcio"):
        checks(made)


@pytest.mark.parametrize("raw", [b"", b"{}", b"[1]", b"\xff", b'{"dsseEnvelope": {}}'])
def test_what_is_no_bundle_is_refused(raw: bytes, made: Path) -> None:
    (made / "checkpoint-0/model.sig").write_bytes(raw)
    with pytest.raises(FiliationError):
        checks(made)


def test_a_history_is_taken_with_its_signer(tmp_path: Path, filiation: Command) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = public(key, tmp_path / "key.pub")
    for n, one in enumerate(wandering(2)):
        folder = write(one, tmp_path / f"run/checkpoint-{n}")
        if n:
            signed(key, statement(folder), folder / "model.sig")
    done = filiation("history", "take", tmp_path / "run", "-o", tmp_path / "h", "--signer", pem)
    said = " ".join(done.out.split())
    digest = hashlib.sha256(pem.read_bytes()).hexdigest()
    assert done.code == 0 and f"signed: 1 checkpoints, by key {digest[:16]}" in said
    assert "no date of its own" in said
    assert [point.signer for point in read_history(tmp_path / "h").points] == ["", digest]
    other = public(ec.generate_private_key(ec.SECP256R1()), tmp_path / "other.pub")
    with pytest.raises(CaseError, match="signed by key"):
        take_history(tmp_path / "run", tmp_path / "g", signer=other)
    (tmp_path / "run/checkpoint-1/model.sig").unlink()
    with pytest.raises(UsageError, match="no checkpoint is signed"):
        take_history(tmp_path / "run", tmp_path / "g", signer=pem)


@pytest.mark.parametrize("curve", [ec.SECP256K1(), ec.BrainpoolP256R1(), ec.BrainpoolP384R1()])
def test_a_curve_of_the_same_size_is_another_curve(curve: ec.EllipticCurve, tmp_path: Path) -> None:
    key = public(ec.generate_private_key(curve), tmp_path / "key.pub")
    with pytest.raises(UsageError, match="a key of another kind"):
        read_key(key)


@pytest.mark.parametrize("algorithm", [["sha256"], {}, None, 1])
def test_an_algorithm_that_is_no_word_is_told(algorithm: object, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/a.txt").write_text("a")
    key = ec.generate_private_key(ec.SECP256R1())
    said = statement(tmp_path / "a")
    said["predicate"]["resources"][0]["algorithm"] = algorithm
    at = signed(key, said, tmp_path / "a/model.sig")
    with pytest.raises(UnreadableError, match="not SHA-256 of whole files"):
        check_files(at, tmp_path / "a", key.public_key())
