import { map, Pen } from "../page.js";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { change, marks } from "app/atlas.js";
import { Overlay } from "app/maps/overlay.js";

// The data tile of zoom 13 that is in view at zoom 15, and a place in it.
const [Z, X, Y] = [15, 6695, 3565];
const bbox = (x, y, side) => ({ minX: x, minY: y, maxX: x + side, maxY: y + side });

function store(layers) {
  return { deepest: 15, peek: (z, x, y) => (z === Z - 2 && x === X >> 2 && y === Y >> 2 ? new Map(Object.entries(layers)) : undefined) };
}

const dot = (id, x, y) => ({ id, kind: 1, props: { name: `小区${id}` }, lines: [[{ x, y }]], bbox: bbox(x, y, 0) });

function overlay(stores, zoom = 15) {
  map.setView(map.unproject([((X >> 2) + 0.5) * 1024, ((Y >> 2) + 0.5) * 1024], 15), 15);
  map.zoom = zoom;
  const made = new Overlay(() => stores, () => {});
  const pen = new Pen();
  const box = L.bounds(map.project(map.centre).subtract([720, 450]), map.project(map.centre).add([720, 450]));
  return { made, pen, box };
}

const MARK = { kind: "result", layer: "communities", colour: "#1f4e79", width: 1.6 };

beforeEach(() => {
  marks.result = new Set();
  change({ layer: "communities" });
});

function rings(count) {
  marks.result = new Set(Array.from({ length: count }, (_, at) => at));
  const data = store({ communities: [dot(1, 500, 500), dot(2, 520, 500), dot(1000, 540, 500)] });
  const { made, pen, box } = overlay({});
  made.drawMarks(pen, data, MARK, 15, box);
  return pen.all("stroke");
}

test("what is marked has a ring, light below dark", () => {
  assert.deepEqual(rings(2).map(({ strokeStyle }) => strokeStyle), ["#ffffff", "#1f4e79"]);
  assert.equal(rings(2)[0].values[0].steps.filter(([step]) => step === "arc").length, 1);
  assert.equal(rings(3)[0].values[0].steps.filter(([step]) => step === "arc").length, 2);
});

test("four hundred marks have rings, one more would cover the map", () => {
  assert.equal(rings(0).length, 0);
  assert.equal(rings(400).length, 2);
  assert.equal(rings(401).length, 0);
});

function names(stores, zoom) {
  const { made, pen, box } = overlay(stores, zoom);
  made.drawLabels(pen, stores, zoom, box);
  return pen.all("fillText").map(({ values }) => values[0]);
}

const label = (name, x, y) => ({ kind: 1, props: { name }, lines: [[{ x, y }]], bbox: bbox(x, y, 0) });

test("streets are named up to zoom 15, communities from there on", () => {
  const stores = {
    base: { deepest: 15, peek: () => new Map([["street_labels", [label("西街道", 500, 500)]]]) },
    communities: { deepest: 15, peek: () => new Map([["community_labels", [label("甲花园", 500, 500)]]]) },
  };
  assert.ok(names(stores, 14.99).every((name) => name === "西街道"));
  assert.ok(names(stores, 15).every((name) => name === "甲花园"));
});

test("what is chosen is named first, where two names would touch", () => {
  const stores = { base: store({}), communities: store({ community_labels: [label("甲花园", 500, 500), label("乙花园", 501, 500)] }) };
  assert.deepEqual(names(stores, 15), ["甲花园"]);
});
