from __future__ import annotations

import pytest

from portal.errors import Unavailable
from portal.privacy import Cipher, mask_address, mask_attributes, mask_name, mask_room

SECRET = "a secret key of more than thirty-two characters"


def test_a_text_comes_back_and_is_not_readable_in_between() -> None:
    cipher = Cipher.from_secret(SECRET)
    token = cipher.encrypt("幸福花园3栋1201室")
    assert "幸福花园".encode() not in token
    assert cipher.decrypt(token) == "幸福花园3栋1201室"
    assert Cipher.from_secret(SECRET).decrypt(token) == "幸福花园3栋1201室"


def test_another_key_opens_nothing_and_says_so() -> None:
    token = Cipher.from_secret(SECRET).encrypt("x")
    with pytest.raises(Unavailable, match="密钥"):
        Cipher.from_secret(SECRET + "!").decrypt(token)


def test_digests_compare_texts_under_one_key_only() -> None:
    cipher, other = Cipher.from_secret(SECRET), Cipher.from_secret(SECRET + "!")
    assert cipher.digest("a") == Cipher.from_secret(SECRET).digest("a")
    assert cipher.digest("a") != cipher.digest("b")
    assert cipher.digest("a") != other.digest("a")


def test_neither_key_is_shown() -> None:
    assert "key" not in repr(Cipher.from_secret(SECRET))


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三", "张*"), ("张三丰", "张**"), ("欧阳娜娜", "欧阳**"), ("李", "李*"), ("欧阳", "欧*"), (" ", "")],
)
def test_names_keep_the_surname(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("幸福花园3栋2单元1201室", "幸福花园3栋**"),
        ("幸福花园3栋1201", "幸福花园3栋**"),
        ("幸福花园12号楼301房", "幸福花园12号楼**"),
        ("幸福花园3-2-1201", "幸福花园3**"),
        ("雍祥居A座十二层", "雍祥居A座**"),
        ("幸福花园3栋1201 王先生", "幸福花园3栋**"),
        ("幸福花园3栋-1201，漏水", "幸福花园3栋**"),
        ("3栋2单元501", "3栋**"),
        ("3#501室", "3#**"),
        ("3#501漏水", "3#**"),
        ("A座1203", "A座**"),
        ("A座1203漏水", "A座**"),
        ("三栋二单元五〇一", "三栋**"),
        ("三栋五零一", "三栋**"),
        ("3栋５０１", "3栋**"),
        ("3-2-501漏水", "3**"),
        ("幸福花园3座1201号", "幸福花园3座1201号"),
        ("3栋1201户", "3栋1201户"),
        ("2025-08-01 10:00", "2025-08-01 10:00"),
        ("滨河大道9309号", "滨河大道9309号"),
    ],
)
def test_addresses_end_at_the_building(address: str, masked: str) -> None:
    assert mask_room(address) == masked


@pytest.mark.parametrize(
    ("header", "value", "kept"),
    [
        ("项目负责人", "张三丰", "张**"),
        ("物业经理", "李四 13800138000", "李" + "*" * 13),
        ("联系电话", "13800138000", "138****8000"),
        ("联系电话", 13800138000, "138****8000"),
        ("值班", "0755-83001234 / 138 0013 8000", "075*****1234 / 138****8000"),
        ("备注", "身份证44030519900101001X", "身份证440***********001X"),
        ("联系电话", 83661236, "8***1236"),
        ("手机", 13800138000.0, "138****8000"),
        ("身份证号", "A123456(7)", "A*****6(7)"),
        ("车牌", "粤B·12345", "粤B*****"),
        ("联系地址", "幸福花园3栋2单元501", "幸福花园3栋**"),
        ("微信号", "zhangsan88", "z*****an88"),
        ("备注", "请打 1380013八018", "请打 138****8018"),
        ("工单编号", "20250801123456789", "20250801123456789"),
        ("街道代码", "440305001", "440305001"),
        ("建成", "2005", "2005"),
        ("户数", 83661236, 83661236),
        ("负责人人数", 3, 3),
        ("业主委员会", "已成立", "已成立"),
        ("宗地号", "440305001002", "440305001002"),
        ("面积", "1234567.8912345", "1234567.8912345"),
        ("有电梯", True, True),
        ("空", None, None),
    ],
)
def test_what_a_register_says_of_persons_is_masked(header: str, value: object, kept: object) -> None:
    assert mask_attributes({header: value}) == {header: kept}


def test_an_address_tells_neither_room_nor_number() -> None:
    assert mask_address("幸福花园3栋502室 电话13800138000") == "幸福花园3栋**"
    assert mask_address("幸福路 13800138000") == "幸福路 138****8000"
