"""Bytes to text: UTF-8 with or without BOM, UTF-16 with BOM, GB18030; anything else is refused."""

from __future__ import annotations

import codecs

from portal.readers.problems import BAD_ENCODING, HAS_NUL, refuse

_CHUNK_BYTES = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    # UTF-32 begins like UTF-16: it must be asked for first.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Real text in GB18030 is 98 % common characters: the first level of GB 2312 (rows 16-55) and its
# punctuation. Big5 and Shift-JIS, misread, give 0-54 %.
_COMMON_SHARE = 0.75
_COMMON_LEADS = frozenset(bytes([lead]) for lead in (0xA1, 0xA3, *range(0xB0, 0xD8)))
_SAMPLE_CHARACTERS = 100_000


def detect_encoding(data: bytes) -> str:
    """Return the codec that decodes all of ``data``.

    Raises
    ------
    FileRefused
        It contains NUL bytes, or none of the encodings fits.
    """
    for bom, codec in _BOMS:
        if data.startswith(bom):
            return _checked(data, codec)
    if b"\0" in data:
        raise refuse(HAS_NUL)
    ends = {codec: _first_error(data, codec) for codec in ("utf-8", "gb18030")}
    if ends["utf-8"] is None:
        return "utf-8"
    if ends["gb18030"] is None and _reads_chinese(data):
        return "gb18030"
    # The codec that reads furthest is most likely the one that was meant.
    furthest = max(end for end in ends.values() if end is not None)
    raise refuse(BAD_ENCODING, line=_line_of(data, furthest))


def to_utf8(data: bytes) -> bytes:
    """Return ``data`` as UTF-8 without BOM; raises as `detect_encoding`."""
    codec = detect_encoding(data)
    return data if codec == "utf-8" else data.decode(codec).encode()


def _checked(data: bytes, codec: str) -> str:
    bad = _first_error(data, codec)
    if bad is not None:
        raise refuse(BAD_ENCODING, line=_line_of(data, bad))
    unit = {"utf-8-sig": 1, "utf-16": 2, "utf-32": 4}[codec]
    if data.count(b"\0" * unit) and "\0" in data.decode(codec):
        raise refuse(HAS_NUL)
    return codec


def _first_error(data: bytes, codec: str) -> int | None:
    """Return about where ``data`` stops being text of ``codec``, None when it never does."""
    decoder = codecs.getincrementaldecoder(codec)()
    for start in range(0, len(data), _CHUNK_BYTES):
        chunk = data[start : start + _CHUNK_BYTES]
        try:
            decoder.decode(chunk, final=start + _CHUNK_BYTES >= len(data))
        except UnicodeDecodeError as error:
            return min(start + error.start, len(data) - 1)
    return None


def _reads_chinese(data: bytes) -> bool:
    sample = data[: 4 * _SAMPLE_CHARACTERS].decode("gb18030", "ignore")
    foreign = [character for character in sample if not character.isascii()][:_SAMPLE_CHARACTERS]
    common = sum(character.encode("gb2312", "ignore")[:1] in _COMMON_LEADS for character in foreign)
    return common >= _COMMON_SHARE * len(foreign)


def _line_of(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1
