import { element, settled } from "../page.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { Grid, known } from "app/maps/grid.js";
import { TILE_PX } from "app/maps/sources.js";

const FEATURE = { id: 1, kind: 1, lines: [[{ x: 10, y: 10 }]], bbox: { minX: 10, minY: 10, maxX: 10, maxY: 10 } };

// A store that has every tile, and remembers which were asked for.
function store(deepest = 15) {
  const seen = [];
  const layers = new Map([["a", [FEATURE]]]);
  const note = (z, x, y) => {
    seen.push([z, x, y]);
    return layers;
  };
  return { deepest, seen, peek: note, get: async (...key) => note(...key) };
}

async function frameOf(coords, deepest) {
  const { a } = await Grid.prototype.read.call({}, { a: store(deepest) }, coords);
  return a.frame;
}

test("a tile of the map shows the whole data tile of the zoom that many levels above", async () => {
  const { z, x, y, scale, left, top, side } = await frameOf({ x: 5, y: 6, z: 12 }, 15);
  assert.deepEqual([z, x, y, scale, left, top, side], [10, 5, 6, 1, 0, 0, TILE_PX]);
});

test("at the deepest data a tile is shown whole, one deeper a quarter of it", async () => {
  assert.equal((await frameOf({ x: 5, y: 6, z: 17 }, 15)).scale, 1);
  const { z, x, y, scale, left, top, side } = await frameOf({ x: 11, y: 12, z: 18 }, 15);
  assert.deepEqual([z, x, y, scale, left, top, side], [15, 5, 6, 2, TILE_PX / 2, 0, TILE_PX / 2]);
});

test("a store that fails leaves its layer empty and the others drawn", async () => {
  const bad = { deepest: 15, get: () => Promise.reject(new Error("away")) };
  const read = await Grid.prototype.read.call({}, { a: store(), bad }, { x: 0, y: 0, z: 12 });
  assert.equal(read.bad.layers.size, 0);
  assert.equal(read.a.layers.size, 1);
});

test("the tiles that a box touches are known: not one that only borders on it", () => {
  const data = store();
  const found = known(data, "a", 12, L.bounds([TILE_PX, 0], [2 * TILE_PX, TILE_PX - 1]));
  assert.deepEqual(data.seen, [[10, 1, 0]]);
  assert.deepEqual(found, [{ features: [FEATURE], scale: 1, left: TILE_PX, top: 0, side: TILE_PX }]);
  data.seen.length = 0;
  known(data, "a", 12, L.bounds([TILE_PX - 1, 0], [2 * TILE_PX + 1, 1]));
  assert.deepEqual(data.seen, [[10, 0, 0], [10, 1, 0], [10, 2, 0]]);
});

test("between whole zooms and below the deepest data tiles are larger", () => {
  const scales = [12, 12.5, 17, 18, 18.5].map((zoom) => known(store(), "a", zoom, L.bounds([0, 0], [1, 1]))[0].scale);
  assert.deepEqual(scales.map((scale) => scale.toFixed(3)), ["1.000", "1.414", "1.000", "2.000", "2.828"]);
});

test("a layer that a tile lacks is not known", () => {
  assert.deepEqual(known(store(), "b", 12, L.bounds([0, 0], [1, 1])), []);
});

// A grid whose tiles are painted by a painter that notes what it is given.
function gridOf(zoom, painted) {
  const painter = { store: "a", layer: "a", paint: (_, tile) => painted.push(tile) };
  let calm = 0;
  const data = store();
  const grid = new Grid(() => ({ stores: { a: data }, painters: [painter] }), () => calm++);
  grid.zoom = zoom;
  return { grid, data, calm: () => calm };
}

async function paint(grid, coords) {
  const canvas = Object.assign(element("canvas"), { coords });
  await new Promise((done) => grid.paint(canvas, done));
  await settled();
  return canvas;
}

test("a tile is painted for the zoom that is seen, in the screen's pixels", async () => {
  const painted = [];
  const { grid, calm } = gridOf(12.5, painted);
  const canvas = await paint(grid, { x: 0, y: 0, z: 12 });
  const stretch = Math.SQRT2;
  assert.equal(painted[0].zoom, 12.5);
  assert.ok(Math.abs(painted[0].scale - stretch) < 1e-9);
  assert.equal(canvas.width, Math.ceil(TILE_PX * stretch) + 1);
  assert.equal(calm(), 1);
});

test("at a whole zoom a tile is as wide as its pixels; an empty one costs no memory", async () => {
  const { grid } = gridOf(12, []);
  assert.equal((await paint(grid, { x: 0, y: 0, z: 12 })).width, TILE_PX);
  grid.plan = () => ({ stores: {}, painters: [] });
  assert.equal((await paint(grid, { x: 0, y: 0, z: 12 })).width, 1);
});

test("screens of more than two pixels a point are painted with two", async () => {
  const { grid } = gridOf(12, []);
  globalThis.devicePixelRatio = 3;
  assert.equal((await paint(grid, { x: 0, y: 0, z: 12 })).width, 2 * TILE_PX);
  globalThis.devicePixelRatio = 1;
});

test("of an enlarged tile only what the window shows is painted", async () => {
  const painted = [];
  const { grid } = gridOf(18, painted);
  await paint(grid, { x: 0, y: 0, z: 18 });
  await paint(grid, { x: 1, y: 1, z: 18 });
  assert.equal(painted.length, 1);
});

test("a tile whose plan is old by the time its data come is not painted by it", async () => {
  const painted = [];
  const { grid } = gridOf(12, painted);
  const canvas = Object.assign(element("canvas"), { coords: { x: 0, y: 0, z: 12 } });
  const old = grid.paint(canvas);
  grid.plan = () => ({ stores: {}, painters: [] });
  await Promise.all([old, grid.paint(canvas)]);
  assert.deepEqual(painted, []);
});

test("the zoom between two whole ones is drawn from the lower", () => {
  const { grid } = gridOf(12.99, []);
  assert.equal(grid._clampZoom(), 12);
});
