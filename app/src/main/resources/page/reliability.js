// Draws how often what was predicted with a probability came true, over the window and over all samples.

import uPlot from "/uplot/uPlot.esm.js";
import * as format from "./format.js";

const HEIGHT = 190;
const SERIES = [
  { field: "window", label: "window", color: "--model" },
  { field: "total", label: "total", color: "--flow" },
];

const section = document.getElementById("reliability-panel");
const area = document.getElementById("reliability");
let drawn = null;
let plot = null;

/** Shows the tables of a status; hides the panel where there are none. */
export function showReliability(calibration, { window: recent, total }) {
  section.hidden = calibration === null;
  if (calibration === null) return;
  const text = JSON.stringify(calibration);
  if (text === drawn) return;
  drawn = text;
  const data = points(calibration);
  if (plot === null) {
    draw(data);
    new ResizeObserver(() => plot.setSize({ width: area.clientWidth, height: HEIGHT })).observe(area);
    // A canvas keeps the colours it was drawn with, so another scheme needs another canvas.
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      plot.destroy();
      draw(plot.data);
    });
  } else {
    plot.setData(data);
  }
  for (const { field } of SERIES) {
    const scores = field === "window" ? recent : total;
    document.getElementById("reliability-" + field).textContent = format.decimals(scores.calibrationError, 4);
  }
  area.setAttribute("aria-label", spoken(calibration.total));
}

function draw(data) {
  plot = new uPlot(options(area.clientWidth), data, area);
}

/** Each bin is a point: its mean prediction, and what was observed. The diagonal is perfect. */
function points(calibration) {
  const tables = SERIES.map(({ field }) => [
    calibration[field].map((bin) => bin.predicted),
    calibration[field].map((bin) => bin.observed),
  ]);
  const most = Math.max(0.01, ...tables.flat(2));
  return uPlot.join([...tables, [[0, most], [0, most]]]);
}

function spoken(bins) {
  const said = bins.map((bin) => `predicted ${format.percent(bin.predicted)}, came true ${format.percent(bin.observed)}`);
  return "Calibration over all samples: " + said.join("; ");
}

function options(width) {
  const style = getComputedStyle(document.documentElement);
  const color = (name) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: color("--quiet"),
    grid: { stroke: color("--line"), width: 1 },
    ticks: { show: false },
    font: "11px system-ui, sans-serif",
    values: (_, splits) => splits.map((v) => format.short(v * 100) + "\u202f%"),
  };
  const fromZero = { time: false, range: (_, from, to) => [0, to > 0 ? to * 1.04 : 1] };
  return {
    width: Math.max(width, 1),
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 16, 0, 0],
    scales: { x: fromZero, y: fromZero },
    axes: [{ ...axis, size: 26, space: 50 }, { ...axis, size: 46 }],
    series: [
      {},
      ...SERIES.map((series) => ({
        label: series.label,
        stroke: color(series.color),
        width: 2,
        spanGaps: true,
        points: { show: true, size: 6, fill: color(series.color) },
      })),
      { label: "perfect", stroke: color("--baseline"), width: 1, dash: [6, 5], spanGaps: true, points: { show: false } },
    ],
  };
}
