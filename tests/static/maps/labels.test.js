import assert from "node:assert/strict";
import { test } from "node:test";
import { Labels } from "app/maps/labels.js";

const LOOK = { size: 10, halo: 3, colour: "#000" };
const WIDE = 46; // of "abcd": 10 px a letter and 3 px around
const HIGH = 18;

function labels() {
  const calls = [];
  const pen = new Proxy({}, { get: (_, name) => (...values) => calls.push([name, ...values]), set: () => true });
  const ctx = new Proxy(pen, { get: (of, name) => (name === "measureText" ? (text) => ({ width: 10 * text.length }) : of[name]) });
  return { made: new Labels(ctx, "sans"), calls };
}

const spots = (made) => made.placed.map(({ text, x, y }) => [text, x, y]);

test("the first label stands, one that would touch it is left out", () => {
  const { made } = labels();
  made.addPoint("abcd", 100, 100, LOOK);
  made.addPoint("efgh", 100 + WIDE - 1, 100, LOOK);
  made.addPoint("ijkl", 100, 100 + HIGH - 1, LOOK);
  assert.deepEqual(spots(made), [["abcd", 100, 100]]);
});

test("labels side by side or one below the other both stand", () => {
  const { made } = labels();
  made.addPoint("abcd", 100, 100, LOOK);
  made.addPoint("efgh", 100 + WIDE, 100, LOOK);
  made.addPoint("ijkl", 100, 100 + HIGH, LOOK);
  assert.equal(made.placed.length, 3);
});

test("labels meet across the cells in which they are looked for", () => {
  const { made } = labels();
  made.addPoint("abcd", 64, 64, LOOK);
  for (const [x, y] of [[60, 60], [68, 68], [90, 70], [40, 58]]) made.addPoint("efgh", x, y, LOOK);
  assert.equal(made.placed.length, 1);
});

test("a mark's own label stands below it, else above, right, left, or not at all", () => {
  const { made } = labels();
  made.keepClear(100, 100, 10);
  for (const name of ["1111", "2222", "3333", "4444", "5555"]) made.addPoint(name, 100, 100, LOOK);
  assert.deepEqual(spots(made), [
    ["1111", 100, 110 + HIGH / 2],
    ["2222", 100, 90 - HIGH / 2],
    ["3333", 110 + WIDE / 2, 100],
    ["4444", 90 - WIDE / 2, 100],
  ]);
});

test("another's mark pushes a label up or down, never sideways", () => {
  const { made } = labels();
  made.keepClear(110, 100, 5);
  for (const name of ["1111", "2222", "3333"]) made.addPoint(name, 100, 100, LOOK);
  assert.deepEqual(spots(made), [["1111", 100, 105 + HIGH / 2], ["2222", 100, 95 - HIGH / 2]]);
});

test("a mark that just does not touch leaves the label where it belongs", () => {
  const { made } = labels();
  made.keepClear(100 + WIDE / 2 + 5, 100, 5);
  made.addPoint("abcd", 100, 100, LOOK);
  assert.deepEqual(spots(made), [["abcd", 100, 100]]);
});

test("a road is named in the middle of a straight part that is long enough", () => {
  const { made } = labels();
  made.addLine("abcd", [[0, 0], [59, 0]], LOOK);
  assert.equal(made.placed.length, 0);
  made.addLine("abcd", [[0, 0], [30, 0], [60, 0]], LOOK);
  assert.deepEqual(spots(made), [["abcd", 30, 0]]);
});

test("a name never stands on its head", () => {
  for (const [to, angle] of [[[-80, 0], 0], [[0, 80], Math.PI / 2], [[0, -80], Math.PI / 2], [[-80, -80], Math.PI / 4]]) {
    const { made } = labels();
    made.addLine("abcd", [[0, 0], to], LOOK);
    assert.ok(Math.abs(made.placed[0].angle - angle) < 1e-9, `${to}: ${made.placed[0].angle}`);
  }
});

test("a bend of more than a third of a radian is no place for a name", () => {
  const bent = (angle) => [[0, 0], [50, 0], [50 + 50 * Math.cos(angle), 50 * Math.sin(angle)]];
  for (const [angle, count] of [[0.34, 1], [0.36, 0], [-0.34, 1], [-0.36, 0]]) {
    const { made } = labels();
    made.addLine("abcd", bent(angle), LOOK);
    assert.equal(made.placed.length, count, angle);
  }
});

test("a road's name is repeated only far away", () => {
  const { made } = labels();
  for (const x of [0, 419, 420]) made.addLine("abcd", [[x, 0], [x + 60, 0]], LOOK);
  assert.deepEqual(made.placed.map(({ x }) => x), [30, 450]);
});

test("every label is drawn, its halo first", () => {
  const { made, calls } = labels();
  made.addPoint("abcd", 100, 100, LOOK);
  made.draw();
  assert.deepEqual(calls.filter(([name]) => name.endsWith("Text")).map(([name]) => name), ["strokeText", "fillText"]);
});
