// Fills the page from the status feed. Text from the job enters the page as text only, never as markup.

import { awaitedMetrics } from "./awaited.js";
import { markDrifts, showAwaited, showHistory, showPoint } from "./charts.js";
import { showControls } from "./control.js";
import { fill, fit, listed, rows, table, text } from "./dom.js";
import { showEvents } from "./events.js";
import { connect } from "./feed.js";
import * as format from "./format.js";
import { api, choose, keepsDeadLetters } from "./job.js";
import { offerRestores, showRestores } from "./restore.js";
import { showReliability } from "./reliability.js";
import { onSignIn, recognize } from "./session.js";

const LETTERS_MILLIS = 3000;
const ENDED = ["finished", "stopped", "failed"];
let latest = null;

const listener = {
  history: showHistory,
  tick: show,
  lost() {
    const banner = document.getElementById("banner");
    banner.textContent = lostText();
    banner.hidden = false;
    document.body.classList.add("stale");
    recognize().catch(() => {}); // it may be that our session has ended
  },
  connected() {
    document.getElementById("banner").hidden = true;
    document.body.classList.remove("stale");
    recognize().catch(() => {});
  },
};

let connecting = false;

onSignIn(begin);
recognize().catch(() => true).then((sees) => { if (sees) begin(); });

/** Connects, once: the connection renews itself. */
async function begin() {
  if (connecting) return;
  connecting = true;
  try {
    await choose();
  } catch {
    connecting = false;
    listener.lost();
    setTimeout(begin, 1000);
    return;
  }
  document.getElementById("banner").hidden = true;
  document.body.classList.remove("stale");
  connect(listener);
}

function lostText() {
  if (latest === null) return "No connection to Headrace. Trying again…";
  const since = format.clock(latest.timeMillis);
  if (ENDED.includes(latest.job.state)) {
    return `The job has ${latest.job.state} and its service has stopped. Figures as of ${since}.`;
  }
  return `Connection lost. Figures as of ${since}. Trying again…`;
}

function show({ status, point }) {
  latest = status;
  showJob(status);
  showTiles(status, point);
  showLedger(status.ledger);
  showCheckpoint(status.checkpoints);
  showRejections(status.ledger);
  const awaited = awaitedMetrics(status);
  showMetrics(status.metrics, awaited);
  showPartitions(status.partitions);
  showSteps(status);
  showConfusion(status.metrics.confusion);
  showReliability(status.metrics.calibration, status.metrics);
  showPredictions(status);
  showEvents(status.events, status.timeMillis);
  showStored(status.checkpoints.last);
  markDrifts(status.events);
  showAwaited(awaited);
  showPoint(point, status.flow.ringSlots);
}

function showJob({ job, progress }) {
  document.title = `${job.name} · Headrace`;
  text("job", job.name);
  text("state", job.state);
  document.getElementById("state").dataset.state = job.state;
  text("source", job.source);
  text("model", job.model);
  text("uptime", format.duration(job.uptimeMillis / 1000));
  text("step", format.count(progress.step));
  const message = document.getElementById("message");
  if (message.textContent !== job.message) message.textContent = job.message;
  message.hidden = job.message === "";
  showControls(job.state);
  showRestores(job.state);
}

function showTiles({ ledger, progress, flow, partitions }, point) {
  text("trained", format.count(ledger.trained));
  text("trained-aside", `of ${format.count(ledger.read)} read`);
  text("rate", format.count(point.samplesPerSecond));
  text("rate-aside", `${format.decimals(progress.stepMillis, 2)} ms a step`);
  text("loss", format.decimals(point.loss, 4));
  compare("loss-aside", point.loss, point.baselineLoss, -1, (gap, base) =>
    `${format.decimals(gap, 4)} to base rate ${format.decimals(base, 4)}`);
  text("accuracy", format.percent(point.accuracy));
  compare("accuracy-aside", point.accuracy, point.baselineAccuracy, 1, (gap, base) =>
    `${format.points(gap)} over majority ${format.percent(base)}`);
  text("auc", format.decimals(point.auc, 4));
  compare("auc-aside", point.auc, 0.5, 1, () => "0.5 is chance");
  text("lag", format.count(point.lagRecords));
  const waiting = partitions.length === 1 ? "1 partition" : `${partitions.length} partitions`;
  text("lag-aside", `${waiting} · ring ${flow.ringOccupiedSlots}/${flow.ringSlots}`);
}

