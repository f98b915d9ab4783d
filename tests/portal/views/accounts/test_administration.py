"""The administrator's pages."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from sqlalchemy.orm import Session

from portal.models import Audit
from portal.store import accounts as store
from portal.terms import Role
from tests.conftest import LogIn, make_street


def form(**values: str) -> dict[str, str]:
    base = {"username": "new1", "display_name": "新人", "role": "clerk", "password": "a long password"}
    return base | values


def test_account_is_created_and_listed(log_in: LogIn, seeded: Session) -> None:
    browser = log_in(Role.ADMINISTRATOR)
    answer = browser.post("/administration/accounts", data=form(), follow_redirects=True)
    assert "已创建账号 new1" in answer.text
    assert store.by_username(seeded, "new1") is not None


def test_street_official_gets_the_chosen_street(log_in: LogIn, seeded: Session) -> None:
    street = make_street(seeded)
    browser = log_in(Role.ADMINISTRATOR)
    browser.post("/administration/accounts", data=form(role="street", street_id=str(street.id)))
    made = store.by_username(seeded, "new1")
    assert made is not None
    assert made.street_id == street.id


@pytest.mark.parametrize("data", [{}, {"active": ""}, {"active": "2"}, {"active": "true"}, {"x": "1"}])
def test_an_account_is_closed_only_where_that_is_said(
    log_in: LogIn, seeded: Session, data: dict[str, str]
) -> None:
    browser = log_in(Role.ADMINISTRATOR)
    browser.post("/administration/accounts", data=form())
    account = store.by_username(seeded, "new1")
    assert account is not None
    answer = browser.post(f"/administration/accounts/{account.id}/active", data=data)
    assert answer.status_code == 422 and "请写 1（启用）或 0（停用）" in answer.text
    assert account.active


def test_mistakes_come_back_with_the_form(log_in: LogIn, seeded: Session) -> None:
    browser = log_in(Role.ADMINISTRATOR)
    for wrong, field in (
        ({"password": "short"}, ["password"]),
        ({"role": "emperor"}, ["role"]),
        ({"role": "street"}, []),
        ({"username": " "}, ["username"]),
    ):
        answer = browser.post("/administration/accounts", data=form(**wrong))
        assert answer.status_code == 422
        page = BeautifulSoup(answer.text, "html.parser")
        assert len(page.select("[role=alert]")) == 1
        assert [one["id"] for one in page.select("[aria-invalid]")] == field
    assert store.by_username(seeded, "new1") is None


def test_a_new_password_that_is_too_short_is_said_in_its_row(log_in: LogIn, seeded: Session) -> None:
    browser = log_in(Role.ADMINISTRATOR)
    browser.post("/administration/accounts", data=form())
    made = store.by_username(seeded, "new1")
    assert made is not None
    answer = browser.post(f"/administration/accounts/{made.id}/password", data={"password": "short"})
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    [wrong] = page.select("[aria-invalid]")
    assert wrong["id"] == f"password-{made.id}"
    assert wrong.find_parent("details").has_attr("open")  # type: ignore[union-attr]
    assert [link["href"] for link in page.select("[role=alert] a")] == [f"#{wrong['id']}"]


def test_markup_in_names_is_harmless(log_in: LogIn) -> None:
    browser = log_in(Role.ADMINISTRATOR)
    browser.post("/administration/accounts", data=form(display_name="<img src=x onerror=alert(1)>"))
    page = browser.get("/administration").text
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_closed_account_is_out_at_once(log_in: LogIn, seeded: Session) -> None:
    administrator, leader = log_in(Role.ADMINISTRATOR), log_in(Role.LEADER)
    account = next(a for a, _ in store.everyone(seeded) if a.role == Role.LEADER)
    administrator.post(f"/administration/accounts/{account.id}/active", data={"active": "0"})
    assert leader.get("/account").status_code == 401


def test_password_reset_is_checked_and_audited(log_in: LogIn, seeded: Session) -> None:
    browser = log_in(Role.ADMINISTRATOR)
    browser.post("/administration/accounts", data=form())
    account = store.by_username(seeded, "new1")
    assert account is not None
    address = f"/administration/accounts/{account.id}/password"
    assert browser.post(address, data={"password": "short"}).status_code == 422
    assert browser.post(address, data={"password": "a new long one"}).status_code == 302
    page = browser.get("/administration/audit").text
    assert "重设密码" in page
    assert "set_password" not in page
    assert "a new long one" not in page
    assert "账号 new1" in page
    assert "角色：业务员" in page
    assert "role=clerk" not in page


def test_each_row_of_the_audit_is_on_one_of_its_pages(log_in: LogIn, seeded: Session) -> None:
    browser = log_in(Role.ADMINISTRATOR)
    seeded.add_all(Audit(action="x", subject="streets", request_id=f"row {n}") for n in range(120))
    seeded.flush()
    address, found, pages = "/administration/audit", [], 0
    while address:
        page = BeautifulSoup(browser.get(address).text, "html.parser")
        found += [cell.get_text(strip=True) for cell in page.select("tbody td:nth-child(6)")]
        address, pages = "".join(str(link["href"]) for link in page.select("a[rel=next]")), pages + 1
    assert pages == 3
    assert [row for row in found if row.startswith("row")] == [f"row {n}" for n in reversed(range(120))]
