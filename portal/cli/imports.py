"""``portal import``: files into the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from geo.datums.crs import Datum, parse_datum
from geo.errors import DatumError
from geo.frames import CONTRACTS_BY_SUBJECT
from portal.actions.imports.files import STEPS, SUBJECTS, FileImport, Means, import_file
from portal.actions.imports.words import count_words
from portal.actions.transactions.import_run import Outcome
from portal.cli.speech import lines, paragraphs, say
from portal.cli.ticking import ticking
from portal.cli.wiring import open_session, services, wait
from portal.errors import N_
from portal.privacy import Cipher
from portal.readers.limits import ReadLimits
from portal.store.operations import system
from portal.terms import ImportState, Subject

AUTO = "auto"
_HELP = {
    Subject.STREETS: N_("导入街道辖区：GeoJSON、GeoPackage 或打包为 zip 的 Shapefile。"),
    Subject.NEIGHBOURHOODS: N_("导入社区：清单，或带边界。"),
    Subject.COMMUNITIES: N_("导入小区：轮廓、名册，或有名称的点位。"),
    Subject.FIRMS: N_("导入物业服务企业。"),
    Subject.CONTRACTS: N_("导入物业服务合同；请先导入企业和小区。"),
    Subject.COMPLAINTS: N_("导入投诉，例如 12345 热线的导出。"),
    Subject.ROADS: N_("导入可行车的道路，来自 OpenStreetMap 的提取文件（.osm.pbf）；请最先导入。"),
}
_SCORED = frozenset({Subject.COMMUNITIES, Subject.COMPLAINTS})
_MAIN = ("new", "changed", "unchanged", "removed", "rejected")


@click.group(
    "import",
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


_DATUM = (
    click.option(
        "--datum",
        type=_DatumType(),
        default=AUTO,
        show_default=True,
        help=N_("坐标基准，也可写作 GCJ-02、“WGS 84”等；auto 表示与已导入的道路比对。"),
    ),
    click.option("--accept-datum", is_flag=True, help=N_("注明的坐标基准看起来不对，也照样导入。")),
)
_MAPPING = (
    click.option(
        "--mapping",
        type=click.Path(path_type=Path),
        help=N_("映射文件（TOML），用于不认识的表头。"),
    ),
)


def _options(subject: Subject) -> Iterator[Callable[..., Any]]:
    """Yield what can be said of a file of ``subject``: OpenStreetMap states datum and columns itself."""
    yield click.option("--source", default="", help=N_("来源的名称；默认取文件名的第一段。"))
    if subject is not Subject.ROADS:
        yield from _DATUM if CONTRACTS_BY_SUBJECT[subject].geometry_types else ()
        yield from _MAPPING
    yield click.option("--dry-run", is_flag=True, help=N_("只看会怎样，什么都不保存。"))


def _command(subject: Subject) -> click.Command:
    def command(file: Path, **stated: Any) -> None:
        _run(FileImport(subject=subject, path=file, **stated))

    wired = with_appcontext(command)
    for option in reversed([click.argument("file", type=click.Path(path_type=Path)), *_options(subject)]):
        wired = option(wired)
    return click.command(subject.value, help=_HELP[subject])(wired)


def _run(wanted: FileImport) -> None:
    config = services().config
    with open_session() as session, ticking(say(STEPS[0])) as begin:
        means = Means(
            services().city(session),
            Cipher.from_secret(config.secret_key),
            ReadLimits.from_config(config),
            config.instance_dir / "imports",
        )
        outcome, rejects = import_file(session, wanted, means, step=lambda step: begin(say(step)), wait=wait)
        scored = Subject.SCORES in system.data_versions(session)
        outdated = system.scores_outdated(session)
    _tell(outcome, rejects, dry_run=wanted.dry_run)
    if outcome.subject in _SCORED and not wanted.dry_run and outcome.state is ImportState.DONE:
        _ask_for_scores(outdated, scored=scored)


def _tell(outcome: Outcome, rejects: Path | None, *, dry_run: bool) -> None:
    if outcome.origin.datum_message:
        click.echo(say(outcome.origin.datum_message))
    click.echo(say(N_("，")).join(_lines(outcome, main=True)))
    for line in _lines(outcome, main=False):
        click.echo(f"  {line}")
    for item in outcome.remarks:
        if item.row is None:
            click.echo(f"! {say(item.reason)}")
    if rejects is not None:
        click.echo(say(N_("{n:,} 条说明：{file}"), n=len(outcome.remarks), file=rejects))
    if dry_run:
        click.echo(say(N_("试运行：没有保存任何内容。")))
    elif outcome.state is ImportState.UNCHANGED:
        nothing = outcome.counts.get("rejected") and not outcome.counts.get("unchanged")
        click.echo(say(N_("没有一行可以导入，没有改动。") if nothing else N_("与已有数据相同，没有改动。")))


def _ask_for_scores(outdated: str, *, scored: bool) -> None:
    if not scored:
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
        if (key in _MAIN) is main:
            yield f"{' · '.join(map(say, count_words(key))) or key} {value:,}"


for _subject in SUBJECTS:
    group.add_command(_command(_subject))
