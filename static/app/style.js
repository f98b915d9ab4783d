// How things look on the canvas: muted base, one thematic layer, marks on top.
import { marks } from "app/atlas.js";

export const FONT = getComputedStyle(document.body).fontFamily;
const INK = "#3b4654";
const HALO = "rgba(255,255,255,0.92)";
const GROUND = "#fafbfc";
const BOUNDARY = "#a9b4c0";
const OUTLINE = "#8793a1";
const SMALL_PX = 5;

// Width in px at zooms 10, 13, 16 and 19; the rank of a road comes with the tile.
const ROADS = {
  1: { colour: "#bcc6d1", widths: [1.6, 3, 8, 18] },
  2: { colour: "#c6cfd8", widths: [1.1, 2.4, 7, 16] },
  3: { colour: "#d0d7de", widths: [0.8, 1.9, 6, 14] },
  4: { colour: "#d8dee4", widths: [0.5, 1.3, 5, 12] },
  5: { colour: "#e0e5ea", widths: [0.4, 0.9, 4, 10] },
  6: { colour: "#e6eaee", widths: [0.3, 0.6, 2.5, 7] },
};

function between(z, values) {
  const at = Math.min(Math.max((z - 10) / 3, 0), values.length - 1.001);
  const low = Math.floor(at);
  return values[low] + (values[low + 1] - values[low]) * (at - low);
}

function trace(ctx, geom) {
  ctx.beginPath();
  for (const line of geom) {
    ctx.moveTo(line[0].x, line[0].y);
    for (let i = 1; i < line.length; i++) ctx.lineTo(line[i].x, line[i].y);
  }
}

export const ground = {
  draw(ctx, geom) {
    ctx.globalAlpha = 1;
    ctx.fillStyle = GROUND;
    trace(ctx, geom);
    ctx.fill();
  },
};

export const boundaries = {
  draw(ctx, geom, z) {
    ctx.globalAlpha = 1;
    ctx.strokeStyle = BOUNDARY;
    ctx.lineWidth = z < 12 ? 0.8 : 1.4;
    trace(ctx, geom);
    ctx.stroke();
  },
};

export const roads = {
  before(ctx) {
    ctx.globalAlpha = 1;
    ctx.lineCap = "round";
    ctx.lineJoin = "round";
  },
  draw(ctx, geom, z, feature) {
    const look = ROADS[feature.props.rank] ?? ROADS[6];
    ctx.strokeStyle = look.colour;
    ctx.lineWidth = between(z, look.widths);
    trace(ctx, geom);
    ctx.stroke();
  },
};

// Areas (or points) coloured by their class in the legend; what is too small to see becomes a dot.
export function themed(layer, legend) {
  const looks = Object.fromEntries(legend.classes.map((entry) => [entry.code, lookOf(entry)]));
  const covering = layer.beneath;
  return {
    draw(ctx, geom, z, feature) {
      const look = looks[feature.props[layer.class_property]];
      if (!look) return;
      const pale = marks.result.size && layer.name === "communities" && !marks.result.has(feature.id);
      ctx.globalAlpha = pale ? 0.28 : covering ? 0.72 : 0.92;
      if (feature.geomType === 2) return line(ctx, geom, look);
      ctx.fillStyle = look.pattern === "hatch" ? hatch(ctx, look.colour) : look.colour;
      ctx.strokeStyle = look.edge;
      if (feature.geomType === 1 || (!covering && isSmall(feature))) {
        dot(ctx, centreOf(geom, feature), z, look);
        return;
      }
      trace(ctx, geom);
      if (look.pattern !== "outline") ctx.fill("evenodd");
      if (covering && look.pattern === "fill") return;
      ctx.lineWidth = z < 13 ? 0.5 : 1;
      ctx.stroke();
    },
  };
}

// A layer that does not speak: outlines only.
export const silent = {
  draw(ctx, geom, z, feature) {
    if (feature.geomType === 1) return;
    ctx.globalAlpha = 1;
    ctx.strokeStyle = OUTLINE;
    ctx.lineWidth = z < 15 ? 0.6 : 1;
    trace(ctx, geom);
    ctx.stroke();
  },
};

const MARKS = [
  { kind: "result", colour: "#1f4e79", width: 1.6 },
  { kind: "hover", colour: "#111827", width: 2 },
  { kind: "selected", colour: "#111827", width: 2.6 },
];

export const marked = {
  filter: (z, feature) => MARKS.some(({ kind }) => marks[kind].has(feature.id)),
  symbolizer: {
    draw(ctx, geom, z, feature) {
      const look = MARKS.findLast(({ kind }) => marks[kind].has(feature.id));
      ctx.globalAlpha = 1;
      ctx.lineJoin = "round";
      if (feature.geomType === 1 || isSmall(feature)) {
        const at = centreOf(geom, feature);
        ctx.beginPath();
        ctx.arc(at.x, at.y, radiusAt(z) + look.width, 0, 2 * Math.PI);
      } else {
        trace(ctx, geom);
      }
      for (const [colour, width] of [["#ffffff", look.width + 2.5], [look.colour, look.width]]) {
        ctx.strokeStyle = colour;
        ctx.lineWidth = width;
        ctx.stroke();
      }
    },
  },
};

export const streetLabels = new protomapsL.CenteredTextSymbolizer({
  labelProps: ["name"],
  fill: "#5b6775",
  stroke: HALO,
  width: 3,
  font: (z) => `500 ${z < 12 ? 12 : 14}px ${FONT}`,
});

export const roadLabels = new protomapsL.LineLabelSymbolizer({
  labelProps: ["name"],
  fill: "#6b7785",
  stroke: HALO,
  width: 3,
  position: 2,
  repeatDistance: 420,
  font: (z) => `${z < 16 ? 12 : 13}px ${FONT}`,
});

export const communityLabels = new protomapsL.CenteredTextSymbolizer({
  labelProps: ["name"],
  fill: INK,
  stroke: HALO,
  width: 3.5,
  font: (z) => `500 ${z < 17 ? 12 : 14}px ${FONT}`,
});

function lookOf({ colour, pattern }) {
  return { colour, pattern, edge: darker(colour) };
}

function line(ctx, geom, look) {
  ctx.strokeStyle = look.colour;
  ctx.lineWidth = 3;
  ctx.setLineDash(look.pattern === "dashed" ? [6, 5] : []);
  trace(ctx, geom);
  ctx.stroke();
  ctx.setLineDash([]);
}

function dot(ctx, at, z, look) {
  ctx.beginPath();
  ctx.arc(at.x, at.y, radiusAt(z), 0, 2 * Math.PI);
  ctx.fill();
  ctx.lineWidth = 0.7;
  ctx.stroke();
  if (look.pattern === "hatch") ctx.stroke();
}

function radiusAt(z) {
  return between(z, [2.3, 3.4, 5, 6]);
}

export function isSmall({ bbox }) {
  return Math.max(bbox.maxX - bbox.minX, bbox.maxY - bbox.minY) < SMALL_PX;
}

export function centreOf(geom, { geomType, bbox }) {
  if (geomType === 1) return geom[0][0];
  return { x: (bbox.minX + bbox.maxX) / 2, y: (bbox.minY + bbox.maxY) / 2 };
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
