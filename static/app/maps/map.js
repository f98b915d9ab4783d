// The map page. What draws the map comes first; everything around it follows while the tiles are on their way.
import "app/maps/canvas.js";

import("app/maps/panels.js");
