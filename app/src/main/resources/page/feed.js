// The live connection: tells of the past, of each tick, and of being cut off, and connects again by itself.

import { api } from "./job.js";

const RETRY_MILLIS = [1000, 2000, 4000];
// Ticks come once a second; this long without one means that nobody is there any more.
const SILENCE_MILLIS = 6000;

/**
 * Keeps a stream open for as long as the page lives.
 *
 * @param {{history: Function, tick: Function, lost: Function, connected: Function}} listener
 */
export function connect(listener) {
  let failures = 0;
  let silence;

  function open() {
    const stream = new EventSource(api("status/stream"));

    function alive() {
      if (failures > 0) listener.connected();
      failures = 0;
      clearTimeout(silence);
      silence = setTimeout(again, SILENCE_MILLIS);
    }

    function again() {
      clearTimeout(silence);
      stream.close();
      listener.lost();
      setTimeout(open, RETRY_MILLIS[Math.min(failures, RETRY_MILLIS.length - 1)]);
      failures++;
    }

    stream.addEventListener("history", (event) => {
      alive();
      listener.history(JSON.parse(event.data));
    });
    stream.addEventListener("status", (event) => {
      alive();
      listener.tick(JSON.parse(event.data));
    });
    stream.onerror = again;
    silence = setTimeout(again, SILENCE_MILLIS);
  }

  open();
}
