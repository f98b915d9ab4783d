"""The audit speaks the viewer's language."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.actions.transactions.commit import audit, committed
from portal.config import ROOT
from portal.models import Community
from portal.terms import Role, Subject
from portal.views.accounts import audit_words
from tests.conftest import LogIn

# Which argument of which function of the actions is the code.
CODE_AT = {"audit": 2, "change": 3, "keep": 3, "_add": 3}


def codes_written() -> Iterator[str]:
    for path in (ROOT / "portal" / "actions").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CODE_AT:
                for part in ast.walk(node.args[CODE_AT[node.func.id]]):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.value


def details_written() -> Iterator[str]:
    """Yield the keys of what is told with an action: of `audit`, or of the change that it closes."""
    for path in (ROOT / "portal" / "actions").rglob("*.py"):
        module = ast.parse(path.read_text("utf-8"))
        for function in ast.walk(module):
            for call in ast.walk(function) if isinstance(function, ast.FunctionDef) else ():
                if isinstance(call, ast.Call):
                    yield from keys_of(detail_of(call), function, module)


def detail_of(call: ast.Call) -> ast.expr | None:
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if isinstance(call.func, ast.Name) and call.func.id == "audit":
        return given["detail"] if "detail" in given else next(iter(call.args[5:]), None)
    closes = isinstance(call.func, ast.Attribute) and call.func.attr == "close"
    return call.args[1] if closes and len(call.args) == 2 else None


def assigned(name: str, function: ast.FunctionDef) -> tuple[list[ast.expr], list[str]]:
    """Return what a name is given in a function, and the keys that are put into it afterwards."""
    values, keys = [], []
    for node in ast.walk(function):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        match targets:
            case [ast.Name(id=given)] if given == name:
                values.append(node.value)
            case [ast.Subscript(value=ast.Name(id=given), slice=ast.Constant(value=key))] if given == name:
                keys.append(str(key))
    return values, keys


def keys_of(told: ast.expr | None, function: ast.FunctionDef, module: ast.Module) -> Iterator[str]:
    """Yield the keys of a dictionary, also of one with a name, one that a function makes, or a part of it."""
    match told:
        case None | ast.Attribute(attr="rows"):  # rows put back, by table: the database is asked, below
            return
        case ast.Dict():
            for key, value in zip(told.keys, told.values, strict=True):
                yield from keys_of(value, function, module) if key is None else [ast.literal_eval(key)]
        case ast.Call(func=ast.Name(id="dict")):
            yield from keys_of(told.args[0], function, module)
        case ast.Call(func=ast.Name(id=name)):
            [made] = [node for node in module.body if isinstance(node, ast.FunctionDef) and node.name == name]
            for node in ast.walk(made):
                if isinstance(node, ast.Return):
                    yield from keys_of(node.value, made, module)
        case ast.Name(id=name) if name not in {argument.arg for argument in function.args.args}:
            values, added = assigned(name, function)
            assert values
            for value in values:
                yield from keys_of(value, function, module)
            yield from added
        case ast.Name():  # given by a caller that is asked itself
            return
        case _:
            raise AssertionError(ast.unparse(told))


def test_every_detail_that_is_written_has_a_name_and_no_other() -> None:
    named = {*audit_words.DETAILS, *audit_words.KEYS_OF_THE_PAGE} - set(audit_words.TABLES)
    assert named == set(details_written())


def test_every_table_whose_rows_are_put_back_has_a_name_and_no_other(session: Session) -> None:
    kept = session.scalars(
        text("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'keep_for_undo_%'")
    )
    assert set(audit_words.TABLES) == set(kept)


def test_every_action_that_is_written_has_a_name_and_no_other() -> None:
    assert set(audit_words.ACTIONS) == set(codes_written())


def test_every_subject_has_a_name() -> None:
    assert set(audit_words.SUBJECTS) == set(Subject)


def test_an_old_code_stays_as_it_is(log_in: LogIn, seeded: Session) -> None:
    with committed(seeded):
        audit(seeded, None, "forgotten_code", Subject.POLICY)
        audit(seeded, None, "purge", Subject.ACCOUNTS)
    browser = log_in(Role.ADMINISTRATOR)
    page = browser.get("/administration/audit").text
    assert "forgotten_code" in page
    assert "清理过期记录" in page
    browser.post("/language", data={"language": "en"})
    assert "Expired records removed" in browser.get("/administration/audit").text


def test_details_are_named_and_an_unknown_key_stays(app: Flask, seeded: Session) -> None:
    told = {"role": "clerk", "state": "unchanged", "concerned": [3, 4], "road": 2, "forgotten": 1}
    with app.test_request_context("/"):
        said = "角色：业务员、结果：无变化、所涉小区：3, 4、道路：2、forgotten：1"
        assert audit_words.say_detail(told) == said
        assert audit_words.say_detail({}) == ""


def test_an_assignment_names_its_community_and_its_complaints(log_in: LogIn, seeded: Session) -> None:
    community = Community(name="晨光苑", street_how="not_found")
    seeded.add(community)
    seeded.flush()
    with committed(seeded):
        told = {"complaints": 3, "numbers": ["T-1", "T-2"]}
        audit(seeded, None, "assign", Subject.COMMUNITIES, community.id, told)
        audit(seeded, None, "give_back", Subject.COMPLAINTS, community.id)  # of an earlier version
        audit(seeded, None, "give_back", Subject.COMPLAINTS)
    answer = log_in(Role.ADMINISTRATOR).get("/administration/audit")
    rows = [
        [cell.get_text(strip=True) for cell in row.select("td")][2:5]
        for row in BeautifulSoup(answer.text, "html.parser").select("tbody tr")
    ]
    called = f"小区 晨光苑（{community.id}）"
    without, earlier, assigned = [row for row in rows if "指派" in row[0]]
    assert assigned[:2] == ["指派", called]
    assert set(assigned[2].split("、")) == {"投诉：3", "投诉编号：T-1, T-2 等"}
    assert earlier[:2] == ["撤销指派", called]
    assert without[:2] == ["撤销指派", "投诉"]
