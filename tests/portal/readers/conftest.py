"""Limits and subjects that the reader tests share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geo.frames import COMMUNITIES, COMPLAINTS, STREETS
from portal.readers.limits import ReadLimits
from portal.readers.schema import Subject, load_subject
from portal.readers.table import ReadResult, read_table


@pytest.fixture
def limits() -> ReadLimits:
    return ReadLimits(max_upload_mb=200, reader_memory_mb=2048, reader_cpu_seconds=60)


@pytest.fixture
def hasty() -> ReadLimits:
    """Limits that a test can wait for."""
    return ReadLimits(max_upload_mb=200, reader_memory_mb=1024, reader_cpu_seconds=1)


@pytest.fixture
def communities() -> Subject:
    return load_subject(COMMUNITIES)


@pytest.fixture
def complaints() -> Subject:
    return load_subject(COMPLAINTS)


@pytest.fixture
def streets() -> Subject:
    return load_subject(STREETS)


@pytest.fixture
def read(tmp_path: Path, limits: ReadLimits) -> Callable[..., ReadResult]:
    """Write bytes or text to a file and read it as a table of ``contract``, communities by default."""

    def read(content: bytes | str, contract: Any = COMMUNITIES, **options: Any) -> ReadResult:
        path = tmp_path / "input"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        options = {"timezone": "Asia/Shanghai", "limits": limits} | options
        return read_table(path, contract, **options)

    return read
