from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from scripts.check_certificate import examine

PEM = serialization.Encoding.PEM


def make_certificate(folder: Path, *, days: int, password: bytes = b"") -> tuple[Path, Path]:
    """Write a certificate that ends in ``days``, and its key; return both files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "portal.example")])
    end = datetime.now(UTC) + timedelta(days=days)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(end - timedelta(days=9))
        .not_valid_after(end)
        .sign(key, hashes.SHA256())
    )
    secrecy = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    files = folder / "cert.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(PEM))
    files[1].write_bytes(key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, secrecy))
    return files


def test_a_good_pair_passes(tmp_path: Path) -> None:
    assert examine(*make_certificate(tmp_path, days=1)) == ("", "")


def test_what_is_wrong_is_named_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "secret").mkdir()
    (tmp_path / "old").mkdir()
    certificate, key = make_certificate(tmp_path, days=1)
    other = make_certificate(tmp_path / "other", days=1)
    secret = make_certificate(tmp_path / "secret", days=1, password=b"geheim")
    text = tmp_path / "text"
    text.write_text("no PEM")
    for pair, words in (
        ((text, key), f"--certfile {text} holds no certificate in PEM"),
        ((certificate, text), f"--keyfile {text} holds no key in PEM"),
        ((certificate, certificate), "holds no key in PEM"),
        ((certificate, other[1]), "is not the key of"),
        (secret, "is encrypted"),
        (make_certificate(tmp_path / "old", days=-1), "was valid until"),
    ):
        message, remedy = examine(*pair)
        assert words in message
        assert remedy
