// What a person waits for who sees no metrics.

import * as format from "./format.js";

const ENDED = ["finished", "stopped", "failed"];

/** Why a job has no metrics, in a sentence; empty once it has some. */
export function awaitedMetrics({ job, ledger, metrics, following }) {
  if (Object.keys(metrics.window).length + Object.keys(metrics.total).length > 0) return "";
  if (following !== null) return "This job serves a model that is trained elsewhere; its metrics are there.";
  const size = metrics.windowSamples;
  if (size === 0) return "No metrics: this job does not run.";
  const window = `window of ${format.count(size)} samples`;
  const filled = format.count(ledger.trained % size);
  return ENDED.includes(job.state)
    ? `No metrics: the job ended before its first ${window} was full: ${filled}.`
    : `The first ${window} is not full yet: ${filled}.`;
}
