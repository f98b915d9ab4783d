"""Personal data: masked where it is shown, encrypted where it is kept, keyed where it is compared.

Keys are derived from the portal's secret key by HKDF-SHA-256 (RFC 5869), one for
each purpose; encryption is Fernet (AES-128-CBC with HMAC-SHA-256).
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.errors import N_, Unavailable

_KEY_BYTES = 32
_TWO_CHARACTER_SURNAMES = tuple(
    "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 夏侯 司徒".split()  # noqa: SIM905 - a list to read
)
_DIGITS = re.compile(r"\d{7,}")
# What stands behind the building: unit, floor, room. Place, street number and building stay.
_NUMBER = r"(?:\d+|[一二三四五六七八九十]+)"
_ROOM = re.compile(
    rf"{_NUMBER}(?:单元|层)|[A-Za-z]?\d+[A-Za-z]?(?:室|房|号房)|(?:[-－]\d+)+$"
    r"|(?<=[栋幢座楼阁])(?:[A-Za-z]?\d{3,4}|(?:[-－]\d+)+)(?!\w)"  # whatever is said behind it
)
# Headers of columns that hold a person's name, and what can only be a person's number.
_PERSON = re.compile(
    r"联系人|负责人|姓名|经理|管家|法人|法定代表|业主(?!委)|户主|主任|书记|contact|manager|person",
    re.IGNORECASE,
)
_PRIVATE_NUMBER = re.compile(
    r"(?<!\d)(?:1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?\d{7,8}|\d{17}[\dXx])(?!\d)"
)


@dataclass(frozen=True)
class Cipher:
    """Encrypts texts for the database and makes keyed digests of them. Make it with `from_secret`."""

    fernet: Fernet = field(repr=False)
    digest_key: bytes = field(repr=False)

    @classmethod
    def from_secret(cls, secret_key: str) -> Cipher:
        """Return the cipher of this installation's secret key."""
        fernet = Fernet(base64.urlsafe_b64encode(_derive(secret_key, b"personal data")))
        return cls(fernet, _derive(secret_key, b"content digest"))

    def encrypt(self, text: str) -> bytes:
        """Return ``text`` encrypted; two calls give two different results."""
        return self.fernet.encrypt(text.encode())

    def decrypt(self, token: bytes) -> str:
        """Return the text in ``token``.

        Raises
        ------
        Unavailable
            It was encrypted under another secret key.
        """
        try:
            return self.fernet.decrypt(token).decode()
        except InvalidToken as error:
            raise Unavailable(
                N_("个人信息无法解密：密钥与写入时不同"), remedy=N_("请恢复原来的密钥文件 secret_key")
            ) from error

    def digest(self, text: str) -> bytes:
        """Return 32 bytes that are equal for equal texts, and tell nobody without the key which text."""
        return hmac.digest(self.digest_key, text.encode(), "sha256")


def mask_name(name: str) -> str:
    """Return a person's name with everything behind the surname masked: 张**."""
    name = name.strip()
    surname = name[:2] if name.startswith(_TWO_CHARACTER_SURNAMES) and len(name) > 2 else name[:1]
    return surname + "*" * max(1, len(name) - len(surname)) if name else ""


def mask_phone(phone: str) -> str:
    """Return a telephone number with its middle masked: 138****5678.

    Parameters
    ----------
    phone
        A number, or a text with numbers in it; digits may be parted by blanks or dashes.
    """
    joined = re.sub(r"(?<=\d)[\s-](?=\d)", "", phone)
    return _DIGITS.sub(lambda found: _mask_digits(found[0]), joined)


def mask_room(address: str) -> str:
    """Return an address with unit, floor and room masked: 幸福花园3栋**."""
    found = _ROOM.search(address)
    return address[: found.start()].rstrip() + "**" if found else address


def mask_address(address: str) -> str:
    """Return an address without the room, and without the middle of a telephone number in it."""
    return mask_phone(mask_room(address))


def mask_numbers(text: str) -> str:
    """Return a text with the numbers of telephones and of identity cards in it masked, others as they are."""
    return _PRIVATE_NUMBER.sub(lambda found: _mask_digits(re.sub("[- ]", "", found[0])), text)


def mask_attributes(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns of a register that are no field, without what they tell of persons.

    Names of persons keep the surname; numbers of telephones and of identity cards keep their ends.
    """
    return {header: _mask_attribute(header, value) for header, value in attributes.items()}


def _mask_attribute(header: str, value: Any) -> Any:
    text = str(value)
    if isinstance(value, bool) or not (isinstance(value, str) or _PRIVATE_NUMBER.fullmatch(text)):
        return value
    masked = mask_numbers(text)
    return mask_name(masked) if _PERSON.search(header) and not masked.isnumeric() else masked


def _mask_digits(digits: str) -> str:
    head, tail = (3, 4) if len(digits) >= 11 else (1, 4)
    return digits[:head] + "*" * (len(digits) - head - tail) + digits[-tail:]


def _derive(secret_key: str, purpose: bytes) -> bytes:
    return HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"wuye atlas: " + purpose).derive(secret_key.encode())
