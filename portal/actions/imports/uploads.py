"""Files brought by the browser: received piece by piece, kept as untrusted, deleted in the end."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from pathlib import Path, PurePath
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.actions.operations import jobs
from portal.actions.operations.jobs import Terms
from portal.actions.transactions.commit import audit, committed
from portal.errors import N_, BadRequest, Conflict, FileTooLarge, NotFound, Throttled, Unavailable
from portal.models import ColumnReading, Job, Upload
from portal.terms import Subject

FOLDER = "uploads"
RUNS_FOLDER = "imports"  # what imports leave: of a browser's import by the number of its file
PIECE_BYTES = 8 * 1024 * 1024
MOST_OPEN = 20
KEEP = timedelta(days=7)
MOST_NAME = 200


def begin(session: Session, user_id: int, file_name: str, size: int, limit_mb: int) -> UUID:
    """Announce a file; return its key.

    Raises
    ------
    BadRequest
        It has no name or nothing in it.
    FileTooLarge
        It is larger than this portal takes.
    Throttled
        The user has too many files that wait already.
    """
    name = PurePath(file_name.replace("\\", "/")).name.strip()[-MOST_NAME:]
    if not name or size < 1:
        raise BadRequest(N_("file：文件是空的，或没有名称"), remedy=N_("请重新选择文件"))
    if size > limit_mb * 1024 * 1024:
        raise FileTooLarge(
            N_("文件有 {size:,} MB，最多 {limit:,} MB"),
            remedy=N_("请分成几个文件，或请系统管理员放宽 PORTAL_MAX_UPLOAD_MB"),
            size=-(-size // (1024 * 1024)),
            limit=limit_mb,
        )
    with committed(session):
        open_files = select(func.count()).where(Upload.user_id == user_id, Upload.import_run_id.is_(None))
        if (session.scalar(open_files) or 0) >= MOST_OPEN:
            raise Throttled(N_("您已有 {n} 个文件等待处理"), remedy=N_("请先导入或放弃其中一些"), n=MOST_OPEN)
        upload = Upload(user_id=user_id, file_name=name, size=size)
        session.add(upload)
        session.flush()
    return upload.id


def receive(session: Session, folder: Path, upload_id: UUID, user_id: int, offset: int, piece: bytes) -> int:
    """Append a piece of a file; return how many bytes there are now.

    The same piece may come twice: what is there already is not written again.

    Raises
    ------
    Conflict
        Something before the piece is missing; the remedy says from where to go on.
    BadRequest
        The piece goes beyond the end that was announced.
    """
    with committed(session):
        upload = own(session, upload_id, user_id, lock=True)
        if offset > upload.received:
            raise Conflict(
                N_("缺少第 {received:,} 字节以后的内容"), remedy=N_("请从那里继续"), received=upload.received
            )
        fresh = piece[upload.received - offset :]
        if upload.received + len(fresh) > upload.size:
            raise BadRequest(N_("内容比声明的大小多"), remedy=N_("请重新选择文件"))
        if fresh:
            _append(path_of(folder, upload_id), upload.received, fresh)
            upload.received += len(fresh)
        return upload.received


def waiting(session: Session, user_id: int) -> Sequence[Upload]:
    """Return the files of a user that are not imported yet, newest first."""
    found = select(Upload).where(Upload.user_id == user_id, Upload.import_run_id.is_(None))
    return session.scalars(found.order_by(Upload.created_at.desc())).all()


def path_of(folder: Path, upload_id: UUID) -> Path:
    """Return where the content of a file lies."""
    return folder / FOLDER / str(upload_id)


def own(session: Session, upload_id: UUID, user_id: int, *, lock: bool = False) -> Upload:
    """Return a file of a user's own.

    Raises
    ------
    NotFound
        There is none, or it is somebody else's.
    """
    found = select(Upload).where(Upload.id == upload_id, Upload.user_id == user_id)
    upload = session.scalars(
        found.with_for_update() if lock else found, execution_options={"populate_existing": True}
    ).one_or_none()
    if upload is None:
        raise NotFound(N_("没有这个文件"), remedy=N_("请重新选择文件"))
    return upload


def look_into(session: Session, terms: Terms, upload_id: UUID, user_id: int, said: Mapping[str, Any]) -> UUID:
    """Let the worker look into a whole file, as it was said to be read; return the job."""
    return _hand_over(session, terms, upload_id, user_id, said)


def confirm(
    session: Session, terms: Terms, upload_id: UUID, user_id: int, accepted: Collection[str] = ()
) -> UUID:
    """Let the worker import a file as its preview shows it; return the job.

    ``accepted`` are the codes of the questions that were answered with yes.
    """
    upload = own(session, upload_id, user_id)
    answers = {"accept": sorted(accepted)} if accepted else {}
    return _hand_over(session, terms, upload_id, user_id, upload.said | answers)


def _hand_over(
    session: Session, terms: Terms, upload_id: UUID, user_id: int, said: Mapping[str, Any]
) -> UUID:
    with committed(session):
        upload = own(session, upload_id, user_id, lock=True)
        _check_idle(session, upload)
        # In one transaction: a job that begins at once finds what was said of its file.
        upload.job_id = jobs.put_in(session, terms, user_id, {"upload": str(upload_id)})
        upload.said = dict(said)
        return upload.job_id


def _check_idle(session: Session, upload: Upload) -> None:
    if upload.received < upload.size:
        raise Conflict(N_("文件还没有传完"), remedy=N_("请等它传完"))
    if upload.import_run_id is not None:
        raise Conflict(N_("这个文件已经导入"), remedy=N_("请到导入记录查看结果"))
    if upload.job_id is not None and _is_unfinished(session, upload.job_id):
        raise Conflict(N_("这个文件正在处理"), remedy=N_("请等它结束，或在任务页面取消"))


def discard(session: Session, folder: Path, upload_id: UUID, user_id: int) -> None:
    """Forget a file that is not to be imported, and delete its content."""
    with committed(session):
        upload = own(session, upload_id, user_id, lock=True)
        if upload.job_id is not None and _is_unfinished(session, upload.job_id):
            raise Conflict(N_("这个文件正在处理"), remedy=N_("请等它结束，或在任务页面取消"))
        session.delete(upload)
        audit(session, user_id, "discard_upload", Subject.JOBS, upload_id)
    _delete_content(folder, upload)


def _delete_content(folder: Path, upload: Upload) -> None:
    """Delete what lies in the instance folder of a file: itself, its preview, what a broken import left."""
    paths = [*(folder / FOLDER).glob(f"{upload.id}*")]
    if upload.import_run_id is None:
        paths += (folder / RUNS_FOLDER).glob(f"{upload.id}*")
    for path in paths:
        path.unlink(missing_ok=True)


def preview_of(folder: Path, upload_id: UUID) -> Path:
    """Return where the preview of a file lies; it holds cells of it, and is as untrusted."""
    return folder / FOLDER / f"{upload_id}.preview.json"


def forget_old(session: Session, folder: Path) -> int:
    """Delete files that nobody imported for `KEEP`, and content that belongs to no file; return how many."""
    with committed(session):
        old = select(Upload).where(Upload.created_at < func.now() - KEEP)
        gone = session.scalars(old).all()
        for upload in gone:
            session.delete(upload)
        session.flush()
        known = {str(key) for key in session.scalars(select(Upload.id))}
    for upload in gone:
        _delete_content(folder, upload)
    for path in (folder / FOLDER).glob("*"):
        if path.name.split(".")[0] not in known:
            path.unlink(missing_ok=True)
    return len(gone)


def shape_of(headers: Sequence[str]) -> str:
    """Return what files with the same columns have in common."""
    return hashlib.sha256("\x1f".join(sorted(headers)).encode()).hexdigest()


def remember(session: Session, subject: Subject, shape: str, said: Mapping[str, Any], user_id: int) -> None:
    """Keep how a file's columns were read, for the next of that shape; inside the caller's transaction."""
    values = {"said": dict(said), "user_id": user_id, "at": func.now()}
    statement = insert(ColumnReading).values(subject=subject, shape=shape, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["subject", "shape"], set_=values))


def remembered(session: Session, shape: str) -> tuple[Subject, dict[str, Any]] | None:
    """Return how the columns of the last file of a shape were read, and as what; None without one."""
    row = session.scalars(
        select(ColumnReading).where(ColumnReading.shape == shape).order_by(ColumnReading.at.desc()).limit(1)
    ).one_or_none()
    return None if row is None else (Subject(row.subject), dict(row.said))


def _is_unfinished(session: Session, job_id: UUID) -> bool:
    state = session.scalar(select(Job.state).where(Job.id == job_id))
    return state in jobs.UNFINISHED


def _append(path: Path, offset: int, piece: bytes) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as stream:
            # What a broken attempt may have left behind is overwritten.
            stream.truncate(offset)
            stream.seek(offset)
            stream.write(piece)
    except OSError as error:
        raise Unavailable(
            N_("文件不能保存：{detail}"), remedy=N_("请稍后再试，或告诉系统管理员"), detail=error.strerror
        ) from error
