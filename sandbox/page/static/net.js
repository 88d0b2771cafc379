// Talks to the sandbox: acts through /control/, reads what to show as HTML through /page/.

export const me = document.body.dataset.as;
export const place = { name: document.body.dataset.in, latest: 50 };

/** What the sandbox refused, in its own words. */
export class Refused extends Error {}

export async function control(verb, body = {}) {
  const answer = await fetch(`/control/${verb}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ person: me, ...body }),
  });
  const said = await answer.json().catch(() => ({ error: `the sandbox answered ${answer.status}` }));
  if (!answer.ok) throw new Refused(said.error);
  return said;
}

/** A part of the page as the workspace stands now: top, side, place or form. */
export async function part(name) {
  const answer = await fetch(`/page/${name}?${address()}&latest=${place.latest}`);
  if (!answer.ok) throw new Refused(await answer.text());
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text(); // escaped by the server; the policy allows no inline code
  return holder.content;
}

export function skipToMonday() {
  return fetch(`/page/monday?${address()}`, { method: "POST" });
}

export function address(name = place.name) {
  return new URLSearchParams({ as: me, in: name }).toString();
}
