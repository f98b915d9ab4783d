// Bring something on the map into the part of it that nothing covers: not the drawer, the tools, the legend.
import { map } from "app/atlas.js";

const MARGIN = 20;
const LEAST = 60; // px; with less than that the map had better stay as it is

export function fit(bounds, maxZoom = 17) {
  if (!bounds.isValid()) return;
  const { left, right, top, bottom } = free();
  const size = map.getSize();
  if (size.x - left - right < LEAST || size.y - top - bottom < LEAST) return;
  map.fitBounds(bounds, { paddingTopLeft: [left, top], paddingBottomRight: [right, bottom], maxZoom, animate: false });
}

// Widths of the covered edges, in px.
function free() {
  const box = map.getContainer().getBoundingClientRect();
  const drawer = rectOf("drawer-frame");
  const legend = rectOf("legend");
  const tools = rectOf("map-tools");
  if (drawer && drawer.width < box.width * 0.8) {
    const left = legend ? legend.right - box.left + MARGIN : MARGIN;
    const top = tools ? tools.bottom - box.top + MARGIN : MARGIN;
    return { left, right: box.right - drawer.left + MARGIN, top, bottom: 2 * MARGIN };
  }
  // A phone has no row to spare for the tools: they stand in the corner.
  const lowest = Math.min(drawer?.top ?? box.bottom, legend?.top ?? box.bottom);
  return { left: MARGIN, right: MARGIN, top: 2 * MARGIN, bottom: box.bottom - lowest + MARGIN };
}

function rectOf(id) {
  const rect = document.getElementById(id)?.getBoundingClientRect();
  return rect?.width ? rect : null;
}
