// Routes: the one in hand drawn with its numbered stops, and the form of a new one.
// Loaded by templates/routes/*.html; the module then follows whatever the drawer holds.
import { emit, keepClear, map, on } from "app/atlas.js";
import { reveal } from "app/reveal.js";
import { emptyBasket } from "app/queries/basket.js";
import { settleForm } from "app/routes/form.js";
import { fetchData } from "app/maps/sources.js";

const COLOUR = "#0b5cad";
const ARROW_FROM_M = 300; // a shorter way is known by the numbers at its ends
const MARK = 14; // px
const WAY = { interactive: false, lineCap: "round", lineJoin: "round" };
const drawer = document.getElementById("drawer");
const legend = document.getElementById("legend");
const drawn = L.featureGroup().addTo(map);
let shown = ""; // id of the route that is drawn

function root() {
  return drawer.querySelector("[data-route]");
}

async function settle() {
  settleForm(drawer.querySelector("#route-form"));
  const route = root();
  if (!route) return leave();
  const { route: id, drawn: address } = route.dataset;
  if (id !== shown) {
    shown = id;
    drawn.clearLayers();
    const document_ = await (await fetchData(address)).json();
    if (shown !== id) return;
    draw(document_, JSON.parse(route.dataset.texts));
    explain();
    reveal(drawn.getBounds());
  }
  hold(root()?.dataset.stop);
}

function leave() {
  shown = "";
  drawn.clearLayers();
  keepClear("route", []);
  explain();
}

// ---- on the map -----------------------------------------------------------------------------------

function draw({ features, approximate, note }, texts) {
  const legs = features.filter(({ properties, geometry }) => properties.kind === "leg" && geometry);
  const dash = approximate ? "6 10" : null;
  for (const [color, weight, dashArray] of [["#ffffff", 9, null], [COLOUR, 4.5, dash]]) {
    for (const leg of legs) L.polyline(leg.geometry.coordinates.map(flip), { ...WAY, color, weight, dashArray }).addTo(drawn);
  }
  for (const leg of legs) if (leg.properties.metres > ARROW_FROM_M) addArrow(leg.geometry.coordinates);
  const places = features.filter(({ geometry }) => geometry?.type === "Point");
  const at = (kind) => places.find(({ properties }) => properties.kind === kind);
  const [start, end] = [at("start"), at("end")];
  const closed = start && end && String(start.geometry.coordinates) === String(end.geometry.coordinates);
  if (end && !closed) addEnd(end, texts.end, "end");
  if (start) addEnd(start, closed ? texts.both : texts.start, "start");
  for (const stop of places.filter(({ properties }) => properties.kind === "stop").reverse()) addStop(stop, texts, note);
  keepClear("route", places.map(({ geometry }) => ({ at: flip(geometry.coordinates), radius: MARK })));
}

function addEnd({ geometry, properties }, label, kind) {
  const mark = document.createElement("span");
  mark.className = `route-terminus ${kind}`;
  add(geometry, mark, `${label} ${properties.name}`, -100, { keyboard: false });
}

function addStop({ geometry, properties }, texts, note) {
  const { order, name, arrives } = properties;
  const mark = document.createElement("span");
  mark.className = "route-marker";
  mark.textContent = order;
  const label = fill(texts.stop, { n: order, name, time: arrives, note });
  const marker = add(geometry, mark, label, 1000 - order, {});
  marker.order = order;
  marker.on("click", () => goToRow(order));
  marker.on("keypress", ({ originalEvent }) => originalEvent.key === "Enter" && goToRow(order));
}

function add(geometry, html, label, zIndexOffset, options) {
  const icon = L.divIcon({ html, className: "route-icon", iconSize: [32, 32] });
  const marker = L.marker(flip(geometry.coordinates), { icon, title: label, zIndexOffset, riseOnHover: true, ...options });
  marker.on("add", () => {
    marker.getElement().setAttribute("aria-label", label);
    if (options.keyboard === false) marker.getElement().setAttribute("role", "img");
  });
  return marker.addTo(drawn);
}

// Half-way along, pointing the way one drives; the map is conformal, so the angle holds at every zoom.
function addArrow(coordinates) {
  const points = coordinates.map((at) => map.project(flip(at), 16));
  const lengths = points.slice(1).map((point, i) => point.distanceTo(points[i]));
  let left = lengths.reduce((sum, length) => sum + length, 0) / 2;
  let i = 0;
  while (left > lengths[i]) left -= lengths[i++];
  const [a, b] = [points[i], points[i + 1]];
  const at = a.add(b.subtract(a).multiplyBy(left / (lengths[i] || 1)));
  const html = document.createElement("span");
  html.className = "route-arrow";
  html.style.transform = `rotate(${Math.atan2(b.y - a.y, b.x - a.x)}rad)`;
  const icon = L.divIcon({ html, className: "route-icon", iconSize: [16, 16] });
  L.marker(map.unproject(at, 16), { icon, interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(drawn);
}

function flip([lon, lat]) {
  return [lat, lon];
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// ---- stops: map and list light up together --------------------------------------------------------

function markers() {
  return drawn.getLayers().filter((layer) => layer.order);
}

function emphasise(order, className) {
  for (const marker of markers()) {
    const on = marker.order === order;
    marker.getElement()?.firstChild.classList.toggle(className, on);
    marker.setZIndexOffset(on ? 3000 : 1000 - marker.order);
  }
}

function hold(order) {
  emphasise(Number(order), "is-in-hand");
}

function goToRow(order) {
  const row = root()?.querySelector(`#stop-${order}`);
  if (!row) return;
  row.scrollIntoView({ block: "center" });
  row.querySelector("a").focus({ preventScroll: true });
}

for (const [name, on_] of [["pointerover", true], ["pointerout", false], ["focusin", true], ["focusout", false]]) {
  drawer.addEventListener(name, (event) => {
    const row = event.target.closest("[data-order]");
    if (row) emphasise(on_ ? Number(row.dataset.order) : 0, "is-hovered");
  });
}

// ---- the legend says what the times are not -------------------------------------------------------

function explain() {
  legend.querySelector(".route-legend")?.remove();
  const route = root();
  if (!route) return;
  const texts = JSON.parse(route.dataset.texts);
  const dashed = route.querySelector(".route-label.warn");
  const part = document.createElement("div");
  part.className = "route-legend";
  const line = document.createElement("span");
  line.className = `swatch ${dashed ? "dashed" : "line"}`;
  line.style.setProperty("--swatch", COLOUR);
  const name = document.createElement("span");
  name.textContent = `${texts.route} · `;
  const text = document.createElement("span");
  text.append(name, route.dataset.note);
  part.append(line, text);
  if (dashed) {
    const small = document.createElement("span");
    small.className = "quiet";
    small.textContent = texts.dashed;
    part.append(small);
  }
  legend.prepend(part);
}

// The map's own part of the legend was drawn anew.
new MutationObserver(() => root() && !legend.querySelector(".route-legend") && explain()).observe(legend, { childList: true });

// ---- with the rest of the map page ----------------------------------------------------------------

// A route was made or deleted: the layer of routes is no longer what was fetched.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const { verb, path } = detail.requestConfig ?? {};
  if (verb !== "post" || !path?.startsWith("/routes") || detail.xhr.status >= 400) return;
  emit("reload", "routes");
  if (path === "/routes") emptyBasket();
});

on("drawer", settle);
settle();
