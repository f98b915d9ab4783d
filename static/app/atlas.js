// The hub of the map page: what it shows, its address, its events. Other modules subscribe; none of
// them needs to know another.
//
//   import { map, page, state, events, change, open, mark, say } from "app/atlas.js";
//
//   map          the Leaflet map
//   page         what the server told the page (layers, legends, texts …; see portal/views/maps/state.py)
//   state        what is shown: { layer, measure, period, category, as_of, overlays, base }
//   events       "change" (detail: keys that changed; "chosen" too, unless the back button did it) · "marks" · "spots" · "ground" · "drawer" (detail: path) · "drawn"
//   change({…})  show something else: state and every subscriber follow, and it is a step of the browser's history
//   adopt({…})   the same, where the address says so already: no step
//   rewrite(args) the address has other arguments from now on: no step
//   showCity()   the whole city comes into view
//   open(path)   load a page of the portal into the drawer, with the map's state in its address
//   follow(path) the same, of the page that is in the drawer already
//   keepClear(owner, places)  names on the map give way to these marks: [{ at: [lat, lon], radius: px }]
//   mark(kind, ids)  emphasise communities: kind is "selected", "result" or "hover"; or a "street"

import { fit } from "app/maps/fit.js";

export const page = JSON.parse(document.getElementById("atlas-state").textContent);
export const map = window.map_atlas;
export const events = new EventTarget();
export const marks = { selected: new Set(), result: new Set(), hover: new Set(), street: new Set() };
export const spots = new Map(); // owner → places that names keep clear of

const KEYS = ["layer", "measure", "period", "category", "as_of", "overlays", "base"];
const FIRST = {
  layer: page.layer,
  measure: "",
  period: page.default_period,
  category: "",
  as_of: "",
  overlays: page.layers.filter((layer) => !layer.thematic && layer.shown).map((layer) => layer.name).join(","),
  base: page.basemap.styles[0]?.code ?? "",
};

export const state = read(new URLSearchParams(location.search));

// Show something else. Keys that are left out stay as they are.
export function change(patch) {
  choose(patch, true);
}

export function adopt(patch) {
  choose(patch, false);
}

function choose(patch, isStep) {
  const changed = KEYS.filter((key) => key in patch && patch[key] !== state[key]);
  if (!changed.length) return;
  if (isStep) leave();
  Object.assign(state, patch);
  write(isStep ? "pushState" : "replaceState");
  emit("change", changed);
  emit("chosen", changed);
}

// Load `path` into the drawer; the address becomes the path with the map's state.
export function open(path) {
  return fill(path, { push: "true" });
}

// The page in the drawer has something else to say: it takes its own place in the history.
export function follow(path) {
  return fill(path, { replace: "true" });
}

async function fill(path, how) {
  try {
    await htmx.ajax("GET", path, { target: "#drawer", swap: "innerHTML", ...how });
  } catch {
    // htmx has told it, unless it was given up by a step back
  }
}

export function mark(kind, ids) {
  const wanted = new Set([...ids].map(Number));
  const before = marks[kind];
  if (wanted.size === before.size && [...wanted].every((id) => before.has(id))) return;
  marks[kind] = wanted;
  emit("marks", { kind, before });
}

export function keepClear(owner, places) {
  spots.set(owner, places);
  emit("spots");
}