/** Says how far a figure is from its baseline, and whether that is the good side. */
function compare(id, value, baseline, goodSign, say) {
  const aside = document.getElementById(id);
  const comparable = value !== null && baseline !== null;
  aside.textContent = comparable ? say(value - baseline, baseline) : "\u00a0";
  aside.dataset.side = !comparable || value === baseline ? "" : (value - baseline) * goodSign > 0 ? "good" : "bad";
}

function showLedger(ledger) {
  const { read, trained, rejected, filtered, inFlight, lost } = ledger;
  text("ledger-read", format.count(read));
  text("ledger-trained", format.count(trained));
  text("ledger-rejected", format.count(rejected));
  text("ledger-filtered", format.count(filtered));
  text("ledger-in-flight", format.count(inFlight));
  const missing = read - trained - rejected - filtered - inFlight;
  text("balance", missing === 0 ? "✓ adds up" : `✗ ${format.count(missing)} unaccounted for`);
  document.getElementById("balance").dataset.side = missing === 0 ? "good" : "bad";
  text("lost", `${format.count(lost)} lost before they were read`);
  document.getElementById("lost").hidden = lost === 0;
}

function showCheckpoint({ last, written }) {
  rows("checkpoint", last === null
    ? [["Written", "none yet"]]
    : [
        ["Name", last.name],
        ["Age", format.duration(last.ageSeconds)],
        ["Step", format.count(last.step)],
        ["Size", format.bytes(last.bytes)],
        ["Took", `${format.count(last.millis)}\u202fms`],
        ["Written by this run", format.count(written)],
      ]);
}

function showRejections({ rejected, rejectionsByReason: byReason }) {
  showRejected(rejected);
  const entries = Object.entries(byReason).sort(([, a], [, b]) => b - a);
  rows("rejections", entries.length === 0
    ? [["Nothing rejected", ""]]
    : entries.map(([reason, n]) => [reason, format.count(n)]));
}

let rejectedShown = 0;
let lettersAt = 0;

/** The newest dead letters, where the job keeps them; asked for anew when more were rejected, at most every few seconds. */
async function showRejected(rejected) {
  if (!keepsDeadLetters() || rejected === rejectedShown || Date.now() - lettersAt < LETTERS_MILLIS) return;
  rejectedShown = rejected;
  lettersAt = Date.now();
  try {
    const response = await fetch(api("dead-letters?limit=5"));
    if (!response.ok) return;
    const { rows: letters } = await response.json();
    const section = document.getElementById("rejected");
    section.hidden = letters.length === 0;
    listed(section.querySelector("ol"), letters.reverse().map(({ letter, fileByte, reason, detail }) => [`${letter} ${fileByte == null ? "" : `at byte ${fileByte} `}${reason}`, detail]));
  } catch {
    rejectedShown = 0; // a later tick tries again
  }
}

function showMetrics({ window: recent, total, baselines, validation, privacy }, awaited) {
  const names = [...new Set([...Object.keys(recent), ...Object.keys(total)])].sort();
  text("metrics-note", awaited);
  document.getElementById("metrics-note").hidden = awaited === "";
  const lines = [
    ...names.map((name) => [format.words(name), format.decimals(recent[name], 4), format.decimals(total[name], 4)]),
    ...Object.keys(validation).map((name) => [`${format.words(name)} (validation)`, "", format.decimals(validation[name], 4)]),
    ...Object.keys(baselines).map((name) => [`${format.words(name)} (baseline)`, "", format.decimals(baselines[name], 4)]),
    ...(privacy === null ? [] : [[privacyName(privacy), "", format.decimals(privacy.epsilon, 4)]]),
  ];
  document.getElementById("metrics").parentElement.hidden = lines.length === 0;
  table("metrics", lines);
}

