// Buttons, menus, fields, confirmations and modals.
import { regainFocus, whereFocus } from "./focus.js";

let acting = "";
const modal = document.getElementById("modal");
const confirmation = document.getElementById("confirm");

export function toast(words) {
  const note = document.createElement("div");
  note.className = "toast";
  note.textContent = words;
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), 6000);
}

// Tells the workspace what this person did; returns its answer, or null after saying what went wrong.
export async function post(what, body) {
  try {
    const response = await fetch(`/_client/${acting}/${what}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) toast(answer.detail);
    return response.ok ? answer : null;
  } catch {
    toast("The local workspace does not answer. Is it still running?");
    return null;
  }
}

// Uploads a file's content into a field of a modal; the same answers as `post`.
export async function upload(where, file) {
  const query = new URLSearchParams({ ...where, name: file.name });
  try {
    const headers = { "Content-Type": "application/octet-stream" };
    const response = await fetch(`/_client/${acting}/upload?${query}`, { method: "POST", headers, body: file });
    const answer = await response.json();
    if (!response.ok) toast(answer.detail);
    return response.ok ? answer.file : null;
  } catch {
    toast("The local workspace does not answer. Is it still running?");
    return null;
  }
}

export function holderOf(element) {
  const holder = element.closest("[data-holder]");
  if (holder.dataset.holder === "view") return [holder, { view_id: holder.dataset.view }];
  return [holder, { channel: holder.dataset.channel, message_ts: holder.dataset.ts }];
}

export function entered(field) {
  if (field.matches(".choices")) {
    const ticked = [...field.querySelectorAll(":checked")].map((box) => box.value);
    return field.dataset.kind === "radio_buttons" ? ticked[0] ?? null : ticked;
  }
  if (field.matches(".files")) return JSON.parse(field.dataset.files);
  if (field.matches(".picks")) return [...field.querySelectorAll("[data-picked]")].map((chip) => JSON.parse(chip.dataset.picked));
  if (field.dataset.option) return JSON.parse(field.dataset.option);
  return field.value || null;
}

const FIELDS = "select[data-action], textarea[data-action], input[data-action], .choices[data-action], .files[data-action], .picks[data-action]";
const STOPS = "select[data-action], textarea[data-action], input[data-action], .choices[data-action] input, .files input, .picks input";

function values(holder) {
  const all = {};
  for (const field of holder.querySelectorAll(FIELDS)) {
    if (field.dataset.kind === "external_select" && !field.dataset.option) continue;
    const block = field.closest("[data-block]").dataset.block;
    (all[block] ??= {})[field.dataset.action] = entered(field);
  }
  return all;
}

// Asks before an action that wants it. Resolves to whether the person agreed.
function agreed(element) {
  const holder = element.closest("[data-confirm]");
  if (!holder) return Promise.resolve(true);
  const words = JSON.parse(holder.dataset.confirm);
  confirmation.replaceChildren();
  const heading = Object.assign(document.createElement("h2"), { id: "confirm-title", textContent: words.title.text });
  const text = Object.assign(document.createElement("p"), { textContent: words.text.text });
  const footer = document.createElement("footer");
  const no = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: words.deny.text });
  const yes = Object.assign(document.createElement("button"), { type: "button", className: `button ${words.style || "primary"}`, textContent: words.confirm.text });
  footer.append(no, yes);
  confirmation.append(heading, text, footer);
  confirmation.showModal();
  return new Promise((resolve) => {
    no.onclick = () => confirmation.close("no");
    yes.onclick = () => confirmation.close("yes");
    confirmation.onclose = () => resolve(confirmation.returnValue === "yes");
    confirmation.returnValue = "";
  });
}

const FAILED = {
  operation_timeout: "This app did not answer in time. Try again?",
  dispatch_failed: "This app could not be reached. Try again?",
};

export async function act(element, value) {
  const [holder, where] = holderOf(element);
  if (!(await agreed(element))) return;
  const block_id = element.closest("[data-block]").dataset.block;
  element.setAttribute("aria-busy", "true");
  const answer = await post("action", { ...where, block_id, action_id: element.dataset.action, value, values: values(holder) });
  element.removeAttribute("aria-busy");
  if (answer?.error) toast(FAILED[answer.error] || "Something went wrong with this app.");
}

async function useShortcut(button) {
  const where = button.closest("[data-holder]") ? holderOf(button)[1] : {};
  const answer = await post("shortcut", { callback_id: button.dataset.shortcut, ...where });
  if (answer?.error) toast(FAILED[answer.error] || "Something went wrong with this app.");
}

async function submit(form) {
  form.classList.add("busy");
  form.querySelector(".failure").hidden = true;
  const answer = await post("submit", { view_id: form.dataset.view, values: values(form) });
  form.classList.remove("busy");
  if (!answer?.error) return;
  const failure = form.querySelector(".failure");
  failure.textContent = "We had some trouble connecting. Try again?";
  failure.hidden = false;
}

// Shows the topmost modal, or closes the window. What was typed stays where the same field is still there.
export function showModal(html) {
  if (!html) {
    const was = modal.open;
    modal.close();
    modal.replaceChildren();
    if (was) regainFocus();
    return;
  }
  const before = modal.querySelector(".sheet");
  const focused = whereFocus(modal);
  const scrolled = modal.querySelector(".sheet-body")?.scrollTop || 0;
  const typed = before ? values(before) : {};
  modal.innerHTML = html; // rendered and escaped by the server
  const after = modal.querySelector(".sheet");
  const same = before?.dataset.view === after.dataset.view;
  if (same) keepTyped(after, typed, before);
  if (!modal.open) modal.showModal();
  const again = same && focused(after);
  const first = after.querySelector(".wrong input, .wrong select, .wrong textarea") || again || after.querySelector(STOPS) || after.querySelector(".sheet-body");
  first.focus({ preventScroll: same });
  if (same) after.querySelector(".sheet-body").scrollTop = scrolled;
  // What a button led to stands below it.
  if (again && again.matches("button")) again.closest(".block").nextElementSibling?.scrollIntoView({ block: "nearest" });
}

function keepTyped(form, typed, before) {
  for (const field of form.querySelectorAll("textarea[data-action], input[data-action]")) {
    const old = typed[field.closest("[data-block]").dataset.block]?.[field.dataset.action];
    if (typeof old === "string") field.value = old;
  }
  for (const field of form.querySelectorAll(".files[data-action]")) {
    const block = CSS.escape(field.closest("[data-block]").dataset.block);
    const old = before.querySelector(`[data-block="${block}"] .files`);
    if (!old) continue;
    field.dataset.files = old.dataset.files;
    field.querySelector("ul").replaceWith(old.querySelector("ul"));
  }
}

function close(all) {
  const form = modal.querySelector(".sheet");
  if (form) post("close", { view_id: form.dataset.view, all });
}

// A menu opens upwards or to the right where it would otherwise be cut off.
function place(menu) {
  menu.classList.remove("up", "left");
  const area = menu.closest(".scroll, .sheet-body")?.getBoundingClientRect() || { left: 0, bottom: innerHeight };
  const box = menu.querySelector("ul").getBoundingClientRect();
  menu.classList.toggle("up", box.bottom > area.bottom);
  menu.classList.toggle("left", box.left < area.left);
}

function onClick(event) {
  const element = event.target;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (menu.contains(element) && element.closest("[role=menuitem]")) menu.querySelector("summary").focus();
    else if (menu.contains(element)) continue;
    menu.open = false;
  }
  const button = element.closest("button[data-action], a[data-action]");
  if (button) act(button, button.dataset.value);
  if (element.closest("[data-back]")) close(false);
  if (element.closest("[data-close-all]")) close(true);
  const shortcut = element.closest("[data-shortcut]");
  if (shortcut) useShortcut(shortcut);
  const dismiss = element.closest("[data-dismiss]");
  if (dismiss) post("dismiss", holderOf(dismiss)[1]);
}

// Whether the app hears at once what is entered here: always, but of an input only if the app asked for it.
export const isLive = (field) => !field.closest(".block.input") || Boolean(field.closest("[data-live]"));

// A text is heard of when Enter is pressed, not when the field is left.
function onChange(event) {
  const field = event.target.closest("[data-action]");
  if (!field || field.matches("button, a, .files, .picks") || field.dataset.kind.includes("external") || !isLive(field)) return;
  if (!field.closest(".block.input") || !field.matches("textarea, input")) act(field, entered(field));
}

function onEnter(event) {
  const field = event.target;
  if (event.key !== "Enter" || event.isComposing || !field.matches?.("[data-live] input[data-action]")) return;
  if (field.dataset.kind.includes("external")) return;
  event.preventDefault();
  act(field, entered(field));
}

function menuKeys(event) {
  const menu = event.target.closest("details[data-menu][open]");
  if (!menu) return;
  const items = [...menu.querySelectorAll("[role=menuitem]")];
  const at = items.indexOf(document.activeElement);
  if (event.key === "ArrowDown") items[(at + 1) % items.length].focus();
  else if (event.key === "ArrowUp") items[(at + items.length - 1) % items.length].focus();
  else if (event.key === "Escape") {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopPropagation();
  } else return;
  event.preventDefault();
}

export function startInteractions(user) {
  acting = user;
  document.addEventListener("click", onClick);
  document.addEventListener("change", onChange);
  document.addEventListener("keydown", menuKeys, true);
  document.addEventListener("keydown", onEnter);
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.("details[data-menu][open]")) place(event.target);
    if (event.target.matches?.("details.overflow[open]")) event.target.querySelector("[role=menuitem]")?.focus();
  }, true);
  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".sheet")) return;
    event.preventDefault();
    if (event.target.querySelector("[type=submit]")) submit(event.target);
  });
  modal.addEventListener("cancel", (event) => {
    event.preventDefault();
    close(false);
  });
  if (modal.querySelector(".sheet")) modal.showModal();
}
