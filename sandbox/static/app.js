// Starts the page: navigation without reload, the composer, and everything else.
import { readTime, startClock, tell } from "./clock.js";
import { completion } from "./completion.js";
import { keepFocus } from "./focus.js";
import { keepNewest, markRead, watch } from "./history.js";
import { follow } from "./live.js";
import { startInteractions, post, toast } from "./interact.js";
import { startSearches } from "./search.js";
import { closePanel, startPanels } from "./panels.js";
import { startTables } from "./tables.js";
import { startUploads } from "./uploads.js";
import { closeThread, startThread, threadToEnd } from "./thread.js";

const $ = (selector, root = document) => root.querySelector(selector);
const app = () => $("#app");
const user = document.body.dataset.user;

let atEnd = true; // whether the newest message was in view when one last scrolled

function scrollToEnd(force = true) {
  const area = $("#scroll");
  if (!area || !(force || atEnd)) return;
  keepNewest(user);
  area.scrollTop = area.scrollHeight;
  atEnd = true;
}

// Shows the newest message from its beginning: of a card that is taller than the window, the headline counts.
function showNewest(force) {
  const area = $("#scroll");
  const newest = $("#messages > .message:last-child");
  if (!newest || !(force || atEnd)) return;
  keepNewest(user);
  area.scrollTop += newest.getBoundingClientRect().top - area.getBoundingClientRect().top - 8;
  atEnd = true;
}

document.addEventListener("scroll", ({ target }) => {
  if (target.id === "scroll") atEnd = target.scrollHeight - target.scrollTop - target.clientHeight < 160;
}, true);

// A picture takes its room only once it is there.
document.addEventListener("load", ({ target }) => {
  if (target.closest?.("#scroll")) scrollToEnd(false);
}, true);

async function go(href, remember = true) {
  const response = await fetch(href, { headers: { "X-Part": "main" } });
  if (!response.ok) return toast("That page could not be opened.");
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("app");
  app().replaceWith(fresh);
  if (remember) history.pushState({}, "", href);
  document.title = fresh.dataset.title;
  document.body.classList.remove("drawer");
  readTime();
  arrived();
  keepFocus();
}

function arrived() {
  scrollToEnd();
  threadToEnd();
  watch(user);
  markRead();
  if ("direct" in app().dataset) post("home", { tab: app().dataset.tab });
  const box = $("#composer-text");
  if (box && matchMedia("(min-width: 761px)").matches) box.focus();
}

document.addEventListener("click", (event) => {
  if (event.target.matches(".skip")) {
    event.preventDefault(); // following it would count as going to another page
    ($("#composer-text") || $(".scroll")).focus();
  }
  const link = event.target.closest("a[data-nav]");
  if (link && !event.metaKey && !event.ctrlKey) {
    event.preventDefault();
    go(link.getAttribute("href"));
  }
});

async function send() {
  const box = $("#composer-text");
  const text = box.value.trim();
  if (!text) return;
  box.value = "";
  completion.close();
  scrollToEnd();
  await post("command", { channel: app().dataset.channel, text });
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

// After the composer's own keys, so that Escape closes its list and no more.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || $("dialog[open]")) return;
  if (!closePanel()) closeThread();
});

document.addEventListener("input", (event) => {
  if (event.target.id === "composer-text") completion.suggest();
});

document.addEventListener("visibilitychange", markRead);
window.addEventListener("popstate", () => go(location.href, false));
startInteractions(user);
startSearches();
startPanels();
startTables();
startUploads();
startThread();
startClock();
follow(user, Number(document.body.dataset.seq), { showNewest, threadToEnd, markRead, clock: tell, reload: () => go(location.href, false) });
arrived();
