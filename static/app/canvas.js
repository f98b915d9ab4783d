// The drawn map: one canvas layer of base, theme, outlines, marks and labels, cut from vector tiles.
import { dataArguments, emit, layerOf, map, marks, on, page, state } from "app/atlas.js";
import { LEVELS, features, fetchData, tiles } from "app/sources.js";
import * as style from "app/style.js";

const OUTLINES_FROM = 13; // zoom from which a silent layer shows its outlines
const COMMUNITY_LABELS_FROM = 15;

const drawn = protomapsL.leafletLayer({
  sources: {},
  attribution: "",
  tileDelay: 0.01,
  lang: document.documentElement.lang,
  devicePixelRatio: Math.min(window.devicePixelRatio, 2),
});

const views = new Map(); // address → view, so that a layer comes back without a request
const legends = new Map(Object.entries(page.legends));

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
  if (!legends.has(address)) legends.set(address, (await fetchData(address)).json());
  return legends.get(address);
}

function viewOf(layer) {
  const address = addressOf(layer, layer.tiled ? "tile" : ".geojson");
  if (!views.has(address)) {
    const load = async () => (await fetchData(address)).json();
    views.set(address, layer.tiled ? tiles(address) : features(layer.name, load));
  }
  return views.get(address);
}

// ---- what is drawn, bottom to top -----------------------------------------------------------------

async function compose() {
  const { theme, overlays } = shownLayers();
  const silent = layerOf("communities");
  const speaking = [...(theme ? [theme] : []), ...overlays];
  const read = await Promise.all(speaking.map(legendOf));
  const rule = (layer, symbolizer, more) => ({ dataSource: layer.name, dataLayer: layer.name, symbolizer, ...more });
  const themed = speaking.map((layer, i) => ({ layer, rule: rule(layer, style.themed(layer, read[i])) }));
  const base = (dataLayer, symbolizer, more) => ({ dataSource: "base", dataLayer, symbolizer, ...more });

  drawn.paintRules = [
    ...(page.basemap.kind === "roads" ? [base("streets", style.ground)] : []),
    ...themed.filter(({ layer }) => layer.beneath).map((one) => one.rule),
    base("roads", style.roads),
    ...(speaking.includes(silent) ? [] : [rule(silent, style.silent, { minzoom: OUTLINES_FROM })]),
    ...themed.filter(({ layer }) => !layer.beneath).map((one) => one.rule),
    base("streets", style.boundaries),
    rule(silent, style.marked.symbolizer, { filter: style.marked.filter }),
  ];
  drawn.labelRules = [
    base("street_labels", style.streetLabels, { maxzoom: COMMUNITY_LABELS_FROM - 1 }),
    rule(silent, style.communityLabels, { dataLayer: "community_labels", minzoom: COMMUNITY_LABELS_FROM }),
    base("road_names", style.roadLabels, { minzoom: 13 }),
  ];
  drawn.views = new Map([
    ["base", views.get("base") ?? views.set("base", tiles(page.basemap.tiles)).get("base")],
    [silent.name, viewOf(silent)],
    ...speaking.map((layer) => [layer.name, viewOf(layer)]),
  ]);
  drawn.clearLayout();
}

async function refresh() {
  await compose();
  if (map.hasLayer(drawn)) drawn.rerenderTiles();
  else drawn.addTo(map);
}

// ---- what lies under the pointer ------------------------------------------------------------------

// The topmost feature at a place: { layer, feature } or null. `reach` is in px.
export function pick(latlng, reach = 6) {
  const zoom = map.getZoom();
  const { theme, overlays } = shownLayers();
  const communities = layerOf("communities");
  const candidates = [communities, ...overlays, theme].filter(
    (layer, i, all) => layer && all.indexOf(layer) === i,
  );
  for (const layer of candidates) {
    if (layer === communities && theme !== layer && zoom < OUTLINES_FROM) continue;
    const feature = hit(drawn.views?.get(layer.name), layer.name, latlng, zoom, reach);
    if (feature) return { layer, feature };
  }
  return null;
}

