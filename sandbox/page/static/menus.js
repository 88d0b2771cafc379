// Menus: the browser opens and closes them (popover); here they find their place and their keys.

document.addEventListener(
  "toggle",
  (event) => {
    if (!event.target.matches?.(".menu") || event.newState !== "open") return;
    settle(event.target);
    event.target.querySelector("[role=menuitem]")?.focus({ preventScroll: true });
  },
  true,
);

/** Under its button, within the window. */
function settle(menu) {
  const button = document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
  const box = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height, style } = menu;
  const below = box.bottom + 4;
  const top = below + height > window.innerHeight - 8 ? box.top - height - 4 : below;
  style.left = `${Math.max(8, Math.min(box.left, window.innerWidth - width - 8))}px`;
  style.top = `${Math.max(8, top)}px`;
}

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".menu");
  const items = menu && [...menu.querySelectorAll("[role=menuitem]")];
  const to = items && target(event.key, items.indexOf(document.activeElement), items.length);
  if (to === undefined || to === null) return;
  event.preventDefault();
  items.at(to).focus();
});

function target(key, now, count) {
  return { ArrowDown: (now + 1) % count, ArrowUp: now - 1, Home: 0, End: -1 }[key];
}

window.addEventListener("resize", () => {
  for (const menu of document.querySelectorAll(".menu:popover-open")) menu.hidePopover();
});
