import { answers, asked, PAGE, settled } from "../page.js";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { on } from "app/atlas.js";
import { features, fetchData, TILE_PX, tiles } from "app/maps/sources.js";
import { layer, tile } from "../tile.js";

const ADDRESS = "/tiles/a/{z}/{x}/{y}.mvt";
const at = (z, x, y) => `/tiles/a/${z}/${x}/${y}.mvt`;
const BYTES = tile(layer("a", [{ id: 1, kind: 1, lines: [[[2048, 4096]]] }]));
const notices = [];
on("notice", (text) => notices.push(text));

beforeEach(() => {
  answers.clear();
  asked.length = notices.length = 0;
});

// Column and row of the tile of zoom z that holds a place.
function tileAt([lon, lat], z) {
  const sine = Math.sin((lat * Math.PI) / 180);
  const world = [lon / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
  return world.map((part) => Math.floor(part * 2 ** z));
}

const [X, Y] = tileAt([114.1, 22.5], 10);

test("a tile is fetched once, however often and how many at once ask for it", async () => {
  answers.set(at(10, X, Y), BYTES);
  const store = tiles(ADDRESS);
  assert.equal(store.peek(10, X, Y), undefined);
  const [one, two] = await Promise.all([store.get(10, X, Y), store.get(10, X, Y)]);
  assert.equal(one, two);
  assert.equal(await store.get(10, X, Y), one);
  assert.equal(store.peek(10, X, Y), one);
  assert.equal(asked.length, 1);
  assert.deepEqual(one.get("a")[0].lines, [[{ x: TILE_PX / 2, y: TILE_PX }]]);
});

test("outside of the extent of all data nobody is asked", async () => {
  const store = tiles(ADDRESS);
  const [west, south, east, north] = PAGE.extent;
  const [[left, bottom], [right, top]] = [tileAt([west, south], 10), tileAt([east, north], 10)];
  for (const [x, y] of [[left - 1, Y], [right + 1, Y], [X, top - 1], [X, bottom + 1]]) {
    assert.equal((await store.get(10, x, y)).size, 0);
  }
  assert.deepEqual(asked, []);
  for (const [x, y] of [[left, bottom], [right, top]]) answers.set(at(10, x, y), BYTES);
  assert.equal((await store.get(10, left, bottom)).size, 1);
  assert.equal((await store.get(10, right, top)).size, 1);
});

test("what is still coming at another zoom is given up", async () => {
  const store = tiles(ADDRESS);
  const [x, y] = tileAt([114.1, 22.5], 11);
  answers.set(at(10, X, Y), BYTES).set(at(11, x, y), BYTES);
  const late = store.get(10, X, Y);
  await store.get(11, x, y);
  await assert.rejects(late, { name: "AbortError" });
  assert.equal((await store.get(10, X, Y)).size, 1);
});

test("tiles of one zoom do not give each other up", async () => {
  const store = tiles(ADDRESS);
  answers.set(at(10, X, Y), BYTES).set(at(10, X + 1, Y), BYTES);
  const both = await Promise.all([store.get(10, X, Y), store.get(10, X + 1, Y)]);
  assert.deepEqual(both.map(({ size }) => size), [1, 1]);
});

test("a tile that failed is asked for again, and the failure told", async () => {
  const store = tiles(ADDRESS);
  answers.set(at(10, X, Y), 503);
  await assert.rejects(store.get(10, X, Y), /503/);
  answers.set(at(10, X, Y), 401);
  await assert.rejects(store.get(10, X, Y), /401/);
  assert.deepEqual(notices, ["not_loaded", "login_again"]);
  answers.set(at(10, X, Y), BYTES);
  assert.equal((await store.get(10, X, Y)).size, 1);
});

test("ninety-six tiles are kept, those used last", async () => {
  const store = features("a", async () => ({ features: [] }));
  for (let x = 0; x < 96; x++) await store.get(10, x, 0);
  await store.get(10, 0, 0);
  await store.get(10, 96, 0);
  assert.notEqual(store.peek(10, 0, 0), undefined);
  assert.equal(store.peek(10, 1, 0), undefined);
  assert.notEqual(store.peek(10, 2, 0), undefined);
});

test("what was asked for before the modules came is not asked for again, but for once", async () => {
  window.atlasEarly = new Map([["/early", Promise.resolve(new Response("{}"))]]);
  await (await fetchData("/early")).json();
  assert.deepEqual(asked, []);
  answers.set("/early", {});
  await fetchData("/early");
  assert.equal(asked.length, 1);
  delete window.atlasEarly;
});

const edge = (x, z) => (x / 2 ** z - 0.5) * 360; // longitude of the left edge of a column
const feature = (type, coordinates, id = 1) => ({ id, properties: { n: id }, geometry: { type, coordinates } });

function cut(...found) {
  const store = features("a", async () => ({ features: found }));
  return async (z, x, y) => (await store.get(z, x, y)).get("a");
}

test("GeoJSON becomes features in px of the tile", async () => {
  const [one] = await cut(feature("Point", [edge(X, 10), 22.5]))(10, X, Y);
  assert.equal(one.kind, 1);
  assert.deepEqual(one.props, { n: 1 });
  assert.ok(Math.abs(one.lines[0][0].x) < 1e-6);
  assert.ok(one.lines[0][0].y >= 0 && one.lines[0][0].y < TILE_PX);
  assert.equal(one.bbox.minX, one.bbox.maxX);
});

test("a feature is in every tile that it touches, with the width of a stroke beside it", async () => {
  const px = 360 / 2 ** 10 / TILE_PX;
  for (const [off, there] of [[31, true], [33, false]]) {
    const of = cut(feature("Point", [edge(X, 10) - off * px, 22.5]));
    assert.equal((await of(10, X, Y)).length === 1, there, off);
    assert.equal((await of(10, X - 1, Y)).length, 1);
  }
});

test("each part of a multi-polygon is by itself, its holes with it", async () => {
  const ring = (lon) => [[lon, 22.5], [lon + 0.01, 22.5], [lon + 0.01, 22.51], [lon, 22.5]];
  const of = cut(feature("MultiPolygon", [[ring(114.0), ring(114.001)], [ring(114.6)]]));
  const [x, y] = tileAt([114.0, 22.5], 12);
  const found = await of(12, x, y);
  assert.deepEqual(found.map(({ kind, lines }) => [kind, lines.length]), [[3, 2]]);
  assert.equal((await of(0, 0, 0)).length, 2);
});

test("what has no geometry, or one that is not drawn, is left out", async () => {
  const of = cut({ id: 1, properties: {}, geometry: null }, feature("GeometryCollection", []), feature("MultiPoint", [[114, 22], [114.1, 22]]));
  assert.equal((await of(0, 0, 0)).length, 2);
});

test("lines keep their order north to south", async () => {
  const [line] = await cut(feature("LineString", [[114, 22.6], [114, 22.4]]))(0, 0, 0);
  assert.ok(line.lines[0][0].y < line.lines[0][1].y);
  assert.deepEqual([line.bbox.minY, line.bbox.maxY], [line.lines[0][0].y, line.lines[0][1].y]);
  await settled();
});
