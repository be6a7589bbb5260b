// The map: a picture of the state with a dot for each place that was found.

import { isPoint, radians } from "./search.js";

const SVG = "http://www.w3.org/2000/svg";

/** Degrees to pixels of the picture: Albers' equal-area conic, as `projection.py` has it. */
export function projector([south, north, longitude, latitude, scale, x, y]) {
  const earth = 6371.0088;
  const n = (Math.sin(radians(south)) + Math.sin(radians(north))) / 2;
  const c = Math.cos(radians(south)) ** 2 + 2 * n * Math.sin(radians(south));
  const rho0 = (earth * Math.sqrt(c - 2 * n * Math.sin(radians(latitude)))) / n;
  return (point) => {
    const rho = (earth * Math.sqrt(c - 2 * n * Math.sin(radians(point.y)))) / n;
    const theta = n * radians((point.x > 0 ? point.x - 360 : point.x) - longitude);
    return [rho * Math.sin(theta) * scale + x, (rho * Math.cos(theta) - rho0) * scale + y];
  };
}

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** The map of what was found around a place; `open` is called with the number of a dot that is pressed. */
export function drawMap(plan, picture, place, found, label, open) {
  const pixels = projector(plan.albers);
  const points = found.map(({ row }) => (row.y == null ? null : pixels(row))).map((at) =>
    at && at[0] >= 0 && at[1] >= 0 && at[0] <= plan.width && at[1] <= plan.height ? at : null);
  const here = place.y != null && isPoint(place) ? pixels(place) : null;
  const view = place.kind === "state" ? [0, 0, plan.width, plan.height] : viewOf([...points.filter(Boolean), ...(here ? [here] : [])], plan);
  const unit = view[2] / 100; // so that marks are equally large at every zoom
  const svg = element("svg", { viewBox: view.join(" "), role: "img", "aria-label": label });
  svg.append(element("image", { href: picture, width: plan.width, height: plan.height }));
  points.forEach((at, n) => {
    if (!at) return;
    const dot = element("circle", { cx: at[0], cy: at[1], r: 1.25 * unit, class: found[n].unsaid.length + found[n].unticked.length ? "dot maybe" : "dot", "stroke-width": 0.3 * unit });
    dot.addEventListener("click", () => open(n));
    svg.append(dot);
  });
  if (here) svg.append(element("path", { class: "here", d: `M${here[0] - 2 * unit} ${here[1]}h${4 * unit}M${here[0]} ${here[1] - 2 * unit}v${4 * unit}`, "stroke-width": 0.7 * unit }));
  return svg;
}

/** A window around points, of the picture's shape, no smaller than a tenth of it. */
function viewOf(points, { width, height }) {
  if (!points.length) return [0, 0, width, height];
  const xs = points.map(([x]) => x), ys = points.map(([, y]) => y);
  const middle = [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2];
  const shape = Math.min(0.75, height / width);
  const wide = Math.min(width, Math.max(width / 10, (Math.max(...xs) - Math.min(...xs)) * 1.2, ((Math.max(...ys) - Math.min(...ys)) * 1.2) / shape));
  const tall = wide * shape;
  const clamp = (start, length, whole) => Math.max(0, Math.min(start, whole - length));
  return [clamp(middle[0] - wide / 2, wide, width), clamp(middle[1] - tall / 2, tall, height), wide, tall].map((one) => Math.round(one * 10) / 10);
}
