// Marks and labels: one canvas over the whole view, drawn anew when the map has moved, and cheap enough to
// follow the pointer.
import { map, marks, spots, state } from "app/atlas.js";
import { known } from "app/maps/grid.js";
import { Labels } from "app/maps/labels.js";
import * as style from "app/maps/style.js";

const PADDING = 0.1; // of the view, so that a short drag finds labels
const DENSEST = 2;
const CROWD = 400; // so many rings would cover what they mark; that all others are pale says as much
const FONT = getComputedStyle(document.body).fontFamily;
const MARKS = [
  { kind: "street", store: "base", layer: "streets", colour: "#1f4e79", width: 2.4 },
  { kind: "result", store: "communities", layer: "communities", colour: "#1f4e79", width: 1.6 },
  { kind: "hover", store: "communities", layer: "communities", colour: "#111827", width: 2 },
  { kind: "selected", store: "communities", layer: "communities", colour: "#111827", width: 2.6 },
];
const LOOKS = {
  street: { colour: "#5b6775", halo: 3 },
  road: { colour: "#6b7785", halo: 3, size: 12 },
  community: { colour: "#3b4654", halo: 3.5 },
};
const COMMUNITY_LABELS_FROM = 15;
const ROAD_NAMES_FROM = 13;

export const Overlay = L.Layer.extend({
  initialize(stores, drawn) {
    this.stores = stores;
    this.drawn = drawn;
    this.frame = 0;
  },

  onAdd() {
    this.canvas = document.createElement("canvas");
    this.canvas.className = "leaflet-zoom-hide map-overlay";
    this.canvas.lang = document.documentElement.lang;
    this.getPane().append(this.canvas);
    map.on("moveend resize", this.redraw, this);
  },

  redraw() {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  },

  // Draw at once; a redraw that was waiting is done with that.
  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    if (!this.canvas) return;
    const box = this.reset();
    const ctx = this.canvas.getContext("2d");
    const zoom = map.getZoom();
    const stores = this.stores();
    for (const mark of MARKS) this.drawMarks(ctx, stores[mark.store], mark, zoom, box);
    this.drawLabels(ctx, stores, zoom, box);
    this.drawn();
  },

  // Fit the canvas to the view; return the view in px of the map's zoom, padding included.
  reset() {
    const size = map.getSize();
    const pad = size.multiplyBy(PADDING).round();
    const full = size.add(pad.multiplyBy(2));
    const density = Math.min(window.devicePixelRatio, DENSEST);
    const corner = map.containerPointToLayerPoint(pad.multiplyBy(-1));
    const { canvas } = this;
    [canvas.width, canvas.height] = [full.x * density, full.y * density];
    [canvas.style.width, canvas.style.height] = [`${full.x}px`, `${full.y}px`];
    L.DomUtil.setPosition(canvas, corner);
    const min = map.getPixelOrigin().add(corner);
    canvas.getContext("2d").setTransform(density, 0, 0, density, -min.x * density, -min.y * density);
    return L.bounds(min, min.add(full));
  },

  drawMarks(ctx, store, { kind, layer, colour, width }, zoom, box) {
    if (!marks[kind].size || marks[kind].size > CROWD || !store) return;
    for (const { features, scale, left, top, side } of known(store, layer, zoom, box)) {
      const found = features.filter(({ id }) => marks[kind].has(id));
      if (!found.length) continue;
      ctx.save();
      ctx.beginPath();
      ctx.rect(left, top, side, side); // beyond its tile a feature is cut off
      ctx.clip();
      ctx.translate(left, top);
      ctx.scale(scale, scale);
      ctx.lineJoin = "round";
      const small = found.filter((feature) => feature.kind === 1 || style.isSmall(feature, scale));
      const path = style.pathOf(found.filter((feature) => !small.includes(feature)));
      path.addPath(style.circlesOf(small, (style.radiusAt(zoom) + width) / scale));
      for (const [stroke, wide] of [["#ffffff", width + 2.5], [colour, width]]) {
        ctx.strokeStyle = stroke;
        ctx.lineWidth = wide / scale;
        ctx.stroke(path);
      }
      ctx.restore();
    }
  },

  drawLabels(ctx, stores, zoom, box) {
    const labels = new Labels(ctx, FONT);
    const each = (store, layer, place) => {
      for (const { features, scale, left, top } of known(store, layer, zoom, box)) {
        for (const feature of features) place(feature, (at) => [left + at.x * scale, top + at.y * scale]);
      }
    };
    for (const { at, radius } of [...spots.values()].flat()) {
      const { x, y } = map.project(at, zoom);
      labels.keepClear(x, y, radius);
    }
    if (zoom < COMMUNITY_LABELS_FROM) {
      const look = { ...LOOKS.street, size: zoom < 12 ? 12 : 14 };
      each(stores.base, "street_labels", ({ props, lines }, at) => labels.addPoint(props.name, ...at(lines[0][0]), look));
    } else {
      const named = [];
      each(stores.communities, "community_labels", ({ props, lines }, at) => named.push([props.name, ...at(lines[0][0])]));
      // What is chosen is named first.
      const chosen = named.filter(([, x, y]) => labels.markAt(x, y));
      if (state.layer === "communities") keepDotsClear(labels, stores.communities, zoom, box);
      const look = { ...LOOKS.community, size: zoom < 17 ? 12 : 14 };
      for (const [name, x, y] of new Set([...chosen, ...named])) labels.addPoint(name, x, y, look);
    }
    if (zoom >= ROAD_NAMES_FROM) {
      each(stores.base, "road_names", ({ props, lines }, at) => {
        for (const line of lines) labels.addLine(props.name, line.map(at), LOOKS.road);
      });
    }
    labels.draw();
  },
});

// A community without an outline is but a dot: its name stands beside it.
function keepDotsClear(labels, store, zoom, box) {
  for (const { features, scale, left, top } of known(store, "communities", zoom, box)) {
    for (const dot of features.filter((feature) => feature.kind === 1 || style.isSmall(feature, scale))) {
      const { x, y } = style.centreOf(dot);
      labels.keepClear(left + x * scale, top + y * scale, style.radiusAt(zoom));
    }
  }
}
