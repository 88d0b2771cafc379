// Forms: the top of the person's stack as a dialog. Errors come back to their fields.

import { during, entered, flush } from "./acting.js";
import { control as ask, part } from "./net.js";
import { patch, remember, swap } from "./patch.js";

const dialog = document.getElementById("form");
const body = () => dialog.querySelector("form");

let drawing = Promise.resolve();

/** One after the other, so that no old answer is drawn over a newer one. */
export function refreshForm() {
  drawing = drawing.then(draw, draw);
  return drawing;
}

async function draw() {
  if (dialog.open) await flush();
  const fresh = await part("form");
  const next = fresh.querySelector("form");
  if (!next) return shut();
  if (body()?.dataset.view === next.dataset.view) return update(next);
  dialog.replaceChildren(next);
  remember(dialog.querySelector("#form-blocks"));
  if (!dialog.open) dialog.showModal();
  return focusFirst();
}

/** The same form: only what changed is drawn anew. */
function update(next) {
  const bare = !body().querySelector(".field");
  patch(dialog.querySelector("#form-blocks"), next.querySelector("#form-blocks"));
  swap("form-head", next);
  swap("form-foot", next);
  body().dataset.version = next.dataset.version;
  if (bare) focusFirst();
}

function shut() {
  dialog.replaceChildren();
  if (dialog.open) dialog.close();
}

function focusFirst() {
  const asked = dialog.querySelector("[data-focus]");
  const first = dialog.querySelector("#form-blocks :is(input, textarea, button)");
  const one = asked?.matches("input, textarea") ? asked : (asked?.querySelector("input") ?? first);
  (one ?? dialog.querySelector(".form-foot button:last-child")).focus();
}

function focusWrong() {
  dialog.querySelector(".wrong :is(input, textarea)")?.focus();
}

// ------------------------------------------------------------------------------------- sending

async function submit(form) {
  const values = {};
  for (const control of form.querySelectorAll("[data-control][data-touched]")) {
    values[control.dataset.block] ??= {};
    values[control.dataset.block][control.dataset.action] = entered(control);
  }
  form.querySelector(".form-problem").textContent = "";
  const button = form.querySelector("[type=submit]");
  const sent = () => ask("submit", { view_id: form.dataset.view, values });
  const reply = await during(button, "This form", sent);
  if (!reply) return;
  await refreshForm();
  if (Object.keys(reply.errors).length) focusWrong();
}

async function close(everything) {
  await ask("close", { view_id: body().dataset.view, everything }).catch(() => null);
  await refreshForm();
}

dialog.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.querySelector("[type=submit]")) submit(event.target);
});

dialog.addEventListener("click", (event) => {
  const button = event.target.closest("[data-close]");
  if (button) close(button.dataset.close === "everything");
});

dialog.addEventListener("keydown", (event) => {
  const sends = event.key === "Enter" && (event.metaKey || event.ctrlKey);
  if (sends && event.target.matches("textarea")) body().requestSubmit();
});

// Escape takes the top form away; a browser may also close the dialog without asking.
dialog.addEventListener("cancel", (event) => {
  if (event.target !== dialog) return;
  event.preventDefault();
  close(false);
});
dialog.addEventListener("close", (event) => {
  if (event.target === dialog && body()) close(false);
});
