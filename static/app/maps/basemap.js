// The base map below the drawn layer: none (imported roads), a PMTiles file, or Tianditu by way of the server.
// When Tianditu does not answer, the imported roads are shown until it does.
import { emit, map, on, page, say, state } from "app/atlas.js";
import { load } from "app/lazy.js";

const FAILED = 3; // tiles in a row
const RETRY_MS = 60_000;
const pane = map.createPane("basemap");
pane.style.zIndex = 150; // below Leaflet's tile pane
const credit = document.getElementById("attribution");
let shown = [];
let failed = 0;
let timer = 0;

async function layersOf(style) {
  const { kind, address, language, script } = page.basemap;
  if (kind === "pmtiles") {
    await load(script);
    return [protomapsL.leafletLayer({ url: address, flavor: "grayscale", lang: language, attribution: "", pane: "basemap" })];
  }
  return (style?.layers ?? []).map(pictures);
}

function pictures(name) {
  const tiles = L.tileLayer(`/tiles/tianditu/${name}/{z}/{x}/{y}`, { maxNativeZoom: 18, pane: "basemap" });
  tiles.on("tileload", () => (failed = 0));
  tiles.on("tileerror", ({ tile }) => ++failed === FAILED && giveUp(tile.src));
  return tiles;
}

function giveUp(address) {
  put([]);
  credit.textContent = page.basemap.instead.attribution;
  emit("ground", page.basemap.instead.tiles);
  emit("notice", say("basemap_silent"));
  timer = setInterval(() => retry(address), RETRY_MS);
}

async function retry(address) {
  const answer = await fetch(address, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (answer?.ok) show();
}

async function show() {
  clearInterval(timer);
  failed = 0;
  credit.textContent = page.basemap.attribution;
  emit("ground", null);
  put(await layersOf(page.basemap.styles.find(({ code }) => code === state.base)));
}

function put(layers) {
  for (const layer of shown) layer.remove();
  shown = layers;
  for (const layer of shown) layer.addTo(map);
}

on("change", (keys) => keys.includes("base") && show());
show();
