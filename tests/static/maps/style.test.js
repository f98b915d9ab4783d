import { legend, Pen } from "../page.js";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { layerOf, marks } from "app/atlas.js";
import * as style from "app/maps/style.js";

const box = (x, y, side) => ({ minX: x, minY: y, maxX: x + side, maxY: y + side });
const area = (id, code, side = 50) => ({
  id,
  kind: 3,
  props: { band: code, class: code },
  lines: [[{ x: 0, y: 0 }, { x: side, y: 0 }, { x: side, y: side }, { x: 0, y: 0 }]],
  bbox: box(0, 0, side),
});
const dot = (id, code) => ({ id, kind: 1, props: { band: code }, lines: [[{ x: id, y: 0 }]], bbox: box(id, 0, 0) });

function paint(painter, features, { zoom = 14, scale = 1 } = {}) {
  const pen = new Pen();
  painter.paint(pen, { zoom, scale, features });
  return pen;
}

// What was filled; a path of nothing is none.
function filled(pen) {
  return pen.all("fill").filter(({ values }) => values[0].steps.length);
}

// A legend whose classes have these colours, in this order.
function read(classes) {
  return { ...legend("x", []), classes: Object.entries(classes).map(([code, look]) => ({ code, pattern: "fill", ...look })) };
}

const BANDS = { good: { colour: "#00ff00" }, fail: { colour: "#ff0000" }, none: { colour: "#888888", pattern: "hatch" } };

beforeEach(() => {
  for (const kind of Object.keys(marks)) marks[kind] = new Set();
});

test("dots grow with the zoom, from 10 to 19", () => {
  const sizes = [9.99, 10, 11.5, 13, 16, 19, 22].map((zoom) => style.radiusAt(zoom).toFixed(2));
  assert.deepEqual(sizes, ["1.70", "2.20", "2.80", "3.40", "5.00", "6.00", "6.00"]);
});

test("small is what is seen smaller than five pixels", () => {
  assert.equal(style.isSmall(area(1, "good", 4.99), 1), true);
  assert.equal(style.isSmall(area(1, "good", 5), 1), false);
  assert.equal(style.isSmall(area(1, "good", 2.5), 2), false);
});

test("the centre of a point is the point, of anything else that of its box", () => {
  assert.deepEqual(style.centreOf(dot(7, "good")), { x: 7, y: 0 });
  assert.deepEqual(style.centreOf(area(1, "good")), { x: 25, y: 25 });
});

test("paths hold every ring, and no points", () => {
  const path = style.pathOf([area(1, "good"), dot(2, "good")]);
  assert.deepEqual(path.steps.map(([step]) => step), ["move", "line", "line", "line"]);
});

test("areas are painted class by class, worst on top, what has no value below all", () => {
  const pen = paint(style.themed(layerOf("communities"), read(BANDS)), [area(1, "fail"), area(2, "none"), area(3, "good")]);
  assert.deepEqual(filled(pen).map(({ fillStyle }) => fillStyle), ["hatch", "#00ff00", "#ff0000"]);
});

test("what is of no class of the legend is not painted", () => {
  const pen = paint(style.themed(layerOf("communities"), read(BANDS)), [area(1, "unheard"), dot(2, "unheard")]);
  assert.deepEqual(filled(pen), []);
});

test("an area too small to see is a dot, just large enough it is an area", () => {
  const painter = style.themed(layerOf("communities"), read(BANDS));
  const steps = (side) => filled(paint(painter, [area(1, "good", side)])).map(({ values }) => values[0].steps.at(-1)[0]);
  assert.deepEqual(steps(4.9), ["arc"]);
  assert.deepEqual(steps(5), ["line"]);
});

test("dots are painted in an order that says nothing: by id, those without value first", () => {
  const dots = [dot(3, "good"), dot(1, "fail"), dot(4, "none"), dot(2, "good")];
  const pen = paint(style.themed(layerOf("communities"), read(BANDS)), dots);
  const radius = style.radiusAt(14);
  assert.deepEqual(filled(pen).map(({ values }) => Math.round(values[0].steps[0][1] - radius)), [4, 1, 2, 3]);
});

test("beside a result everything else is pale, and painted first", () => {
  marks.result = new Set([1]);
  const pen = paint(style.themed(layerOf("communities"), read(BANDS)), [area(1, "good"), area(2, "good"), dot(1, "good"), dot(9, "good")]);
  assert.deepEqual(filled(pen).map(({ globalAlpha }) => globalAlpha), [0.28, 0.92, 0.28, 0.92]);
});

test("a result dims communities only", () => {
  marks.result = new Set([1]);
  const pen = paint(style.themed(layerOf("streets"), read(BANDS)), [area(2, "good")]);
  assert.deepEqual(filled(pen).map(({ globalAlpha }) => globalAlpha), [0.72]);
});

test("of a class that is an outline nothing is filled", () => {
  const pen = paint(style.themed(layerOf("routes"), read({ mine: { colour: "#0000ff", pattern: "outline" } })), [area(1, "mine")]);
  assert.deepEqual([pen.all("fill").length, pen.all("stroke").length], [0, 1]);
});

test("roads are painted from the least to the greatest, wider at deeper zooms", () => {
  const road = (rank) => ({ kind: 2, props: { rank }, lines: [[{ x: rank, y: 0 }, { x: 9, y: 9 }]], bbox: box(0, 0, 9) });
  const order = paint(style.roads, [1, 2, 3, 4, 5, 6].map(road)).all("stroke");
  assert.deepEqual(order.map(({ values }) => values[0].steps[0][1]), [6, 5, 4, 3, 2, 1]);
  const width = (zoom, scale = 1) => paint(style.roads, [road(1)], { zoom, scale }).all("stroke").at(-1).lineWidth;
  assert.deepEqual([10, 13, 16, 19].map((zoom) => width(zoom).toFixed(1)), ["1.6", "3.0", "8.0", "18.0"]);
  assert.equal(width(13, 2), width(13) / 2);
});

test("a layer that does not speak shows its outlines from a zoom on", () => {
  const painter = style.silent("communities", 13);
  assert.equal(paint(painter, [area(1, "good")], { zoom: 12.99 }).done.length, 0);
  assert.equal(paint(painter, [area(1, "good")], { zoom: 13 }).all("stroke").length, 1);
});
