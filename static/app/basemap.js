// The base map below the drawn layer: none (imported roads), a PMTiles file, or Tianditu by way of the server.
import { map, on, page, state } from "app/atlas.js";

const pane = map.createPane("basemap");
pane.style.zIndex = 150; // below Leaflet's tile pane
let shown = [];

function layersOf(style) {
  if (page.basemap.kind === "pmtiles") {
    return [protomapsL.leafletLayer({ url: page.basemap.address, flavor: "grayscale", lang: page.basemap.language, attribution: "", pane: "basemap" })];
  }
  return (style?.layers ?? []).map((name) => L.tileLayer(`/tiles/tianditu/${name}/{z}/{x}/{y}`, { maxZoom: 19, maxNativeZoom: 18, pane: "basemap" }));
}

function show() {
  shown.forEach((layer) => layer.remove());
  shown = layersOf(page.basemap.styles.find(({ code }) => code === state.base));
  shown.forEach((layer) => layer.addTo(map));
}

on("change", (keys) => keys.includes("base") && show());
show();
