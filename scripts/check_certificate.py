"""Say what is wrong with a certificate and its key before a server is started on them.

Runs on the system's Python as well, before anything is installed.
"""

from __future__ import annotations

import ssl
import sys
from datetime import UTC, datetime
from pathlib import Path


def examine(certificate: Path, key: Path) -> tuple[str, str]:
    """Return what is wrong and what to do about it; two empty texts where nothing is."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(certificate)
    except (ssl.SSLError, OSError):
        return (
            f"--certfile {certificate} holds no certificate in PEM",
            "It begins with -----BEGIN CERTIFICATE-----.",
        )
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=_ask_nobody)
    except _Encrypted:
        return (
            f"--keyfile {key} is encrypted",
            "Nobody is there to type its password: openssl pkey -in KEY -out PLAIN",
        )
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            return (
                f"--keyfile {key} is not the key of --certfile {certificate}",
                "The server's own certificate comes first in its file, then those of its issuers.",
            )
        return f"--keyfile {key} holds no key in PEM", "It begins with -----BEGIN PRIVATE KEY-----."
    end = _end_of(certificate)
    if end is not None and end < datetime.now(UTC):
        return (
            f"--certfile {certificate} was valid until {end:%Y-%m-%d}",
            "Renew it: no browser would believe it.",
        )
    return "", ""


class _Encrypted(Exception):
    """The key asks for a password."""


def _ask_nobody() -> str:
    raise _Encrypted


def _end_of(certificate: Path) -> datetime | None:
    try:
        from cryptography import x509
    except ImportError:  # the system's Python; asked again after set-up
        return None
    return x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc


if __name__ == "__main__":
    message, remedy = examine(Path(sys.argv[1]), Path(sys.argv[2]))
    if message:
        sys.stderr.write(f"\n{message}\n  {remedy}\n")
        sys.exit(1)
