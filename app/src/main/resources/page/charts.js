// The moving charts. Each draws some fields of the points; colours come from the style sheet.

import uPlot from "/uplot/uPlot.esm.js";
import * as format from "./format.js";

const CAPACITY = 600;
const HEIGHT = 190;
// Narrower than this the newest points would fill the whole width and every tick would jump.
const MIN_SPAN_SECONDS = 60;
// A scale without a range is not drawn.
const NO_AXIS = [null, null];

const DEFINITIONS = [
  {
    id: "throughput",
    title: "Throughput",
    unit: "samples/s",
    fromZero: true,
    series: [{ field: "samplesPerSecond", label: "trained", color: "--flow", fill: true, text: format.count }],
  },
  {
    id: "loss-chart",
    marked: true,
    title: "Loss",
    unit: "window mean",
    absent: "The loss of this window is not a finite number.",
    series: [
      { field: "loss", label: "model", color: "--model", text: (v) => format.decimals(v, 4) },
      { field: "baselineLoss", label: "base rate", color: "--baseline", dash: [6, 5], text: (v) => format.decimals(v, 4) },
    ],
  },
  {
    id: "accuracy-chart",
    marked: true,
    title: "Accuracy",
    unit: "window",
    absent: "This job's metrics have no accuracy.",
    percent: true,
    series: [
      { field: "accuracy", label: "model", color: "--model", text: format.percent },
      { field: "baselineAccuracy", label: "majority class", color: "--baseline", dash: [6, 5], text: format.percent },
    ],
  },
  {
    id: "flow",
    title: "Ring and lag",
    unit: "slots · records",
    fromZero: true,
    series: [
      { field: "ringOccupiedSlots", label: "slots in use", color: "--flow", fill: true, text: format.count },
      { field: "lagRecords", label: "lag", color: "--lag", scale: "right", text: format.count },
    ],
  },
  {
    id: "gradient-chart",
    title: "Gradient norm",
    unit: "and rate",
    absent: "No batch's gradient was taken yet.",
    fromZero: true,
    series: [
      { field: "gradientNorm", label: "norm", color: "--model", text: format.significant },
      { field: "learningRate", label: "learning rate", color: "--lag", scale: "right", text: format.significant },
    ],
  },
  {
    id: "privacy-chart",
    title: "Privacy spent",
    unit: "epsilon",
    fromZero: true,
    onlyWith: "epsilon",
    series: [
      { field: "epsilon", label: "spent", color: "--model", fill: true, text: format.significant },
      { field: "epsilonBudget", label: "budget", color: "--bad", dash: [6, 5], text: format.significant },
    ],
  },
  {
    id: "validation-chart",
    title: "Validation",
    unit: "held-out samples, at the last look",
    onlyWith: "validationLoss",
    series: [
      { field: "validationLoss", label: "loss", color: "--model", text: (v) => format.decimals(v, 4) },
      { field: "loss", label: "loss in training", color: "--baseline", dash: [6, 5], text: (v) => format.decimals(v, 4) },
      { field: "validationAccuracy", label: "accuracy", color: "--lag", scale: "right", percent: true, text: format.percent },
    ],
  },
];

const points = [];
let drifts = [];
let ringSlots = null;
let awaited = "";
const charts = DEFINITIONS.map((definition) => new Chart(definition, document.getElementById(definition.id)));

/** Replaces everything drawn. */
export function showHistory(history) {
  points.splice(0, points.length, ...history.slice(-CAPACITY));
  draw();
}

/** Adds one point, unless it is drawn already. */
export function showPoint(point, slots) {
  ringSlots = slots;
  const last = points.at(-1);
  if (last && last.timeMillis >= point.timeMillis) return;
  points.push(point);
  if (points.length > CAPACITY) points.shift();
  draw();
}

/** Has the times at which something drifted marked in the charts of how well it learns. */
export function markDrifts(events) {
  drifts = events.filter((event) => event.drift !== null).map((event) => event.timeMillis / 1000);
}

/** Has charts that wait for metrics say so; an empty text once those are there. */
export function showAwaited(text) {
  awaited = text;
}

/** Draws all; where their number is odd the last has a row for itself. */
function draw() {
  charts.forEach((chart) => chart.draw());
  const figures = charts.map((chart) => chart.figure).filter((figure) => !figure.hidden);
  figures.forEach((figure, i) => figure.classList.toggle("wide", i === figures.length - 1 && i % 2 === 0));
}

