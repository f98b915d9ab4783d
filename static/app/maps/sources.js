// Where the drawn map gets its features: vector tiles of the portal, or a GeoJSON layer cut in the browser.
// A store gives the layers of a data tile: get(z, x, y) promises them, peek(z, x, y) has them or not.
import { emit, page, say } from "app/atlas.js";
import { readTile } from "app/maps/mvt.js";

export const LEVELS = page.tile_levels; // a tile spans 2^LEVELS × 256 px: few requests, each worth it
export const TILE_PX = 256 << LEVELS;
const DEEPEST = page.deepest_tile; // deeper zooms enlarge its tiles
const KEPT = 96;
const MARGIN = 32 / TILE_PX; // kept around a tile, so that strokes meet

// The tiles at `address`, with {z}, {x} and {y}.
export function tiles(address) {
  const asked = new Map(); // zoom → controller of its requests; those of another zoom are given up
  return store(DEEPEST, async (z, x, y) => {
    for (const [zoom, controller] of asked) {
      if (zoom === z) continue;
      controller.abort();
      asked.delete(zoom);
    }
    if (!holdsData(z, x, y)) return new Map();
    if (!asked.has(z)) asked.set(z, new AbortController());
    const tile = address.replace("{z}", z).replace("{x}", x).replace("{y}", y);
    const answer = await fetchData(tile, asked.get(z).signal);
    return readTile(await answer.arrayBuffer(), TILE_PX);
  });
}

// The GeoJSON document that `load` promises, as tiles of one layer.
export function features(name, load) {
  let parts = null;
  return store(22, async (z, x, y) => {
    parts ??= load().then(project);
    return new Map([[name, cut(await parts, z, x, y)]]);
  });
}

// Fetch data of the portal; an error is told and thrown.
export async function fetchData(address, signal) {
  const early = window.atlasEarly?.get(address);
  window.atlasEarly?.delete(address);
  const answer = await (early ?? fetch(address, { signal, headers: { "X-Requested-With": "fetch" } }));
  if (answer.ok) return answer;
  emit("notice", answer.status === 401 ? say("login_again") : say("not_loaded"));
  throw new Error(`${answer.status} ${address}`);
}

function store(deepest, load) {
  const known = new Map(); // key → layers, used last comes last
  const coming = new Map();
  const keep = (key, layers) => {
    known.delete(key);
    known.set(key, layers);
    if (known.size > KEPT) known.delete(known.keys().next().value);
    return layers;
  };
  const peek = (z, x, y) => known.get(`${z}/${x}/${y}`);
  const get = async (z, x, y) => {
    const key = `${z}/${x}/${y}`;
    if (known.has(key)) return keep(key, known.get(key));
    if (!coming.has(key)) {
      coming.set(key, load(z, x, y).then((layers) => keep(key, layers)).finally(() => coming.delete(key)));
    }
    return coming.get(key);
  };
  return { deepest, get, peek };
}

const extent = boxOf([[page.extent.slice(0, 2), page.extent.slice(2)].map(mercator)]);

// Whether a tile touches the extent of all data; outside of it nobody needs to be asked.
function holdsData(z, x, y) {
  return touches(extent, 2 ** z, x, y, 0);
}

function touches([west, north, east, south], side, x, y, margin) {
  return (
    east * side >= x - margin && west * side <= x + 1 + margin &&
    south * side >= y - margin && north * side <= y + 1 + margin
  );
}

// The world is 1 wide, y points south.
function mercator([lon, lat]) {
  const sine = Math.sin((lat * Math.PI) / 180);
  return [lon / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}

function boxOf(lines) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of lines.flat()) {
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return box;
}

const KINDS = { Point: 1, MultiPoint: 1, LineString: 2, MultiLineString: 2, Polygon: 3, MultiPolygon: 3 };

// Each polygon or line by itself, so that a tile need only look at what touches it.
function project(collection) {
  return collection.features.flatMap(({ id, properties, geometry }) => {
    const kind = KINDS[geometry?.type];
    if (!kind) return [];
    const shapes = geometry.type.startsWith("Multi") ? geometry.coordinates : [geometry.coordinates];
    return shapes.map((shape) => {
      const lines = (kind === 3 ? shape : kind === 2 ? [shape] : [[shape]]).map((line) => line.map(mercator));
      return { id, kind, props: properties, lines, box: boxOf(lines) };
    });
  });
}

function cut(parts, z, x, y) {
  const side = 2 ** z;
  const place = ([worldX, worldY]) => ({ x: (worldX * side - x) * TILE_PX, y: (worldY * side - y) * TILE_PX });
  return parts
    .filter(({ box }) => touches(box, side, x, y, MARGIN))
    .map(({ id, kind, props, lines, box }) => {
      const [low, high] = [place(box), place(box.slice(2))];
      const bbox = { minX: low.x, minY: low.y, maxX: high.x, maxY: high.y };
      return { id, props, kind, lines: lines.map((line) => line.map(place)), bbox };
    });
}