function privacyName({ delta, budget }) {
  return `epsilon spent${budget === null ? "" : ` of ${format.significant(budget)}`}, at delta ${delta}`;
}

function showPartitions(partitions) {
  table("partitions", partitions.map((row) => [
    row.partition,
    format.count(row.nextPosition),
    format.count(row.trained),
    format.count(row.rejected),
    format.count(row.filtered),
    format.count(row.lost),
    format.count(row.lagRecords),
  ]));
}

function showSteps({ progress, flow, ledger }) {
  const { waitMillis, stepMillis, checkpointMillis, betweenMillis } = progress;
  const whole = waitMillis + stepMillis + checkpointMillis + betweenMillis;
  const part = (millis) => `${format.decimals(millis, 3)}\u202fms · ${format.percent(whole > 0 ? millis / whole : 0, 0)}`;
  rows("steps", [
    ["Waits for a batch", part(waitMillis)],
    ["Trains", part(stepMillis)],
    ["Begins checkpoints", part(checkpointMillis)],
    ["Metrics and validation", part(betweenMillis)],
    ["Decodes, on its own threads", `${format.decimals(progress.decodeMillis, 3)}\u202fms`],
    ["Gradient norm", format.significant(progress.gradientNorm)],
    ["Learning rate", format.significant(progress.learningRate)],
    ["Ring filled", `${flow.ringOccupiedSlots} of ${flow.ringSlots}`],
    ["Blocks asked of the source", format.count(flow.demandBlocks)],
    ["Records in flight", format.count(ledger.inFlight)],
  ]);
}

/** A row for each true class, with the share of each that it was taken for in the title. */
function showConfusion(confusion) {
  const section = document.getElementById("confusion").closest("section");
  section.hidden = confusion === null;
  if (confusion === null) return;
  const head = document.querySelector("#confusion thead tr");
  const names = ["Is, down; taken for, across", ...confusion.classes];
  fit(head, names.length, () => {
    const cell = document.createElement("th");
    cell.scope = "col";
    return cell;
  });
  fill(head, names);
  table("confusion", confusion.counts.map((counts, i) => [confusion.classes[i], ...counts.map(format.count)]));
}

function showPredictions({ predictions, progress }) {
  document.getElementById("predictions-panel").hidden = predictions === null;
  if (predictions === null) return;
  rows("predictions", [
    ["Answered", format.count(predictions.answered)],
    ["Refused", format.count(predictions.refused)],
    ["Rows", format.count(predictions.rows)],
    ["By the model of step", predictions.step === 0 ? "none yet" : format.count(predictions.step)],
    ["Steps behind training", predictions.step === 0 ? format.MISSING : format.count(progress.step - predictions.step)],
  ]);
}

let storedFor = null;

/** Lists the checkpoints anew once there is another newest one. */
async function showStored(last) {
  const section = document.getElementById("stored").closest("section");
  section.hidden = last === null;
  if (last === null || last.name === storedFor) return;
  storedFor = last.name;
  try {
    const response = await fetch(api("checkpoints"));
    if (!response.ok) return;
    const stored = (await response.json()).reverse();
    table("stored", stored.map(({ name, step, created, bytes, best }) => [
      name,
      format.count(step),
      format.moment(Date.parse(created), latest.timeMillis),
      format.bytes(bytes),
      best ? "✓" : "",
    ]));
    offerRestores(stored);
  } catch {
    storedFor = null; // the next tick tries again
  }
}
