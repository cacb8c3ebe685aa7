// Which job the page shows, the one that its address names or else the first, and the list of them all.

import { fit, fill } from "./dom.js";
import * as format from "./format.js";

const EVERY_MILLIS = 3000;
const PLACE = "/api/v1/jobs";

let shown = [];
let name = new URLSearchParams(location.search).get("job");

/** Where the API has something of this job. */
export function api(path) {
  return `${PLACE}/${encodeURIComponent(name)}/${path}`;
}

/** Whether this job keeps the records that it rejects. */
export function keepsDeadLetters() {
  return shown.some((job) => job.name === name && job.keepsDeadLetters);
}

/** Finds out which job this is, and keeps the list up to date from then on. */
export async function choose() {
  const jobs = await list();
  if (name === null && jobs.length > 0) name = jobs[0].name;
  document.getElementById("status-json").href = api("status");
  show(jobs);
  setInterval(() => list().then(show).catch(() => {}), EVERY_MILLIS);
}

async function list() {
  const response = await fetch(PLACE);
  if (!response.ok) throw new Error(`${PLACE}: ${response.status}`);
  return response.json();
}

function show(jobs) {
  shown = jobs;
  const nav = document.getElementById("jobs");
  nav.hidden = jobs.length < 2;
  const entries = nav.firstElementChild;
  fit(entries, jobs.length, () => {
    const entry = document.createElement("li");
    const link = document.createElement("a");
    link.append(document.createElement("b"), document.createElement("span"), document.createElement("span"));
    entry.append(link);
    return entry;
  });
  jobs.forEach((job, i) => {
    const link = entries.children[i].firstElementChild;
    const href = `/?job=${encodeURIComponent(job.name)}`;
    if (link.getAttribute("href") !== href) link.setAttribute("href", href);
    if (job.name === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    link.children[1].dataset.state = job.state;
    link.children[1].className = "state";
    fill(link, [job.name, job.state, job.state === "running" ? `${format.count(job.samplesPerSecond)}/s` : ""]);
  });
}
