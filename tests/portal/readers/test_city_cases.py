"""Files that a city really has, where they are beside the checkout: what reading alone decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely

from geo.frames import COMMUNITIES, COMPLAINTS, CONTRACTS, FIRMS, STREETS
from portal.config import ROOT
from portal.place_names import loose_street_key, name_key
from portal.readers import problems
from portal.readers.columns_found import Use
from portal.readers.limits import ReadLimits
from portal.readers.mapping import ReadMapping
from portal.readers.table import ReadResult, read_table

CASES = ROOT.parent / "shared" / "data" / "cases"
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not CASES.exists(), reason="the city's files are not beside the checkout"),
]
Case = Callable[..., ReadResult]


@pytest.fixture
def case(limits: ReadLimits) -> Case:
    def read(name: str, contract: Any = COMPLAINTS, mapping: ReadMapping | None = None) -> ReadResult:
        path: Path = CASES / name
        return read_table(path, contract, timezone="Asia/Shanghai", limits=limits, mapping=mapping)

    return read


def said(result: ReadResult) -> set[str]:
    return {item.reason for item in result.rejects}


@pytest.mark.parametrize(
    "name", ["c02a_march.csv", "c02b_april.csv", "c02x_numbers.xlsx", "c34_bigint.geojson"]
)
def test_keys_that_lost_their_digits_are_refused(case: Case, name: str) -> None:
    result = case(name)
    assert (len(result.frame), result.rows_read) == (0, 3)
    assert said(result) == {problems.KEY_DAMAGED.reason}
    assert len(result.blocking) == 3


def test_wrapped_keys_are_those_of_the_plain_file(case: Case) -> None:
    keys = ["341501202405000101", "341501202405000102"]
    assert case("c33a_wrapped.csv").frame["source_key"].tolist() == keys
    assert case("c33b_plain.csv").frame["source_key"].tolist() == keys


def test_merged_cells(case: Case) -> None:
    frame = case("c03_merged.xlsx", COMMUNITIES).frame
    assert frame["street"].tolist() == ["东河街道"] * 3 + ["西山街道"] * 3
    assert frame["neighbourhood"].notna().all() and frame["households"].sum() == 1215
    assert case("c03b_merged_complaints.xlsx").frame["street"].tolist() == ["东河街道"] * 4
    assert case("r04_merged_street.xlsx", COMMUNITIES).frame["street"].tolist() == ["石牌街道"] * 3


def test_totals_and_signatures(case: Case) -> None:
    result = case("c04_totals.xlsx", COMMUNITIES)
    assert (len(result.frame), result.frame["households"].sum()) == (3, 1200)
    assert [item.reason for item in result.blocking] == [problems.IS_A_TOTAL.reason] * 3
    result = case("r06_total_row.xlsx", COMMUNITIES)
    assert result.frame["name"].tolist() == ["测试辛苑"]
    assert said(result) == {problems.IS_A_TOTAL.reason, problems.IS_A_SIGNATURE.reason}


def test_firms_that_are_none_and_a_code_that_fails_its_check(case: Case) -> None:
    result = case("r06_total_row_firms.csv", FIRMS)
    assert result.frame["name"].tolist() == ["测试物业丁公司"]
    assert {problems.IS_A_TOTAL.reason, problems.IS_MISSING.reason} <= said(result)
    assert problems.CODE_CHECK.reason in said(result)


def test_a_header_of_two_rows(case: Case) -> None:
    frame = case("c31_two_row_header.xlsx", CONTRACTS).frame
    assert frame["ends_on"].tolist() == [date(2026, 12, 31), date(2027, 1, 31)]
    assert frame["posted_fee_yuan_m2_month"].tolist() == [1.8, 2]


def test_a_second_sheet_is_said_and_can_be_chosen(case: Case) -> None:
    result = case("r05_two_sheets.xlsx", COMMUNITIES)
    assert result.layout.other_layers == ("林和",)
    assert said(result) == {problems.OTHER_SHEETS.reason}
    other = case("r05_two_sheets.xlsx", COMMUNITIES, ReadMapping(layer="林和"))
    assert other.frame["name"].tolist() == ["测试庚苑"]


def test_radicals(case: Case) -> None:
    frame = case("c05_radicals.csv").frame
    assert {name_key(name) for name in frame["community"]} == {"长青水苑", "枫林小区"}
    assert set(frame["street"]) == {"东河街道", "西山街道"}


def test_instants_are_the_citys_days(case: Case) -> None:
    frame = case("c06_contracts.csv", CONTRACTS).frame
    assert set(frame["starts_on"]) == {date(2024, 7, 1)}
    assert set(frame["ends_on"]) == {date(2025, 6, 30)}


def test_ids_of_features(case: Case) -> None:
    frame = case("c07_ids.geojson", COMMUNITIES).frame
    assert frame["source_key"].tolist() == [f"AX-{n}" for n in range(1, 5)]


def test_shapefiles(case: Case) -> None:
    moved = case("c08b_moved.zip", COMMUNITIES).frame
    metres = moved.set_crs(4490).to_crs(4527)
    assert len(moved) == 3
    assert metres.area[1] == pytest.approx(52_891, rel=0.002)
    assert case("c25c_id.zip", COMMUNITIES).frame["name"].tolist() == ["锦绣里", "安澜苑"]
    assert shapely.is_valid(case("c25_gbk.zip", COMMUNITIES).frame.geometry).all()


def test_titles_and_delimiters(case: Case) -> None:
    assert len(case("c37b_title.csv").frame) == 2
    assert case("r12_pipe.csv", COMMUNITIES).frame["name"].tolist() == ["测试巳苑", "测试午苑"]


def test_open_rings(case: Case) -> None:
    result = case("r01_unclosed_rings.geojson", COMMUNITIES)
    assert result.frame.geometry.notna().all()
    assert [item.repaired for item in result.rejects] == [True, True]


def test_units_in_headers(case: Case) -> None:
    result = case("r02_unit_in_header.csv", COMMUNITIES)
    assert result.frame["floor_area_m2"].tolist() == [277_600]
    assert said(result) == {problems.UNIT_IN_HEADER.reason}
    result = case("r03_fee_per_household.csv", CONTRACTS)
    assert result.frame["fee_yuan_m2_month"].isna().all()
    assert said(result) == {problems.UNIT_REFUSED.reason}


def test_streets_in_short(case: Case) -> None:
    frame = case("r07_street_jie.csv", COMMUNITIES).frame
    assert frame["street"].map(loose_street_key).tolist() == ["石牌", "沙东"]


def test_columns_that_nobody_recognises(case: Case) -> None:
    listing = {column.header: column.use for column in case("r11_title_column.csv", COMMUNITIES).listing}
    assert listing == {"id": Use.KEY, "title": Use.ATTRIBUTE, "district": Use.FIELD}


def test_dates_of_people_and_spreadsheets(case: Case) -> None:
    result = case("r13_dates.csv")
    times = [str(moment)[:16] for moment in result.frame["received_at"]]
    assert times == ["2025-03-05 14:05", "2025-03-05 00:00", *["2025-03-05 14:05"] * 3]
    assert result.blocking == ()


def test_streets_of_one_district(case: Case) -> None:
    frame = case("r15_streets_one_district.geojson", STREETS).frame
    assert (len(frame), frame["code"].tolist()) == (2, ["440106001000", "440106002000"])


def test_what_was_right_stays_right(case: Case) -> None:
    times = [str(moment)[:19] for moment in case("c01_1904.xlsx").frame["received_at"]]
    assert times == ["2024-03-15 08:30:00", "2024-06-30 23:59:30", "2024-02-29 00:00:00"]
    assert case("c29_phonetic.xlsx").frame["community"].tolist() == ["长青水苑"]
