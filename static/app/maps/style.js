// How things look on the canvas: muted base, one thematic layer. A painter paints the features of one layer
// of one store: { store, layer, paint(ctx, { zoom, scale, features }) }.
import { marks } from "app/atlas.js";

const GROUND = "#fafbfc";
const BOUNDARY = "#a9b4c0";
const OUTLINE = "#8793a1";
const SMALL_PX = 5;
const PALE = 0.28;
const COVERING = 0.72;
const SOLID = 0.92;

// Width in px at zooms 10, 13, 16 and 19; the rank of a road comes with the tile.
const ROADS = [
  { rank: 6, colour: "#e6eaee", widths: [0.3, 0.6, 2.5, 7] },
  { rank: 5, colour: "#e0e5ea", widths: [0.4, 0.9, 4, 10] },
  { rank: 4, colour: "#d8dee4", widths: [0.5, 1.3, 5, 12] },
  { rank: 3, colour: "#d0d7de", widths: [0.8, 1.9, 6, 14] },
  { rank: 2, colour: "#c6cfd8", widths: [1.1, 2.4, 7, 16] },
  { rank: 1, colour: "#bcc6d1", widths: [1.6, 3, 8, 18] },
];

export const ground = {
  store: "base",
  layer: "streets",
  paint(ctx, { features }) {
    begin(ctx);
    ctx.fillStyle = GROUND;
    ctx.fill(pathOf(features));
  },
};

export const boundaries = {
  store: "base",
  layer: "streets",
  paint(ctx, { zoom, scale, features }) {
    begin(ctx);
    ctx.strokeStyle = BOUNDARY;
    ctx.lineWidth = (zoom < 12 ? 0.8 : 1.4) / scale;
    ctx.stroke(pathOf(features));
  },
};

export const roads = {
  store: "base",
  layer: "roads",
  paint(ctx, { zoom, scale, features }) {
    begin(ctx);
    for (const { rank, colour, widths } of ROADS) {
      ctx.strokeStyle = colour;
      ctx.lineWidth = between(zoom, widths) / scale;
      ctx.stroke(pathOf(features.filter(({ props }) => props.rank === rank)));
    }
  },
};

// A layer that does not speak: outlines only.
export function silent(name, from) {
  return {
    store: name,
    layer: name,
    paint(ctx, { zoom, scale, features }) {
      if (zoom < from) return;
      begin(ctx);
      ctx.strokeStyle = OUTLINE;
      ctx.lineWidth = (zoom < 15 ? 0.6 : 1) / scale;
      ctx.stroke(pathOf(features.filter(({ kind }) => kind === 3)));
    },
  };
}

// A layer that speaks, coloured by the classes of its legend. The first class is painted first; the legend's
// best first means worst on top.
export function themed(layer, legend) {
  const codes = legend.classes.map(({ code }) => code);
  return {
    store: layer.name,
    layer: layer.name,
    paint(ctx, tile) {
      const classes = new Map(codes.map((code) => [code, []]));
      for (const feature of tile.features) classes.get(feature.props[layer.class_property])?.push(feature);
      for (const look of paintOrder(legend.classes)) {
        const found = classes.get(look.code);
        if (found.length) paintClass(ctx, tile, layer, look, found);
      }
      paintDots(ctx, tile, layer, legend.classes);
    },
  };
}

// What has no value lies below what has one.
function paintOrder(classes) {
  return [...classes].sort((a, b) => (b.pattern === "hatch") - (a.pattern === "hatch"));
}

function paintClass(ctx, tile, layer, look, features) {
  const dimmed = layer.name === "communities" && marks.result.size > 0;
  const lit = dimmed ? features.filter(({ id }) => marks.result.has(id)) : features;
  if (dimmed) paintFeatures(ctx, tile, layer, look, features.filter(({ id }) => !marks.result.has(id)), PALE);
  paintFeatures(ctx, tile, layer, look, lit, layer.beneath ? COVERING : SOLID);
}

function paintFeatures(ctx, { zoom, scale }, layer, look, features, alpha) {
  const { lines, areas } = sorted(features, layer.beneath ? 0 : SMALL_PX / scale);
  begin(ctx);
  ctx.globalAlpha = alpha;
  if (lines.length) strokeLines(ctx, look, lines, scale);
  ctx.fillStyle = look.pattern === "hatch" ? hatch(ctx, look.colour) : look.colour;
  ctx.strokeStyle = darker(look.colour);
  ctx.lineWidth = (zoom < 13 ? 0.6 : 1) / scale;
  const path = pathOf(areas);
  if (look.pattern !== "outline") ctx.fill(path, layer.tiled ? "nonzero" : "evenodd"); // only tiles promise how rings turn
  if (!layer.beneath || look.pattern !== "fill") ctx.stroke(path);
}

