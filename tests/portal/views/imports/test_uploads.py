"""Files brought by the browser: pieces, preview, meaning of columns, confirmation, undo."""

from __future__ import annotations

import io
import uuid
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.actions.imports import mending, uploads
from portal.actions.imports.preview import write_preview
from portal.actions.imports.registry import IMPORTS
from portal.models import ImportRun, Job, Upload, UserAccount
from portal.services import Services
from portal.terms import Role
from tests.conftest import LogIn, make_street
from tests.portal.views.pages import read, text_of

CONTENT = "号,叫什么\n1,安居物业\n".encode()
SURVEY: dict[str, Any] = {
    "kind": "csv", "encoding": "utf-8", "delimiter": ",", "layer": "", "other_layers": [], "header_rows": [1],
    "rows": 1, "shapes": [], "likely": ["firms"],
    "columns": [
        {"header": "号", "values": ["1"], "fields": {}},
        {"header": "叫什么", "values": ["安居物业"], "fields": {"firms": "name"}},
    ],
}  # fmt: skip


@pytest.fixture
def clerk(log_in: LogIn) -> FlaskClient:
    return log_in(Role.CLERK)


def begin(client: FlaskClient, size: int = len(CONTENT), name: str = "企业.csv") -> str:
    answer = client.post("/data/uploads", json={"name": name, "size": size})
    assert answer.status_code == 201, answer.text
    return str(answer.json["url"])


def number_of(url: str) -> uuid.UUID:
    return uuid.UUID(url.rsplit("/", 1)[1])


def sent(client: FlaskClient) -> str:
    url = begin(client)
    assert client.put(f"{url}?offset=0", data=CONTENT).json == {"received": len(CONTENT)}
    return url


def services_of(app: Flask) -> Services:
    services: Services = app.extensions["atlas"]
    return services


def test_a_file_is_sent_in_pieces_and_goes_on_where_it_was(clerk: FlaskClient, app: Flask) -> None:
    url = begin(clerk)
    assert clerk.put(f"{url}?offset=0", data=CONTENT[:5]).json == {"received": 5}
    assert clerk.get(f"{url}/received").json == {"received": 5}
    assert "还没有传完（17%）" in read(clerk, url).get_text()
    refused = clerk.put(f"{url}?offset=9", data=b"x")
    assert (refused.status_code, "缺少第 5 字节" in refused.text) == (409, True)
    assert clerk.put(f"{url}?offset=-1", data=b"x").status_code == 400
    assert clerk.put(f"{url}?offset=5", data=CONTENT[5:]).json == {"received": len(CONTENT)}
    path = uploads.path_of(services_of(app).config.instance_dir, number_of(url))
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "a.csv"},
        {"name": "a.csv", "size": "9"},
        {"name": "a.csv", "size": True},
        {"name": "\ud800.csv", "size": 5},
        [],
        None,
    ],
)
def test_an_announcement_says_name_and_size(clerk: FlaskClient, body: object) -> None:
    assert clerk.post("/data/uploads", json=body).status_code == 400


def test_a_whole_file_of_a_form_is_taken_where_no_script_runs(clerk: FlaskClient, seeded: Session) -> None:
    answer = clerk.post("/data/import", data={"file": (io.BytesIO(CONTENT), "企业.csv")})
    assert answer.status_code == 303
    upload = seeded.scalars(select(Upload)).one()
    assert (upload.file_name, upload.received, upload.job_id is not None) == ("企业.csv", len(CONTENT), True)
    assert clerk.post("/data/import", data={}).status_code == 400