function Chart(definition, figure) {
  const values = caption(definition, figure);
  const plotArea = document.createElement("div");
  plotArea.className = "plot";
  plotArea.tabIndex = 0;
  plotArea.setAttribute("role", "img");
  const note = document.createElement("p");
  note.className = "note";
  plotArea.append(note);
  figure.append(plotArea);

  let plot = new uPlot(options(definition, plotArea.clientWidth), data(definition), plotArea);

  this.figure = figure;
  this.draw = () => {
    if (definition.onlyWith) figure.hidden = !points.some((point) => point[definition.onlyWith] != null);
    plot.setData(data(definition));
    const empty = !points.some((point) => definition.series.some((series) => point[series.field] != null));
    note.textContent = empty ? (definition.marked && awaited) || definition.absent || "" : "";
    tell(plot.cursor.idx ?? points.length - 1);
  };

  // The figures in the caption are the newest point's, or those under the cursor.
  function tell(index) {
    const point = points[index];
    const said = definition.series.map((series, i) => {
      const text = point ? series.text(point[series.field]) : format.MISSING;
      values[i].textContent = text;
      return series.label + " " + text;
    });
    plotArea.setAttribute("aria-label", definition.title + ": " + (note.textContent || said.join(", ")));
  }

  plotArea.addEventListener("pointermove", () => tell(plot.cursor.idx ?? points.length - 1));
  plotArea.addEventListener("pointerleave", () => tell(points.length - 1));
  plotArea.addEventListener("blur", () => leave());
  plotArea.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || points.length === 0) return;
    event.preventDefault();
    const from = plot.cursor.idx ?? points.length - (step > 0 ? 2 : 0);
    const index = Math.min(points.length - 1, Math.max(0, from + step));
    plot.setCursor({ left: plot.valToPos(points[index].timeMillis / 1000, "x"), top: plot.bbox.height / 4 });
    tell(index);
  });

  function leave() {
    plot.setCursor({ left: -10, top: -10 });
    tell(points.length - 1);
  }

  // A canvas keeps the colours it was drawn with, so another scheme needs another canvas.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    plot.destroy();
    plot = new uPlot(options(definition, plotArea.clientWidth), data(definition), plotArea);
  });
  new ResizeObserver(() => plot.setSize({ width: plotArea.clientWidth, height: HEIGHT })).observe(plotArea);
}

function caption(definition, figure) {
  const caption = document.createElement("figcaption");
  const title = document.createElement("h2");
  title.textContent = definition.title;
  const unit = document.createElement("span");
  unit.className = "unit";
  unit.textContent = definition.unit;
  title.append(" ", unit);
  const legend = document.createElement("div");
  legend.className = "legend";
  const values = definition.series.map((series) => {
    const key = document.createElement("span");
    key.className = "key " + series.color.slice(2);
    const value = document.createElement("b");
    value.textContent = format.MISSING;
    key.append(series.label + " ", value);
    legend.append(key);
    return value;
  });
  caption.append(title, legend);
  figure.append(caption);
  return values;
}

function data(definition) {
  const times = points.map((point) => point.timeMillis / 1000);
  return [times, ...definition.series.map((series) => points.map((point) => point[series.field]))];
}

function options(definition, width) {
  const style = getComputedStyle(document.documentElement);
  const color = (name) => style.getPropertyValue(name).trim();
  const two = definition.series.some((series) => series.scale === "right");
  const percent = (v) => format.percent(v, 1);
  const tick = definition.percent ? percent : format.short;
  const rightPercent = definition.series.some((series) => series.scale === "right" && series.percent);
  const axis = {
    stroke: color("--quiet"),
    grid: { stroke: color("--line"), width: 1 },
    ticks: { show: false },
    font: "11px system-ui, sans-serif",
    size: definition.percent ? 58 : 46,
    values: (_, splits) => splits.map((v) => (v === null ? "" : tick(v))),
  };
  const rightAxis = { ...axis, scale: "right", side: 1, grid: { show: false } };
  if (rightPercent) {
    rightAxis.size = 58;
    rightAxis.values = (_, splits) => splits.map((v) => (v === null ? "" : percent(v)));
  }
  return {
    width: Math.max(width, 1),
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { size: 7 } },
    hooks: definition.marked ? { draw: [(plot) => drawDrifts(plot, color("--bad"))] } : {},
    padding: [8, two ? 0 : 10, 0, 0],
    scales: {
      x: { time: true, range: (_, from, to) => (known(from, to) ? [Math.min(from, to - MIN_SPAN_SECONDS), to] : NO_AXIS) },
      y: { range: (_, from, to) => span(from, to, definition, definition.id === "flow" ? ringSlots : null) },
      right: { range: (_, from, to) => span(from, to, rightPercent ? { percent: true } : definition, null) },
    },
    axes: [
      { ...axis, size: 26, space: 70, values: times },
      axis,
      ...(two ? [rightAxis] : []),
    ],
    series: [
      {},
      ...definition.series.map((series) => ({
        label: series.label,
        scale: series.scale ?? "y",
        stroke: color(series.color),
        width: 2,
        dash: series.dash,
        fill: series.fill ? color(series.color) + "22" : undefined,
        points: { show: false },
      })),
    ],
  };
}

function drawDrifts(plot, color) {
  const { left, top, width, height } = plot.bbox;
  plot.ctx.save();
  plot.ctx.strokeStyle = color;
  plot.ctx.lineWidth = devicePixelRatio;
  for (const time of drifts) {
    const x = plot.valToPos(time, "x", true);
    if (x < left || x > left + width) continue;
    plot.ctx.beginPath();
    plot.ctx.moveTo(x, top);
    plot.ctx.lineTo(x, top + height);
    plot.ctx.stroke();
  }
  plot.ctx.restore();
}

/** Ticks of whole minutes need no seconds. */
function times(_, splits) {
  const minutes = splits.every((seconds) => seconds % 60 === 0);
  return splits.map((seconds) => format.clock(seconds * 1000).slice(0, minutes ? 5 : 8));
}

function known(from, to) {
  return from != null && to != null;
}

/** A range with room above and below, which keeps a flat line in the middle. */
function span(from, to, definition, atLeast) {
  if (!known(from, to)) return NO_AXIS;
  if (definition.fromZero) return [0, Math.max(to * 1.15, atLeast ?? 0) || 1];
  const room = Math.max((to - from) * 0.15, Math.abs(to) * 0.005, 1e-6);
  return [Math.max(0, from - room), definition.percent ? Math.min(1, to + room) : to + room];
}
