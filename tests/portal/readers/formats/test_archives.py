from __future__ import annotations

import dataclasses
import io
import stat
import zipfile

import pytest

from portal.errors import FileRefused
from portal.readers import problems
from portal.readers.formats.archives import kind_of_archive, open_archive, read_entry
from portal.readers.formats.kinds import Kind
from portal.readers.limits import ReadLimits


def pack(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_files_can_be_read(limits: ReadLimits) -> None:
    archive = open_archive(pack({"街道/a.shp": b"x" * 100}), limits)
    assert read_entry(archive, "街道/a.shp") == b"x" * 100


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (["[Content_Types].xml", "xl/workbook.xml"], Kind.XLSX),
        (["a.SHP", "a.dbf"], Kind.SHAPEFILE),
        (["a.shp", "old.zip"], Kind.SHAPEFILE),
    ],
)
def test_kind_follows_from_the_files_inside(names: list[str], kind: Kind, limits: ReadLimits) -> None:
    assert kind_of_archive(open_archive(pack(dict.fromkeys(names, b"")), limits)) is kind


@pytest.mark.parametrize("name", ["inner.zip", "inner.kmz", "a/inner.TAR"])
def test_nested_archives_are_not_opened(name: str, limits: ReadLimits) -> None:
    with pytest.raises(FileRefused) as refused:
        kind_of_archive(open_archive(pack({name: b""}), limits))
    assert refused.value.params == {"name": name}


@pytest.mark.parametrize("name", ["../a.shp", "/etc/a.shp", "a/../../b.shp", "C:\\a.shp", "..\\a.shp"])
def test_paths_outside_are_refused(name: str, limits: ReadLimits) -> None:
    with pytest.raises(FileRefused) as refused:
        open_archive(pack({name: b""}), limits)
    assert refused.value.msgid == problems.ARCHIVE_NAMES.reason


def test_folders_are_fine_and_links_are_not(limits: ReadLimits) -> None:
    folder, link = zipfile.ZipInfo("a/"), zipfile.ZipInfo("a.shp")
    folder.external_attr = stat.S_IFDIR << 16
    link.external_attr = stat.S_IFLNK << 16
    for entry, fine in ((folder, True), (link, False)):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr(entry, b"")
        if fine:
            assert open_archive(stream.getvalue(), limits).namelist() == ["a/"]
        else:
            with pytest.raises(FileRefused) as refused:
                open_archive(stream.getvalue(), limits)
            assert refused.value.msgid == problems.ARCHIVE_LINK.reason


def test_limits_on_entries_and_size(limits: ReadLimits) -> None:
    data = pack({str(at): b"x" * 1000 for at in range(5)}, zipfile.ZIP_STORED)
    open_archive(data, dataclasses.replace(limits, max_entries=5))
    with pytest.raises(FileRefused) as refused:
        open_archive(data, dataclasses.replace(limits, max_entries=4))
    assert refused.value.params == {"entries": 5, "limit": 4}
    with pytest.raises(FileRefused) as refused:
        open_archive(pack({"a": bytes(1_500_000)}), dataclasses.replace(limits, max_unpacked_mb=1))
    assert refused.value.msgid == problems.ARCHIVE_BOMB.reason


def test_ratio_counts_only_for_large_archives(limits: ReadLimits) -> None:
    open_archive(pack({"a": bytes(10_000_000)}), limits)
    with pytest.raises(FileRefused):
        open_archive(pack({"a": bytes(30_000_000)}), limits)


def test_damage_inside_a_file_is_told(limits: ReadLimits) -> None:
    data = bytearray(pack({"a": bytes(range(256)) * 50}))
    data[60] ^= 0xFF
    archive = open_archive(bytes(data), limits)
    with pytest.raises(FileRefused) as refused:
        read_entry(archive, "a")
    assert refused.value.msgid == problems.BAD_ARCHIVE.reason
