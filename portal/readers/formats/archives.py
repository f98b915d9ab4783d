"""Zip archives that may be opened: no bombs, no paths outside, no links, no secrets."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib

from portal.readers.formats.kinds import Kind
from portal.readers.limits import MEGABYTE, ReadLimits
from portal.readers.problems import (
    ARCHIVE_BOMB,
    ARCHIVE_ENTRIES,
    ARCHIVE_LINK,
    ARCHIVE_NAMES,
    ARCHIVE_NESTED,
    ARCHIVE_SECRET,
    ARCHIVE_UNKNOWN,
    BAD_ARCHIVE,
    refuse,
)

# Small archives of repetitive XML pack well, and are harmless.
RATIO_COUNTS_FROM_MB = 20
_ENCRYPTED = 0x1
_PACKED = (".zip", ".gz", ".7z", ".rar", ".bz2", ".xz", ".tar", ".kmz")


def open_archive(data: bytes, limits: ReadLimits) -> zipfile.ZipFile:
    """Open a zip archive held in memory after checking its list of files.

    The stated sizes are what counts: unpacking never yields more than them.

    Raises
    ------
    FileRefused
        It is damaged, encrypted, has too many files, unpacks to too much, or
        names a link or a path outside.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise refuse(BAD_ARCHIVE) from error
    entries = archive.infolist()
    if len(entries) > limits.max_entries:
        raise refuse(ARCHIVE_ENTRIES, entries=len(entries), limit=limits.max_entries)
    for entry in entries:
        _check_entry(entry)
    _check_size(entries, len(data), limits)
    return archive


def kind_of_archive(archive: zipfile.ZipFile) -> Kind:
    """Tell a workbook, a zipped Shapefile and a KMZ apart by the files inside.

    Raises
    ------
    FileRefused
        It is none of them.
    """
    names = archive.namelist()
    if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
        return Kind.XLSX
    if any(name.lower().endswith(".shp") for name in names):
        return Kind.SHAPEFILE
    if any(name.lower().endswith(".kml") for name in names):
        return Kind.KMZ
    nested = next((name for name in names if name.lower().endswith(_PACKED)), None)
    if nested is not None:
        raise refuse(ARCHIVE_NESTED, name=nested)
    raise refuse(ARCHIVE_UNKNOWN)


def read_entry(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return the content of one file of a checked archive.

    Raises
    ------
    FileRefused
        It is damaged.
    """
    try:
        return archive.read(name)
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, EOFError, OSError) as error:
        raise refuse(BAD_ARCHIVE) from error


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or ":" in name or "\0" in name:
        raise refuse(ARCHIVE_NAMES, name=name[:80])
    mode = entry.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise refuse(ARCHIVE_LINK, name=name[:80])
    if entry.flag_bits & _ENCRYPTED:
        raise refuse(ARCHIVE_SECRET)


def _check_size(entries: list[zipfile.ZipInfo], packed: int, limits: ReadLimits) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    too_dense = unpacked > RATIO_COUNTS_FROM_MB * MEGABYTE and unpacked > packed * limits.max_pack_ratio
    # Files that share bytes of the archive add up to more than it holds.
    overlapping = sum(entry.compress_size for entry in entries) > packed
    if unpacked > limits.max_unpacked_mb * MEGABYTE or too_dense or overlapping:
        raise refuse(ARCHIVE_BOMB, unpacked_mb=unpacked // MEGABYTE)
