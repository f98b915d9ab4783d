import { element, map, part } from "../page.js";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { offerDrawing, stopDrawing } from "app/queries/drawing.js";

const FIELDS = ["area", "area_key", "near", "radius_m", "nearest"];
let form;
let sent;

beforeEach(() => {
  stopDrawing();
  const button = Object.assign(element("[data-draw]"), { disabled: true });
  button.dataset.draw = "Marker";
  form = element("form");
  const hint = element("#query-draw-hint");
  hint.dataset.marker = "点一下";
  form.append(button, hint, element("[data-draw-clear]"), element("#query-coordinates"));
  form.querySelectorAll = (names) => form.children.filter(({ name }) => names.split(", ").includes(name));
  form.elements = Object.fromEntries(FIELDS.map((name) => [name, Object.assign(new EventTarget(), { value: `old ${name}`, focus() {} })]));
  sent = 0;
  form.addEventListener("submit", () => sent++);
  part("drawer-frame").offsetWidth = 400;
  offerDrawing(form);
});

const values = () => FIELDS.map((name) => form.elements[name].value);
const press = (name) => form.querySelector(name).dispatchEvent(new Event("click"));
const click = (lat, lng) => map.fire("click", { latlng: { lat, lng } });

test("buttons can be pressed once somebody listens", () => {
  assert.equal(form.querySelector("[data-draw]").disabled, false);
});

test("a point fills the form with six digits, keeps the radius, drops the area, and asks", () => {
  press("[data-draw]");
  click(22.12345678, 114.98765432);
  assert.deepEqual(values(), ["", "", "114.987654,22.123457", "old radius_m", "old nearest"]);
  assert.equal(sent, 1);
});

test("without radius or number the point alone is no question yet", () => {
  form.elements.radius_m.value = form.elements.nearest.value = "";
  press("[data-draw]");
  click(22, 114);
  assert.equal(sent, 0);
  assert.equal(form.querySelector("#query-coordinates").open, true);
});

const pins = () => map.layers.filter((one) => one.getLayers).flatMap((group) => group.getLayers());

test("the point is marked before it is sent, follows a drag, and goes when another is typed, chosen or none wanted", () => {
  form.elements.radius_m.value = form.elements.nearest.value = "";
  press("[data-draw]");
  click(22, 114);
  assert.deepEqual(pins().map((pin) => pin.getLatLng()), [L.latLng(22, 114)]);
  pins()[0].setLatLng([22.5, 114.5]).fire("dragend");
  assert.equal(form.elements.near.value, "114.500000,22.500000");
  assert.deepEqual(pins().map((pin) => pin.getLatLng()), [L.latLng(22.5, 114.5)]);
  for (const end of [
    () => form.elements.near.dispatchEvent(new Event("input")),
    () => press("[data-draw-clear]"),
    () => offerDrawing(null),
  ]) {
    press("[data-draw]");
    click(22, 114);
    assert.equal(pins().length, 1);
    end();
    assert.equal(pins().length, 0);
  }
});

test("only one click is a point", () => {
  press("[data-draw]");
  click(22, 114);
  click(23, 115);
  assert.equal(form.elements.near.value, "114.000000,22.000000");
});

test("pressed again the pencil is put down; the hint and the map follow", () => {
  const hint = form.querySelector("#query-draw-hint");
  press("[data-draw]");
  assert.deepEqual([hint.hidden, hint.textContent], [false, "点一下"]);
  assert.equal(map.getContainer().classList.contains("capturing"), true);
  press("[data-draw]");
  assert.equal(hint.hidden, true);
  click(22, 114);
  assert.equal(form.elements.near.value, "old near");
});

test("Escape puts the pencil down, and means nothing else then", () => {
  const pressEscape = () => {
    const event = Object.assign(new Event("keydown", { cancelable: true }), { key: "Escape" });
    document.dispatchEvent(event);
    return event.defaultPrevented;
  };
  press("[data-draw]");
  assert.deepEqual([pressEscape(), pressEscape()], [true, false]);
});

test("clearing empties every field and asks", () => {
  press("[data-draw-clear]");
  assert.deepEqual([...new Set(values()), sent], ["", 1]);
});

test("the form that is offered twice listens once", () => {
  offerDrawing(form);
  press("[data-draw-clear]");
  assert.equal(sent, 1);
});
