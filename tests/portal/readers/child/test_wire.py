from __future__ import annotations

import math
import os
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given
from hypothesis import strategies as st

from portal.readers.child.wire import WireError, decode, encode, pack_wkb, unpack_wkb


@dataclass(frozen=True)
class Finding:
    name: str
    metres: Any


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=20,
)


@given(plain)
def test_plain_values_come_back(value: Any) -> None:
    assert decode(encode(value)) == value


def test_special_values_come_back() -> None:
    value = {"set": frozenset({1, 2}), "path": Path("/a/b"), 3: (math.inf, -math.inf), "~": "tag"}
    assert decode(encode(value)) == value
    assert math.isnan(decode(encode(math.nan)))


@pytest.mark.parametrize("dtype", ["<f8", "<i4", "bool", "<u2", "<M8[s]"])
def test_arrays_come_back(dtype: str) -> None:
    array = np.arange(6).reshape(2, 3).astype(dtype)
    back = decode(encode(array))
    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array)
    back[0, 0] = back[0, 1]  # not a read-only view of the message


def test_frames_come_back() -> None:
    frame = gpd.GeoDataFrame(
        {"name": ["滨河大道", None], "lanes": [2, 4], "kmh": [60.0, np.nan]},
        geometry=[shapely.LineString([(114, 22), (114.1, 22)]), None],
        crs="EPSG:4326",
    )
    assert_geodataframe_equal(decode(encode(frame)), frame)
    table = pd.DataFrame(frame.drop(columns="geometry"))
    pd.testing.assert_frame_equal(decode(encode(table)), table)


def test_dataclasses_need_to_be_expected() -> None:
    message = encode(Finding("a", np.array([1.0])))
    back = decode(message, types=(Finding,))
    assert (back.name, back.metres.tolist()) == ("a", [1.0])
    with pytest.raises(WireError, match="not expected"):
        decode(message)


@pytest.mark.parametrize("value", [object(), np.array([object()]), 2**70, {"a": Finding}, print])
def test_other_values_may_not_pass(value: object) -> None:
    with pytest.raises(WireError):
        encode(value)


def test_a_pickle_is_never_run(tmp_path: Path) -> None:
    witness = tmp_path / "ran"

    class Hostile:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(witness),)

    with pytest.raises(WireError):
        decode(pickle.dumps(Hostile()))
    with pytest.raises(WireError):
        decode(_message({"~": "array", "dtype": "|O", "shape": [1], "at": 0}, pickle.dumps(Hostile())))
    assert not witness.exists()


def _message(node: Any, *buffers: bytes) -> bytes:
    head = orjson.dumps({"value": node, "sizes": [len(buffer) for buffer in buffers]})
    return len(head).to_bytes(8, "little") + len(buffers).to_bytes(4, "little") + head + b"".join(buffers)


@pytest.mark.parametrize(
    "node",
    [
        {"~": "unknown"},
        {"no": "tag"},
        {"~": "bytes", "at": 7},
        {"~": "array", "dtype": "<f8", "shape": [-1, 10**12], "at": 0},
        {"~": "array", "dtype": "(9999999,)f8", "shape": [1], "at": 0},
        {"~": "float", "word": "1e9"},
        {"~": "mapping", "pairs": [[[1], 2]]},
        {"~": "frame", "columns": [["a", [1, 2]]], "rows": 3, "geometry": None, "crs": None},
    ],
)
def test_malformed_nodes_are_refused(node: Any) -> None:
    with pytest.raises(WireError):
        decode(_message(node, b"12345678"))


@given(st.binary(max_size=200))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(WireError):
        decode(noise)


def test_deep_nesting_is_refused() -> None:
    deep = b"[" * 1000 + b"]" * 1000
    head = b'{"value":' + deep + b',"sizes":[]}'
    with pytest.raises(WireError):
        decode(len(head).to_bytes(8, "little") + bytes(4) + head)


def test_wkb_is_joined_and_taken_apart() -> None:
    shapes = [shapely.Point(1, 2), None, shapely.box(0, 0, 1, 1)]
    joined, sizes = pack_wkb(shapely.to_wkb(np.array(shapes, dtype=object)))
    assert sizes[1] == 0
    assert unpack_wkb(joined, sizes).tolist() == shapes
