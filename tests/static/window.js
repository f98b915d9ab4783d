// A window without a browser: as much of it and of its document as the modules of static/app ask for while they
// are loaded and used.
export const PAGE = {
  layer: "communities",
  default_period: "2025-Q3",
  period: "2025-Q3",
  periods: [{ code: "2025-Q3" }, { code: "2025-Q2" }],
  layers: [
    {
      name: "communities",
      thematic: true,
      tiled: true,
      beneath: false,
      scoped_by: ["period"],
      measures: [],
      class_property: "band",
      value_property: "points",
      address: "/communities/{id}",
    },
    {
      name: "streets",
      thematic: true,
      tiled: true,
      beneath: true,
      scoped_by: ["period", "category"],
      measures: [{ code: "count", label: "件数" }, { code: "rate", label: "每千户" }],
      class_property: "class",
      value_property: "value",
      address: "",
    },
    { name: "routes", thematic: false, tiled: false, beneath: false, shown: true, scoped_by: [], measures: [], class_property: "class" },
  ],
  basemap: { kind: "roads", tiles: "/tiles/base/{z}/{x}/{y}.mvt", styles: [{ code: "vec" }, { code: "img" }] },
  bounds: [113.75, 22.4, 114.65, 22.9],
  city: [113.75, 22.4, 114.65, 22.9],
  own_street: [9],
  extent: [113.7, 22.3, 114.7, 23],
  margins: { desk: [0, 0, 0, 0], phone: [0, 0, 0, 0] },
  first_tiles: ["/tiles/base/{z}/{x}/{y}.mvt"],
  texts: { hello: "你好，{name}{name}" },
  legends: {
    "/layers/communities/legend.json?period=2025-Q3": legend("communities", ["good", "none"]),
    "/layers/routes/legend.json": legend("routes", ["mine"]),
  },
  tile_levels: 2,
  deepest_tile: 15,
};

export function legend(title, codes) {
  const classes = codes.map((code) => ({ code, label: code, colour: "#336699", pattern: code === "none" ? "hatch" : "fill", n: 1200 }));
  return { title, unit: "分", period: "2025-Q3", n: 2400, source: "来源", changed_at: "", note: "", digits: 1, classes };
}

// ---- elements -------------------------------------------------------------------------------------

const places = new Map(); // id or selector → box on the screen

// Where something stands on the screen; everything else has no size.
export function place(name, left, top, right, bottom) {
  places.set(name, { left, top, right, bottom, x: left, y: top, width: right - left, height: bottom - top });
}

export function clearPlaces() {
  places.clear();
}

class Fake extends EventTarget {
  style = { setProperty() {} };
  dataset = {};
  children = [];
  attributes = {};
  className = "";
  hidden = false;
  text = "";

  constructor(name) {
    super();
    this.name = name;
    const names = new Set();
    this.classList = {
      add: (one) => names.add(one),
      remove: (one) => names.delete(one),
      contains: (one) => names.has(one),
      toggle: (one, on = !names.has(one)) => (on ? names.add(one) : names.delete(one)),
    };
    if (name === "canvas") this.pen = new Pen();
  }

  get textContent() {
    return this.text + this.children.map((child) => child.textContent ?? child).join("");
  }

  set textContent(text) {
    this.text = String(text);
  }

  append(...children) {
    this.children.push(...children);
  }

  before(element) {
    this.children.unshift(element);
  }

  replaceChildren(...children) {
    this.children = children;
  }

  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  // By the name that it was made with: a tag, an id or a selector.
  querySelector(name) {
    return this.querySelectorAll(name)[0] ?? null;
  }

  querySelectorAll(name) {
    return this.children.flatMap((child) => [...(child.name === name ? [child] : []), ...(child.querySelectorAll?.(name) ?? [])]);
  }

  getBoundingClientRect() {
    return places.get(this.name) ?? { left: 0, top: 0, right: 0, bottom: 0, x: 0, y: 0, width: 0, height: 0 };
  }

  getContext() {
    return this.pen;
  }

  requestSubmit() {
    this.dispatchEvent(new Event("submit"));
  }
}

// A canvas's context that writes down what is done, and what colour, alpha and the like were then.
export class Pen {
  done = [];

