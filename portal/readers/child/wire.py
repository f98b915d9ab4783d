"""What may pass between the portal and its reading child: plain values, arrays, frames.

Nothing is pickled, because unpickling what a subverted child wrote would run
it. A message is one JSON document, whose tagged nodes point into raw buffers
that follow it; decoding builds only the types listed here, and dataclasses
that the receiver names.
"""

from __future__ import annotations

import dataclasses
import math
import struct
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

TAG = "~"
_PREFIX = struct.Struct("<QI")
_ARRAY_KINDS = "biufM"
_WORDS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


class WireError(ValueError):
    """A value of a type that may not pass, or a message that is none."""


def encode(value: Any) -> bytes:
    """Return the message that holds ``value``.

    Takes None, bool, int, float, str, bytes, paths, lists, tuples, sets and
    mappings of these, dataclasses, numpy arrays of numbers or times, pandas
    and GeoPandas frames (without their index).

    Raises
    ------
    WireError
        ``value`` contains something else.
    """
    buffers: list[bytes] = []
    try:
        head = orjson.dumps({"value": _pack(value, buffers), "sizes": [len(b) for b in buffers]})
    except (TypeError, RecursionError) as error:
        raise WireError(str(error)) from error
    return b"".join([_PREFIX.pack(len(head), len(buffers)), head, *buffers])


