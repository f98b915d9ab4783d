"""``portal import``: files into the database."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import with_appcontext

from geo.crs import Datum
from portal.actions.ingest.files import STEPS, SUBJECTS, FileImport, Means, import_file
from portal.actions.ingest.run import Outcome
from portal.actions.ingest.words import count_words
from portal.cli.wiring import open_session, services, wait
from portal.privacy import Cipher
from portal.readers.limits import ReadLimits
from portal.store import system
from portal.terms import ImportState, Subject

AUTO = "auto"
_EXAMPLES = {
    Subject.STREETS: "street boundaries (街道): GeoJSON, GeoPackage or zipped Shapefile",
    Subject.NEIGHBOURHOODS: "neighbourhoods (社区): a list, or boundaries",
    Subject.COMMUNITIES: "communities (小区): outlines, a register of names, or named points",
    Subject.FIRMS: "property-service firms (物业服务企业)",
    Subject.CONTRACTS: "service contracts (物业服务合同); import firms and communities first",
    Subject.COMPLAINTS: "complaints (投诉), for example an export of the 12345 hotline",
    Subject.ROADS: "drivable roads from an OpenStreetMap extract (.osm.pbf); import them first",
}
_SCORED = frozenset({Subject.COMMUNITIES, Subject.COMPLAINTS})
_MAIN = ("new", "changed", "unchanged", "removed", "rejected")


@click.group("import")
def group() -> None:
    """Import a file; a second import of the same file changes nothing.

    Begin with roads and streets: by them the datum (WGS 84, CGCS2000, GCJ-02, BD-09)
    of later files is told. Then communities, firms, contracts, complaints.

    \b
    portal import roads city.osm.pbf
    portal import streets streets.geojson
    portal import communities outlines.geojson --source survey-2024
    portal import complaints hotline.xlsx --mapping hotline.toml --dry-run

    CSV, xlsx, GeoJSON, GeoPackage and zipped Shapefile are read, whatever the
    file is called, in UTF-8 or GB18030. What could not be taken is listed, row by row,
    in a reject file. All of a file is imported, or, if anything goes wrong, nothing.
    """


def _command(subject: Subject) -> click.Command:
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option("--source", default="", help="Name of the source; by default the file's name up to a dot.")
    @click.option(
        "--datum",
        type=click.Choice([AUTO, *(datum.value for datum in Datum)]),
        default=AUTO,
        show_default=True,
        help="Datum of the coordinates; auto compares them with the imported roads.",
    )
    @click.option("--accept-datum", is_flag=True, help="Import although the stated datum looks wrong.")
    @click.option(
        "--mapping",
        type=click.Path(path_type=Path),
        default=None,
        help="Mapping file (TOML) for headers that are not known.",
    )
    @click.option("--dry-run", is_flag=True, help="Show what would happen, and keep nothing.")
    @with_appcontext
    def command(
        file: Path, source: str, datum: str, accept_datum: bool, mapping: Path | None, dry_run: bool
    ) -> None:
        wanted = FileImport(
            subject=subject,
            path=file,
            source=source,
            datum=None if datum == AUTO else Datum(datum),
            mapping=mapping,
            accept_datum=accept_datum,
            dry_run=dry_run,
        )
        _run(wanted)

    return click.command(subject.value, help=f"Import {_EXAMPLES[subject]}.")(command)


def _run(wanted: FileImport) -> None:
    config = services().config
    with open_session() as session, _progress() as begin:
        means = Means(
            services().city(session),
            Cipher.from_secret(config.secret_key),
            ReadLimits.from_config(config),
            config.instance_dir / "imports",
        )
        outcome, rejects = import_file(session, wanted, means, step=begin, wait=wait)
        scored = Subject.SCORES in system.data_versions(session)
        outdated = system.scores_outdated(session)
    _tell(outcome, rejects, dry_run=wanted.dry_run)
    if outcome.subject in _SCORED and not wanted.dry_run and outcome.state is ImportState.DONE:
        _ask_for_scores(outdated, scored=scored)


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Yield what to call as each step begins: a bar on a terminal, silence elsewhere."""
    if not sys.stderr.isatty():
        yield lambda step: None
        return
    with click.progressbar(length=len(STEPS), file=sys.stderr, show_eta=False) as bar:

        def begin(step: str) -> None:
            bar.label = step
            bar.update(1)

        yield begin


def _tell(outcome: Outcome, rejects: Path | None, *, dry_run: bool) -> None:
    if outcome.origin.datum_message:
        click.echo(outcome.origin.datum_message)
    click.echo("，".join(_lines(outcome, main=True)))
    for line in _lines(outcome, main=False):
        click.echo(f"  {line}")
    for item in outcome.remarks:
        if item.row is None:
            click.echo(f"! {item.reason}")
    if rejects is not None:
        click.echo(f"{len(outcome.remarks):,} 条说明：{rejects}")
    if dry_run:
        click.echo("试运行：没有保存任何内容。")
    elif outcome.state is ImportState.UNCHANGED:
        click.echo("与已有数据相同，没有改动。")


def _ask_for_scores(outdated: str, *, scored: bool) -> None:
    if not scored:
        click.echo("尚未计算评分；导入完毕后请运行 ./run portal score。")
    elif outdated:
        click.echo(f"评分计算于 {outdated}，之后资料有变化；导入完毕后请运行 ./run portal score。")


def _lines(outcome: Outcome, *, main: bool) -> Iterator[str]:
    for key, value in outcome.counts.items():
        if (key in _MAIN) is main:
            yield f"{' · '.join(count_words(key)) or key} {value:,}"


for _subject in SUBJECTS:
    group.add_command(_command(_subject))
