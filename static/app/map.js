// The map page: every part subscribes to the hub by itself.
import "app/atlas.js";
import "app/basemap.js";
import "app/canvas.js";
import "app/controls.js";
import "app/drawer.js";
import "app/layers.js";
import "app/legend.js";
import "app/pointer.js";
