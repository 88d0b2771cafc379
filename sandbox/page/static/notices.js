// What Slack's client says when something went wrong, and its question before something does.

export const GONE = "The sandbox does not answer. Is it still running?";

const notice = document.getElementById("notice");
const question = document.getElementById("confirm");

/** `about` is what was done: a command, or the label of what was pressed. */
export function inWords(code, about) {
  if (code === "not_a_command")
    return `${about} is not a valid command. Messages that begin with “/” are taken for commands.`;
  if (code === "operation_timeout")
    return `${about} failed because the app did not respond within three seconds.`;
  if (code === "dispatch_failed")
    return `${about} failed with the error “dispatch_failed”: the app could not be reached, or it answered with an error.`;
  if (code === "interactivity_disabled")
    return "This app is not configured to handle interactive responses.";
  if (code?.startsWith("invalid_"))
    return `${about} failed: the app answered with something that cannot be shown (${code}).`;
  return `${about}: ${code}`;
}

export function complain(words) {
  const text = document.createElement("span");
  text.textContent = words;
  const done = document.createElement("button");
  done.type = "button";
  done.className = "quiet";
  done.textContent = "Dismiss";
  done.addEventListener("click", hush);
  notice.replaceChildren(text, done);
}

export function hush() {
  notice.replaceChildren();
}

/** Asks as the app's confirm dialog says; true if there is none. */
export async function confirmed(control) {
  if (!control.dataset.confirm) return true;
  const asked = JSON.parse(control.dataset.confirm);
  question.replaceChildren(...drawn(asked));
  question.showModal();
  await new Promise((done) => question.addEventListener("close", done, { once: true }));
  const yes = question.returnValue === "yes";
  question.returnValue = "";
  return yes;
}

function drawn(asked) {
  const title = element("h2", asked.title.text);
  title.id = "confirm-title";
  const no = element("button", asked.deny.text, "button");
  const yes = element("button", asked.confirm.text, `button ${asked.style ?? "primary"}`);
  no.addEventListener("click", () => question.close("no"));
  yes.addEventListener("click", () => question.close("yes"));
  const foot = element("footer", "", "form-foot");
  foot.append(no, yes);
  return [title, element("p", asked.text.text), foot];
}

function element(tag, words, look = "") {
  const made = document.createElement(tag);
  made.textContent = words;
  made.className = look;
  if (tag === "button") made.type = "button";
  return made;
}
