// Takes the job back to a checkpoint, once whoever asks for that has read what it means and said yes.

import { api } from "./job.js";
import { may } from "./session.js";

const table = document.getElementById("stored");
const dialog = document.getElementById("restore");
const answer = document.getElementById("answer");
let wanted = null;

/** Gives each row of the list its button. */
export function offerRestores(stored) {
  stored.forEach(({ name, step }, i) => {
    const row = table.tBodies[0].rows[i];
    const button = row.querySelector("button") ?? row.appendChild(cell()).firstChild;
    button.setAttribute("aria-label", `Restore ${name}`);
    button.onclick = () => ask(name, step);
  });
}

/** Shows the buttons where they mean something, to those who may press them. */
export function showRestores(state) {
  table.classList.toggle("operable", may("operate") && ["running", "paused"].includes(state));
}

function cell() {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Restore…";
  const element = document.createElement("td");
  element.append(button);
  return element;
}

function ask(name, step) {
  wanted = name;
  document.getElementById("restore-name").textContent = `${name} (step ${step})`;
  dialog.showModal();
}

document.getElementById("restore-no").addEventListener("click", () => dialog.close());
document.getElementById("restore-yes").addEventListener("click", async () => {
  dialog.close();
  answer.textContent = "The job is being taken back…";
  try {
    const response = await fetch(api(`checkpoints/${encodeURIComponent(wanted)}/restore`), { method: "POST" });
    const body = await response.json();
    answer.textContent = response.ok ? `Taken back to ${wanted}` : body.detail;
  } catch {
    answer.textContent = "The service did not answer. Look at the state before you try again.";
  }
});
