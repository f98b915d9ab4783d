// The map page. What draws the map comes first; everything around it follows while the tiles are on their way.
import { on } from "app/atlas.js";
import "app/canvas.js";
import { loadStyle } from "app/lazy.js";

const LATEST_MS = 1500; // a map without tiles never says that it is drawn

import("app/panels.js");

let styled = false;
function style() {
  if (styled) return;
  styled = true;
  loadStyle(document.querySelector('meta[name="late-styles"]').content);
}
on("drawn", style);
setTimeout(style, LATEST_MS);
