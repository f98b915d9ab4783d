"""Files brought piece by piece: nothing is lost, doubled or somebody else's."""

from __future__ import annotations

import stat
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session

from portal.actions.imports import uploads
from portal.errors import BadRequest, Conflict, FileTooLarge, NotFound, Throttled
from portal.jobs.kinds import IMPORT, PREVIEW
from portal.models import ImportRun, Job, Upload, UserAccount
from portal.terms import Role, Subject

CONTENT = b"0123456789"


@pytest.fixture
def clerk(session: Session) -> int:
    account = UserAccount(
        username="clerk", password_hash="x", session_key="x", role=Role.CLERK, display_name="甲"
    )
    session.add(account)
    session.commit()
    return account.id


@pytest.fixture
def begun(session: Session, clerk: int) -> uuid.UUID:
    return uploads.begin(session, clerk, "C:\\资料\\小区.csv", len(CONTENT), 1)


def test_pieces_make_the_file_in_whatever_doses_they_come(
    session: Session, clerk: int, begun: uuid.UUID, tmp_path: Path
) -> None:
    assert uploads.own(session, begun, clerk).file_name == "小区.csv"
    assert uploads.receive(session, tmp_path, begun, clerk, 0, CONTENT[:4]) == 4
    assert uploads.receive(session, tmp_path, begun, clerk, 0, CONTENT[:4]) == 4  # the answer was lost
    assert uploads.receive(session, tmp_path, begun, clerk, 2, CONTENT[2:7]) == 7
    assert uploads.receive(session, tmp_path, begun, clerk, 7, CONTENT[7:]) == 10
    path = uploads.path_of(tmp_path, begun)
    assert path.read_bytes() == CONTENT
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_a_broken_attempt_left_is_overwritten(
    session: Session, clerk: int, begun: uuid.UUID, tmp_path: Path
) -> None:
    uploads.receive(session, tmp_path, begun, clerk, 0, CONTENT[:4])
    with uploads.path_of(tmp_path, begun).open("ab") as stream:
        stream.write(b"written, but never committed")
    uploads.receive(session, tmp_path, begun, clerk, 4, CONTENT[4:])
    assert uploads.path_of(tmp_path, begun).read_bytes() == CONTENT


def test_gaps_and_too_much_are_refused(
    session: Session, clerk: int, begun: uuid.UUID, tmp_path: Path
) -> None:
    with pytest.raises(Conflict, match="缺少第 0 字节"):
        uploads.receive(session, tmp_path, begun, clerk, 3, b"x")
    with pytest.raises(BadRequest, match="比声明的大小多"):
        uploads.receive(session, tmp_path, begun, clerk, 0, CONTENT + b"x")
    assert uploads.own(session, begun, clerk).received == 0


