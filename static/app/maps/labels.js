// Where labels go: first come, first served; a label that would touch another is left out. A mark is never
// covered: its own label stands beside it.
const PAD = 3;
const CELL = 64;
const REPEAT_PX = 420; // a road's name is not repeated closer than this
const BEND = 0.35; // radians that a name may turn in all
const widths = new Map(); // font and text → width; measuring is dear

export class Labels {
  constructor(ctx, font) {
    this.ctx = ctx;
    this.font = font;
    this.taken = new Map(); // cell → boxes
    this.marks = []; // boxes; few
    this.repeats = new Map(); // text → places
    this.placed = [];
  }

  // Keep a mark of this radius in sight.
  keepClear(x, y, radius) {
    this.marks.push([x - radius, y - radius, x + radius, y + radius]);
  }

  // A label centred on a place; where a mark lies there, beside it; where another mark is in the way, above or
  // below that.
  addPoint(text, x, y, look) {
    const [width, height] = [this.widthOf(text, look.size) + 2 * PAD, look.size * 1.2 + 2 * PAD];
    const boxAt = (cx, cy) => [cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2];
    const own = this.markAt(x, y);
    const other = own ?? this.marks.find((mark) => meet(boxAt(x, y), mark));
    const spots = other ? around(other, own ? null : x, width, height) : [[x, y]];
    const spot = spots.find(([cx, cy]) => this.take([boxAt(cx, cy)]));
    if (spot) this.placed.push({ text, x: spot[0], y: spot[1], angle: 0, look });
  }

  markAt(x, y) {
    return this.marks.find((mark) => meet([x, y, x, y], mark));
  }

  // A label along the first straight enough part of a line; line of [x, y].
  addLine(text, line, look) {
    const width = this.widthOf(text, look.size);
    for (const run of straightRuns(line, width + 2 * look.size)) {
      const [x, y] = [(run[0][0] + run[1][0]) / 2, (run[0][1] + run[1][1]) / 2];
      if (this.repeats.get(text)?.some((place) => Math.hypot(place[0] - x, place[1] - y) < REPEAT_PX)) continue;
      let angle = Math.atan2(run[1][1] - run[0][1], run[1][0] - run[0][0]);
      if (angle > Math.PI / 2) angle -= Math.PI;
      if (angle <= -Math.PI / 2) angle += Math.PI;
      if (!this.take(boxesAlong(x, y, angle, width, look.size))) continue;
      this.repeats.set(text, [...(this.repeats.get(text) ?? []), [x, y]]);
      this.placed.push({ text, x, y, angle, look });
      return;
    }
  }

  draw() {
    const { ctx } = this;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.lineJoin = "round";
    for (const { text, x, y, angle, look } of this.placed) {
      ctx.save();
      ctx.translate(x, y);
      ctx.rotate(angle);
      ctx.font = `${look.size}px ${this.font}`;
      ctx.lineWidth = look.halo;
      ctx.strokeStyle = "rgba(255,255,255,0.92)";
      ctx.strokeText(text, 0, 0);
      ctx.fillStyle = look.colour;
      ctx.fillText(text, 0, 0);
      ctx.restore();
    }
  }

  widthOf(text, size) {
    const key = `${size} ${text}`;
    if (!widths.has(key)) {
      this.ctx.font = `${size}px ${this.font}`;
      widths.set(key, this.ctx.measureText(text).width);
    }
    return widths.get(key);
  }

  // Take the boxes unless one of them touches a box that is taken.
  take(boxes) {
    if (boxes.some((box) => this.marks.some((mark) => meet(box, mark)))) return false;
    if (boxes.some((box) => this.cells(box).some((cell) => this.taken.get(cell)?.some((other) => meet(box, other))))) {
      return false;
    }
    for (const box of boxes) {
      for (const cell of this.cells(box)) this.taken.set(cell, [...(this.taken.get(cell) ?? []), box]);
    }
    return true;
  }

  cells([left, top, right, bottom]) {
    const found = [];
    for (let x = Math.floor(left / CELL); x * CELL <= right; x++) {
      for (let y = Math.floor(top / CELL); y * CELL <= bottom; y++) found.push(`${x} ${y}`);
    }
    return found;
  }
}

// The centres of a box of this size beside a mark; above and below it only where x is to be kept.
function around([left, top, right, bottom], x, width, height) {
  const [middle, y] = [x ?? (left + right) / 2, (top + bottom) / 2];
  const upright = [[middle, bottom + height / 2], [middle, top - height / 2]];
  return x === null ? [...upright, [right + width / 2, y], [left - width / 2, y]] : upright;
}

function meet(a, b) {
  return a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];
}

// Squares along a slanted text: one box around it would claim far too much.
function boxesAlong(x, y, angle, width, size) {
  const half = size * 0.7 + PAD;
  const steps = Math.max(1, Math.ceil(width / size));
  return Array.from({ length: steps + 1 }, (_, i) => {
    const along = (i / steps - 0.5) * width;
    const [cx, cy] = [x + Math.cos(angle) * along, y + Math.sin(angle) * along];
    return [cx - half, cy - half, cx + half, cy + half];
  });
}

// The parts of a line that are long enough and bend little, as [start, end].
function* straightRuns(line, length) {
  let start = 0;
  let turned = 0;
  let last = null;
  for (let i = 1; i < line.length; i++) {
    const direction = Math.atan2(line[i][1] - line[i - 1][1], line[i][0] - line[i - 1][0]);
    const turn = last === null ? 0 : Math.abs(((direction - last + 3 * Math.PI) % (2 * Math.PI)) - Math.PI);
    if (turned + turn > BEND) {
      start = i - 1;
      turned = 0;
    } else {
      turned += turn;
    }
    last = direction;
    const [a, b] = [line[start], line[i]];
    const reach = Math.hypot(b[0] - a[0], b[1] - a[1]);
    if (reach < length) continue;
    yield [a, b];
    start = i;
    turned = 0;
    last = null;
  }
}
