// Who looks at the page, and what they may do. The token goes out once; from then on a cookie that no script can read.

const form = document.getElementById("sign-in");
const token = document.getElementById("token");
const answer = document.getElementById("sign-answer");

/** Whether whoever looks may do that: see, push or operate. */
export function may(permission) {
  return permitted.includes(permission);
}

/** Asks the service who we are, shows it, and tells whether we may see the figures. */
export async function recognize() {
  return show(await (await fetch("/api/v1/session")).json());
}

/** Calls back each time somebody has signed in who may see the figures. */
export function onSignIn(begin) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    answer.textContent = "";
    const headers = { Authorization: `Bearer ${token.value.trim()}` };
    token.value = "";
    try {
      const response = await fetch("/api/v1/session", { method: "POST", headers });
      const body = await response.json();
      if (!response.ok) answer.textContent = body.detail;
      else if (show(body)) begin();
    } catch {
      answer.textContent = "The service did not answer, or this is no token. Try again.";
    }
  });
}

let permitted = [];

function show({ open, name, may: permissions }) {
  permitted = permissions;
  const sees = permissions.includes("see");
  const stranger = !open && name === "";
  form.hidden = !stranger;
  document.getElementById("signed-in").hidden = open || stranger;
  document.getElementById("who").textContent = sees ? name : `${name} may not see the figures`;
  if (stranger) document.getElementById("state").textContent = "signed out";
  return sees;
}

document.getElementById("sign-out").addEventListener("click", async () => {
  await fetch("/api/v1/session", { method: "DELETE" });
  location.reload();
});
