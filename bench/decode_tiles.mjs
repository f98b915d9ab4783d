// Decoding vector tiles: static/app/maps/mvt.js beside @mapbox/vector-tile with pbf, to the features that the map draws.
//
//   python -m bench.decode_tiles [--rounds 60]      makes the tiles of the sample city and calls
//   node bench/decode_tiles.mjs FOLDER [ROUNDS]     every .mvt file of FOLDER, the two decoders in turn
//
// The packages are not the portal's own: npm install --no-save pbf@5.1.2 @mapbox/vector-tile@3.0.0 first.
// Medians of the time for all tiles, and the bytes of the modules, as they are and packed with gzip. The last
// line is the same as JSON.
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";
import { readTile } from "../static/app/maps/mvt.js";

const SIZE = 1024;
const [folder, rounds = "60"] = process.argv.slice(2);
const modules = createRequire(import.meta.url);
const FILES = {
  hand: ["../static/app/maps/mvt.js"],
  mapbox: ["@mapbox/vector-tile", "@mapbox/point-geometry", "pbf"],
};

// The same as readTile, by the packages.
function readWithPackages(buffer, size) {
  const { layers } = new VectorTile(new PbfReader(new Uint8Array(buffer)));
  return new Map(Object.values(layers).map((layer) => [layer.name, featuresOf(layer, size / layer.extent)]));
}

function featuresOf(layer, scale) {
  return Array.from({ length: layer.length }, (_, at) => {
    const feature = layer.feature(at);
    const lines = feature.loadGeometry();
    let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const line of lines) {
      for (const point of line) {
        point.x *= scale;
        point.y *= scale;
        const { x, y } = point;
        if (x < minX) minX = x;
        if (x > maxX) maxX = x;
        if (y < minY) minY = y;
        if (y > maxY) maxY = y;
      }
    }
    return { id: feature.id ?? 0, props: feature.properties, kind: feature.type, lines, bbox: { minX, minY, maxX, maxY } };
  });
}

const tiles = readdirSync(folder).filter((name) => name.endsWith(".mvt"));
const buffers = tiles.map((name) => new Uint8Array(readFileSync(join(folder, name))).buffer);
const decoders = { hand: readTile, mapbox: readWithPackages };
check();
const times = { hand: [], mapbox: [] };
for (let round = 0; round < Number(rounds); round++) {
  const turn = round % 2 ? ["mapbox", "hand"] : ["hand", "mapbox"];
  for (const name of turn) times[name].push(timeOf(decoders[name]));
}
const figures = Object.keys(decoders).map((name) => ({ decoder: name, median_ms: round2(median(times[name])), ...bytesOf(FILES[name]) }));
console.table(figures);
console.log(JSON.stringify({ tiles: tiles.length, bytes: buffers.reduce((sum, { byteLength }) => sum + byteLength, 0), figures }));

function timeOf(decode) {
  const begun = performance.now();
  for (const buffer of buffers) decode(buffer, SIZE);
  return performance.now() - begun;
}

function bytesOf(names) {
  const parts = names.map((name) => readFileSync(modules.resolve(name)));
  const sum = (sizes) => sizes.reduce((all, size) => all + size, 0);
  return { bytes: sum(parts.map((part) => part.length)), gzip: sum(parts.map((part) => gzipSync(part).length)) };
}

function check() {
  for (const [at, buffer] of buffers.entries()) {
    const [ours, theirs] = [readTile(buffer, SIZE), readWithPackages(buffer, SIZE)].map(told);
    if (ours !== theirs) throw new Error(`the decoders differ on ${tiles[at]}`);
  }
}

// Both add up in another order: what differs in the ninth digit is the same.
function told(layers) {
  const round = (_, value) => (typeof value === "number" ? Number(value.toFixed(6)) : value);
  const plain = [...layers].map(([name, features]) => [name, features.map(({ props, ...rest }) => ({ ...rest, props: { ...props } }))]);
  return JSON.stringify(plain.filter(([, features]) => features.length), round);
}

function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

function round2(value) {
  return Math.round(value * 100) / 100;
}
