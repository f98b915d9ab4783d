// Everything around the drawn map. Each part subscribes to the hub by itself.
import { on } from "app/atlas.js";
import { loadStyle } from "app/lazy.js";
import "app/maps/as_of.js";
import "app/maps/basemap.js";
import "app/maps/controls.js";
import "app/drawer.js";
import "app/maps/layers.js";
import "app/maps/legend.js";
import "app/maps/pointer.js";

const LATEST_MS = 1000; // a map without tiles never says that it is drawn
const isDrawn = performance.getEntriesByName("atlas:drawn").length > 0;
const style = () => loadStyle(document.querySelector('meta[name="late-styles"]').content);

// The components' styles come when the map is drawn: app.css alone carries what is seen before.
on("drawn", style);
setTimeout(style, isDrawn ? 0 : LATEST_MS);
