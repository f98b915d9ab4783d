"""The child's work: the bytes of a file to typed columns, attributes and rejects."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from portal.readers.formats.kinds import HEAD_BYTES, Kind, expect_table, guess_kind
from portal.readers.formats.raw import Layout, RawTable, pass_over_ours
from portal.readers.limits import ReadLimits
from portal.readers.mapping import ReadMapping
from portal.readers.problems import HAS_CHANGED, refuse
from portal.readers.rows.headers import is_known_header
from portal.readers.rows.typed_table import TableParser
from portal.readers.schema import Subject


def parse_file(
    handle: int,
    size: int,
    subject: Subject,
    mapping: ReadMapping,
    timezone: str,
    limits: ReadLimits,
    with_attributes: bool = True,
) -> dict[str, Any]:
    """Read an open file into columns; this is what the child runs.

    Parameters
    ----------
    handle, size
        Open file and how many bytes of it to read.
    subject, mapping
        What the columns mean.
    timezone
        Of times without offset.
    limits
        Of rows, columns and archives; those on memory and time are the process's.
    with_attributes
        Whether to hand over the columns that are no field.

    Returns
    -------
    dict
        ``table``: JSON of columns, attributes, rows, rejects and what was found
        out; ``wkb`` and ``sizes``: geometries of the rows, see `pack_wkb`.

    Raises
    ------
    FileRefused
        With the reason that the file, as a whole, cannot be taken.
    """
    kind, raw = read_raw(handle, size, [subject], mapping, limits)
    return TableParser(raw, subject, mapping, timezone).pack(kind, with_attributes=with_attributes)


def read_raw(
    handle: int, size: int, subjects: Sequence[Subject], mapping: ReadMapping, limits: ReadLimits
) -> tuple[Kind, RawTable]:
    """Read an open file into a table as it has it; its header is the row that one of ``subjects`` knows."""
    data = _read(handle, size)
    kind, raw = _read_table(data, subjects, mapping, limits)
    pass_over_ours(raw)
    return kind, raw


def _read(handle: int, size: int) -> bytes:
    with os.fdopen(handle, "rb") as stream:
        data = stream.read(size)
    if len(data) != size:
        raise refuse(HAS_CHANGED)
    return data


def _read_table(
    data: bytes, subjects: Sequence[Subject], mapping: ReadMapping, limits: ReadLimits
) -> tuple[Kind, RawTable]:
    """Read the table with the one parser that the content calls for; each is loaded only when needed."""
    layout = Layout(
        mapping.layer,
        mapping.header_row,
        lambda text: any(is_known_header(text, subject, mapping) for subject in subjects),
    )
    kind = guess_kind(data[:HEAD_BYTES])
    expect_table(kind)
    if kind is Kind.ARCHIVE:
        return _read_archive(data, layout, limits)
    if kind is Kind.GEOPACKAGE:
        from portal.readers.formats.geopackage import read_geopackage

        return kind, read_geopackage(data, layout.layer, limits)
    if kind is Kind.KML:
        from portal.readers.formats.kml import read_kml

        return kind, read_kml(data, limits)
    if kind is Kind.GEOJSON:
        from portal.readers.formats.geojson import read_geojson

        return kind, read_geojson(data, limits)
    from portal.readers.sheets.delimited import read_delimited

    return kind, read_delimited(data, layout, limits)


def _read_archive(data: bytes, layout: Layout, limits: ReadLimits) -> tuple[Kind, RawTable]:
    from portal.readers.formats.archives import kind_of_archive, open_archive

    archive = open_archive(data, limits)
    kind = kind_of_archive(archive)
    if kind is Kind.XLSX:
        from portal.readers.sheets.workbook import read_workbook

        return kind, read_workbook(data, layout, limits)
    if kind is Kind.KMZ:
        from portal.readers.formats.kml import read_kmz

        return kind, read_kmz(archive, limits)
    from portal.readers.formats.shapefile import read_shapefile

    return kind, read_shapefile(archive, layout.layer, limits)