// Dots overlap where the city is dense. Painted class by class, the last class would hide the others and
// the city look better or worse than it is: their order must not depend on what they say.
function paintDots(ctx, { features, zoom, scale }, layer, classes) {
  const looks = new Map(classes.map((look) => [look.code, look]));
  const dimmed = layer.name === "communities" && marks.result.size > 0;
  const isPale = ({ id }) => dimmed && !marks.result.has(id);
  const isEmpty = (feature) => looks.get(feature.props[layer.class_property]).pattern === "hatch";
  const dots = sorted(features, layer.beneath ? 0 : SMALL_PX / scale)
    .dots.filter((feature) => looks.has(feature.props[layer.class_property]))
    .sort((a, b) => isPale(b) - isPale(a) || isEmpty(b) - isEmpty(a) || a.id - b.id);
  begin(ctx);
  ctx.lineWidth = (zoom < 13 ? 0.6 : 1) / scale;
  for (const dot of dots) {
    const look = looks.get(dot.props[layer.class_property]);
    const circle = circlesOf([dot], radiusAt(zoom) / scale);
    ctx.globalAlpha = isPale(dot) ? PALE : layer.beneath ? COVERING : SOLID;
    ctx.fillStyle = look.pattern === "hatch" ? hatch(ctx, look.colour) : look.colour;
    ctx.strokeStyle = darker(look.colour);
    if (look.pattern !== "outline") ctx.fill(circle);
    ctx.stroke(circle);
  }
}

// What is too small to see becomes a dot.
function sorted(features, small) {
  const found = { lines: [], areas: [], dots: [] };
  for (const feature of features) {
    if (feature.kind === 2) found.lines.push(feature);
    else if (feature.kind === 1 || extentOf(feature) < small) found.dots.push(feature);
    else found.areas.push(feature);
  }
  return found;
}

function strokeLines(ctx, { colour, pattern }, lines, scale) {
  ctx.strokeStyle = colour;
  ctx.lineWidth = 3 / scale;
  ctx.setLineDash(pattern === "dashed" ? [6 / scale, 5 / scale] : []);
  ctx.stroke(pathOf(lines));
  ctx.setLineDash([]);
}

function begin(ctx) {
  ctx.globalAlpha = 1;
  ctx.lineCap = ctx.lineJoin = "round";
}

export function pathOf(features) {
  const path = new Path2D();
  for (const { kind, lines } of features) {
    if (kind === 1) continue;
    for (const line of lines) {
      path.moveTo(line[0].x, line[0].y);
      for (let i = 1; i < line.length; i++) path.lineTo(line[i].x, line[i].y);
    }
  }
  return path;
}

export function circlesOf(features, radius) {
  const path = new Path2D();
  for (const feature of features) {
    const { x, y } = centreOf(feature);
    path.moveTo(x + radius, y);
    path.arc(x, y, radius, 0, 2 * Math.PI);
  }
  return path;
}

export function radiusAt(zoom) {
  return zoom < 10 ? 1.7 : between(zoom, [2.2, 3.4, 5, 6]);
}

export function isSmall(feature, scale) {
  return extentOf(feature) * scale < SMALL_PX;
}

function extentOf({ bbox }) {
  return Math.max(bbox.maxX - bbox.minX, bbox.maxY - bbox.minY);
}

export function centreOf({ kind, lines, bbox }) {
  if (kind === 1) return lines[0][0];
  return { x: (bbox.minX + bbox.maxX) / 2, y: (bbox.minY + bbox.maxY) / 2 };
}

function between(zoom, values) {
  const at = Math.min(Math.max((zoom - 10) / 3, 0), values.length - 1.001);
  const low = Math.floor(at);
  return values[low] + (values[low + 1] - values[low]) * (at - low);
}

function darker(colour) {
  const parts = [1, 3, 5].map((at) => Math.round(parseInt(colour.slice(at, at + 2), 16) * 0.62));
  return `rgb(${parts.join(",")})`;
}

const patterns = new Map();

function hatch(ctx, colour) {
  if (!patterns.has(colour)) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8; // divides a tile: no seams
    const pen = tile.getContext("2d");
    pen.fillStyle = "#eceff2";
    pen.fillRect(0, 0, 8, 8);
    pen.strokeStyle = colour;
    pen.lineWidth = 1.2;
    for (const x of [-8, 0, 8]) {
      pen.moveTo(x, 8);
      pen.lineTo(x + 8, 0);
    }
    pen.stroke();
    patterns.set(colour, ctx.createPattern(tile, "repeat"));
  }
  return patterns.get(colour);
}
