// The layer control, made from the registry: one theme speaks, overlays may be added, the base map chosen.
import { change, on, page, say, state } from "app/atlas.js";

const panel = document.getElementById("layers-panel");
const button = document.getElementById("layers-button");

function choice(kind, name, value, label) {
  const row = document.createElement("label");
  row.className = "choice";
  const input = document.createElement("input");
  input.className = "form-check-input";
  Object.assign(input, { type: kind, name, value });
  const text = document.createElement("span");
  text.textContent = label;
  row.append(input, text);
  return row;
}

function group(title, rows) {
  const box = document.createElement("fieldset");
  const legend = document.createElement("legend");
  legend.textContent = title;
  box.append(legend, ...rows);
  return box;
}

function draw() {
  const themes = page.layers.filter((layer) => layer.thematic);
  const overlays = page.layers.filter((layer) => !layer.thematic);
  const boxes = [group(say("theme"), themes.map((layer) => choice("radio", "layer", layer.name, layer.title)))];
  if (overlays.length) {
    boxes.push(group(say("overlays"), overlays.map((layer) => choice("checkbox", "overlay", layer.name, layer.title))));
  }
  if (page.basemap.styles.length > 1) {
    boxes.push(group(say("basemap"), page.basemap.styles.map(({ code, label }) => choice("radio", "base", code, label))));
  }
  panel.replaceChildren(...boxes);
  tick();
}

// The choices stay where they are: a new one in its place would not have the focus.
function tick() {
  const chosen = { layer: [state.layer], overlay: state.overlays.split(","), base: [state.base] };
  for (const input of panel.querySelectorAll("input")) input.checked = chosen[input.name].includes(input.value);
}

function toggle(wanted = panel.hidden) {
  panel.hidden = !wanted;
  button.setAttribute("aria-expanded", String(wanted));
  if (wanted) panel.querySelector("input:checked")?.focus();
}

panel.addEventListener("change", (event) => {
  const { name, value } = event.target;
  if (name === "layer") change({ layer: value, measure: "" });
  if (name === "base") change({ base: value });
  if (name === "overlay") {
    const on = [...panel.querySelectorAll("[name=overlay]:checked")].map((input) => input.value);
    change({ overlays: on.join(",") });
  }
});
panel.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.stopPropagation();
  toggle(false);
  button.focus();
});
button.addEventListener("click", () => toggle());
document.addEventListener("pointerdown", (event) => {
  if (!panel.hidden && !panel.contains(event.target) && !button.contains(event.target)) toggle(false);
});
on("change", tick);
draw();
