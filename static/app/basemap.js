// The base map below the drawn layer: none (imported roads), a PMTiles file, or Tianditu by way of the server.
import { map, on, page, state } from "app/atlas.js";
import { load } from "app/lazy.js";

const pane = map.createPane("basemap");
pane.style.zIndex = 150; // below Leaflet's tile pane
let shown = [];

async function layersOf(style) {
  const { kind, address, language, script } = page.basemap;
  if (kind === "pmtiles") {
    await load(script);
    return [protomapsL.leafletLayer({ url: address, flavor: "grayscale", lang: language, attribution: "", pane: "basemap" })];
  }
  const tile = (name) => L.tileLayer(`/tiles/tianditu/${name}/{z}/{x}/{y}`, { maxNativeZoom: 18, pane: "basemap" });
  return (style?.layers ?? []).map(tile);
}

async function show() {
  const layers = await layersOf(page.basemap.styles.find(({ code }) => code === state.base));
  shown.forEach((layer) => layer.remove());
  shown = layers;
  shown.forEach((layer) => layer.addTo(map));
}

on("change", (keys) => keys.includes("base") && show());
show();
