// The buttons that change what the job does, and what came of pressing one.

import { may } from "./session.js";

const BUTTONS = {
  pause: { path: "/api/v1/pause", states: ["running"], done: () => "" },
  resume: { path: "/api/v1/resume", states: ["paused"], done: () => "" },
  "checkpoint-now": {
    path: "/api/v1/checkpoints",
    states: ["running", "paused"],
    done: ({ name }) => `Written: ${name}`,
  },
};

for (const [id, { path, done }] of Object.entries(BUTTONS)) {
  document.getElementById(id).addEventListener("click", ({ currentTarget }) => press(currentTarget, path, done));
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
    const response = await fetch(path, { method: "POST" });
    const body = await response.json();
    answer.textContent = response.ok ? done(body) : body.detail;
  } catch {
    answer.textContent = "The service did not answer. Try again.";
  } finally {
    button.disabled = false;
  }
}
