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
from portal.personal_numbers import mask_digits, mask_numbers

_KEY_BYTES = 32
_TWO_CHARACTER_SURNAMES = tuple(
    "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 夏侯 司徒".split()  # noqa: SIM905 - a list to read
)
# What stands behind the building: unit, floor, room. Place, street number and building stay.
_DIGIT = r"[0-9０-９〇零一二三四五六七八九十]"
_ROOM = re.compile(
    rf"{_DIGIT}+(?:单元|层)|[A-Za-z]?{_DIGIT}+[A-Za-z]?(?:室|房|号房)|(?:[-－][0-9０-９]+)+$"
    rf"|(?<=[栋幢座楼阁#＃])\s?(?:[A-Za-z]?{_DIGIT}{{3,4}}|(?:[-－][0-9０-９]+)+)(?![\dA-Za-z])(?!\s?[号户人平㎡元])"
    r"|(?<=\d)[-－]\d{1,2}[-－]\d{3,4}(?!\d)"
)
# Headers of columns that hold a person's name, and what can only be a person's number.
_PERSON = re.compile(
    r"联系人|负责人|姓名|经理|管家|法人|法定代表|业主(?!委)|户主|主任|书记|contact|manager|person",
    re.IGNORECASE,
)
# Headers of columns that hold telephones, other numbers of persons, and numbers of things.
_TELEPHONE = re.compile(r"电话|手机|联系方式|座机|固话|传真|热线|phone|mobile|fax|\btel", re.IGNORECASE)
_OWN_NUMBER = re.compile(r"身份证|证件|护照|车牌|车号|银行|卡号|账号|帐号|微信|QQ|邮箱|mail", re.IGNORECASE)
_KEY = re.compile(
    r"编号|编码|代码|单号|序号|宗地|地块|区划|统一社会信用|信用代码|\bid\b|code|key|objectid|fid",
    re.IGNORECASE,
)
_HOME = re.compile(r"地址|住址|房号|室号|门牌|address", re.IGNORECASE)
_LEAST_HIDDEN = 5


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


def mask_room(address: str) -> str:
    """Return an address with unit, floor and room masked: 幸福花园3栋**."""
    found = _ROOM.search(address)
    return address[: found.start()].rstrip() + "**" if found else address


def mask_address(address: str) -> str:
    """Return an address, or a name, without the room, and without the middle of a person's number in it."""
    return mask_numbers(mask_room(address), telephone=True)


def mask_attributes(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns of a register that are no field, without what they tell of persons.

    Names of persons keep the surname; numbers of telephones, cards, plates their ends; addresses lose the
    room. What the header
    calls the key or the code of a thing stays.
    """
    return {header: _mask_attribute(header, value) for header, value in attributes.items()}


def _mask_attribute(header: str, value: Any) -> Any:
    telephone, own = bool(_TELEPHONE.search(header)), bool(_OWN_NUMBER.search(header))
    if isinstance(value, bool) or value is None or (_KEY.search(header) and not (telephone or own)):
        return value
    # Spreadsheets keep telephones as numbers.
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    masked = mask_numbers(mask_room(text) if _HOME.search(header) else text, telephone=telephone)
    if own and masked == text and sum(map(str.isalnum, text)) >= _LEAST_HIDDEN:
        masked = mask_digits(text)
    if not isinstance(value, str):
        return value if masked == text else masked
    return mask_name(masked) if _PERSON.search(header) and not masked.isnumeric() else masked


def _derive(secret_key: str, purpose: bytes) -> bytes:
    return HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"wuye atlas: " + purpose).derive(secret_key.encode())
