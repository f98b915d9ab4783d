// Drawing the query's area on the map: polygon, rectangle, circle, or a point. What is drawn fills the
// form's fields, where it can also be typed, and the query is asked.
import { map } from "app/atlas.js";
import { load, loadStyle } from "app/lazy.js";
import { putPin, showPin } from "app/maps/pin.js";
import { capture } from "app/maps/pointer.js";

const LINE = { color: "#1f4e79", weight: 2 };
const frame = document.getElementById("drawer-frame");
const picked = L.layerGroup().addTo(map); // the point, until the query shows its own
let form = null;
let active = "";

export function offerDrawing(wanted) {
  if (wanted === form) return; // the drawer settles more than once; two listeners would undo each other
  stopDrawing();
  picked.clearLayers();
  form = wanted;
  // A button that does nothing yet cannot be pressed: they are enabled once somebody listens.
  for (const button of form?.querySelectorAll("[data-draw], [data-draw-clear]") ?? []) button.disabled = false;
  for (const button of form?.querySelectorAll("[data-draw]") ?? []) {
    button.addEventListener("click", () => toggle(button.dataset.draw));
  }
  form?.elements.near.addEventListener("input", () => picked.clearLayers());
  form?.querySelector("[data-draw-clear]").addEventListener("click", () => {
    stopDrawing();
    fill({});
    ask();
  });
}

export function stopDrawing() {
  if (!active) return;
  if (active === "Marker") map.off("click", takePoint);
  else map.pm?.disableDraw();
  active = "";
  show();
  // The click that ended the drawing must not open a card.
  setTimeout(() => !active && capture(false));
}

async function toggle(kind) {
  const again = kind === active;
  stopDrawing();
  if (again) return;
  active = kind;
  capture(true);
  show();
  if (frame.offsetWidth >= map.getSize().x) frame.dataset.height = "low"; // a phone: let the map be seen
  if (kind === "Marker") {
    map.on("click", takePoint);
    return;
  }
  await prepare();
  if (active !== kind) return;
  map.pm.enableDraw(kind, {
    allowSelfIntersection: false,
    snappable: false,
    continueDrawing: false,
    templineStyle: LINE,
    hintlineStyle: { ...LINE, dashArray: "5 5" },
    pathOptions: { ...LINE, fillOpacity: 0.08 },
  });
}

async function prepare() {
  loadStyle(form.dataset.geomanCss);
  await load(form.dataset.geoman);
  if (map.pm) return;
  L.PM.reInitLayer(map); // the map is older than the script
  map.pm.setLang(form.dataset.lang === "en" ? "en" : "zh");
  map.on("pm:create", ({ shape, layer }) => {
    layer.remove();
    stopDrawing();
    raiseSheet();
    fill(shape === "Circle" ? circle(layer) : { area: layer.getLatLngs()[0].map(spell).join("\n") });
    ask();
  });
}

function circle(layer) {
  return { near: spell(layer.getLatLng()), radius_m: String(Math.max(1, Math.round(layer.getRadius()))) };
}

function takePoint({ latlng }) {
  stopDrawing();
  raiseSheet();
  usePoint(latlng);
  showPin(latlng);
}

// The point with what its radius or number is already; without either these are asked for.
function usePoint(latlng) {
  const { radius_m: radius, nearest } = form.elements;
  fill({ near: spell(latlng), radius_m: radius.value, nearest: nearest.value });
  putPin(latlng, picked, usePoint);
  if (radius.value || nearest.value) return ask();
  form.querySelector("#query-coordinates").open = true;
  radius.focus();
}

function raiseSheet() {
  if (frame.dataset.height === "low") frame.dataset.height = "half";
}

function spell({ lng, lat }) {
  return `${lng.toFixed(6)},${lat.toFixed(6)}`;
}

// One place at a time: what is not given is cleared.
function fill(given) {
  picked.clearLayers();
  for (const name of ["area", "area_key", "near", "radius_m", "nearest"]) {
    form.elements[name].value = given[name] ?? "";
  }
}

function ask() {
  form.requestSubmit();
}

function show() {
  for (const button of form?.querySelectorAll("[data-draw]") ?? []) {
    button.setAttribute("aria-pressed", String(button.dataset.draw === active));
  }
  const hint = form?.querySelector("#query-draw-hint");
  if (!hint) return;
  hint.hidden = !active;
  hint.textContent = active ? hint.dataset[active.toLowerCase()] : "";
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !active) return;
  event.preventDefault();
  event.stopPropagation();
  stopDrawing();
}, true);
