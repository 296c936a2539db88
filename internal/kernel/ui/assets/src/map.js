// The map of a form step. It only adds to the page: the fields for latitude and longitude, the address and the list are there
// without it. <div data-map> carries:
//   data-lat, data-lon   ids of the fields that hold the place (WGS 84, degrees)
//   data-centre          "lat,lon" to start from, data-zoom its zoom level
//   data-geojson         address of the municipality's own vector data (WGS 84), or
//   data-tiles           address of a tile service with {x} {y} {z}, with data-credit
//   data-label, data-help, data-place, data-placed   texts
import Feature from 'ol/Feature.js';
import Map from 'ol/Map.js';
import View from 'ol/View.js';
import Attribution from 'ol/control/Attribution.js';
import Zoom from 'ol/control/Zoom.js';
import GeoJSON from 'ol/format/GeoJSON.js';
import Point from 'ol/geom/Point.js';
import { defaults } from 'ol/interaction/defaults.js';
import TileLayer from 'ol/layer/Tile.js';
import VectorLayer from 'ol/layer/Vector.js';
import { fromLonLat, toLonLat } from 'ol/proj.js';
import VectorSource from 'ol/source/Vector.js';
import XYZ from 'ol/source/XYZ.js';
import CircleStyle from 'ol/style/Circle.js';
import Fill from 'ol/style/Fill.js';
import Stroke from 'ol/style/Stroke.js';
import Style from 'ol/style/Style.js';
import Text from 'ol/style/Text.js';

const colour = (name) => getComputedStyle(document.body).getPropertyValue('--ds-color-' + name).trim();

function base(box) {
  if (box.dataset.tiles) {
    return new TileLayer({ source: new XYZ({ url: box.dataset.tiles, attributions: box.dataset.credit, maxZoom: 19 }) });
  }
  const words = new Fill({ color: colour('neutral-text-default') });
  const halo = new Stroke({ color: colour('neutral-background-default'), width: 3 });
  const area = (name) => new Fill({ color: colour(name) });
  const line = (width, lineDash) => new Stroke({ color: colour('neutral-border-default'), width, lineDash });
  // What the kinds of the municipality's own map look like; what has no kind is drawn as a street. Colour only helps: names say what is what.
  const kinds = {
    water: { fill: area('info-surface-tinted'), stroke: new Stroke({ color: colour('info-border-subtle'), width: 1 }), zIndex: 2 },
    forest: { fill: area('success-background-tinted'), zIndex: 1 },
    builtup: { fill: area('neutral-surface-tinted'), zIndex: 1 },
    boundary: { stroke: line(1.5, [8, 6]), zIndex: 0 },
    railway: { stroke: line(2, [10, 4]), zIndex: 3 },
    street: { stroke: line(1.5), zIndex: 4 },
  };
  const source = new VectorSource({ url: box.dataset.geojson, format: new GeoJSON(), attributions: box.dataset.credit });
  return new VectorLayer({
    source,
    declutter: true,
    style: (feature) => new Style({
      ...(kinds[feature.get('kind')] || kinds.street),
      image: new CircleStyle({ radius: 4, fill: words }),
      text: feature.get('name') && new Text({ text: feature.get('name'), fill: words, stroke: halo, font: '14px system-ui', overflow: true }),
    }),
  });
}

function start(box) {
  const data = box.dataset;
  const lat = document.getElementById(data.lat);
  const lon = document.getElementById(data.lon);
  const said = document.createElement('p');
  said.setAttribute('role', 'status');
  const mark = new Feature();
  const marks = new VectorLayer({
    source: new VectorSource({ features: [mark] }),
    style: new Style({ image: new CircleStyle({ radius: 9, fill: new Fill({ color: colour('danger-base-default') }), stroke: new Stroke({ color: '#fff', width: 3 }) }) }),
  });
  const typed = () => {
    const at = [parseFloat(lon.value.replace(',', '.')), parseFloat(lat.value.replace(',', '.'))];
    return at.every(Number.isFinite) ? at : null;
  };
  const centre = typed() || data.centre.split(',').map(Number).reverse();
  const map = new Map({
    target: box,
    layers: [base(box), marks],
    controls: [new Zoom({ zoomInTipLabel: data.zoomIn, zoomOutTipLabel: data.zoomOut }), new Attribution({ collapsible: false })],
    interactions: defaults({ mouseWheelZoom: false, altShiftDragRotate: false, pinchRotate: false }),
    view: new View({ center: fromLonLat(centre), zoom: +data.zoom || 13, maxZoom: 19, enableRotation: false }),
  });
  const show = () => { const at = typed(); mark.setGeometry(at ? new Point(fromLonLat(at)) : undefined); };
  const place = (coordinate) => {
    const [x, y] = toLonLat(coordinate);
    lat.value = y.toFixed(6);
    lon.value = x.toFixed(6);
    lat.dispatchEvent(new Event('input', { bubbles: true }));
    show();
    said.textContent = data.placed.replace('%s', `${lat.value}, ${lon.value}`);
  };
  map.on('click', (event) => place(event.coordinate));
  for (const field of [lat, lon]) {
    field.addEventListener('change', () => { show(); const at = typed(); if (at) map.getView().setCenter(fromLonLat(at)); });
  }
  show();

  // By keyboard: the arrows move the map under the crosshair, + and - zoom, Enter or the button places.
  box.tabIndex = 0;
  box.setAttribute('role', 'application');
  box.setAttribute('aria-label', data.label);
  box.setAttribute('aria-describedby', box.id + '-plain');
  const cross = document.createElement('div');
  cross.className = 'd-map__cross';
  box.append(cross);
  const bar = document.createElement('div');
  bar.className = 'd-map__bar';
  const button = Object.assign(document.createElement('button'), { type: 'button', className: 'ds-button', textContent: data.place });
  button.dataset.variant = 'secondary';
  const help = document.getElementById(box.id + '-plain');
  help.textContent = data.help;
  bar.append(button, said);
  help.after(bar);
  const centrePlace = () => place(map.getView().getCenter());
  button.addEventListener('click', centrePlace);
  box.addEventListener('keydown', (event) => { if (event.key === 'Enter' && event.target === box) { event.preventDefault(); centrePlace(); } });
}

for (const box of document.querySelectorAll('[data-map]')) {
  box.hidden = false;
  start(box);
}
