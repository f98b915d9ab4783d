// Giving a community its place: a point or an outline set on the map fills the form, where it can also be
// typed; a choice of outline is shown. Loaded by the queues; then follows whatever the drawer holds.
import { emit, map, on } from "app/atlas.js";
import { pick } from "app/maps/canvas.js";
import { fit } from "app/maps/fit.js";
import { load, loadStyle } from "app/lazy.js";
import { putPin, showPin } from "app/maps/pin.js";
import { capture } from "app/maps/pointer.js";
import { reveal } from "app/reveal.js";

const LINE = { color: "#b3261e", weight: 2, fillOpacity: 0.1 };
const NEAR_ZOOM = 16;
const drawer = document.getElementById("drawer");
const frame = document.getElementById("drawer-frame");
const drawn = L.featureGroup().addTo(map);
let active = "";
let seen = null; // the queue or the record in the drawer
let held = null; // the record

function settle() {
  const part = drawer.querySelector("[data-place], [data-queue]");
  if (part === seen) return;
  seen = part;
  stop();
  drawn.clearLayers();
  held = part?.matches("[data-place]") ? part : null;
  for (const hidden of held?.querySelectorAll("[data-needs-script]") ?? []) hidden.hidden = false;
  if (part) showPlace(part);
  if (held) restore(held);
}

// A form that came back because somebody else was quicker shows again what was set.
function restore(record) {
  const point = record.querySelector("#point");
  const corners = record.querySelector("#corners");
  if ("retry" in record.dataset && point?.value) preview(point.form, true);
  if ("retry" in record.dataset && corners?.value) editOutline(corners.value);
}

// Show the record's place, else its street; of a queue the street it is filtered by.
function showPlace({ dataset }) {
  if (dataset.bounds) {
    const [west, south, east, north] = dataset.bounds.split(",").map(Number);
    reveal(L.latLngBounds([[south, west], [north, east]]));
  } else if (dataset.at) reveal(boundsOf(dataset.at), nearZoom());
}

// ---- tools ----------------------------------------------------------------------------------------

function stop() {
  if (!active) return;
  map.off("click", takePoint).off("click", takeOutline);
  map.pm?.disableDraw();
  active = "";
  show();
  // The click that ended the tool must not open a card.
  setTimeout(() => !active && capture(false));
}

async function start(tool) {
  const again = tool === active;
  stop();
  if (again) return;
  active = tool;
  capture(true);
  show();
  makeRoom();
  if (tool === "pin") return map.on("click", takePoint);
  if (tool === "link") return map.on("click", takeOutline);
  await prepare();
  if (active !== tool) return;
  drawn.clearLayers();
  map.pm.enableDraw("Polygon", { allowSelfIntersection: false, snappable: false, continueDrawing: false, templineStyle: LINE, hintlineStyle: { ...LINE, dashArray: "5 5" }, pathOptions: LINE });
}

// On a phone the sheet gives way to the map, so the map says what to do.
function makeRoom() {
  if (frame.offsetWidth < map.getSize().x) return;
  frame.dataset.height = "low";
  emit("notice", held.querySelector(`[data-tool-hint="${active}"]`).textContent);
}

async function prepare() {
  const { geoman, geomanCss, lang } = held.dataset;
  loadStyle(geomanCss);
  await load(geoman);
  if (map.pm) return;
  L.PM.reInitLayer(map); // the map is older than the script
  map.pm.setLang(lang === "en" ? "en" : "zh");
}

map.on("pm:create", ({ layer }) => {
  if (active !== "outline") return;
  layer.remove();
  stop();
  showOutline(layer.getLatLngs()[0]);
});

function show() {
  for (const button of held?.querySelectorAll("[data-tool]") ?? []) button.setAttribute("aria-pressed", String(button.dataset.tool === active));
  for (const hint of held?.querySelectorAll("[data-tool-hint]") ?? []) hint.hidden = hint.dataset.toolHint !== active;
}

// ---- a point --------------------------------------------------------------------------------------

function takePoint({ latlng }) {
  stop();
  showPoint(latlng);
  fillPoint(latlng);
  if (frame.dataset.height === "low") frame.dataset.height = "half";
  showPin(latlng);
}

function showPoint(latlng) {
  putPin(latlng, drawn, fillPoint);
}

// What is set on the map is in WGS 84.
function fillPoint(latlng) {
  const form = held.querySelector("#point").form;
  form.elements.point.value = spell(latlng);
  form.elements.datum.value = "wgs84";
  preview(form, false);
}

