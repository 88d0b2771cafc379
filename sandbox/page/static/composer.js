// The composer: Enter sends, Shift+Enter breaks the line, arrow up recalls; it completes commands,
// people and channels.

import { attempt } from "./acting.js";
import { control as ask, place } from "./net.js";

const form = document.getElementById("composer");
const words = document.getElementById("words");
const list = document.getElementById("completions");
const hint = document.getElementById("hint");
const said = []; // oldest first
const drafts = new Map(); // place → what was not sent yet
let recalled = 0; // how far back in `said`
let workspace = { commands: [], people: [], groups: [] };
let channels = [];
let offers = [];
let at = 0;

/** The names that can be completed. */
export async function learnNames() {
  workspace = await ask("workspace");
  ({ channels } = await ask("channels"));
}

/** The composer of the place that is shown now. */
export function compose(stream, before) {
  if (before !== undefined && before !== stream.dataset.place) {
    drafts.set(before, words.value);
    words.value = drafts.get(stream.dataset.place) ?? "";
    complete();
  }
  const { refusal, label } = stream.dataset;
  form.hidden = stream.dataset.place === "@home";
  words.disabled = Boolean(refusal);
  form.querySelector(".send").disabled = Boolean(refusal);
  words.placeholder = refusal || `Message ${label}`;
  fit();
}

function fit() {
  words.style.height = "auto";
  words.style.height = `${Math.min(words.scrollHeight, 220)}px`;
}

// ------------------------------------------------------------------------------------- sending

async function send() {
  const text = words.value.trim();
  if (!text || words.disabled) return;
  const channel = place.name;
  say("");
  said.push(text);
  recalled = 0;
  document.dispatchEvent(new Event("said"));
  const label = text.startsWith("/") ? text.split(/\s/)[0] : "Your message";
  const reply = await attempt(form, label, () => ask("say", { text, channel }));
  const lost = !reply || reply.error;
  if (lost && !words.value && place.name === channel) say(text);
}

function say(text) {
  words.value = text;
  fit();
  complete();
}

function recall(by) {
  const next = Math.max(0, Math.min(said.length, recalled + by));
  if (next === recalled) return false;
  recalled = next;
  say(recalled ? said.at(-recalled) : "");
  shutList();
  words.setSelectionRange(words.value.length, words.value.length);
  return true;
}

// ---------------------------------------------------------------------------------- completing

/** The word at the cursor, if it may be completed. */
function begun() {
  const before = words.value.slice(0, words.selectionStart);
  if (/^\/\S*$/.test(before)) return before;
  return /(?:^|\s)([@#][\w.-]*)$/.exec(before)?.[1] ?? null;
}

function complete() {
  const word = begun();
  offers = word ? found(word) : [];
  at = 0;
  draw();
  showHint();
}

function found(word) {
  const rest = word.slice(1).toLowerCase();
  if (word[0] === "/")
    return workspace.commands
      .filter((one) => one.name.startsWith(word))
      .map((one) => offer(one.name, `${one.name} ${one.usage_hint}`.trim(), one.description));
  const known = word[0] === "#" ? channels.filter((one) => !one.is_im) : everybody();
  return known
    .filter((one) => one.name.toLowerCase().includes(rest) || one.about?.toLowerCase().includes(rest))
    .slice(0, 8)
    .map((one) => offer(word[0] + one.name, word[0] + one.name, one.about ?? ""));
}

function everybody() {
  const people = workspace.people.filter((one) => !one.deleted);
  return [
    ...people.map((one) => ({ name: one.handle, about: one.real_name })),
    ...workspace.groups.map((one) => ({ name: one.handle, about: `${one.name} (group)` })),
  ];
}

const offer = (insert, title, about) => ({ insert: `${insert} `, title, about });

function draw() {
  list.replaceChildren(...offers.map(drawn));
  list.hidden = !offers.length;
  words.setAttribute("aria-expanded", String(Boolean(offers.length)));
  if (offers.length) words.setAttribute("aria-activedescendant", `completion-${at}`);
  else words.removeAttribute("aria-activedescendant");
}

function drawn(one, number) {
  const item = document.createElement("li");
  const title = document.createElement("b");
  const about = document.createElement("small");
  item.id = `completion-${number}`;
  item.role = "option";
  item.ariaSelected = String(number === at);
  item.dataset.number = number;
  title.textContent = one.title;
  about.textContent = one.about;
  item.append(title, about);
  return item;
}

function take(number) {
  const end = words.selectionStart;
  const start = end - begun().length;
  const text = offers[number].insert;
  words.setRangeText(text, start, end, "end");
  fit();
  complete();
}

function shutList() {
  offers = [];
  draw();
}

/** Once the command is written, what it takes. */
function showHint() {
  const name = /^(\/\S+)\s/.exec(words.value)?.[1];
  const command = workspace.commands.find((one) => one.name === name);
  hint.hidden = !command;
  if (!command) return;
  const usage = document.createElement("code");
  usage.textContent = `${command.name} ${command.usage_hint}`.trim();
  hint.replaceChildren(usage, ` ${command.description}`);
}

// -------------------------------------------------------------------------------------- events

words.addEventListener("input", () => {
  recalled = 0;
  fit();
  complete();
});
words.addEventListener("blur", shutList);
words.addEventListener("focus", complete);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
list.addEventListener("mousedown", (event) => {
  event.preventDefault(); // the text keeps the focus
  const item = event.target.closest("li");
  if (item) take(Number(item.dataset.number));
});

function step(by) {
  at = (at + by + offers.length) % offers.length;
  draw();
  list.children[at].scrollIntoView({ block: "nearest" });
  return true;
}

/** What is written out in full is sent by Enter, not completed once more. */
const isWhole = () => offers[at].insert.trim() === begun();

const KEYS = {
  ArrowDown: () => (offers.length ? step(1) : recalled > 0 && recall(-1)),
  ArrowUp: () => (offers.length ? step(-1) : (!words.value || recalled > 0) && recall(1)),
  Tab: () => (offers.length ? (take(at), true) : false),
  Escape: () => (offers.length ? (shutList(), true) : false),
  Enter: (event) => {
    if (event.shiftKey) return false;
    if (offers.length && !isWhole()) take(at);
    else send();
    return true;
  },
};

words.addEventListener("keydown", (event) => {
  if (!event.isComposing && KEYS[event.key]?.(event)) event.preventDefault();
});
