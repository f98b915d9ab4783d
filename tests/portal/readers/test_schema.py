from __future__ import annotations

import json

import jsonschema
import pytest

from geo import frames
from geo.frames import COMMUNITIES, COMPLAINTS, STREETS, Contract
from portal.readers.schema import FOLDER, load_subject, normalise_header

CONTRACTS = [
    getattr(frames, path.name.split(".")[0].upper()) for path in sorted(FOLDER.glob("*.schema.json"))
]
TYPES = {"text": "string", "number": "number", "integer": "integer", "flag": "boolean"}
FORMATS = {"date": "date", "time": "date-time"}


def test_every_import_has_a_schema() -> None:
    names = {contract.name for contract in CONTRACTS}
    assert names >= {"streets", "neighbourhoods", "communities", "firms", "contracts", "complaints"}


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
def test_schema_and_contract_agree(contract: Contract) -> None:
    document = json.loads((FOLDER / f"{contract.name}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(document)
    places = {"lon", "lat"} if "Point" in contract.geometry_types else set()
    assert document["properties"].keys() == {column.name for column in contract.columns} | places
    assert document["required"] == [column.name for column in contract.columns if column.required]
    for column in contract.columns:
        described = document["properties"][column.name]
        kinds = [described["type"]] if column.required else described["type"]
        assert kinds == [TYPES.get(column.kind, "string"), *([] if column.required else ["null"])]
        assert described.get("format") == FORMATS.get(column.kind)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
def test_a_header_belongs_to_one_field(contract: Contract) -> None:
    headers = [header for field in load_subject(contract).fields for header in field.headers]
    assert len(headers) == len(set(headers))
    assert "" not in headers


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
def test_values_lead_to_allowed_choices(contract: Contract) -> None:
    for field in load_subject(contract).fields:
        if field.kind == "flag":
            assert set(field.values.values()) <= {"true", "false"}
        elif field.choices:
            assert set(field.values.values()) <= field.choices


@pytest.mark.parametrize(
    ("header", "normal"),
    [
        ("建筑面积（㎡）", "建筑面积"),
        ("建筑面积 [m2]", "建筑面积"),
        ("EVENT_TYPE_NAME", "eventtypename"),
        (" Event-Type Name: ", "eventtypename"),
        ("ＮＡＭＥ", "name"),
        ("（备注）", "备注"),
    ],
)
def test_headers_are_compared_without_decoration(header: str, normal: str) -> None:
    assert normalise_header(header) == normal


def test_subjects_know_what_they_hold() -> None:
    streets, communities, complaints = map(load_subject, (STREETS, COMMUNITIES, COMPLAINTS))
    assert (streets.geometry_required, streets.has_points) == (True, False)
    assert (communities.geometry_required, communities.has_points) == (False, True)
    assert complaints.field("received_at").required
    assert communities.field("built_year").minimum == 1800
    assert communities.field("kind").values["老旧小区"] == "old"
    with pytest.raises(KeyError):
        streets.field("lon")
