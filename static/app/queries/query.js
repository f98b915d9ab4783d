// The spatial query in the drawer: its result on the map, its form, rows and map lighting up together.
// Loaded by templates/queries/page.html; the module then follows whatever the drawer holds.
import { adopt, emit, follow, map, mark, on, state } from "app/atlas.js";
import { showBasket } from "app/queries/basket.js";
import { offerDrawing } from "app/queries/drawing.js";
import { isSeenWell } from "app/maps/fit.js";
import { load, loadStyle } from "app/lazy.js";
import { reveal } from "app/reveal.js";

const NOTHING = [-1]; // no community has this id: everything is dimmed
const OUTLINE = { interactive: false, color: "#1f4e79", weight: 2, dashArray: "6 5", fillOpacity: 0.05 };
const CLOSEST = 16;

const drawer = document.getElementById("drawer");
const shape = L.featureGroup().addTo(map);
let asked = ""; // address of the matches that are marked
let shown = ""; // the place that was brought into view

function root() {
  return drawer.querySelector("[data-query]");
}

function settle() {
  const query = root();
  if (!query) return leave();
  for (const part of query.querySelectorAll("[data-needs-script]")) part.hidden = false;
  followAddress();
  showShape(query.dataset);
  markMatches(query.dataset);
  for (const select of query.querySelectorAll("select[multiple]")) chooseByTyping(select);
  offerDrawing(query.querySelector("#query-form"));
  showBasket(query);
  show(query.dataset);
}

function leave() {
  offerDrawing(null);
  shape.clearLayers();
  asked = shown = "";
  mark("result", []);
}

// The query and the map count the same category: the newest choice speaks for both.
function followAddress() {
  const category = new URLSearchParams(location.search).get("category") ?? "";
  if (category !== state.category) adopt({ category });
}

async function markMatches({ matches, all }) {
  if (matches === asked) return;
  asked = matches ?? "";
  if (!matches || all !== undefined) return mark("result", []);
  const answer = await fetch(matches, { headers: { "X-Requested-With": "fetch" } });
  if (!answer.ok || asked !== matches) return;
  const { ids } = await answer.json();
  if (asked === matches) mark("result", ids.length ? ids : NOTHING);
}

function showShape({ area, near, radius }) {
  shape.clearLayers();
  if (area) L.polygon(area.split(";").map(latLng), OUTLINE).addTo(shape);
  if (!near) return;
  if (radius) L.circle(latLng(near), { ...OUTLINE, radius: Number(radius) }).addTo(shape);
  L.circleMarker(latLng(near), { ...OUTLINE, dashArray: null, radius: 5, fillOpacity: 1 }).addTo(shape);
}

function latLng(text) {
  const [lon, lat] = text.split(",").map(Number);
  return [lat, lon];
}

// The area, or else the result, comes into view, each once; what is seen well already stays where it is.
function show({ bounds, area, near, radius }) {
  const wanted = [bounds, area, near, radius].join("|");
  if (wanted === shown) return;
  shown = wanted;
  const found = shape.getBounds();
  if (bounds && !area && !radius) found.extend(boundsOf(bounds));
  if (found.isValid() && !isSeenWell(found)) reveal(found, CLOSEST);
}

function boundsOf(text) {
  const [west, south, east, north] = text.split(",").map(Number);
  return L.latLngBounds([south, west], [north, east]);
}

async function chooseByTyping(select) {
  if (select.tomselect) return;
  const { tomSelect, tomSelectCss } = select.form.dataset;
  loadStyle(tomSelectCss);
  await load(tomSelect);
  if (!select.isConnected || select.tomselect) return;
  new TomSelect(select, {
    plugins: ["remove_button"],
    maxOptions: null,
    refreshThrottle: 0, // Enter takes what is typed, however fast
    placeholder: select.dataset.placeholder,
    hidePlaceholder: true,
    render: { no_results: null },
  });
}

// ---- the form -------------------------------------------------------------------------------------

// Addresses stay short: what is empty is left out, lists are joined, corners are separated by semicolons.
document.addEventListener("htmx:configRequest", (event) => {
  const { elt, formData } = event.detail;
  if (elt.id !== "query-form") return;
  for (const key of new Set(formData.keys())) {
    const values = formData.getAll(key).map((value) => value.trim()).filter(Boolean);
    formData.delete(key);
    if (values.length) formData.set(key, values.join(",").replace(/\s*\n\s*/g, ";"));
  }
});

// A long area is kept by the server first; its key then stands for it.
document.addEventListener("htmx:confirm", (event) => {
  const form = event.detail.elt;
  if (form.id !== "query-form") return;
  const corners = form.elements.area.value.split(/[;；\n]/).filter((line) => line.trim());
  if (corners.length <= Number(form.dataset.urlVertices)) return;
  event.preventDefault();
  keepArea(form, corners.join(";")).then((kept) => kept && event.detail.issueRequest(true));
});

async function keepArea(form, area) {
  const answer = await fetch(form.dataset.areas, {
    method: "POST",
    body: new URLSearchParams({ area }),
    headers: {
      "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content,
      "X-Requested-With": "fetch",
      Accept: "application/json",
    },
  });
  const said = await answer.json();
  if (!answer.ok) {
    emit("notice", [said.detail, said.remedy].filter(Boolean).join(" · "));
    return false;
  }
  form.elements.area_key.value = said.area_key;
  form.elements.area.value = "";
  return true;
}

// ---- with the rest of the map page ----------------------------------------------------------------

// The quarter or the category above the map was changed: ask again, unless the list counts it already.
on("chosen", (keys) => {
  const query = root();
  if (!query || !keys.some((key) => key === "period" || key === "category")) return;
  if (!keys.includes("period") && query.dataset.category === state.category) return;
  const args = new URLSearchParams(location.search);
  for (const key of ["page", "period", "category"]) args.delete(key);
  follow(`${location.pathname}?${args}`);
});

on("hover", (found) => {
  const query = root();
  if (!query) return;
  query.querySelector("tr.is-hovered")?.classList.remove("is-hovered");
  if (found?.layer.name !== "communities") return;
  const row = query.querySelector(`tr[data-hover="${Number(found.feature.id)}"]`);
  row?.classList.add("is-hovered");
});

on("drawer", settle);
settle();
