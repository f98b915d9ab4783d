import assert from "node:assert/strict";
import { test } from "node:test";
import { readTile } from "app/maps/mvt.js";
import { field, layer, part, real, text, tile, whole, zigzag } from "../tile.js";

const read = (bytes, size = 4096) => readTile(bytes.buffer, size);
const SQUARE = [[0, 0], [10, 0], [10, 10], [0, 10]];

test("an empty tile has no layers", () => {
  assert.equal(read(tile()).size, 0);
});

test("points, lines and areas come with id, properties and box", () => {
  const found = read(
    tile(
      layer("a", [
        { id: 7, props: { name: "碧波花园", n: 0 }, kind: 1, lines: [[[5, 6]]] },
        { props: {}, kind: 2, lines: [[[0, 0], [3, 4]], [[-5, -6], [0, 0]]] },
        { id: 2, props: { name: "碧波花园" }, kind: 3, lines: [SQUARE] },
      ]),
    ),
  ).get("a");
  assert.deepEqual(found[0], {
    id: 7,
    props: { name: "碧波花园", n: 0 },
    kind: 1,
    lines: [[{ x: 5, y: 6 }]],
    bbox: { minX: 5, minY: 6, maxX: 5, maxY: 6 },
  });
  assert.equal(found[1].id, 0);
  assert.equal(found[1].lines.length, 2);
  assert.deepEqual(found[1].bbox, { minX: -5, minY: -6, maxX: 3, maxY: 4 });
  assert.equal(found[2].lines[0].length, 5);
  assert.deepEqual(found[2].lines[0].at(-1), { x: 0, y: 0 });
});

test("coordinates are scaled from the layer's extent, those beyond the tile's edge too", () => {
  const [feature] = read(tile(layer("a", [{ kind: 2, lines: [[[-128, 0], [4224, 4096]]] }])), 1024).get("a");
  assert.deepEqual(feature.lines[0], [{ x: -32, y: 0 }, { x: 1056, y: 1024 }]);
  const [coarse] = read(tile(layer("a", [{ kind: 1, lines: [[[256, 128]]] }], { extent: 256 })), 1024).get("a");
  assert.deepEqual(coarse.lines, [[{ x: 1024, y: 512 }]]);
});

test("several rings stay apart, and each is closed", () => {
  const hole = [[2, 2], [2, 4], [4, 4]];
  const [feature] = read(tile(layer("a", [{ kind: 3, lines: [SQUARE, hole] }]))).get("a");
  assert.deepEqual(feature.lines.map((line) => line.length), [5, 4]);
});

test("numbers of every kind are read, up to those that need eight bytes", () => {
  const values = [
    text(1, "字"),
    real(2, 0.5, 4),
    real(3, -1e-9, 8),
    whole(4, 300),
    whole(5, 2 ** 53 - 1),
    whole(6, zigzag(-(2 ** 40))),
    whole(7, 1),
    whole(7, 0),
  ];
  const tags = values.flatMap((_, at) => [at, at]);
  const bytes = part(3, [
    ...text(1, "a"),
    ...part(2, [...whole(1, 2 ** 53 - 1), ...part(2, tags)]),
    ...values.flatMap((_, at) => text(3, `k${at}`)),
    ...values.flatMap((value) => part(4, value)),
  ]);
  const [{ id, props }] = read(tile(bytes)).get("a");
  assert.equal(id, 2 ** 53 - 1);
  assert.deepEqual(Object.values(props), ["字", 0.5, -1e-9, 300, 2 ** 53 - 1, -(2 ** 40), true, false]);
});

test("what the specification may yet add is passed over, of every wire type", () => {
  const unknown = [...whole(99, 2 ** 40), ...field(98, 1, Array(8).fill(255)), ...part(97, [1, 2]), ...field(96, 5, [1, 2, 3, 4])];
  const found = read(tile(unknown, layer("a", [{ id: 1, kind: 1, lines: [[[1, 1]]] }], { extra: unknown }), unknown));
  assert.deepEqual([...found.keys()], ["a"]);
  assert.equal(found.get("a")[0].id, 1);
});

test("several points of one feature are several lines, as the map asks for", () => {
  const [feature] = read(tile(layer("a", [{ kind: 1, lines: [[[1, 1]], [[3, 5]]] }]))).get("a");
  assert.deepEqual(feature.lines, [[{ x: 1, y: 1 }], [{ x: 3, y: 5 }]]);
});
