// Starts the page: navigation without reload, the drawer, the people picker, the composer.
import { completion } from "./completion.js";
import { follow } from "./live.js";
import { startInteractions, post, toast } from "./interact.js";
import { startTables } from "./tables.js";

const $ = (selector, root = document) => root.querySelector(selector);
const app = () => $("#app");
const user = document.body.dataset.user;

function scrollToEnd(force = true) {
  const area = $("#scroll");
  if (!area) return;
  const near = area.scrollHeight - area.scrollTop - area.clientHeight < 160;
  if (force || near) area.scrollTop = area.scrollHeight;
}

async function go(href, remember = true) {
  const response = await fetch(href, { headers: { "X-Part": "main" } });
  if (!response.ok) return toast("That page could not be opened.");
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("app");
  app().replaceWith(fresh);
  if (remember) history.pushState({}, "", href);
  document.title = fresh.dataset.title;
  document.body.classList.remove("drawer");
  arrived();
}

function arrived() {
  scrollToEnd();
  if (app().dataset.tab === "home") post("home", {});
  const box = $("#composer-text");
  if (box && matchMedia("(min-width: 761px)").matches) box.focus();
}

function drawer(open) {
  document.body.classList.toggle("drawer", open);
  $("[data-open-drawer]")?.setAttribute("aria-expanded", String(open));
  if (open) $("#sidebar a")?.focus();
  else $("[data-open-drawer]")?.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-nav]");
  if (link && !event.metaKey && !event.ctrlKey) {
    event.preventDefault();
    go(link.getAttribute("href"));
  }
  if (event.target.closest("[data-open-drawer]")) drawer(true);
  if (event.target.closest("[data-close-drawer]")) drawer(false);
  const picker = $("details.people[open]");
  if (picker && !picker.contains(event.target)) picker.open = false;
});

document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("details.people[open]")) $("#people-filter").focus();
}, true);

document.addEventListener("input", (event) => {
  if (event.target.id !== "people-filter") return;
  const words = event.target.value.toLowerCase();
  for (const item of document.querySelectorAll(".picker li")) item.hidden = !item.dataset.words.includes(words);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || $("dialog[open]")) return;
  const picker = $("details.people[open]");
  if (picker) {
    picker.open = false;
    $("summary", picker).focus();
  } else if (document.body.classList.contains("drawer")) drawer(false);
});

async function send() {
  const box = $("#composer-text");
  const text = box.value.trim();
  if (!text) return;
  box.value = "";
  completion.close();
  await post("command", { channel: app().dataset.channel, text });
  scrollToEnd();
}

document.addEventListener("submit", (event) => {
  if (event.target.id !== "composer") return;
  event.preventDefault();
  send();
});

document.addEventListener("keydown", (event) => {
  if (event.target.id !== "composer-text") return;
  if (completion.key(event)) return;
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send();
  }
});

document.addEventListener("input", (event) => {
  if (event.target.id === "composer-text") completion.suggest();
});

window.addEventListener("popstate", () => go(location.href, false));
startInteractions(user);
startTables();
follow(user, Number(document.body.dataset.seq), { scrollToEnd, reload: () => go(location.href, false) });
arrived();