async function preview(form, moves) {
  const told = form.querySelector("[data-preview]");
  const asked = new URLSearchParams({ point: form.elements.point.value, datum: form.elements.datum.value });
  const answer = await fetch(`${held.dataset.placeUrl}?${asked}`, { headers: { "X-Requested-With": "fetch", Accept: "application/json" } });
  const said = await answer.json();
  if (!form.isConnected) return;
  told.hidden = false;
  told.classList.toggle("is-wrong", !answer.ok);
  told.textContent = answer.ok ? said.message : [said.detail, said.remedy].filter(Boolean).join(" · ");
  if (!answer.ok || !moves) return;
  showPoint([said.lat, said.lon]);
  fit(L.latLngBounds([[said.lat, said.lon]]), nearZoom());
}

// ---- an outline -----------------------------------------------------------------------------------

async function editOutline(text) {
  stop();
  await prepare();
  const corners = text.split("\n").map((line) => line.split(",").map(Number).reverse());
  if (!corners.flat().every(Number.isFinite)) return;
  showOutline(corners);
  fit(drawn.getBounds());
}

function showOutline(corners) {
  drawn.clearLayers();
  const shape = L.polygon(corners, LINE).addTo(drawn);
  shape.pm.enable({ allowSelfIntersection: false, snappable: false });
  const fill = () => {
    const form = held.querySelector("#corners").form;
    form.elements.corners.value = shape.getLatLngs()[0].map(spell).join("\n");
    form.elements.datum.value = "wgs84";
  };
  shape.on("pm:edit", fill);
  fill();
  if (frame.dataset.height === "low") frame.dataset.height = "half";
}

function spell({ lng, lat }) {
  return `${lng.toFixed(6)},${lat.toFixed(6)}`;
}

// ---- choices --------------------------------------------------------------------------------------

function lookAt(text) {
  fit(boundsOf(text), nearZoom());
}

function boundsOf(text) {
  const [lon, lat] = text.split(",").map(Number);
  return L.latLngBounds([[lat, lon]]);
}

function nearZoom() {
  return Math.max(map.getZoom(), NEAR_ZOOM);
}

// An outline chosen on the map: one of the list, or one more.
function takeOutline({ latlng }) {
  const feature = pick(latlng)?.feature;
  const choices = held.querySelector("#outline-choices");
  if (feature?.kind !== 3) return emit("notice", choices.dataset.none);
  if (feature.props.name) return emit("notice", choices.dataset.taken.replace("{name}", feature.props.name));
  stop();
  const choice = choices.querySelector(`[value="${Number(feature.id)}"]`) ?? addChoice(choices, feature.id);
  choice.checked = true;
  if (frame.dataset.height === "low") frame.dataset.height = "half";
  choice.closest("label").scrollIntoView({ block: "center" });
  choice.focus({ preventScroll: true });
}

function addChoice(choices, id) {
  const label = document.createElement("label");
  label.className = "data-choice";
  label.dataset.hover = id;
  const input = document.createElement("input");
  Object.assign(input, { type: "radio", name: "community_id", value: id, className: "form-check-input" });
  const text = document.createElement("span");
  text.textContent = `${choices.dataset.other} #${id}`;
  label.append(input, text);
  choices.append(label);
  return input;
}

drawer.addEventListener("change", (event) => {
  if (event.target.matches("[data-look]")) lookAt(event.target.dataset.look);
});
drawer.addEventListener("click", (event) => {
  const tool = event.target.closest("[data-tool]");
  if (tool) start(tool.dataset.tool);
  const edit = event.target.closest("[data-edit-outline]");
  if (edit) editOutline(edit.dataset.editOutline);
  const look = event.target.closest("[data-look-point]");
  if (look) preview(look.form, true);
});
// One task at a time. (<details name> would do, but for a moment htmx has the old and the new ones in the page.)
drawer.addEventListener("toggle", ({ target }) => {
  if (!target.open || !target.matches(".data-task")) return;
  for (const other of held?.querySelectorAll(".data-task[open]") ?? []) other.open = other === target;
}, true);
drawer.addEventListener("keydown", (event) => {
  // In a search box, Enter searches; it does not send the form around it.
  if (event.key !== "Enter" || event.isComposing || !event.target.matches("form [type=search][hx-get]")) return;
  event.preventDefault();
  htmx.trigger(event.target, "search");
});
// N goes on to the next of the queue, where nothing is being typed.
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "n" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  drawer.querySelector("[data-next]")?.click();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !active) return;
  event.preventDefault();
  event.stopPropagation();
  stop();
}, true);

// ---- with the rest of the map page ----------------------------------------------------------------

// What was written shows on the map at once.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.requestConfig?.verb === "post" && event.detail.target === drawer) emit("reload", "communities");
});

on("drawer", settle);
settle();