// Translate a text of the page; {name} placeholders are filled.
export function say(key, values = {}) {
  return (page.texts[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// A number as people read it: 1,234.5.
export function format(value, digits = 0) {
  const [whole, fraction] = value.toFixed(digits).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction ? `${grouped}.${fraction}` : grouped;
}

export function layerOf(name) {
  return page.layers.find((layer) => layer.name === name);
}

// The map's state as query arguments; what is as at first is left out.
export function stateArguments() {
  const out = {};
  for (const key of KEYS) if (state[key] !== FIRST[key]) out[key] = state[key];
  if (moved) out.at = placeOf(map);
  return out;
}

// The arguments of a request for a layer's data: only what the layer depends on.
export function dataArguments(layer) {
  const out = new URLSearchParams();
  for (const key of layer.scoped_by) if (state[key]) out.set(key, state[key]);
  if (layer.measures.length) out.set("measure", measureOf(layer));
  return out;
}

export function measureOf(layer) {
  const known = layer.measures.some((measure) => measure.code === state.measure);
  return known ? state.measure : (layer.measures[0]?.code ?? "");
}

export function emit(name, detail) {
  events.dispatchEvent(new CustomEvent(name, { detail }));
}

export function on(name, handler) {
  events.addEventListener(name, (event) => handler(event.detail));
}

// ---- the address ----------------------------------------------------------------------------------

const PHONE = "phone";
const phone = matchMedia("(max-width: 767px)");
let moved = false;

function read(args) {
  const found = {};
  for (const key of KEYS) found[key] = args.get(key) ?? FIRST[key];
  if (!layerOf(found.layer)) found.layer = FIRST.layer;
  if (!page.periods.some((period) => period.code === found.period)) found.period = page.period;
  return found;
}

// Longitude, latitude, zoom; and whether it was a phone that showed so.
function placeOf(chart) {
  const centre = chart.getCenter();
  const place = [centre.lng.toFixed(5), centre.lat.toFixed(5), Number(chart.getZoom().toFixed(2))];
  return [...place, ...(phone.matches ? [PHONE] : [])].join(",");
}

// Whether the place of an address was taken on a screen like this one, where it shows the same.
export function isMadeHere(place) {
  return phone.matches === place.endsWith(`,${PHONE}`);
}

function goTo(place) {
  const [lon, lat, zoom] = (place ?? "").split(",", 3).map(Number);
  if ([lon, lat, zoom].every(Number.isFinite) && Math.abs(lon) <= 180 && Math.abs(lat) <= 85) {
    map.setView([lat, lon], zoom, { animate: false });
    moved = true;
    return true;
  }
  return false;
}

function show([west, south, east, north]) {
  fit(L.latLngBounds([south, west], [north, east]));
}

export function showCity() {
  show(page.city);
}

// Rewrite the address: the path stays, foreign arguments (a query's) stay.
function write(how = "replaceState") {
  const args = new URLSearchParams(location.search);
  for (const key of [...KEYS, "at"]) args.delete(key);
  for (const [key, value] of Object.entries(stateArguments())) args.set(key, value);
  put(args, how);
}

// Where nobody has moved the map the address names no place, but the entry of the history does.
function put(args, how) {
  const text = args.toString().replaceAll("%2C", ",").replaceAll("%3B", ";");
  const entry = { ...history.state, htmx: true, at: placeOf(map) };
  history[how](entry, "", location.pathname + (text ? `?${text}` : ""));
}

export function rewrite(args) {
  const same = held === inDrawer();
  put(args, "replaceState");
  if (same) held = inDrawer();
}

// ---- steps of the browser's history ---------------------------------------------------------------

let held = inDrawer(); // what the drawer holds
let coming = null; // what htmx asks for after a step

// The page of this address and what it counts by; with nothing in the drawer nothing is counted there.
function inDrawer() {
  const args = new URLSearchParams(location.search);
  for (const key of [...KEYS, "at"]) if (location.pathname === "/" || !["period", "category"].includes(key)) args.delete(key);
  args.sort();
  return `${location.pathname}?${args}`;
}

// The entry that is left keeps its place: htmx drops what else the entry says.
function leave() {
  const args = new URLSearchParams(location.search);
  args.set("at", placeOf(map));
  put(args, "replaceState");
}

// Back or forward: htmx fills the drawer, unless it holds that page already; this does the map. Comes before htmx,
// which begins to listen when the whole page is there.
function stepTo(event) {
  window.htmx?.trigger(document.body, "htmx:abort");
  coming?.abort();
  const args = new URLSearchParams(location.search);
  const place = args.get("at") ?? event.state?.at;
  const before = { ...state };
  Object.assign(state, read(args));
  const changed = KEYS.filter((key) => before[key] !== state[key]);
  if (changed.length) emit("change", changed);
  if (place !== placeOf(map)) goTo(place);
  if (inDrawer() === held) event.stopImmediatePropagation();
}

if (!goTo(new URLSearchParams(location.search).get("at"))) show(page.bounds);

map.on("moveend", () => {
  moved = true;
  write();
});
window.addEventListener("popstate", stepTo);
document.addEventListener("htmx:beforeHistoryUpdate", (event) => {
  if (event.detail.history.type === "push") leave();
});
// After a write the address is that of what was written, as the server knew it: the state is added.
document.addEventListener("htmx:replacedInHistory", () => write());
for (const name of ["htmx:pushedIntoHistory", "htmx:replacedInHistory", "htmx:historyRestore"]) {
  document.addEventListener(name, () => {
    put(new URLSearchParams(location.search), "replaceState");
    held = inDrawer();
  });
}
document.addEventListener("htmx:historyCacheMiss", (event) => {
  coming = event.detail.xhr;
});

// Every request into the drawer carries the map's state, so that each address can be sent to a colleague.
// A link was made when its page was: what it says of the state is of then. What a form says is newer.
document.addEventListener("htmx:configRequest", (event) => {
  const { verb, target, parameters, path } = event.detail;
  if (verb !== "get" || target?.id !== "drawer") return;
  const [pathname, search = ""] = path.split("?");
  const own = search.split("&").filter((part) => part && ![...KEYS, "at"].includes(part.split("=")[0]));
  event.detail.path = own.length ? `${pathname}?${own.join("&")}` : pathname;
  for (const [key, value] of Object.entries(stateArguments())) {
    if (!(key in parameters)) parameters[key] = value;
  }
});
