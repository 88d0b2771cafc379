// Every select: a combobox with a list that narrows as one types. For external selects the app is
// asked (block_suggestion) once the typing pauses. Arrow keys, Enter, Escape and Backspace work.

import { changed, named } from "./acting.js";
import { control as ask } from "./net.js";

const PAUSE = 200;
let open = null; // the picker whose list is shown
let asking = 0;

const inputOf = (picker) => picker.querySelector("input[role=combobox]");
const listOf = (picker) => picker.querySelector("[role=listbox]");
const isMany = (picker) => "many" in picker.dataset;
const isExternal = (picker) => picker.dataset.kind.includes("external");
const options = (picker) => [...listOf(picker).querySelectorAll("[role=option]:not([hidden])")];

// ------------------------------------------------------------------------------- open and shut

function show(picker) {
  if (open === picker) return;
  if (open) shut(open);
  open = picker;
  const input = inputOf(picker);
  if (!isMany(picker)) input.dataset.shown = input.value;
  listOf(picker).showPopover();
  input.setAttribute("aria-expanded", "true");
  if (isExternal(picker)) search(picker, "");
  else narrow(picker, "");
  settle();
}

function shut(picker) {
  open = null;
  asking += 1; // what is still on its way comes too late
  const input = inputOf(picker);
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
  if (picker.isConnected) listOf(picker).hidePopover();
  input.value = isMany(picker) ? "" : (input.dataset.shown ?? "");
}

/** Below the box, or above it where there is more room. */
function settle() {
  if (!open) return;
  const box = open.querySelector(".picker-box").getBoundingClientRect();
  const { style } = listOf(open);
  const below = window.innerHeight - box.bottom;
  const up = below < 220 && box.top > below;
  style.left = `${box.left}px`;
  style.width = `${Math.max(box.width, 240)}px`;
  style.maxHeight = `${Math.min(320, (up ? box.top : below) - 12)}px`;
  style.top = up ? "auto" : `${box.bottom + 4}px`;
  style.bottom = up ? `${window.innerHeight - box.top + 4}px` : "auto";
}

// ------------------------------------------------------------------------------------ looking

function narrow(picker, typed) {
  const wanted = typed.trim().toLowerCase();
  let head = null;
  let found = 0;
  for (const item of listOf(picker).children) {
    if (item.classList.contains("choices-note")) continue;
    if (item.classList.contains("choices-head")) {
      head = item;
      head.hidden = Boolean(wanted);
      continue;
    }
    item.hidden = !item.textContent.toLowerCase().includes(wanted);
    if (!item.hidden) found += 1;
    if (!item.hidden && head) head.hidden = false;
  }
  note(picker, found ? "" : "No results");
  highlight(picker, options(picker).find((one) => one.ariaSelected === "true") ?? options(picker)[0]);
}

function note(picker, words) {
  listOf(picker).querySelector(".choices-note")?.remove();
  if (!words) return;
  const item = document.createElement("li");
  item.className = "choices-note";
  item.role = "presentation";
  item.textContent = words;
  listOf(picker).append(item);
}

function search(picker, typed) {
  const least = Number(picker.dataset.least);
  const turn = (asking += 1);
  if (typed.length < least) {
    listOf(picker).replaceChildren();
    note(picker, `Type ${least === 1 ? "a character" : `at least ${least} characters`} to search`);
    return;
  }
  note(picker, "Searching…");
  setTimeout(() => turn === asking && find(picker, typed, turn), typed ? PAUSE : 0);
}

async function find(picker, typed, turn) {
  const asked = ask("suggest", { ...named(picker), typed });
  const answer = await asked.catch((problem) => ({ options: [], problem: problem.message }));
  if (turn !== asking || open !== picker) return;
  listOf(picker).replaceChildren(...answer.options.map((one, n) => drawn(picker, one, n)));
  if (!answer.options.length) note(picker, answer.problem ?? "No results");
  highlight(picker, options(picker)[0]);
  settle();
}

function drawn(picker, option, number) {
  const item = document.createElement("li");
  item.id = `${listOf(picker).id}-${number}`;
  item.role = "option";
  item.dataset.value = option.value;
  item.ariaSelected = String(chosen(picker).includes(option.value));
  for (const [tag, text] of [["span", option.text], ["small", option.description]]) {
    if (!text) continue;
    const line = document.createElement(tag);
    line.textContent = text.text;
    item.append(line);
  }
  return item;
}

