// External selects: ask the app while the person types, and take one of what it offers, with the mouse or the keyboard.
import { act, entered, holderOf, isLive, post, toast } from "./interact.js";

const listOf = (field) => field.parentElement.querySelector('[role="listbox"]');
const chosenOf = (list) => list.querySelector('[aria-selected="true"]');
const picksOf = (field) => field.closest(".picks");
const chips = (picks) => [...picks.querySelectorAll("[data-picked]")];
const valueOf = (chip) => JSON.parse(chip.dataset.picked).value;
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

function say(picks, words) {
  picks.querySelector("[role=status]").textContent = words;
}

// Several are taken one after the other: the field stays, and is empty for the next.
function pick(field, line) {
  const picks = picksOf(field);
  asking += 1;
  close(field);
  field.value = "";
  if (picks.dataset.most && chips(picks).length >= Number(picks.dataset.most)) return toast(`At most ${picks.dataset.most} can be chosen here.`);
  const chip = document.createElement("li");
  const name = Object.assign(document.createElement("span"), { className: "name", textContent: line.textContent });
  const button = Object.assign(document.createElement("button"), { type: "button", className: "icon", textContent: "×" });
  chip.dataset.picked = line.dataset.option;
  button.dataset.unpick = "";
  button.setAttribute("aria-label", `Remove ${line.textContent}`);
  chip.append(name, button);
  picks.querySelector("ul").append(chip);
  say(picks, `${line.textContent} added, ${chips(picks).length} chosen.`);
  if (isLive(picks)) act(picks, entered(picks));
}

// The focus goes to the next one's button, or to the field.
function unpick(chip) {
  const picks = chip.closest(".picks");
  const next = chip.nextElementSibling || chip.previousElementSibling;
  const name = chip.querySelector(".name").textContent;
  const byButton = chip.contains(document.activeElement);
  chip.remove();
  if (byButton) (next?.querySelector("button") || picks.querySelector("input")).focus();
  say(picks, `${name} removed, ${chips(picks).length} chosen.`);
  if (isLive(picks)) act(picks, entered(picks));
}

function take(field, line) {
  if (picksOf(field)) return pick(field, line);
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
  const action_id = field.closest("[data-action]").dataset.action;
  const answer = await post("suggest", { ...where, block_id, action_id, value: field.value });
  if (!answer || turn !== asking || !field.isConnected) return;
  const taken = picksOf(field) ? chips(picksOf(field)).map(valueOf) : [];
  show(field, answer.options.filter((option) => !taken.includes(option.value)));
}

function keys(event) {
  const field = event.target;
  if (!field.matches?.(".external input") || event.isComposing) return;
  const list = listOf(field);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!list) {
    const last = event.key === "Backspace" && !field.value && picksOf(field) && chips(picksOf(field)).pop();
    if (last) unpick(last);
    else if (event.key === "ArrowDown") suggest(field);
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
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-unpick]");
    if (button) unpick(button.closest("li"));
  });
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
