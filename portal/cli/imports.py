"""``portal import``: files into the database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from geo.datums.crs import Datum, parse_datum
from geo.errors import DatumError
from portal.actions.imports.files import STEPS, FileImport, Means, import_file
from portal.actions.imports.registry import IMPORTS, Import
from portal.actions.imports.uploads import RUNS_FOLDER
from portal.actions.imports.words import FIELDS, MAIN_COUNTS, Input, count_words
from portal.actions.transactions.import_run import Outcome
from portal.cli.speech import lines, paragraphs, say
from portal.cli.ticking import ticking
from portal.cli.wiring import open_session, services, wait
from portal.errors import N_, P_
from portal.readers.limits import ReadLimits
from portal.store import data_versions
from portal.store.operations import jobs
from portal.terms import ImportState, Subject

AUTO = "auto"


class _InOrder(click.Group):
    """Lists its commands as they were added: in the order in which they need each other."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(self.commands)


@click.group(
    "import",
    cls=_InOrder,
    short_help=N_("导入一个文件。"),
    help=paragraphs(
        N_("导入一个文件；同一个文件再次导入，什么都不改。"),
        lines(
            N_(
                "请先导入道路和街道：以后的文件是哪种坐标基准（WGS 84、CGCS2000、GCJ-02、\n"
                "BD-09），靠它们判断。然后依次是小区、企业、合同、投诉。"
            )
        ),
        lines(
            N_(
                "./run portal import roads 道路.osm.pbf\n"
                "./run portal import streets 街道.geojson\n"
                "./run portal import communities 轮廓.geojson --source survey-2024\n"
                "./run portal import complaints 热线.xlsx --mapping 热线.toml --dry-run"
            )
        ),
        lines(
            N_(
                "能读 CSV、xlsx、GeoJSON、GeoPackage 和打包为 zip 的 Shapefile，不论文件叫什么，\n"
                "编码为 UTF-8 或 GB18030。没能导入的逐行列在说明文件里。\n"
                "一个文件要么全部导入，要么（出了任何差错时）什么都不导入。"
            )
        ),
    ),
)
def group() -> None:
    """Import a file; a second import of the same file changes nothing."""


class _DatumType(click.ParamType[Datum | None]):
    """A datum as people write it; ``auto`` is None."""

    name = "datum"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Return what may be written."""
        return f"[{'|'.join((AUTO, *(datum.value for datum in Datum)))}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Datum | None:
        """Return the datum; a usage error where nobody calls one so."""
        if str(value).casefold() == AUTO:
            return None
        try:
            return parse_datum(str(value))
        except DatumError as error:
            said = [say(msgid, **error.params) for msgid in (error.msgid, error.remedy_msgid)]
            self.fail(say(N_("；")).join(said), param, ctx)


_KINDS: dict[Input, dict[str, Any]] = {
    Input.TEXT: {"default": ""},
    Input.CHOICE: {"type": _DatumType(), "default": AUTO, "show_default": True},
    Input.FLAG: {"is_flag": True},
    Input.FILE: {"type": click.Path(path_type=Path)},
}


def command_of(entry: Import) -> click.Command:
    """Return the command that imports one kind of file, with what can be said of it."""

    def command(file: Path, **stated: Any) -> None:
        _run(entry, FileImport(subject=entry.subject, path=file, **stated))

    wired = with_appcontext(command)
    for option in reversed(entry.options):
        name = option.name.replace("_", "-")
        wired = click.option(f"--{name}", help=option.explanation, **_KINDS[option.input])(wired)
    wired = click.argument("file", type=click.Path(path_type=Path))(wired)
    return click.command(entry.subject.value, help=entry.sentence)(wired)


def _run(entry: Import, wanted: FileImport) -> None:
    config = services().config
    with open_session() as session, ticking(say(STEPS[0])) as begin:
        means = Means(
            services().city(session),
            services().cipher,
            ReadLimits.from_config(config),
            config.instance_dir / RUNS_FOLDER,
        )
        outcome, rejects = import_file(session, wanted, means, step=lambda step: begin(say(step)), wait=wait)
        scored = Subject.SCORES in data_versions.current(session)
        outdated = data_versions.scores_outdated(session)
        by_itself = jobs.worker_lives(session)
    _tell(outcome, rejects, dry_run=wanted.dry_run)
    if outcome.nothing_fit:
        raise SystemExit(1)
    if entry.scored and not wanted.dry_run and outcome.state is ImportState.DONE:
        _ask_for_scores(outdated, scored=scored, by_itself=by_itself)


def _tell(outcome: Outcome, rejects: Path | None, *, dry_run: bool) -> None:
    if outcome.origin.datum_message:
        click.echo(say(outcome.origin.datum_message))
    click.echo(say(N_("，")).join(_lines(outcome, main=True)))
    for line in _lines(outcome, main=False):
        click.echo(f"  {line}")
    taken = [f"{column.header} → {say(FIELDS[column.field])}" for column in outcome.columns if column.field]
    if taken:
        click.echo(say(N_("读到的列：{columns}"), columns=taken))
    for item in outcome.remarks:
        if item.row is None:
            click.echo(f"! {say(item.reason)}")
    for question in outcome.questions:
        click.echo(f"? {say(question.text)} (--accept {question.code})")
        click.echo(f"  {say(N_('例如 {names}'), names=list(question.examples))}")
    if rejects is not None:
        click.echo(say(P_("{n:,} 条说明：{file}"), n=len(outcome.remarks), file=rejects))
    if dry_run:
        click.echo(say(N_("试运行：没有保存任何内容。")))
    elif outcome.nothing_fit:
        click.echo(say(N_("没有一行可以导入，没有改动。")))
    elif outcome.state is ImportState.UNCHANGED:
        click.echo(say(N_("与已有数据相同，没有改动。")))


def _ask_for_scores(outdated: str, *, scored: bool, by_itself: bool) -> None:
    if by_itself:
        click.echo(say(N_("评分稍后自动在后台重新计算。")))
    elif not scored:
        click.echo(say(N_("尚未计算评分；导入完毕后请运行 ./run portal score。")))
    elif outdated:
        click.echo(
            say(
                N_("评分计算于 {moment}，之后资料有变化；导入完毕后请运行 ./run portal score。"),
                moment=outdated,
            )
        )


def _lines(outcome: Outcome, *, main: bool) -> Iterator[str]:
    for key, value in outcome.counts.items():
        if (key in MAIN_COUNTS) is main:
            yield f"{' · '.join(map(say, count_words(key))) or key} {value:,}"


for _entry in IMPORTS.values():
    group.add_command(command_of(_entry))
