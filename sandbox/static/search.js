// External selects: ask the app while the person types, and take one of what it offers, with the mouse or the keyboard.
import { act, holderOf, isLive, post } from "./interact.js";

const listOf = (field) => field.parentElement.querySelector('[role="listbox"]');
const chosenOf = (list) => list.querySelector('[aria-selected="true"]');
let asking = 0;

function close(field) {
  listOf(field)?.remove();
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
}

function mark(field, line) {
  for (const other of listOf(field).children) other.setAttribute("aria-selected", String(other === line));
  field.setAttribute("aria-activedescendant", line.id);
  line.scrollIntoView({ block: "nearest" });
}

function take(field, line) {
  field.value = field.defaultValue = line.textContent;
  field.dataset.option = line.dataset.option;
  asking += 1; // an answer that is still on its way is not wanted any more
  close(field);
  if (isLive(field)) act(field, JSON.parse(line.dataset.option));
}

function lineOf(field, option, number) {
  const line = Object.assign(document.createElement("div"), { role: "option", textContent: option.text.text });
  line.id = `${field.getAttribute("aria-controls")}-${number}`;
  line.dataset.option = JSON.stringify(option);
  line.setAttribute("aria-selected", "false");
  line.addEventListener("pointerdown", (event) => {
    event.preventDefault(); // the field keeps the focus
    take(field, line);
  });
  return line;
}

function show(field, options) {
  close(field);
  const list = Object.assign(document.createElement("div"), { role: "listbox", id: field.getAttribute("aria-controls") });
  list.setAttribute("aria-label", "What fits");
  list.append(...options.map((option, number) => lineOf(field, option, number)));
  if (!options.length) list.append(Object.assign(document.createElement("div"), { role: "option", className: "note", textContent: "Nothing fits." }));
  field.after(list);
  field.setAttribute("aria-expanded", "true");
  list.scrollIntoView({ block: "nearest" });
}

async function suggest(field) {
  const turn = ++asking;
  if (field.value.length < Number(field.dataset.least)) return close(field);
  const [, where] = holderOf(field);
  const block_id = field.closest("[data-block]").dataset.block;
  const answer = await post("suggest", { ...where, block_id, action_id: field.dataset.action, value: field.value });
  if (answer && turn === asking && field.isConnected) show(field, answer.options);
}

function keys(event) {
  const field = event.target;
  if (!field.matches?.(".external input") || event.isComposing) return;
  const list = listOf(field);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!list) {
    if (event.key === "ArrowDown") suggest(field);
    else if (event.key !== "Enter") return; // Enter would send the form before anything is chosen
  } else if (step) {
    const lines = [...list.querySelectorAll("[data-option]")];
    const at = lines.indexOf(chosenOf(list));
    if (lines.length) mark(field, lines[(Math.max(at, step > 0 ? -1 : 0) + step + lines.length) % lines.length]);
  } else if (event.key === "Enter") {
    const line = chosenOf(list) || list.querySelector("[data-option]");
    if (line) take(field, line);
  } else if (event.key === "Escape") close(field);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

export function startSearches() {
  document.addEventListener("keydown", keys, true);
  document.addEventListener("input", ({ target }) => {
    if (target.matches?.(".external input")) suggest(target);
  });
  // What was typed and not chosen is gone when one leaves.
  document.addEventListener("focusout", ({ target }) => {
    if (!target.matches?.(".external input")) return;
    asking += 1;
    close(target);
    target.value = target.defaultValue;
  });
}
