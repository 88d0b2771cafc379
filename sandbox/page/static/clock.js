// The workspace's clock, everybody's local time, and the buttons that move time.

import { control as ask, skipToMonday } from "./net.js";
import { during } from "./acting.js";

let ahead = 0; // of this machine's clock, in milliseconds
const formats = new Map();

function format(zone, whole) {
  const key = `${zone}/${whole}`;
  const day = whole ? { weekday: "short", month: "short", day: "numeric" } : {};
  if (!formats.has(key))
    formats.set(key, new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit", timeZone: zone, ...day }));
  return formats.get(key);
}

/** The server's time came with the page; from then on it runs as ours does. */
export function setClock() {
  const now = document.getElementById("now");
  ahead = Number(now.dataset.offset) * 1000 - Date.now();
  tick();
}

export function tick() {
  const now = new Date(Date.now() + ahead);
  for (const one of document.querySelectorAll("time[data-zone]")) {
    const words = format(one.dataset.zone, one.id === "now").format(now);
    if (one.textContent !== words) one.textContent = words;
  }
}

setInterval(tick, 1000);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-advance], [data-monday]");
  if (!button) return;
  const seconds = Number(button.dataset.advance);
  const move = () => (seconds ? ask("clock/advance", { seconds }) : skipToMonday());
  during(button, "Moving the clock", move);
});
