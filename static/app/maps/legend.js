// The legend of the layer that speaks: title, unit, period, n, source, time of data.
import { change, format, layerOf, measureOf, on, say, state } from "app/atlas.js";
import { legendOf } from "app/maps/canvas.js";

const root = document.getElementById("legend");
let asked = 0;

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function swatch({ colour, pattern }) {
  const made = element("span", `swatch ${pattern}`);
  made.style.setProperty("--swatch", colour);
  return made;
}

function classRow(entry) {
  const row = element("li");
  row.append(swatch(entry), element("span", "class-label", entry.label));
  if (entry.n !== null) row.append(element("span", "class-n", format(entry.n)));
  return row;
}

function measures(layer) {
  const group = element("div", "measures");
  group.role = "group";
  group.setAttribute("aria-label", say("measure"));
  for (const { code, label } of layer.measures) {
    const button = element("button", "", label);
    button.type = "button";
    button.setAttribute("aria-pressed", String(code === measureOf(layer)));
    button.addEventListener("click", () => change({ measure: code }));
    group.append(button);
  }
  return group;
}

function facts(legend) {
  const parts = [];
  if (legend.period) parts.push(legend.period);
  if (legend.n !== null) parts.push(`n = ${format(legend.n)}`);
  const rows = [parts.join(" · "), legend.source, legend.changed_at && say("data_of", { time: legend.changed_at })];
  return rows.filter(Boolean).map((text) => element("p", "legend-fact", text));
}

function draw(layer, legend) {
  const folded = root.querySelector("details")?.open === false || (!root.querySelector("details") && innerWidth < 768);
  const box = element("details");
  box.open = !folded;
  const head = element("summary");
  head.append(element("h2", "", legend.title), element("span", "unit", legend.unit));
  const list = element("ul", "classes");
  list.append(...legend.classes.map(classRow));
  box.append(head);
  if (layer.measures.length) box.append(measures(layer));
  box.append(list);
  if (legend.note) box.append(element("p", "legend-note", legend.note));
  box.append(...facts(legend));
  root.replaceChildren(box);
}

async function show() {
  const layer = layerOf(state.layer);
  root.hidden = !layer;
  root.classList.toggle("covering", Boolean(layer?.beneath));
  if (!layer) return;
  const mine = ++asked;
  const legend = await legendOf(layer);
  if (mine === asked) draw(layer, legend);
}

on("change", show);
show();