  constructor() {
    const look = ["fillStyle", "strokeStyle", "globalAlpha", "lineWidth"];
    // biome-ignore lint/correctness/noConstructorReturn: every method of a context is one that writes down
    return new Proxy(this, {
      get: (pen, name) => {
        if (name in pen) return pen[name];
        return (...values) => {
          pen.done.push({ name, values, ...Object.fromEntries(look.map((key) => [key, pen[key]])) });
        };
      },
    });
  }

  measureText(text) {
    return { width: 10 * text.length };
  }

  createPattern() {
    return "hatch";
  }

  // The calls of one method.
  all(wanted) {
    return this.done.filter(({ name }) => name === wanted);
  }
}

class Path {
  steps = [];
  moveTo(x, y) {
    this.steps.push(["move", x, y]);
  }
  lineTo(x, y) {
    this.steps.push(["line", x, y]);
  }
  arc(x, y, radius) {
    this.steps.push(["arc", x, y, radius]);
  }
  addPath(path) {
    this.steps.push(...path.steps);
  }
}

export function element(name) {
  return new Fake(name);
}

const byId = new Map();

// The element of this id, made when it is first asked for.
export function part(id) {
  if (!byId.has(id)) byId.set(id, element(id));
  return byId.get(id);
}

// ---- window ---------------------------------------------------------------------------------------

export const visits = []; // { state, address, step } of each call of history

function visit(step, state, _, address) {
  visits.push({ state, address, step });
  history.state = state;
  Object.assign(location, split(address));
}

export function split(address) {
  const { pathname, search } = new URL(address, "http://portal");
  return { pathname, search };
}

// The browser's back button. Says whether what listens later, which is htmx, hears of it.
export function goBack(address, state = null) {
  Object.assign(location, split(address));
  history.state = state;
  let heard = false;
  const listen = () => (heard = true);
  window.addEventListener("popstate", listen);
  window.dispatchEvent(Object.assign(new Event("popstate"), { state }));
  window.removeEventListener("popstate", listen);
  return heard;
}

const phone = { matches: false };

export function showOnPhone(matches) {
  phone.matches = matches;
}

// Events that htmx sends; returns the event.
export function send(name, detail) {
  const event = new Event(name, { cancelable: true });
  event.detail = detail;
  document.dispatchEvent(event);
  return event;
}

// Answers to fetch: address → text, JSON, bytes, or a status. What was asked for is in `asked`.
export const answers = new Map();
export const asked = [];

async function fetchFake(address, options = {}) {
  asked.push({ address, ...options });
  await null;
  options.signal?.throwIfAborted();
  const answer = (await answers.get(address)) ?? 404;
  if (typeof answer === "number") return new Response(null, { status: answer });
  return new Response(answer instanceof Uint8Array ? answer : JSON.stringify(answer));
}

const target = new EventTarget();
for (const name of ["addEventListener", "removeEventListener", "dispatchEvent"]) globalThis[name] = target[name].bind(target);
Object.assign(globalThis, {
  window: globalThis,
  innerWidth: 1440,
  innerHeight: 900,
  devicePixelRatio: 1,
  location: split("/"),
  matchMedia: (query) => (query.includes("hover") ? { matches: true } : phone),
  getComputedStyle: () => ({ fontFamily: "sans-serif" }),
  requestAnimationFrame: (draw) => setTimeout(draw),
  cancelAnimationFrame: clearTimeout,
  fetch: fetchFake,
  Path2D: Path,
  htmx: { ajax: async (...request) => requests.push(request), trigger: (_, name) => triggered.push(name) },
  history: {
    state: null,
    replaceState: (...entry) => visit(false, ...entry),
    pushState: (...entry) => visit(true, ...entry),
  },
  document: Object.assign(new EventTarget(), {
    documentElement: element("html"),
    body: element("body"),
    head: element("head"),
    readyState: "complete",
    createElement: element,
    createElementNS: element,
    getElementsByTagName: () => [],
    getElementById: part,
    querySelector: () => null,
    querySelectorAll: (selectors) => selectors.split(", ").filter((name) => places.has(name)).map(element),
  }),
});
Object.defineProperty(globalThis, "navigator", { value: { userAgent: "node", platform: "none" }, configurable: true });
part("atlas-state").textContent = JSON.stringify(PAGE);

export const requests = []; // what htmx was asked
export const triggered = []; // events that htmx was told to send

// Let everything that was promised come.
export function settled() {
  return new Promise((done) => setTimeout(done, 5));
}