@pytest.mark.parametrize(
    ("name", "size", "error"),
    [("", 1, BadRequest), ("a.csv", 0, BadRequest), ("a.csv", 3 * 1024 * 1024, FileTooLarge)],
)
def test_what_cannot_be_taken_is_not_announced(
    session: Session, clerk: int, name: str, size: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        uploads.begin(session, clerk, name, size, 2)


def test_nobody_keeps_more_than_some_files(session: Session, clerk: int) -> None:
    for _ in range(uploads.MOST_OPEN):
        uploads.begin(session, clerk, "a.csv", 1, 1)
    with pytest.raises(Throttled):
        uploads.begin(session, clerk, "a.csv", 1, 1)


def test_a_file_is_its_owners_only(session: Session, clerk: int, begun: uuid.UUID, tmp_path: Path) -> None:
    other = UserAccount(
        username="other", password_hash="x", session_key="x", role=Role.CLERK, display_name="乙"
    )
    session.add(other)
    session.commit()
    for act in (
        lambda: uploads.own(session, begun, other.id),
        lambda: uploads.receive(session, tmp_path, begun, other.id, 0, b"x"),
        lambda: uploads.look_into(session, PREVIEW, begun, other.id, {}),
        lambda: uploads.discard(session, tmp_path, begun, other.id),
    ):
        with pytest.raises(NotFound):
            act()


def test_only_a_whole_file_goes_to_the_worker_and_only_once_at_a_time(
    session: Session, clerk: int, begun: uuid.UUID, tmp_path: Path
) -> None:
    with pytest.raises(Conflict, match="还没有传完"):
        uploads.look_into(session, PREVIEW, begun, clerk, {})
    uploads.receive(session, tmp_path, begun, clerk, 0, CONTENT)
    job_id = uploads.look_into(session, PREVIEW, begun, clerk, {"subject": "firms"})
    assert session.get_one(Job, job_id).arguments == {"upload": str(begun)}
    assert uploads.own(session, begun, clerk).said == {"subject": "firms"}
    with pytest.raises(Conflict, match="正在处理"):
        uploads.confirm(session, IMPORT, begun, clerk)
    with pytest.raises(Conflict, match="正在处理"):
        uploads.discard(session, tmp_path, begun, clerk)
    session.execute(update(Job).values(state="done", finished_at=func.now()))
    run = ImportRun(subject="firms", source="a", file_name="a", file_sha256="", state="done", counts={})
    session.add(run)
    session.flush()
    session.execute(update(Upload).values(import_run_id=run.id))
    session.commit()
    with pytest.raises(Conflict, match="已经导入"):
        uploads.confirm(session, IMPORT, begun, clerk)


def test_what_is_discarded_or_old_leaves_nothing(
    session: Session, clerk: int, begun: uuid.UUID, tmp_path: Path
) -> None:
    uploads.receive(session, tmp_path, begun, clerk, 0, CONTENT)
    uploads.preview_of(tmp_path, begun).write_text("{}")
    uploads.discard(session, tmp_path, begun, clerk)
    assert list((tmp_path / uploads.FOLDER).iterdir()) == []
    old, new = (uploads.begin(session, clerk, "a.csv", 1, 1) for _ in range(2))
    for key in (old, new):
        uploads.receive(session, tmp_path, key, clerk, 0, b"x")
    uploads.path_of(tmp_path, uuid.uuid4()).write_text("of no file")
    session.execute(
        update(Upload)
        .where(Upload.id == old)
        .values(created_at=func.now() - uploads.KEEP - timedelta(hours=1))
    )
    session.commit()
    assert uploads.forget_old(session, tmp_path) == 1
    assert [path.name for path in (tmp_path / uploads.FOLDER).iterdir()] == [str(new)]
    assert session.scalars(select(Upload.id)).all() == [new]


def test_how_columns_were_read_is_remembered_by_shape(session: Session, clerk: int) -> None:
    shape = uploads.shape_of(["乙", "甲"])
    assert shape == uploads.shape_of(["甲", "乙"]) != uploads.shape_of(["甲乙"])
    assert uploads.remembered(session, shape) is None
    uploads.remember(session, Subject.FIRMS, shape, {"columns": {"甲": "name"}}, clerk)
    uploads.remember(session, Subject.FIRMS, shape, {"columns": {"乙": "name"}}, clerk)
    assert uploads.remembered(session, shape) == (Subject.FIRMS, {"columns": {"乙": "name"}})


def test_what_a_broken_import_left_goes_with_its_file_and_nothing_else(
    session: Session, clerk: int, begun: uuid.UUID, tmp_path: Path
) -> None:
    other = uuid.uuid4()
    runs = tmp_path / uploads.RUNS_FOLDER
    runs.mkdir()
    for name in (f"{begun}-rejects.csv", f"{begun}-to-mend.csv.part", f"{other}-rejects.csv"):
        (runs / name).write_text("x")
    uploads.receive(session, tmp_path, begun, clerk, 0, CONTENT)
    uploads.discard(session, tmp_path, begun, clerk)
    assert [path.name for path in runs.iterdir()] == [f"{other}-rejects.csv"]
    assert list((tmp_path / uploads.FOLDER).iterdir()) == []


def test_an_import_keeps_its_files_when_its_upload_is_forgotten(
    session: Session, clerk: int, begun: uuid.UUID, tmp_path: Path
) -> None:
    session.add(
        ImportRun(
            id=begun,
            subject=Subject.FIRMS,
            source="a",
            file_name="a",
            file_sha256="",
            state="done",
            counts={},
        )
    )
    session.flush()
    session.execute(
        update(Upload).values(import_run_id=begun, created_at=func.now() - uploads.KEEP - timedelta(hours=1))
    )
    session.commit()
    kept = tmp_path / uploads.RUNS_FOLDER / f"{begun}-rejects.csv"
    kept.parent.mkdir()
    kept.write_text("x")
    assert uploads.forget_old(session, tmp_path) == 1
    assert kept.exists()


def test_what_is_said_of_a_file_is_there_when_its_job_is(
    session: Session, clerk: int, begun: uuid.UUID, tmp_path: Path
) -> None:
    uploads.receive(session, tmp_path, begun, clerk, 0, CONTENT)
    commits: list[tuple[int, object]] = []

    def look(made: Session) -> None:
        upload = made.get_one(Upload, begun)
        commits.append((made.scalar(select(func.count()).select_from(Job)) or 0, upload.said))

    event.listen(session, "before_commit", look)
    uploads.look_into(session, PREVIEW, begun, clerk, {"subject": "firms"})
    assert commits == [(1, {"subject": "firms"})]
