"""The client of Tianditu against a server of our own: key, limits, errors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from portal.errors import BadRequest, NotFound, Unavailable
from portal.tianditu import MAX_TILE_BYTES, SILENT_AFTER, SILENT_S, Silence, Tianditu, content_type

PNG = b"\x89PNG\r\n\x1a\n" + b"picture"


@dataclass
class Upstream:
    """A server that answers what the test tells it to."""

    url: str = ""
    status: int = 200
    body: bytes = PNG
    location: str = ""
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    state = Upstream()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(self.path)
            self.send_response(state.status)
            if state.location:
                self.send_header("Location", state.location)
            self.send_header("Content-Length", str(len(state.body)))
            self.end_headers()
            self.wfile.write(state.body)

        def log_message(self, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


def test_asks_for_the_tile_with_the_key_and_remembers_it(upstream: Upstream) -> None:
    client = Tianditu("the-key", hosts=(upstream.url,))
    assert client.tile("vec", 3, 6, 2) == PNG
    assert client.tile("vec", 3, 6, 2) == PNG
    assert len(upstream.asked) == 1
    parts = urlsplit(upstream.asked[0])
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert parts.path == "/vec_w/wmts"
    assert query["tk"] == "the-key"
    assert (query["TILEMATRIX"], query["TILECOL"], query["TILEROW"]) == ("3", "6", "2")


@pytest.mark.parametrize("layer", ["", "..", "vec_w", "https://example.org", "xyz"])
def test_only_the_fixed_layers(upstream: Upstream, layer: str) -> None:
    with pytest.raises(NotFound):
        Tianditu("the-key", hosts=(upstream.url,)).tile(layer, 3, 6, 2)
    assert upstream.asked == []


def test_nothing_without_a_key(upstream: Upstream) -> None:
    with pytest.raises(NotFound):
        Tianditu("", hosts=(upstream.url,)).tile("vec", 3, 6, 2)
    assert upstream.asked == []


@pytest.mark.parametrize("tile", [(19, 0, 0), (3, 8, 0), (3, 0, 8), (-1, 0, 0), (3, -1, 0)])
def test_only_tiles_that_exist(upstream: Upstream, tile: tuple[int, int, int]) -> None:
    with pytest.raises(BadRequest):
        Tianditu("the-key", hosts=(upstream.url,)).tile("vec", *tile)
    assert upstream.asked == []


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (403, b"key refused"),
        (200, b"<html>no picture</html>"),
        (200, PNG + b"x" * MAX_TILE_BYTES),
        (500, PNG),
    ],
    ids=["refused", "no picture", "too large", "broken"],
)
def test_what_is_no_picture_is_unavailable_and_not_remembered(
    upstream: Upstream, status: int, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    client = Tianditu("the-key", hosts=(upstream.url,))
    upstream.status, upstream.body = status, body
    with pytest.raises(Unavailable) as caught:
        client.tile("img", 3, 6, 2)
    assert "the-key" not in caught.value.message + caplog.text
    upstream.status, upstream.body = 200, PNG
    assert client.tile("img", 3, 6, 2) == PNG


def test_follows_no_redirect(upstream: Upstream) -> None:
    upstream.status, upstream.location = 302, f"{upstream.url}/elsewhere"
    with pytest.raises(Unavailable):
        Tianditu("the-key", hosts=(upstream.url,)).tile("vec", 3, 6, 2)
    assert len(upstream.asked) == 1


def test_nobody_there() -> None:
    with pytest.raises(Unavailable):
        Tianditu("the-key", hosts=("http://127.0.0.1:9",), timeout_s=1).tile("vec", 0, 0, 0)


NOWHERE = ("http://127.0.0.1:9",)


def test_servers_that_do_not_answer_are_left_alone_for_a_while(upstream: Upstream) -> None:
    now = [1000.0]
    silence = Silence(lambda: now[0])
    client = Tianditu("the-key", hosts=NOWHERE, timeout_s=1, silence=silence)
    for x in range(SILENT_AFTER):
        with pytest.raises(Unavailable):
            client.tile("vec", 3, x, 2)

    back = Tianditu("the-key", hosts=(upstream.url,), silence=silence)
    with pytest.raises(Unavailable):
        back.tile("vec", 3, 6, 2)
    assert upstream.asked == []
    now[0] += SILENT_S
    assert back.tile("vec", 3, 6, 2) == PNG
    assert back.tile("vec", 3, 5, 2) == PNG


def test_after_the_silence_one_request_tries_for_all() -> None:
    now = [1000.0]
    silence = Silence(lambda: now[0])
    for _ in range(SILENT_AFTER):
        assert not silence.lasts()
        silence.note(answered=False)
    assert silence.lasts()
    now[0] += SILENT_S
    assert [silence.lasts() for _ in range(3)] == [False, True, True]


def test_a_tile_that_is_kept_is_shown_also_in_silence(upstream: Upstream) -> None:
    client = Tianditu("the-key", hosts=(upstream.url,))
    client.tile("vec", 3, 6, 2)
    for _ in range(SILENT_AFTER):
        client.silence.note(answered=False)
    assert client.tile("vec", 3, 6, 2) == PNG


def test_an_error_of_the_server_is_an_answer(upstream: Upstream) -> None:
    client = Tianditu("the-key", hosts=(upstream.url,))
    upstream.status = 404
    for _ in range(SILENT_AFTER + 1):
        with pytest.raises(Unavailable):
            client.tile("vec", 3, 6, 2)
    assert len(upstream.asked) == SILENT_AFTER + 1


def test_types_by_first_bytes() -> None:
    assert content_type(PNG) == "image/png"
    assert content_type(b"\xff\xd8\xff\xe0") == "image/jpeg"
    assert content_type(b"GIF89a") is None