def decode(message: bytes, types: Iterable[type] = ()) -> Any:
    """Return the value in ``message``; ``types`` are the dataclasses that it may contain.

    Raises
    ------
    WireError
        The message is malformed, or names another type.
    """
    known = {_name_of(kind): kind for kind in types}
    try:
        head_size, count = _PREFIX.unpack_from(message)
        start = _PREFIX.size + head_size
        head = orjson.loads(memoryview(message)[_PREFIX.size : start])
        sizes = head["sizes"]
        if len(sizes) != count or start + sum(sizes) != len(message):
            raise WireError("the buffers do not fill the message")
        buffers = []
        for size in sizes:
            buffers.append(memoryview(message)[start : start + size])
            start += size
        return _unpack(head["value"], buffers, known)
    except WireError:
        raise
    except (struct.error, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise WireError(f"not a message: {error}") from error


def _name_of(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _pack(value: Any, buffers: list[bytes]) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {TAG: "float", "word": str(value)}
    if isinstance(value, list):
        return [_pack(item, buffers) for item in value]
    if isinstance(value, Mapping):
        pairs = [[_pack(key, buffers), _pack(item, buffers)] for key, item in value.items()]
        return {TAG: "mapping", "pairs": pairs}
    if isinstance(value, tuple | set | frozenset):
        kind = "tuple" if isinstance(value, tuple) else "frozenset"
        return {TAG: kind, "items": [_pack(item, buffers) for item in value]}
    if isinstance(value, Path):
        return {TAG: "path", "text": str(value)}
    if isinstance(value, bytes | bytearray | memoryview):
        buffers.append(bytes(value))
        return {TAG: "bytes", "at": len(buffers) - 1}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = {
            field.name: _pack(getattr(value, field.name), buffers) for field in dataclasses.fields(value)
        }
        return {TAG: "dataclass", "type": _name_of(type(value)), "fields": parts}
    return _pack_foreign(value, buffers)


def _pack_foreign(value: Any, buffers: list[bytes]) -> Any:
    # By the type's own module, so that a child which never loaded pandas does not load it here.
    kind = type(value).__name__
    if kind == "ndarray":
        return _pack_array(value, buffers)
    if kind in ("DataFrame", "GeoDataFrame"):
        columns = [[str(name), _pack_column(column, buffers)] for name, column in value.items()]
        crs = value.crs.to_string() if kind == "GeoDataFrame" and value.crs else None
        geometry = value._geometry_column_name if kind == "GeoDataFrame" else None
        return {TAG: "frame", "columns": columns, "rows": len(value), "geometry": geometry, "crs": crs}
    if type(value).__module__ == "numpy":
        return _pack(value.item(), buffers)
    raise WireError(f"a {type(value).__module__}.{kind} may not pass")


def _pack_array(array: Any, buffers: list[bytes]) -> dict[str, Any]:
    if array.dtype.kind not in _ARRAY_KINDS:
        raise WireError(f"an array of {array.dtype} may not pass")
    buffers.append(array.tobytes())
    return {TAG: "array", "dtype": array.dtype.str, "shape": list(array.shape), "at": len(buffers) - 1}


def _pack_column(column: Any, buffers: list[bytes]) -> Any:
    if column.dtype.name == "geometry":
        joined, sizes = pack_wkb(column.to_wkb())
        buffers.append(joined)
        return {TAG: "wkb", "at": len(buffers) - 1, "sizes": sizes}
    if column.dtype.kind in _ARRAY_KINDS and not hasattr(column.dtype, "tz"):
        return _pack_array(column.to_numpy(), buffers)
    return [None if item is None or item != item else _pack(item, buffers) for item in column]


def _unpack(node: Any, buffers: list[memoryview], types: Mapping[str, type]) -> Any:
    if isinstance(node, list):
        return [_unpack(item, buffers, types) for item in node]
    if not isinstance(node, dict):
        return node
    match node[TAG]:
        case "float":
            return _WORDS[node["word"]]
        case "mapping":
            return {_unpack(k, buffers, types): _unpack(v, buffers, types) for k, v in node["pairs"]}
        case "tuple":
            return tuple(_unpack(item, buffers, types) for item in node["items"])
        case "frozenset":
            return frozenset(_unpack(item, buffers, types) for item in node["items"])
        case "path":
            return Path(node["text"])
        case "bytes":
            return bytes(buffers[node["at"]])
        case "dataclass":
            return _unpack_dataclass(node, buffers, types)
        case "array":
            return _unpack_array(node, buffers)
        case "frame":
            return _unpack_frame(node, buffers, types)
        case tag:
            raise WireError(f"unknown tag {tag!r}")


def _unpack_dataclass(node: Any, buffers: list[memoryview], types: Mapping[str, type]) -> Any:
    kind = types.get(node["type"])
    if kind is None:
        raise WireError(f"a {node['type']} was not expected")
    return kind(**{name: _unpack(part, buffers, types) for name, part in node["fields"].items()})


def _unpack_array(node: Any, buffers: list[memoryview]) -> Any:
    import numpy as np

    dtype = np.dtype(node["dtype"])
    if dtype.kind not in _ARRAY_KINDS:
        raise WireError(f"an array of {dtype} may not pass")
    return np.frombuffer(buffers[node["at"]], dtype).reshape(node["shape"]).copy()


def _unpack_frame(node: Any, buffers: list[memoryview], types: Mapping[str, type]) -> Any:
    import pandas as pd

    columns: dict[str, Any] = {}
    for name, part in node["columns"]:
        if isinstance(part, dict) and part.get(TAG) == "wkb":
            columns[name] = unpack_wkb(buffers[part["at"]], part["sizes"])
        else:
            columns[name] = _unpack(part, buffers, types)
    frame = pd.DataFrame(columns, index=range(node["rows"]))
    if node["geometry"] is None:
        return frame
    import geopandas as gpd

    return gpd.GeoDataFrame(frame, geometry=node["geometry"], crs=node["crs"])


def pack_wkb(shapes: Iterable[bytes | None]) -> tuple[bytes, list[int]]:
    """Return well-known binaries joined, and the length of each (0 for none)."""
    texts = [shape or b"" for shape in shapes]
    return b"".join(texts), [len(text) for text in texts]


def unpack_wkb(joined: bytes | memoryview, sizes: Iterable[int]) -> Any:
    """Return the array of geometries that `pack_wkb` joined, None where the length is 0."""
    import shapely

    texts: list[bytes | None] = []
    at = 0
    for size in sizes:
        texts.append(bytes(joined[at : at + size]) if size else None)
        at += size
    return shapely.from_wkb(texts)
