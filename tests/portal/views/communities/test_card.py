"""Cards, streets, firms and the search as the browser sees them."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from psycopg.types.range import DateRange
from sqlalchemy.orm import Session

from portal.actions.transactions.commit import touch
from portal.models import (
    Community,
    CommunityIdentity,
    Contract,
    Finding,
    Inspection,
    OwnersCommittee,
    PartyOrganisation,
    Rectification,
    ServiceScore,
)
from portal.store import data_versions
from portal.terms import Role, Subject
from tests.conftest import LogIn
from tests.portal.small_city import PERIOD, SmallCity
from tests.portal.views.pages import read, text_of

pytestmark = pytest.mark.usefixtures("fixed_day")


def section(page: BeautifulSoup, heading: str) -> str:
    found = [part for part in page.select("section") if part.h3 and heading in part.h3.get_text()]
    assert len(found) == 1
    return found[0].get_text(" ", strip=True)


def card(browser: FlaskClient, town: SmallCity, name: str, more: str = "") -> BeautifulSoup:
    return read(browser, f"/communities/{town.communities[name]}?period={PERIOD}{more}")


def test_a_card_tells_score_complaints_contract_and_findings(
    leader: FlaskClient, seeded: Session, town: SmallCity
) -> None:
    contract = seeded.query(Contract).filter_by(community_id=town.communities["安华苑"]).one()
    contract.grade, contract.fee_yuan_m2_month, contract.posted_fee_yuan_m2_month = 3, 1.2, 1.3
    contract.period = DateRange(date(2024, 1, 1), date(2026, 12, 31), "[]")
    seeded.get_one(Community, town.communities["安华苑"]).lifts = 0
    seeded.commit()
    page = card(leader, town, "安华苑")
    assert text_of(page, "h2") == "安华苑"
    assert text_of(page, ".badges .band") == "不合格"
    assert "55.0 分 −44.0 较 2025年第2季度" in section(page, "服务评分")
    complaints = section(page, "投诉")
    assert complaints.startswith("投诉 2025年第3季度 2 件 1.7 件/千户")
    assert "电梯 1" in complaints
    assert "本街道另有 7 件未落到小区" in complaints
    assert "未落到小区" not in section(card(leader, town, "德政楼"), "投诉")
    assert section(card(leader, town, "春晖园"), "投诉").startswith("投诉 2025年第3季度 0 件")
    unknown = card(leader, town, "None")
    assert "投诉件数未知：不在任何街道内，没有投诉数据" in section(unknown, "投诉")
    assert not unknown.select(".trend")
    quiet = card(leader, town, "春晖园")
    assert "近 12 个月有数据的月份均为 0 件" in section(quiet, "投诉")
    assert not quiet.select(".trend")
    fee = section(page, "合同与收费")
    assert "长城物业" in fee
    assert "合同期 2024-01-01 至 2026-12-31" in fee
    assert "1.20 元/㎡·月 公示收费 1.30 元/㎡·月 与合同不一致" in fee
    assert "政府指导价 1.00 元/㎡·月 收费高 20.0 %" in fee
    contract.fee_high_yuan_m2_month = contract.posted_fee_high_yuan_m2_month = 1.5
    contract.posted_fee_yuan_m2_month = 1.2
    seeded.commit()
    fee = section(card(leader, town, "安华苑"), "合同与收费")
    assert "合同收费 1.20 – 1.50 元/㎡·月 公示收费 1.20 – 1.50 元/㎡·月 政府指导价" in fee
    assert "收费高 50.0 %" in fee
    assert "未销项问题 2 项" in section(page, "检查与整改")


def test_a_veto_without_points_shows_fail_and_a_dash(
    leader: FlaskClient, seeded: Session, town: SmallCity
) -> None:
    number = town.communities["百花里"]
    score = seeded.query(ServiceScore).filter_by(community_id=number, period=str(PERIOD)).one()
    score.points, score.band, score.veto = None, "fail", True
    seeded.commit()
    page = card(leader, town, "百花里")
    assert text_of(page, ".badges .band") == "不合格"
    told = section(page, "服务评分")
    assert "服务评分 2025年第3季度 — 该季度无评分" in told
    assert "一票否决：不论分数，等级为不合格" in told
    assert "较" not in told  # no change from or to points that are not there
    assert "2025年第3季度 不合格 — 该季度无评分" in told
    following = read(leader, f"/communities/{number}?period={PERIOD.next}")
    assert "2025年第3季度 不合格 — 该季度无评分" in section(following, "服务评分")
    table = leader.get(f"/query.csv?bands=fail&period={PERIOD}").data.decode("utf-8-sig").splitlines()
    (line,) = [row for row in csv.DictReader(table) if row["小区"] == "百花里"]
    assert (line["服务评分"], line["等级"]) == ("", "不合格")


def test_a_score_says_which_policy_made_it_and_whether_evidence_is_newer(
    leader: FlaskClient, seeded: Session, town: SmallCity
) -> None:
    assert "版" not in section(card(leader, town, "安华苑"), "服务评分")  # not kept with old scores
    number = town.communities["安华苑"]
    seeded.query(ServiceScore).filter_by(community_id=number).update({"policy_version": 1})
    touch(seeded, [Subject.SCORES])
    said = section(card(leader, town, "安华苑"), "服务评分")
    assert "按城市政策第 1 版计算" in said
    assert "之后资料有变化" not in said
    touch(seeded, [Subject.EVIDENCE])
    day = data_versions.scores_outdated(seeded)
    assert f"评分计算于 {day}，之后资料有变化" in section(card(leader, town, "安华苑"), "服务评分")


def test_missing_is_a_dash_with_its_reason_never_zero(leader: FlaskClient, town: SmallCity) -> None:
    page = card(leader, town, "春晖园")
    assert "无评分：本季度没有可以计分的记录" in section(page, "服务评分")
    assert "没有覆盖这一天的物业服务合同" in section(page, "合同与收费")
    reasons = {cell["title"] for cell in page.select("abbr.missing")}
    assert {"名册没有填写", "没有边界", "没有登记出入口"} <= reasons
    assert "件/千户" not in section(page, "投诉")  # households unknown: no rate


def test_governance_without_records_is_not_said_to_be_missing(
    leader: FlaskClient, seeded: Session, town: SmallCity
) -> None:
    unknown = section(card(leader, town, "春晖园"), "治理")
    assert "业委会 没有在任业委会的记录 党组织 没有党组织记录" in unknown
    term = DateRange(date(2024, 1, 1), date(2028, 12, 31), "[]")
    seeded.add(
        OwnersCommittee(
            source="t", source_key="o", community_id=town.communities["德政楼"], term=1, period=term
        )
    )
    number = town.communities["春晖园"]
    seeded.add(PartyOrganisation(community_id=number, name="党支部", acts_for_committee=True))
    seeded.commit()
    assert "业委会 未组建，由党组织代行 党组织 已建" in section(card(leader, town, "春晖园"), "治理")
    assert "业委会 第 1 届，至 2028-12-31，0 人" in section(card(leader, town, "德政楼"), "治理")


def test_what_has_no_name_is_called_by_its_key_and_says_what_it_is(
    leader: FlaskClient, log_in: LogIn, seeded: Session, town: SmallCity
) -> None:
    number = town.communities["None"]
    seeded.add(CommunityIdentity(source="轮廓", source_key="8466", community_id=number, matched_by="created"))
    seeded.get_one(Community, number).street_id = town.streets["东"]
    seeded.commit()
    page = card(leader, town, "None")
    assert text_of(page, "h2") == "未命名小区 8466"
    assert text_of(page, ".notice-box") == "边界没有名称，名册里可能另有这个小区"
    assert "/data/" not in str(page)
    assert "未命名小区 8466" in read(leader, f"/streets/{town.streets['东']}").get_text()
    clerk = card(log_in(Role.CLERK), town, "None")
    assert {
        f"/data/communities/{number}?from=unnamed",
        f"/data/unnamed?street={town.streets['东']}",
    } <= {link["href"] for link in clerk.select("a")}
    assert "没有名称" not in card(leader, town, "安华苑").get_text()
    elsewhere = card(log_in(Role.STREET, street_id=town.streets["西"]), town, "None")
    assert text_of(elsewhere, "h2") == "未命名小区 8466"
    assert "/data/" not in str(elsewhere)


def test_in_english_it_is_unnamed_too(leader: FlaskClient, town: SmallCity) -> None:
    with leader.session_transaction() as kept:
        kept["language"] = "en"
    number = town.communities["None"]
    assert text_of(card(leader, town, "None"), "h2") == f"Unnamed community {number}"
    found = leader.get(f"/search.json?q=unnamed {number}").json
    assert found is not None
    assert [row["name"] for row in found["results"]] == [f"Unnamed community {number}"]


def test_elsewhere_a_street_official_is_told_why_sections_are_missing(log_in: LogIn, town: SmallCity) -> None:
    west = log_in(Role.STREET, street_id=town.streets["西"])
    page = card(west, town, "安华苑")
    assert text_of(page, ".badges .band") == "不合格"
    assert "只向本街道和市级账号开放" in text_of(page, ".notice-box")
    assert page.select("section") == []
    assert "55" not in page.get_text()
    assert len(card(west, town, "德政楼").select("section")) == 6


def test_markup_in_names_is_text(leader: FlaskClient, seeded: Session, town: SmallCity) -> None:
    name = "<img src=x onerror=alert(1)>"
    seeded.get_one(Community, town.communities["安华苑"]).name = name
    seeded.commit()
    for address in (f"/communities/{town.communities['安华苑']}", f"/streets/{town.streets['东']}"):
        page = read(leader, address)
        assert page.select("img") == []
        assert name in page.get_text()
    found = leader.get("/search.json?q=<img").json
    assert found is not None
    assert found["results"][0]["name"] == name


def test_rows_light_up_their_community_and_pages_name_theirs(leader: FlaskClient, town: SmallCity) -> None:
    street = read(leader, f"/streets/{town.streets['东']}")
    assert str(town.communities["安华苑"]) in {row["data-hover"] for row in street.select("[data-hover]")}
    article = card(leader, town, "安华苑").select_one("article")
    assert article is not None
    assert article["data-community"] == str(town.communities["安华苑"])
    assert article["data-at"] == "114.05,22.5"
    assert "data-at" not in card(leader, town, "未定位园").select_one("article").attrs  # type: ignore[union-attr]


def test_a_part_of_a_score_says_in_words_what_is_missing(
    leader: FlaskClient, seeded: Session, town: SmallCity
) -> None:
    number = town.communities["百花里"]
    score = seeded.query(ServiceScore).filter_by(community_id=number, period=str(PERIOD)).one()
    score.dimensions = {"street": {"points": 20.0, "maximum": 20, "flag": "partial"}}
    seeded.commit()
    said = section(card(leader, town, "百花里"), "服务评分")
    assert "20.0* / 20" in said
    assert "* 街道社区评价：部分指标缺失" in said


@pytest.mark.parametrize("address", ["/communities/0", "/streets/0", "/firms/0"])
def test_there_is_no_page_of_nothing(leader: FlaskClient, address: str) -> None:
    assert leader.get(address, headers={"HX-Request": "true"}).status_code == 404


def test_a_merged_community_leads_to_the_one_it_became(
    leader: FlaskClient, seeded: Session, town: SmallCity
) -> None:
    merged = seeded.get_one(Community, town.communities["安华苑"])
    merged.status, merged.merged_into_id = "merged", town.communities["百花里"]
    seeded.commit()
    link = card(leader, town, "安华苑").select_one(".badges a")
    assert link is not None
    assert link["href"] == f"/communities/{town.communities['百花里']}"


def test_all_open_findings_are_there_and_read_in_either_language(
    leader: FlaskClient, seeded: Session, town: SmallCity
) -> None:
    finding = (
        seeded.query(Finding).join(Inspection).filter_by(community_id=town.communities["安华苑"]).first()
    )
    assert finding is not None
    for number in range(10, 20):
        copy = Finding(
            inspection_id=finding.inspection_id,
            source_key=f"more-{number}",
            number=number,
            indicator="cleaning",
            clause="垃圾桶满溢" if number > 10 else "条例 3.2 {x} <b>",
            severity="minor",
            deduction=1,
        )
        seeded.add(copy)
        seeded.flush()
        due = datetime(2025, 8, 1, tzinfo=UTC)
        seeded.add(Rectification(finding_id=copy.id, state="open", due_at=due))
    seeded.commit()
    page = card(leader, town, "安华苑")
    first, rest = page.select("ul.findings")
    assert [len(found.select("li")) for found in (first, rest)] == [8, 4]
    folded = rest.find_parent("details")
    assert folded is not None
    assert folded.select("summary")[0].get_text() == "另有 4 项"
    assert "条款 条例 3.2 {x} <b>" in section(page, "检查与整改")
    leader.post("/language", data={"language": "en"})
    said = card(leader, town, "安华苑").get_text(" ", strip=True)
    assert "Clause Overflowing bins" in said
    assert "Clause 条例 3.2 {x} <b>" in said
    assert "垃圾桶" not in said
