// Brings a container up to date child by child: what the server drew the same way stays untouched,
// with its scroll position, its open menus and what somebody is typing.

const served = new WeakMap(); // element → the HTML it came as

export function remember(container) {
  for (const child of container.children) served.set(child, child.outerHTML);
}

export function patch(container, fresh) {
  const focus = focusIn(container);
  const known = new Map([...container.children].map((child) => [child.id, child]));
  let at = container.firstElementChild;
  for (const next of [...fresh.children]) {
    const html = next.outerHTML;
    const old = next.id ? known.get(next.id) : null;
    const kept = old && served.get(old) === html ? old : next;
    if (kept === next) served.set(next, html);
    if (old && old !== kept) {
      if (old === at) at = at.nextElementSibling;
      old.remove();
    }
    if (kept === at) at = at.nextElementSibling;
    else container.insertBefore(kept, at);
  }
  while (at) {
    const gone = at;
    at = at.nextElementSibling;
    gone.remove();
  }
  refocus(focus);
}

/** The part with this id replaced by the fresh one, if it differs. */
export function swap(id, fresh) {
  const old = document.getElementById(id);
  const next = fresh.querySelector(`#${CSS.escape(id)}`);
  if (!old || !next || served.get(old) === next.outerHTML) return;
  served.set(next, next.outerHTML);
  old.replaceWith(next);
}

function focusIn(container) {
  const one = document.activeElement;
  if (!one?.id || !container.contains(one)) return null;
  const typed = one.matches("input:not([role]), textarea");
  const [from, to] = [one.selectionStart, one.selectionEnd];
  return { container, id: one.id, value: typed ? one.value : null, from, to };
}

/** What somebody is typing outlives a redrawing; the server hears of it a moment later. */
function refocus(focus) {
  if (!focus) return;
  const one = document.getElementById(focus.id);
  if (one === document.activeElement) return;
  // A button that did its work is often gone: the keyboard stays where it was.
  if (!one) return void focus.container.focus({ preventScroll: true });
  if (focus.value !== null) one.value = focus.value;
  one.focus({ preventScroll: true });
  if (typeof focus.from === "number") one.setSelectionRange?.(focus.from, focus.to);
}
