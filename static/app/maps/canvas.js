// The drawn map: which layers are on it, what lies under the pointer, and when it is all drawn.
import { dataArguments, emit, layerOf, map, on, page, state } from "app/atlas.js";
import { Grid, known } from "app/maps/grid.js";
import { Overlay } from "app/maps/overlay.js";
import { features, fetchData, tiles } from "app/maps/sources.js";
import * as style from "app/maps/style.js";

const OUTLINES_FROM = 13; // zoom from which communities that do not speak show their outlines
const REACH_PX = 6;

const stores = new Map(); // address → store, so that a layer comes back without a request
const legends = new Map(Object.entries(page.legends));
const base = tiles(page.basemap.tiles);
let instead = null; // the roads, where another base map is down
let plan = { stores: {}, painters: [] };
let asked = 0;

const grid = new Grid(() => plan, () => overlay.draw());
const overlay = new Overlay(() => plan.stores, settle);

export function shownLayers() {
  const overlays = state.overlays.split(",").filter(Boolean).map(layerOf).filter(Boolean);
  return { theme: layerOf(state.layer), overlays };
}

export function addressOf(layer, what) {
  const args = dataArguments(layer);
  const tail = args.size ? `?${args}` : "";
  if (what === "tile") return `/tiles/${layer.name}/{z}/{x}/{y}.mvt${tail}`;
  return `/layers/${layer.name}${what}${tail}`;
}

export async function legendOf(layer) {
  const address = addressOf(layer, "/legend.json");
  if (!legends.has(address)) legends.set(address, fetchData(address).then((answer) => answer.json()));
  try {
    return await legends.get(address);
  } catch (error) {
    legends.delete(address); // the next one to ask may be luckier
    throw error;
  }
}

function storeOf(layer) {
  const address = addressOf(layer, layer.tiled ? "tile" : ".geojson");
  if (!stores.has(address)) {
    const load = async () => (await fetchData(address)).json();
    stores.set(address, layer.tiled ? tiles(address) : features(layer.name, load));
  }
  return stores.get(address);
}

// ---- what is drawn, bottom to top -----------------------------------------------------------------

async function compose() {
  const { theme, overlays } = shownLayers();
  const communities = layerOf("communities");
  const speaking = [theme, ...overlays].filter(Boolean);
  const read = await Promise.all(speaking.map(legendOf));
  const themed = speaking.map((layer, i) => ({ layer, painter: style.themed(layer, read[i]) }));
  const of = (beneath) => themed.filter(({ layer }) => layer.beneath === beneath).map(({ painter }) => painter);
  return {
    stores: {
      base: instead ?? base,
      communities: storeOf(communities),
      ...Object.fromEntries(speaking.map((layer) => [layer.name, storeOf(layer)])),
    },
    painters: [
      ...(page.basemap.kind === "roads" || instead ? [style.ground] : []),
      ...of(true),
      style.roads,
      ...(speaking.includes(communities) ? [] : [style.silent("communities", OUTLINES_FROM)]),
      style.boundaries,
      ...of(false),
    ],
  };
}

async function refresh() {
  const mine = ++asked;
  const composed = await compose();
  if (mine !== asked) return; // something else was chosen while a legend was on its way
  plan = composed;
  if (map.hasLayer(grid)) grid.repaint();
  else map.addLayer(overlay).addLayer(grid);
}

// ---- what lies under the pointer ------------------------------------------------------------------

// The topmost feature at a place: { layer, feature } or null. `reach` is in px.
export function pick(latlng, reach = REACH_PX) {
  const { theme, overlays } = shownLayers();
  const communities = layerOf("communities");
  const candidates = new Set([communities, ...overlays, theme].filter(Boolean));
  if (theme !== communities && map.getZoom() < OUTLINES_FROM) candidates.delete(communities);
  for (const layer of candidates) {
    const feature = plan.stores[layer.name] && hit(plan.stores[layer.name], layer.name, latlng, reach);
    if (feature) return { layer, feature };
  }
  return null;
}

function hit(store, name, latlng, reach) {
  const zoom = map.getZoom();
  const point = map.project(latlng, zoom);
  let nearest = null;
  let least = reach;
  for (const { features: found, scale, left, top } of known(store, name, zoom, L.bounds(point, point.add([1, 1])))) {
    const at = { x: (point.x - left) / scale, y: (point.y - top) / scale };
    const near = reach / scale;
    for (const feature of found) {
      const { bbox } = feature;
      if (at.x < bbox.minX - near || at.x > bbox.maxX + near || at.y < bbox.minY - near || at.y > bbox.maxY + near) continue;
      if (feature.kind === 3 && isInside(at, feature.lines)) return feature;
      const distance = distanceTo(at, feature, scale) * scale;
      if (distance <= least) [nearest, least] = [feature, distance];
    }
  }
  return nearest;
}

function distanceTo(at, feature, scale) {
  if (feature.kind === 2) return Math.min(...feature.lines.map((line) => distanceToLine(at, line)));
  if (feature.kind === 3 && !style.isSmall(feature, scale)) return Infinity;
  const centre = style.centreOf(feature);
  return Math.hypot(at.x - centre.x, at.y - centre.y);
}

function distanceToLine(at, line) {
  let least = Infinity;
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1], line[i]];
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const t = Math.max(0, Math.min(1, ((at.x - a.x) * dx + (at.y - a.y) * dy) / (dx * dx + dy * dy || 1)));
    least = Math.min(least, Math.hypot(at.x - a.x - t * dx, at.y - a.y - t * dy));
  }
  return least;
}

function isInside(at, rings) {
  let odd = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [a, b] = [ring[i], ring[j]];
      if (a.y > at.y !== b.y > at.y && at.x < ((b.x - a.x) * (at.y - a.y)) / (b.y - a.y) + a.x) odd = !odd;
    }
  }
  return odd;
}

// ---- life -----------------------------------------------------------------------------------------

// "drawn" is told when nothing waits to be drawn any more; the mark is for whoever measures.
function settle() {
  if (grid.painting) return;
  performance.mark("atlas:drawn");
  emit("drawn");
}

on("change", (keys) => {
  if (keys.some((key) => ["layer", "measure", "period", "category", "overlays"].includes(key))) refresh();
});
on("marks", ({ kind }) => {
  if (kind === "result") grid.repaint(); // what is no result turns pale
  overlay.redraw();
});
on("ground", (address) => {
  if (!address && !instead) return;
  instead = address && tiles(address);
  refresh();
});
on("spots", () => overlay.redraw());
on("reload", (name) => {
  // the data of a layer changed (a pin was set, a route made): forget them
  for (const address of stores.keys()) {
    if (address.startsWith(`/tiles/${name}/`) || address.startsWith(`/layers/${name}.`)) stores.delete(address);
  }
  refresh();
});

refresh();
