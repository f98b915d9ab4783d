// A page without a browser; a test imports it first. Leaflet is the real one; the map is one that shows nothing.
import { element, place } from "./window.js";
import * as leaflet from "leaflet/dist/leaflet-src.esm.js";

export * from "./window.js";

globalThis.L = leaflet;

const Chart = L.Evented.extend({
  initialize() {
    this.container = element("map");
    this.layers = [];
    this.size = L.point(1440, 900);
    this.fits = [];
    this.centre = L.latLng(22.6, 114.2);
    this.zoom = 11;
  },
  setView(centre, zoom) {
    this.centre = L.latLng(centre);
    this.zoom = zoom;
    return this.fire("moveend");
  },
  fitBounds(bounds, options) {
    this.fits.push({ bounds: L.latLngBounds(bounds), options });
    return this;
  },
  addLayer(layer) {
    this.layers.push(layer);
    if (layer instanceof L.GridLayer) layer._tiles = {};
    return this;
  },
  hasLayer(layer) {
    return this.layers.includes(layer);
  },
  removeLayer() {
    return this;
  },
  getCenter() {
    return this.centre;
  },
  getZoom() {
    return this.zoom;
  },
  getSize() {
    return this.size;
  },
  getContainer() {
    return this.container;
  },
  getPixelOrigin() {
    return this.project(this.centre).subtract(this.size.divideBy(2)).round();
  },
  project(place, zoom = this.zoom) {
    return L.CRS.EPSG3857.latLngToPoint(L.latLng(place), zoom);
  },
  unproject(point, zoom = this.zoom) {
    return L.CRS.EPSG3857.pointToLatLng(L.point(point), zoom);
  },
  latLngToContainerPoint(place) {
    return this.project(place).subtract(this.getPixelOrigin());
  },
  containerPointToLayerPoint(point) {
    return L.point(point);
  },
});

export const map = new Chart();
window.map_atlas = map;
// What stands on the map at 1440 × 900.
place("map", 0, 0, 1440, 900);