def test_the_page_tells_that_it_is_being_looked_into_then_shows_what_would_be(
    clerk: FlaskClient, seeded: Session, app: Flask
) -> None:
    url = sent(clerk)
    assert clerk.post(f"{url}/look").status_code == 303
    page = read(clerk, url)
    assert page.select_one("[data-running=yes] progress") is not None
    assert page.select_one("#read-as") is None
    finish(
        seeded,
        app,
        url,
        {"said": {"subject": "firms"}, "survey": SURVEY, "error": packed("有错"), "remedy": packed("怎么办")},
    )
    page = read(clerk, url)
    assert text_of(page, "[role=alert]") == "有错 怎么办"
    assert page.select_one(".import-confirm") is None
    chosen = [cell["value"] for cell in page.select("[name^=column-] option[selected]")]
    assert chosen == ["", "name"]
    part = clerk.get(url, headers={"X-Part": "progress"}).text
    assert "<html" not in part and "read-as" in part


def packed(text: str) -> dict[str, Any]:
    return {"text": text, "params": {}}


def finish(session: Session, app: Flask, url: str, document: dict[str, Any]) -> None:
    session.execute(update(Job).values(state="done", finished_at=func.now()))
    session.commit()
    write_preview(uploads.preview_of(services_of(app).config.instance_dir, number_of(url)), document)


def test_the_meaning_of_columns_is_said_and_kept_only_where_it_differs(
    clerk: FlaskClient, seeded: Session, app: Flask
) -> None:
    url = sent(clerk)
    clerk.post(f"{url}/look")
    finish(seeded, app, url, {"said": {"subject": "firms"}, "survey": SURVEY})
    form = {
        "subject": "firms", "shown_subject": "firms", "source": " 名册 ", "datum": "", "header_row": "1",
        "column-0": "source_key", "column-1": "name",
    }  # fmt: skip
    assert clerk.post(f"{url}/look", data=form).status_code == 303
    said = seeded.scalars(select(Upload.said)).one()
    assert said == {"subject": "firms", "source": "名册", "header_row": 1, "columns": {"号": "source_key"}}
    seeded.execute(update(Job).values(state="done", finished_at=func.now()))
    seeded.commit()
    other = form | {"subject": "contracts", "column-0": "households"}
    assert clerk.post(f"{url}/look", data=other).status_code == 303
    assert "columns" not in seeded.scalars(select(Upload.said)).one()
    for wrong in (form | {"subject": "planets"}, form | {"column-0": "households"}):
        assert clerk.post(f"{url}/look", data=wrong).status_code in (400, 422)


def test_a_file_may_be_discarded(clerk: FlaskClient, seeded: Session, app: Flask) -> None:
    url = sent(clerk)
    assert clerk.post(f"{url}/discard").status_code == 303
    assert seeded.scalar(select(func.count()).select_from(Upload)) == 0
    assert not uploads.path_of(services_of(app).config.instance_dir, number_of(url)).exists()
    assert clerk.get(url).status_code == 404


def test_nobody_else_sees_or_touches_a_file(clerk: FlaskClient, log_in: LogIn) -> None:
    url = sent(clerk)
    other = log_in(Role.ADMINISTRATOR)
    for method, address in (("get", url), ("get", f"{url}/received"), ("put", f"{url}?offset=0")):
        assert getattr(other, method)(address).status_code == 404
    for act in ("look", "confirm", "discard"):
        assert other.post(f"{url}/{act}").status_code == 404


@pytest.mark.parametrize("role", [Role.LEADER, Role.INSPECTOR, Role.REGULATOR, Role.STREET])
def test_other_roles_import_nothing(log_in: LogIn, seeded: Session, role: Role) -> None:
    street = make_street(seeded).id if role is Role.STREET else None
    client = log_in(role, street_id=street)
    for subject in IMPORTS:
        assert client.get(f"/data/templates/{subject}.xlsx").status_code == 403
    assert client.get("/data/import").status_code == 403
    assert client.post("/data/uploads", json={"name": "a", "size": 1}).status_code == 403
    assert client.post(f"/data/imports/{uuid.uuid4()}/undo").status_code == 403


