// The ground of the map: canvas tiles, painted bottom to top by painters from the data of several stores.
import { LEVELS, TILE_PX } from "app/maps/sources.js";

const DENSEST = 2; // more pixels than this cost memory and show nothing

// Where a tile of the map at zoom z lies in the data: tile of the store, scale, and the window shown of it.
function frameOf({ x, y, z }, deepest) {
  const deeper = Math.max(z - LEVELS - deepest, 0);
  const scale = 2 ** deeper;
  const [column, row] = [Math.floor(x / scale), Math.floor(y / scale)];
  const side = TILE_PX / scale;
  const [left, top] = [(x - column * scale) * side, (y - row * scale) * side];
  return { z: z - LEVELS - deeper, x: column, y: row, scale, left, top, side };
}

// A layer of tiles. `plan()` tells what to paint: { stores: { name: store }, painters: [(ctx, tile) => …] };
// a painter finds in tile: zoom, scale (of its units to px), features(store, layer) that the window shows.
// Between whole zooms the tiles of the lower one are stretched, and painted for the zoom that is seen.
export const Grid = L.GridLayer.extend({
  options: { tileSize: TILE_PX, updateWhenZooming: false, keepBuffer: 1 },

  initialize(plan, settled) {
    this.plan = plan;
    this.settled = settled;
    this.painting = 0;
    L.GridLayer.prototype.initialize.call(this, {});
  },

  onAdd(map) {
    this.zoom = map.getZoom();
    L.GridLayer.prototype.onAdd.call(this, map);
  },

  // Tiles of the next zoom are made while the map still moves there.
  getEvents() {
    const events = L.GridLayer.prototype.getEvents.call(this);
    for (const name of ["zoom", "viewreset", "zoomanim"]) {
      const handle = events[name];
      if (!handle) continue;
      events[name] = (event) => {
        this.zoom = event.zoom ?? this._map.getZoom();
        handle.call(this, event);
      };
    }
    return { ...events, zoomend: this.sharpen };
  },

  // Leaflet takes the nearest zoom; the lower one shows the same with a quarter of the tiles.
  _clampZoom() {
    return wholeOf(this.zoom);
  },

  // Tiles that stay when the zoom has changed a little are painted for it.
  sharpen() {
    this.zoom = this._map.getZoom();
    for (const { el } of Object.values(this._tiles)) if (el.zoom !== this.zoom && el.coords.z === this._tileZoom) this.paint(el);
  },

  createTile(coords, done) {
    const canvas = document.createElement("canvas");
    canvas.className = "leaflet-tile";
    canvas.coords = coords;
    this.paint(canvas, done);
    return canvas;
  },

  // Paint every tile anew; each keeps its old picture until its new data are there.
  repaint() {
    for (const { el } of Object.values(this._tiles)) this.paint(el);
  },

  async paint(canvas, done) {
    const plan = this.plan();
    canvas.plan = plan;
    canvas.zoom = this.zoom;
    this.painting++;
    try {
      const layers = await this.read(plan.stores, canvas.coords);
      if (canvas.plan === plan) draw(canvas, plan.painters, layers);
    } finally {
      done?.(null, canvas);
      this.painting--;
      if (!this.painting) this.settled();
    }
  },

  // What cannot be read is left out; the reader has told why.
  async read(stores, coords) {
    const entries = Object.entries(stores).map(async ([name, store]) => {
      const frame = frameOf(coords, store.deepest);
      const layers = await store.get(frame.z, frame.x, frame.y).catch(() => new Map());
      return [name, { frame, layers }];
    });
    return Object.fromEntries(await Promise.all(entries));
  },
});

function draw(canvas, painters, read) {
  const stretch = stretchOf(canvas.zoom, canvas.coords.z);
  const density = Math.min(window.devicePixelRatio, DENSEST) * stretch;
  const work = painters
    .map((painter) => ({ painter, ...read[painter.store] }))
    .map(({ painter, frame, layers }) => ({ painter, frame, features: inside(layers.get(painter.layer) ?? [], frame) }))
    .filter(({ features }) => features.length);
  canvas.width = canvas.height = work.length ? sideOf(density, stretch) : 1; // an empty tile costs no memory
  canvas.style.width = canvas.style.height = `${work.length ? canvas.width / density : TILE_PX}px`;
  const ctx = canvas.getContext("2d");
  for (const { painter, frame, features } of work) {
    const scale = frame.scale * density;
    ctx.setTransform(scale, 0, 0, scale, -frame.left * scale, -frame.top * scale);
    painter.paint(ctx, { zoom: canvas.zoom, scale: frame.scale * stretch, features });
  }
}

// In px of the screen. A stretched tile ends within a pixel: it reaches over the next one, or a seam would show.
function sideOf(density, stretch) {
  return Math.ceil(TILE_PX * density) + (stretch === 1 ? 0 : 1);
}

function inside(features, { scale, left, top, side }) {
  if (scale === 1) return features;
  const margin = 16 / scale;
  return features.filter(
    ({ bbox }) =>
      bbox.maxX > left - margin && bbox.minX < left + side + margin &&
      bbox.maxY > top - margin && bbox.minY < top + side + margin,
  );
}

function wholeOf(zoom) {
  return Math.floor(zoom);
}

// How much larger the tiles of zoom z are drawn at a zoom between two whole ones.
function stretchOf(zoom, z) {
  return 2 ** (zoom - z);
}

// The layers of the data tiles that a box of the map (px at its zoom) touches, as far as they are known.
export function known(store, layer, zoom, box) {
  const whole = wholeOf(zoom);
  const deeper = Math.max(whole - LEVELS - store.deepest, 0);
  const scale = 2 ** deeper * stretchOf(zoom, whole);
  const side = TILE_PX * scale;
  const z = whole - LEVELS - deeper;
  const found = [];
  for (let x = Math.floor(box.min.x / side); x * side < box.max.x; x++) {
    for (let y = Math.floor(box.min.y / side); y * side < box.max.y; y++) {
      const features = store.peek(z, x, y)?.get(layer);
      if (features) found.push({ features, scale, left: x * side, top: y * side, side });
    }
  }
  return found;
}
