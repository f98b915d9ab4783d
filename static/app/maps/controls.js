// Zoom, whole city, own position, scale bar, notices, period and category.
import { change, map, on, say, showCity, state } from "app/atlas.js";

const NOTICE_MS = 6000;
const notice = document.getElementById("notice");
let timer = 0;

export function tell(text) {
  notice.textContent = text;
  notice.hidden = !text;
  clearTimeout(timer);
  timer = setTimeout(() => (notice.hidden = true), NOTICE_MS);
}

const actions = {
  in: () => map.setZoom(Math.round(map.getZoom()) + 1),
  out: () => map.setZoom(Math.round(map.getZoom()) - 1),
  home: showCity,
  locate: () => map.locate({ setView: true, maxZoom: 16, enableHighAccuracy: true }),
};
for (const button of document.querySelectorAll("[data-map]")) {
  button.addEventListener("click", () => actions[button.dataset.map]());
}

let here = null;
map.on("locationfound", ({ latlng, accuracy }) => {
  here?.remove();
  const dot = L.circleMarker(latlng, { radius: 7, color: "#ffffff", weight: 2, fillColor: "#0b6bcb", fillOpacity: 1 });
  const ring = L.circle(latlng, { radius: accuracy, color: "#0b6bcb", weight: 1, fillOpacity: 0.1, interactive: false });
  here = L.layerGroup([ring, dot]).addTo(map);
});
map.on("locationerror", () => tell(say("no_position")));
on("notice", tell);

const scale = L.control.scale({ imperial: false, maxWidth: 90 }).addTo(map);
document.getElementById("scale").append(scale.getContainer());
const container = map.getContainer();
container.setAttribute("role", "region");
container.setAttribute("aria-label", say("map"));

for (const key of ["period", "category"]) {
  const select = document.getElementById(key);
  select.addEventListener("change", () => change({ [key]: select.value }));
  on("change", (keys) => {
    if (keys.includes(key)) select.value = state[key];
  });
}