def test_what_comes_in_which_order_stands_on_the_page_with_templates(clerk: FlaskClient) -> None:
    page = read(clerk, "/data/import")
    names = [row.th.get_text(" ", strip=True).split(" ")[1] for row in page.select("tbody tr")]
    assert names[:2] == ["道路", "街道"]
    links = [link["href"] for link in page.select("tbody a")]
    assert "/data/templates/communities.xlsx" in links and "/data/templates/roads.xlsx" not in links
    answer = clerk.get("/data/templates/communities.xlsx")
    assert (answer.status_code, answer.data[:2]) == (200, b"PK")
    for entry in IMPORTS.values():
        address = f"/data/templates/{entry.subject}.xlsx"
        assert (address in links) is entry.has_template
        assert entry.name in page.get_text()
    for wrong in ("roads", "streets", "planets"):
        assert clerk.get(f"/data/templates/{wrong}.xlsx").status_code in (400, 422)


def test_an_import_that_cannot_be_taken_back_says_why(clerk: FlaskClient, seeded: Session) -> None:
    run = ImportRun(subject="firms", source="a", file_name="a", file_sha256="", state="done", counts={})
    seeded.add(run)
    seeded.commit()
    assert "撤销整次导入" in read(clerk, f"/data/imports/{run.id}").get_text()
    answer = clerk.post(f"/data/imports/{run.id}/undo", follow_redirects=True)
    assert "没有留下可撤销的记录" in answer.text


def test_refused_rows_are_given_back_to_who_brought_them_only(
    clerk: FlaskClient, log_in: LogIn, seeded: Session, app: Flask
) -> None:
    clerk_id = seeded.scalars(select(UserAccount.id).where(UserAccount.role == Role.CLERK)).one()
    run = ImportRun(
        subject="firms",
        source="a",
        file_name="企业.csv",
        file_sha256="",
        state="done",
        counts={},
        user_id=clerk_id,
    )
    seeded.add(run)
    seeded.commit()
    address = f"/data/imports/{run.id}/to-mend.csv"
    assert clerk.get(address).status_code == 404
    path = mending.path_of(services_of(app).config.instance_dir / "imports", run.id)
    path.parent.mkdir(exist_ok=True)
    path.write_text("编号\n1\n", "utf-8")
    assert "下载未导入的行" in read(clerk, f"/data/imports/{run.id}").get_text()
    answer = clerk.get(address)
    assert (answer.status_code, answer.text) == (200, "编号\n1\n")
    assert unquote(answer.headers["Content-Disposition"]).endswith("企业-未导入.csv")
    other = log_in(Role.ADMINISTRATOR)
    assert other.get(address).status_code == 404
    assert "下载未导入的行" not in read(other, f"/data/imports/{run.id}").get_text()


def test_a_column_of_coordinates_stays_one(clerk: FlaskClient, seeded: Session, app: Flask) -> None:
    """Looked into again, with the datum stated, a file does not lose its places."""
    url = sent(clerk)
    clerk.post(f"{url}/look")
    column = {"header": "经度", "values": ["114.1"], "fields": {"complaints": "lon"}}
    shown = {"said": {"subject": "complaints"}, "survey": {**SURVEY, "columns": [column]}}
    finish(seeded, app, url, shown)
    chosen = [one["value"] for one in read(clerk, url).select("[name=column-0] option[selected]")]
    assert chosen == ["lon"]


def test_what_a_preview_asks_has_to_be_ticked(clerk: FlaskClient, seeded: Session, app: Flask) -> None:
    url = sent(clerk)
    clerk.post(f"{url}/look")
    question = {"code": "firm_names", "text": packed("像小区"), "n": 1, "examples": ["幸福小区"]}
    shown = {"said": {"subject": "firms"}, "survey": SURVEY, "outcome": {"questions": [question]}}
    finish(seeded, app, url, shown)
    imports = select(func.count()).select_from(Job).where(Job.kind == "import")
    for ticked, begun in (({}, 0), ({"accept": "far_off"}, 0), ({"accept": "firm_names"}, 1)):
        assert clerk.post(f"{url}/confirm", data=ticked).status_code == 303
        assert seeded.scalar(imports) == begun