function chosen(picker) {
  if (!isMany(picker)) return [inputOf(picker).dataset.value];
  return [...picker.querySelectorAll(".pick")].map((one) => one.dataset.value);
}

function highlight(picker, item) {
  for (const one of listOf(picker).querySelectorAll(".at")) one.classList.remove("at");
  const input = inputOf(picker);
  if (!item) return input.removeAttribute("aria-activedescendant");
  item.classList.add("at");
  item.scrollIntoView({ block: "nearest" });
  return input.setAttribute("aria-activedescendant", item.id);
}

function step(picker, by) {
  const all = options(picker);
  const now = all.findIndex((one) => one.classList.contains("at"));
  highlight(picker, all[(now + by + all.length) % all.length]);
}

// ----------------------------------------------------------------------------------- choosing

function pick(picker, item) {
  if (isMany(picker)) return toggle(picker, item);
  const input = inputOf(picker);
  input.dataset.value = item.dataset.value;
  input.dataset.shown = item.querySelector("span").textContent;
  for (const one of options(picker)) one.ariaSelected = String(one === item);
  shut(picker);
  return changed(picker);
}

function toggle(picker, item) {
  const known = picker.querySelector(`.pick[data-value="${CSS.escape(item.dataset.value)}"]`);
  if (!known && chosen(picker).length >= Number(picker.dataset.many)) return;
  if (known) known.remove();
  else inputOf(picker).before(picked(item));
  item.ariaSelected = String(!known);
  inputOf(picker).value = "";
  if (!isExternal(picker)) narrow(picker, "");
  settle();
  changed(picker);
}

function picked(item) {
  const pick = document.createElement("span");
  const text = document.createElement("span");
  const off = document.createElement("button");
  pick.className = "pick";
  pick.dataset.value = item.dataset.value;
  text.textContent = item.querySelector("span").textContent;
  off.type = "button";
  off.textContent = "×";
  off.dataset.unpick = "";
  off.ariaLabel = `Remove ${text.textContent}`;
  pick.append(text, off);
  return pick;
}

function unpick(picker, pick) {
  for (const one of options(picker))
    if (one.dataset.value === pick.dataset.value) one.ariaSelected = "false";
  pick.remove();
  changed(picker);
}

function empty(picker) {
  const input = inputOf(picker);
  delete input.dataset.value;
  input.dataset.shown = "";
  input.value = "";
  if (open === picker) shut(picker);
  changed(picker);
}

// ------------------------------------------------------------------------------------- events

const pickerAt = (event) => event.target.closest?.(".picker");

document.addEventListener("click", (event) => {
  const picker = pickerAt(event);
  if (!picker) return;
  const item = event.target.closest("[role=option]");
  if (item) pick(picker, item);
  else if (event.target.closest("[data-unpick]")) unpick(picker, event.target.closest(".pick"));
  else if (event.target.closest("[data-empty]")) empty(picker);
  else if (event.target.closest(".picker-box")) {
    inputOf(picker).focus();
    inputOf(picker).select();
    show(picker);
  }
});

// A press on the list must not take the focus from the input.
document.addEventListener("mousedown", (event) => {
  if (event.target.closest?.(".choices")) event.preventDefault();
});

document.addEventListener("focusout", (event) => {
  if (open && event.target === inputOf(open)) shut(open);
});

document.addEventListener("input", (event) => {
  const picker = pickerAt(event);
  if (!picker) return;
  show(picker);
  if (isExternal(picker)) search(picker, event.target.value);
  else narrow(picker, event.target.value);
});

document.addEventListener("keydown", (event) => {
  const picker = pickerAt(event);
  if (!picker || event.target !== inputOf(picker) || event.isComposing) return;
  if (KEYS[event.key]?.(picker, event.target)) event.preventDefault();
});

/** Each says whether it used the key. */
const KEYS = {
  ArrowDown: (picker) => (open ? step(picker, 1) : show(picker)) ?? true,
  ArrowUp: (picker) => (open ? step(picker, -1) : show(picker)) ?? true,
  Enter: (picker) => {
    const item = listOf(picker).querySelector(".at");
    if (open && item) pick(picker, item);
    else if (!open) show(picker);
    return true;
  },
  Escape: (picker) => (open ? (shut(picker), true) : false),
  Backspace: (picker, input) => {
    const last = [...picker.querySelectorAll(".pick")].at(-1);
    if (input.value || !last) return false;
    unpick(picker, last);
    return true;
  },
};

window.addEventListener("resize", settle);
document.addEventListener("scroll", settle, true);
