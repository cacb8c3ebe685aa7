// The buttons that change what the job does, and what came of pressing one.

import { api } from "./job.js";
import { may } from "./session.js";

const BUTTONS = {
  pause: { path: "pause", states: ["running"], done: () => "" },
  resume: { path: "resume", states: ["paused"], done: () => "" },
  stop: {
    path: "stop",
    states: ["running", "paused"],
    sure: "Stop this job? It trains what it has read and writes a checkpoint.",
    done: () => "",
  },
  start: { path: "start", states: ["stopped", "finished", "failed"], done: () => "" },
  "checkpoint-now": {
    path: "checkpoints",
    states: ["running", "paused"],
    done: ({ name }) => `Written: ${name}`,
  },
};

for (const [id, { path, sure, done }] of Object.entries(BUTTONS)) {
  document.getElementById(id).addEventListener("click", ({ currentTarget }) => {
    if (!sure || confirm(sure)) press(currentTarget, path, done);
  });
}

/** Shows the buttons that mean something in this state of the job, to those who may press them. */
export function showControls(state) {
  for (const [id, { states }] of Object.entries(BUTTONS)) {
    document.getElementById(id).hidden = !may("operate") || !states.includes(state);
  }
}

async function press(button, path, done) {
  const answer = document.getElementById("answer");
  button.disabled = true;
  answer.textContent = "";
  try {
    const response = await fetch(api(path), { method: "POST" });
    const body = await response.json();
    answer.textContent = response.ok ? done(body) : body.detail;
  } catch {
    answer.textContent = "The service did not answer. Try again.";
  } finally {
    button.disabled = false;
  }
}
