// Gaps and overlaps between streets on the map: a line of the list and its place light up together.
import { map, on } from "app/atlas.js";
import { fit } from "app/maps/fit.js";
import { reveal } from "app/reveal.js";

const LOOKS = {
  gap: { color: "#8a4b08", fillColor: "#e8912d" },
  overlap: { color: "#5b2a86", fillColor: "#9d6cc7" },
};
const shapes = L.featureGroup().addTo(map);
const drawer = document.getElementById("drawer");
let shown = "";
let collection = null;

function root() {
  return drawer.querySelector("[data-territory]");
}

async function settle() {
  const address = root()?.dataset.territory ?? "";
  if (address === shown) return;
  shown = address;
  shapes.clearLayers();
  if (!address) return;
  const answer = await fetch(address, { headers: { "X-Requested-With": "fetch" } });
  if (!answer.ok || shown !== address) return;
  collection = await answer.json();
  if (shown !== address) return;
  L.geoJSON(collection, {
    style: ({ properties }) => ({ ...LOOKS[properties.kind], weight: 2, fillOpacity: 0.6 }),
    onEachFeature: ({ id }, layer) => layer.on("click", () => choose(id)),
  }).eachLayer((layer) => shapes.addLayer(layer));
  // A sliver is narrower than a pixel from afar: a ring around it says where it is.
  for (const { id, properties, geometry } of collection.features) {
    const ring = L.circleMarker(L.geoJSON(geometry).getBounds().getCenter(), { ...LOOKS[properties.kind], radius: 9, weight: 2, fill: false });
    shapes.addLayer(ring.on("click", () => choose(id)));
  }
  reveal(shapes.getBounds());
}

function choose(id) {
  for (const line of root()?.querySelectorAll("[data-fault]") ?? []) {
    const mine = Number(line.dataset.fault) === id;
    line.setAttribute("aria-pressed", String(mine));
    if (mine) line.scrollIntoView({ block: "nearest" });
  }
  const found = collection?.features.find((feature) => feature.id === id);
  if (!found) return;
  fit(L.geoJSON(found).getBounds());
}

drawer.addEventListener("click", (event) => {
  const line = event.target.closest("[data-fault]");
  if (line) choose(Number(line.dataset.fault));
});
on("drawer", settle);
settle();
