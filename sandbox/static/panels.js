// What opens over the page: the drawer, the people, the clock. Escape closes, arrows move.
const $ = (selector, root = document) => root.querySelector(selector);
const openPanel = () => $("details[data-panel][open]");

export function drawer(open) {
  document.body.classList.toggle("drawer", open);
  $("[data-open-drawer]")?.setAttribute("aria-expanded", String(open));
  for (const behind of document.querySelectorAll("main, #thread")) behind.inert = open;
  if (open) $("#sidebar a")?.focus();
  else $("[data-open-drawer]")?.focus();
}

function filter(words) {
  for (const item of document.querySelectorAll(".groups li")) item.hidden = !item.dataset.words.includes(words);
  let any = false;
  for (const group of document.querySelectorAll(".groups section")) {
    group.hidden = !$("li:not([hidden])", group);
    any ||= !group.hidden;
  }
  $(".groups .none").hidden = any;
}

function arrows(event) {
  const picker = event.target.closest(".people .picker");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!picker || !step) return;
  const stops = [$("#people-filter"), ...picker.querySelectorAll("li:not([hidden]) a")];
  stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length].focus();
  event.preventDefault();
}

// True when there was something to close.
export function closePanel() {
  const panel = openPanel();
  if (panel) {
    panel.open = false;
    $("summary", panel).focus();
  } else if (document.body.classList.contains("drawer")) drawer(false);
  else return false;
  return true;
}

export function startPanels() {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-open-drawer]")) drawer(true);
    if (event.target.closest("[data-close-drawer]")) drawer(false);
    const panel = openPanel();
    if (panel && !panel.contains(event.target)) panel.open = false;
  });
  document.addEventListener("toggle", (event) => {
    if (!event.target.matches?.("details[data-panel][open]")) return;
    for (const other of document.querySelectorAll("details[data-panel][open]")) if (other !== event.target) other.open = false;
    $("input, button", event.target)?.focus();
  }, true);
  document.addEventListener("input", (event) => {
    if (event.target.id === "people-filter") filter(event.target.value.trim().toLowerCase());
  });
  document.addEventListener("keydown", arrows);
}
