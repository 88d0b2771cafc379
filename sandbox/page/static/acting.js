// Pressing, choosing and filling: every control that an app put on a message, a form or its Home.

import { control as ask, Refused } from "./net.js";
import { complain, confirmed, GONE, hush, inWords } from "./notices.js";

const PAUSE = 250; // between a key and telling the server
const waiting = new Map(); // control → the timer of what is not told yet

export function surfaceOf(element) {
  const view = element.closest("[data-view]");
  if (view) return { view_id: view.dataset.view };
  const message = element.closest("[data-ts]");
  return { channel: message.dataset.channel, ts: message.dataset.ts };
}

export function named(control) {
  return {
    ...surfaceOf(control),
    action_id: control.dataset.action,
    block_id: control.dataset.block,
  };
}

/** What is entered there, as the control surface takes it. */
export function entered(control) {
  const kind = control.dataset.kind;
  if (kind.startsWith("multi_"))
    return [...control.querySelectorAll(".pick")].map((pick) => pick.dataset.value);
  if (kind.endsWith("_select")) return control.querySelector("input").dataset.value ?? null;
  const checked = [...control.querySelectorAll("input:checked")].map((one) => one.value);
  if (kind === "checkboxes") return checked;
  if (kind === "radio_buttons") return checked[0] ?? null;
  if (kind === "datetimepicker") return control.value ? instant(control) : null;
  return control.value || null;
}

/** A wall-clock time in the person's zone as seconds since 1970: guess, look, correct. */
function instant(field) {
  const wall = Date.parse(`${field.value}:00Z`);
  const shown = new Date(wall).toLocaleString("sv-SE", { timeZone: field.dataset.zone });
  return (wall - (Date.parse(`${shown.replace(" ", "T")}Z`) - wall)) / 1000;
}

// ------------------------------------------------------------------------------------ telling

/** The reply to an act, null if it was refused; what goes wrong is said in words. */
export async function attempt(element, label, act) {
  hush();
  try {
    const reply = await act();
    if (reply?.error) trouble(element, inWords(reply.error, label));
    return reply;
  } catch (problem) {
    if (!(problem instanceof Refused || problem instanceof TypeError)) throw problem;
    trouble(element, problem instanceof Refused ? problem.message : GONE);
    return null;
  }
}

/** The same with a button that is busy meanwhile: a second press does nothing. */
export async function during(button, label, act) {
  if (button.getAttribute("aria-busy") === "true") return null;
  button.setAttribute("aria-busy", "true");
  try {
    return await attempt(button, label, act);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

function trouble(element, words) {
  const problem = element.closest("dialog")?.querySelector(".form-problem");
  if (problem) problem.textContent = words;
  else complain(words);
}

function labelOf(control) {
  const label = control.getAttribute("aria-label") || control.textContent.trim();
  return `“${label || control.dataset.action}”`;
}

async function press(button) {
  if (button.matches("a")) ask("click", named(button)); // the link opens by itself
  else if (await confirmed(button))
    await during(button, labelOf(button), () => ask("click", named(button)));
}

async function choose(control, option) {
  if (!(await confirmed(control))) return;
  await attempt(control, "Choosing", () => ask("choose", { ...named(control), option }));
}

/** Something was entered: the app hears of it now, or when the form is sent. */
export function changed(control) {
  clearTimeout(waiting.get(control));
  waiting.delete(control);
  if (control.hasAttribute("data-at-once")) return choose(control, entered(control));
  touch(control);
  // A half-typed date is refused here and mended by the next key.
  return ask("fill", { ...named(control), option: entered(control) }).catch(() => null);
}

/** The form will send it, and its complaint is being answered. */
function touch(control) {
  control.dataset.touched = "";
  control.closest(".field")?.classList.remove("wrong");
}

export function changedSoon(control, pause = PAUSE) {
  touch(control);
  clearTimeout(waiting.get(control));
  waiting.set(control, setTimeout(() => changed(control), pause));
}

/** Before the form is drawn anew, the server has to know what is in it. */
export function flush() {
  const kept = [...waiting.keys()].filter((one) => !one.hasAttribute("data-at-once"));
  return Promise.all(kept.filter((one) => one.isConnected).map(changed));
}

// ------------------------------------------------------------------------------------- events

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-kind=button]");
  if (button) press(button);
  const option = event.target.closest("[data-option]");
  if (option) overflowed(option);
});

function overflowed(item) {
  item.closest("[popover]").hidePopover();
  if (item.dataset.url) window.open(item.dataset.url, "_blank", "noreferrer,noopener");
  choose(item.closest("[data-control]"), item.dataset.option);
}

document.addEventListener("change", (event) => {
  const boxes = event.target.closest(".boxes");
  if (boxes) changed(boxes);
  // A date is typed in three steps: wait until it stands still.
  else if (event.target.matches(".when")) changedSoon(event.target, 600);
});

document.addEventListener("input", (event) => {
  if (!event.target.matches(".typed:not(.when)")) return;
  count(event.target);
  const field = event.target;
  if (!field.hasAttribute("data-at-once")) changedSoon(field);
  else if (field.dataset.triggers.includes("on_character_entered")) changedSoon(field);
});

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key !== "Enter" || !field.matches?.("input.typed[data-at-once]")) return;
  event.preventDefault();
  if (field.dataset.triggers.includes("on_enter_pressed")) changed(field);
});

/** How many characters are left, once they become few. */
function count(field) {
  const shown = field.closest(".typed-frame")?.querySelector(".remaining");
  if (!shown) return;
  const left = field.dataset.most - field.value.length;
  shown.textContent = left;
  shown.hidden = left > field.dataset.most / 5;
  shown.classList.toggle("over", left < 0);
}
