// Keeps the page in step with the workspace: where one is, and what others and the app do there.

import "./menus.js";
import "./picker.js";
import { during, surfaceOf } from "./acting.js";
import { setClock, tick } from "./clock.js";
import { compose, learnNames } from "./composer.js";
import { refreshForm } from "./forms.js";
import { address, control as ask, me, part, place } from "./net.js";
import { complain, GONE, hush } from "./notices.js";
import { patch, remember, swap } from "./patch.js";

const NEAR = 80; // pixels from the end that still count as reading the newest
const stream = () => document.getElementById("stream");
const side = document.getElementById("side");
const drawer = document.getElementById("drawer");
const jump = document.getElementById("jump");
let following = true; // whether the newest message is to stay in sight

// ------------------------------------------------------------------------------------- drawing

const REFRESH = {
  form: refreshForm,
  async top() {
    swap("clock", await part("top"));
    setClock();
  },
  async side() {
    patch(side, await part("side"));
    tick();
    entitle();
  },
  async place() {
    const fresh = await part("place");
    const [old, next] = [stream(), fresh.querySelector("#stream")];
    swap("head", fresh);
    if (old.dataset.place === next.dataset.place) update(old, next);
    else {
      old.replaceWith(next);
      remember(next);
      follow();
    }
    compose(stream(), old.dataset.place);
    entitle();
    read();
  },
  names: learnNames,
};

function update(old, next) {
  const last = old.lastElementChild?.id;
  for (const { name, value } of next.attributes) old.setAttribute(name, value);
  patch(old, next);
  const more = old.lastElementChild?.id !== last;
  if (following) follow();
  else if (more) jump.hidden = false;
}

function follow() {
  following = true;
  jump.hidden = true;
  const one = stream();
  one.scrollTop = one.classList.contains("home") ? 0 : one.scrollHeight;
  watchSize.disconnect();
  watchSize.observe(one);
}

// A form field, a picture or a longer composer must not push the newest message out of sight.
const watchSize = new ResizeObserver(() => following && hold());
document.addEventListener("load", () => following && hold(), true);
function hold() {
  const one = stream();
  if (!one.classList.contains("home")) one.scrollTop = one.scrollHeight;
}

document.addEventListener(
  "scroll",
  (event) => {
    if (event.target !== stream()) return;
    const one = event.target;
    following = one.scrollHeight - one.scrollTop - one.clientHeight < NEAR;
    if (following) jump.hidden = true;
  },
  true,
);
jump.addEventListener("click", follow);
document.addEventListener("said", follow);

function entitle() {
  const unread = Number(document.getElementById("side-apps").dataset.unread);
  const where = stream().dataset.label || "Home";
  const team = document.querySelector(".team").firstChild.textContent.trim();
  document.title = `${unread ? `(${unread}) ` : ""}${where} · ${team}`;
}

function read() {
  const { unread, channel } = stream().dataset;
  if (Number(unread) && !document.hidden) ask("read", { channel });
}
document.addEventListener("visibilitychange", () => want("place"));

// -------------------------------------------------------------------------------------- moving

async function go(name, remembered = true) {
  place.name = name;
  place.latest = 50;
  if (remembered) history.pushState({ name }, "", `?${address()}`);
  shutDrawer();
  await want("place", "side");
  if (name === "@home") opened("home");
  if (name === "@bot") opened("dm");
  if (!matchMedia("(hover: none)").matches) document.getElementById("words").focus();
}

/** The app is told that somebody looks at it; a Home that it does not publish is no error. */
function opened(verb) {
  ask(verb).catch(() => null);
}

function shutDrawer() {
  document.body.classList.remove("drawer-open");
  drawer.setAttribute("aria-expanded", "false");
}

window.addEventListener("popstate", (event) => go(event.state?.name ?? document.body.dataset.in, false));

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-go], a[data-channel]");
  if (!link || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  go(link.dataset.go ?? link.dataset.channel);
});

document.addEventListener("click", async (event) => {
  if (!event.target.closest("[data-older]")) return;
  const one = stream();
  const below = one.scrollHeight - one.scrollTop;
  place.latest += 100;
  await want("place");
  one.scrollTop = one.scrollHeight - below; // what was in sight stays there
});

drawer.addEventListener("click", () => {
  const open = document.body.classList.toggle("drawer-open");
  drawer.setAttribute("aria-expanded", String(open));
});
document.querySelector("main").addEventListener("click", shutDrawer);
side.addEventListener("keydown", (event) => event.key === "Escape" && shutDrawer());

document.addEventListener("click", (event) => {
  const item = event.target.closest("[data-shortcut], [data-message-shortcut]");
  if (!item) return;
  item.closest("[popover]").hidePopover();
  const callback_id = item.dataset.shortcut ?? item.dataset.messageShortcut;
  const where = item.dataset.messageShortcut ? surfaceOf(item) : {};
  const label = `“${item.firstChild.textContent.trim()}”`;
  during(item, label, () => ask("shortcut", { ...where, callback_id }));
});

// ---------------------------------------------------------------------------------------- live

const wanted = new Set();
let refreshing = null;

/** Draws these parts anew: one turn at a time, what happens meanwhile together in the next. */
function want(...parts) {
  for (const one of parts) wanted.add(one);
  refreshing ??= refresh().finally(() => (refreshing = null));
  return refreshing;
}

async function refresh() {
  while (wanted.size) {
    const parts = [...wanted];
    wanted.clear();
    // A part that cannot be had keeps its looks; the stream of changes tells when all is back.
    await Promise.allSettled(parts.map((one) => REFRESH[one]()));
  }
}

const HEARD = {
  "message.posted": (change) => (isHere(change) ? ["place", "side"] : ["side"]),
  "message.updated": (change) => (isHere(change) ? ["place"] : []),
  "message.deleted": (change) => (isHere(change) ? ["place", "side"] : ["side"]),
  "view.opened": () => ["form"],
  "view.updated": () => ["form"],
  "view.closed": () => ["form"],
  "home.published": () => (place.name === "@home" ? ["place"] : []),
  channels: () => ["side", "place", "names"],
  people: () => ["side", "place", "names"],
  read: () => ["side"],
  clock: () => ["top", "place"],
};

function isHere(change) {
  return change.channel === stream().dataset.channel && place.name !== "@home";
}

function listen() {
  const changes = new EventSource(`/control/changes?person=${encodeURIComponent(me)}`);
  // Also after a lost connection: who knows what was missed.
  let lost = null;
  changes.onopen = () => {
    if (lost) hush();
    clearTimeout(lost);
    lost = null;
    document.body.dataset.live = "";
    want("side", "place", "form", "names");
  };
  changes.onerror = () => {
    delete document.body.dataset.live;
    lost ??= setTimeout(() => complain(GONE), 1500);
  };
  changes.onmessage = (event) => {
    const change = JSON.parse(event.data);
    want(...(HEARD[change.kind]?.(change) ?? []));
  };
  // A page on its way out lets go at once, so that a server can stop.
  window.addEventListener("pagehide", () => changes.close());
}

for (const one of [side, stream(), document.getElementById("place"), document.getElementById("top")])
  remember(one);
setClock();
compose(stream());
follow();
entitle();
read();
listen();
if (place.name === "@home") opened("home");
if (!matchMedia("(hover: none)").matches) document.getElementById("words").focus();
