// Where the drawn map gets its features: vector tiles of the portal, or a GeoJSON layer cut in the browser.
import { emit, page, say } from "app/atlas.js";

export const LEVELS = page.tile_levels; // a data tile spans 2^LEVELS × 256 px: few requests, each worth it
const TILE_PIXELS = 256 << LEVELS;
const DEEPEST = page.deepest_tile;

// A view over the tiles at `address` ({z}, {x}, {y}).
export function tiles(address) {
  return view(new protomapsL.PmtilesSource(new Tiles(address), true), DEEPEST);
}

// A view over a GeoJSON document that `load` promises.
export function features(name, load) {
  return view(new Features(name, load), 22);
}

function view(source, deepest) {
  return new protomapsL.View(new protomapsL.TileCache(source, TILE_PIXELS), deepest, LEVELS);
}

// Fetch data of the portal; an error is told once and thrown.
export async function fetchData(address, signal) {
  const answer = await fetch(address, { signal, headers: { "X-Requested-With": "fetch" } });
  if (answer.ok) return answer;
  emit("notice", answer.status === 401 ? say("login_again") : say("not_loaded"));
  throw new Error(`${answer.status} ${address}`);
}

// Speaks as a PMTiles archive does, so that the library parses what the portal cut.
class Tiles {
  constructor(address) {
    this.address = address;
  }

  async getZxy(z, x, y, signal) {
    const address = this.address.replace("{z}", z).replace("{x}", x).replace("{y}", y);
    const data = await (await fetchData(address, signal)).arrayBuffer();
    return data.byteLength ? { data } : undefined;
  }
}

// The library's label engine copies and moves points.
class Place {
  constructor(x, y) {
    this.x = x;
    this.y = y;
  }

  clone() {
    return new Place(this.x, this.y);
  }

  mult(factor) {
    return new Place(this.x * factor, this.y * factor);
  }

  add(other) {
    return new Place(this.x + other.x, this.y + other.y);
  }
}

const KINDS = { Point: 1, MultiPoint: 1, LineString: 2, MultiLineString: 2, Polygon: 3, MultiPolygon: 3 };

class Features {
  constructor(name, load) {
    this.name = name;
    this.load = load;
    this.parts = null;
  }

  async get({ z, x, y }, size) {
    this.parts ??= this.load().then(project);
    const scale = 2 ** z;
    const margin = 32 / size;
    const inside = (await this.parts).filter(
      ({ box }) =>
        box[2] * scale > x - margin && box[0] * scale < x + 1 + margin &&
        box[3] * scale > y - margin && box[1] * scale < y + 1 + margin,
    );
    const place = (at) => new Place((at[0] * scale - x) * size, (at[1] * scale - y) * size);
    return new Map([[this.name, inside.map((part) => cut(part, place))]]);
  }
}

function cut(part, place) {
  const [a, b] = [place([part.box[0], part.box[1]]), place([part.box[2], part.box[3]])];
  return {
    id: part.id,
    props: part.props,
    geomType: part.kind,
    geom: part.lines.map((line) => line.map(place)),
    bbox: { minX: a.x, minY: a.y, maxX: b.x, maxY: b.y },
    numVertices: 0,
  };
}

// Each polygon or line by itself, so that tiles need only look at what touches them; units: the world is 1 wide.
function project(collection) {
  return collection.features.flatMap(({ id, properties, geometry }) => {
    const kind = KINDS[geometry?.type];
    if (!kind) return [];
    const shapes = geometry.type.startsWith("Multi") ? geometry.coordinates : [geometry.coordinates];
    return shapes.map((shape) => {
      const lines = kind === 3 ? shape : kind === 2 ? [shape] : [[shape]];
      const projected = lines.map((line) => line.map(mercator));
      return { id, kind, props: properties, lines: projected, box: boxOf(projected) };
    });
  });
}

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
