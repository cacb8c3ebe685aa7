// What happened that a person should know of: a time line, what drifted from where to where, and all in words.

import { fill, fit, listed, table } from "./dom.js";
import * as format from "./format.js";

// A shorter time line would make two events of one minute look far apart.
const MIN_SPAN_MILLIS = 600_000;

/** Shows events, newest first, as they are known now. */
export function showEvents(events, nowMillis) {
  showLine(events, nowMillis);
  const drifts = events.filter((event) => event.drift !== null);
  document.getElementById("drifts-part").hidden = drifts.length === 0;
  table("drifts", drifts.map(({ timeMillis, drift }) => [
    format.moment(timeMillis, nowMillis),
    drift.what,
    format.significant(drift.before),
    format.significant(drift.now),
    format.significant(drift.threshold),
    format.count(drift.samples),
  ]));
  listed(
    document.getElementById("events"),
    events.length === 0
      ? [["", "Nothing happened that one should know of."]]
      : events.map((event) => [`${format.moment(event.timeMillis, nowMillis)} ${event.code}`, event.message]),
  );
}

/** A dot for each event where it lies between the oldest one and now. */
function showLine(events, nowMillis) {
  const part = document.getElementById("time-line-part");
  part.hidden = events.length === 0;
  if (events.length === 0) return;
  const from = Math.min(events.at(-1).timeMillis, nowMillis - MIN_SPAN_MILLIS);
  const line = document.getElementById("time-line");
  fit(line, events.length, () => document.createElement("li"));
  events.forEach((event, i) => {
    const dot = line.children[i];
    dot.style.left = `${(100 * (event.timeMillis - from)) / (nowMillis - from)}%`;
    dot.dataset.kind = event.drift === null ? "alert" : "drift";
    dot.title = `${format.moment(event.timeMillis, nowMillis)} ${event.code}`;
  });
  fill(document.getElementById("time-line-ends"), [format.moment(from, nowMillis), "now"]);
}