function hit(view, name, latlng, zoom, reach) {
  const z = view && Math.min(zoom - LEVELS, view.maxDataLevel);
  if (!view || z < 0) return null;
  const world = map.project(latlng, z); // 256 px a tile
  const [x, y] = [Math.floor(world.x / 256), Math.floor(world.y / 256)];
  const entry = view.tileCache.cache.get(`${x}:${y}:${z}`);
  const scale = 2 ** (zoom - LEVELS - z);
  const size = 256 << LEVELS;
  const at = { x: (world.x / 256 - x) * size, y: (world.y / 256 - y) * size };
  const near = reach / scale;
  let nearest = null;
  let least = near;
  for (const feature of entry?.data.get(name) ?? []) {
    const { bbox } = feature;
    if (at.x < bbox.minX - near || at.x > bbox.maxX + near || at.y < bbox.minY - near || at.y > bbox.maxY + near) continue;
    if (feature.geomType === 3 && inside(at, feature.geom)) return feature;
    const distance = distanceTo(at, feature);
    if (distance <= least) [nearest, least] = [feature, distance];
  }
  return nearest;
}

function distanceTo(at, feature) {
  if (feature.geomType === 2) return Math.min(...feature.geom.map((line) => distanceToLine(at, line)));
  if (feature.geomType === 3 && !style.isSmall(feature)) return Infinity;
  const centre = style.centreOf(feature.geom, feature);
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

function inside(at, geom) {
  let odd = false;
  for (const ring of geom) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [a, b] = [ring[i], ring[j]];
      if (a.y > at.y !== b.y > at.y && at.x < ((b.x - a.x) * (at.y - a.y)) / (b.y - a.y) + a.x) odd = !odd;
    }
  }
  return odd;
}

// ---- marks ----------------------------------------------------------------------------------------

// Redraw only the tiles that a marked feature touches; a result touches all of them.
function redrawMarked({ kind, before }) {
  if (kind === "result") return drawn.rerenderTiles();
  const ids = new Set([...before, ...marks[kind]]);
  const keys = new Set();
  const view = drawn.views?.get("communities");
  const zoom = map.getZoom();
  for (const [index, entry] of view?.tileCache.cache ?? []) {
    const [x, y, z] = index.split(":").map(Number);
    if (z !== Math.min(zoom - LEVELS, view.maxDataLevel)) continue;
    for (const feature of entry.data.get("communities") ?? []) {
      if (ids.has(feature.id)) touched(feature.bbox, { x, y, z }, zoom).forEach((key) => keys.add(key));
    }
  }
  keys.forEach((key) => drawn.rerenderTile(key));
}

function touched(bbox, { x, y, z }, zoom) {
  const scale = 2 ** (zoom - z); // display tiles in a data tile, each way
  const unit = 256 * 2 ** (LEVELS - (zoom - z));
  const tile = (value, origin) => Math.floor(value / unit + origin * scale);
  const margin = (10 * unit) / 256;
  const keys = [];
  for (let tx = tile(bbox.minX - margin, x); tx <= tile(bbox.maxX + margin, x); tx++)
    for (let ty = tile(bbox.minY - margin, y); ty <= tile(bbox.maxY + margin, y); ty++) keys.push(`${tx}:${ty}:${zoom}`);
  return keys;
}

// ---- life -----------------------------------------------------------------------------------------

// "drawn" is told when no tile is being drawn any more; the mark is for whoever measures.
let drawing = 0;

function tellDrawn() {
  performance.mark("atlas:drawn");
  emit("drawn");
}

const renderTile = drawn.renderTile;
drawn.renderTile = async function (...args) {
  drawing++;
  try {
    await renderTile.apply(this, args);
  } finally {
    drawing--;
    if (!drawing) requestAnimationFrame(() => !drawing && tellDrawn());
  }
};

on("change", (keys) => {
  if (keys.some((key) => ["layer", "measure", "period", "category", "overlays"].includes(key))) refresh();
});
on("marks", redrawMarked);
on("reload", (name) => {
  // the data of a layer changed (a pin was set, a route made): forget them
  for (const address of views.keys()) {
    if (address.startsWith(`/tiles/${name}/`) || address.startsWith(`/layers/${name}.`)) views.delete(address);
  }
  refresh();
});

refresh();
