import { answers, asked, legend, map, settled } from "../page.js";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { change, emit, layerOf } from "app/atlas.js";
import { addressOf, legendOf, pick, shownLayers } from "app/maps/canvas.js";
import { layer, tile } from "../tile.js";

const STREETS = "/layers/streets/legend.json?period=2025-Q3&measure=count";
const TILE = { z: 12, x: 3346, y: 1783 };
const CELL = 1024; // px of a data tile at zoom 14
const grid = () => map.layers.find((one) => one.plan);

// Shows communities at zoom 14 with these features in one tile; coordinates in px of it.
async function show(features, zoom = 14) {
  map.setView(at(512, 512), zoom);
  answers.set(`/tiles/communities/${TILE.z}/${TILE.x}/${TILE.y}.mvt?period=2025-Q3`, tile(layer("communities", features, { extent: CELL })));
  emit("reload", "communities");
  await settled();
  await grid().plan().stores.communities.get(TILE.z, TILE.x, TILE.y);
}

function at(x, y) {
  return map.unproject([TILE.x * CELL + x, TILE.y * CELL + y], 14);
}

const found = (x, y, reach) => pick(at(x, y), reach)?.feature.id;
const square = (id, left, side, holes = []) => ({
  id,
  kind: 3,
  lines: [[[left, 100], [left + side, 100], [left + side, 100 + side], [left, 100 + side]], ...holes],
});

const SCOPE = { layer: "communities", period: "2025-Q3", category: "", measure: "", overlays: "" };

beforeEach(async () => {
  answers.set(STREETS, legend("streets", ["a"]));
  change(SCOPE);
  await settled();
});

test("addresses name what a layer depends on", () => {
  assert.equal(addressOf(layerOf("communities"), "tile"), "/tiles/communities/{z}/{x}/{y}.mvt?period=2025-Q3");
  assert.equal(addressOf(layerOf("streets"), "/legend.json"), STREETS);
  assert.equal(addressOf(layerOf("routes"), ".geojson"), "/layers/routes.geojson");
});

test("one layer speaks, overlays come with it, unknown ones do not", async () => {
  change({ overlays: "routes,unheard,,streets" });
  await settled();
  const { theme, overlays } = shownLayers();
  assert.equal(theme.name, "communities");
  assert.deepEqual(overlays.map(({ name }) => name), ["routes", "streets"]);
});

test("a legend is asked for once; one that failed is asked for again", async () => {
  change({ category: "lift" });
  const lifts = "/layers/streets/legend.json?period=2025-Q3&category=lift&measure=count";
  asked.length = 0;
  await assert.rejects(legendOf(layerOf("streets")));
  answers.set(lifts, legend("streets", ["a"]));
  const [one, two] = await Promise.all([legendOf(layerOf("streets")), legendOf(layerOf("streets"))]);
  assert.equal(one, two);
  assert.deepEqual(asked.map(({ address }) => address), [lifts, lifts]);
  await legendOf(layerOf("communities"));
  assert.equal(asked.filter(({ address }) => address.includes("communities/legend")).length, 0);
});

test("inside an area its feature is found, in its hole and outside none", async () => {
  await show([square(7, 100, 100, [[[140, 140], [140, 160], [160, 160], [160, 140]]])]);
  assert.deepEqual([found(101, 101), found(199, 199), found(150, 150), found(201, 150), found(150, 99)], [7, 7, undefined, undefined, undefined]);
});

test("a point is found within reach, the nearest of several", async () => {
  await show([
    { id: 1, kind: 1, lines: [[[300, 300]]] },
    { id: 2, kind: 1, lines: [[[308, 300]]] },
  ]);
  assert.deepEqual([found(294, 300), found(293, 300), found(303, 300), found(305, 300)], [1, undefined, 1, 2]);
  assert.equal(found(285, 300, 16), 1);
});

test("an area too small to hit is found like a point", async () => {
  await show([square(3, 500, 4)]);
  assert.equal(found(507, 102), 3);
  assert.equal(found(509, 102), undefined);
});

test("a line is found beside it, and beyond its ends no further than that", async () => {
  await show([{ id: 5, kind: 2, lines: [[[600, 600], [700, 600]]] }]);
  assert.deepEqual([found(650, 606), found(650, 607), found(706, 600), found(707, 600)], [5, undefined, 5, undefined]);
});

test("enlarged tiles are hit where they are seen", async () => {
  await show([square(7, 100, 100)], 14.5);
  assert.deepEqual([found(101, 101), found(199, 199), found(201, 150)], [7, 7, undefined]);
});

test("communities that do not speak are found from the zoom at which they are outlined", async () => {
  change({ layer: "streets" });
  await show([square(7, 100, 100)], 14);
  assert.equal(found(150, 150), 7);
  const above = [TILE.z - 2, TILE.x >> 2, TILE.y >> 2];
  const whole = { id: 9, kind: 3, lines: [[[0, 0], [CELL, 0], [CELL, CELL], [0, CELL]]] };
  answers.set(`/tiles/communities/${above.join("/")}.mvt?period=2025-Q3`, tile(layer("communities", [whole], { extent: CELL })));
  await grid().plan().stores.communities.get(...above);
  map.zoom = 12.99;
  assert.equal(pick(at(150, 150)), null);
  change({ layer: "communities" });
  await settled();
  assert.equal(found(150, 150), 9);
});

test("data that changed are fetched anew, others are not", async () => {
  await show([square(7, 100, 100)]);
  const before = grid().plan().stores;
  emit("reload", "routes");
  await settled();
  assert.equal(grid().plan().stores.communities, before.communities);
  emit("reload", "communities");
  await settled();
  assert.notEqual(grid().plan().stores.communities, before.communities);
});

test("where the base map is down the roads stand in, until it is back", async () => {
  const { base } = grid().plan().stores;
  emit("ground", "/tiles/base/{z}/{x}/{y}.mvt?roads=1");
  await settled();
  assert.notEqual(grid().plan().stores.base, base);
  emit("ground", null);
  await settled();
  assert.equal(grid().plan().stores.base, base);
});

test("what covers the ground lies beneath the roads, what does not above them", async () => {
  change({ overlays: "routes" });
  await settled();
  const layers = () => grid().plan().painters.map((painter) => painter.layer);
  assert.deepEqual(layers(), ["streets", "roads", "streets", "communities", "routes"]);
  change({ layer: "streets", overlays: "" });
  await settled();
  assert.deepEqual(layers(), ["streets", "streets", "roads", "communities", "streets"]);
});

test("a layer whose legend is slow is not drawn once another was chosen", async () => {
  const slow = { ...SCOPE, layer: "streets", category: "slow" };
  let come;
  answers.set("/layers/streets/legend.json?period=2025-Q3&category=slow&measure=count", new Promise((done) => (come = done)));
  change(slow);
  change({ layer: "communities" });
  await settled();
  come(legend("streets", ["a"]));
  await settled();
  assert.deepEqual(Object.keys(grid().plan().stores), ["base", "communities"]);
});
