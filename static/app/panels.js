// Everything around the drawn map. Each part subscribes to the hub by itself.
import "app/basemap.js";
import "app/controls.js";
import "app/drawer.js";
import "app/layers.js";
import "app/legend.js";
import "app/pointer.js";
