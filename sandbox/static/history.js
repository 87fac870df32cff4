// Older messages, fetched as one scrolls up; the view stays where it is. At the end only the newest ones are kept, for a
// page of thousands takes a while to draw a card.
import { post } from "./interact.js";

const KEPT = 60; // as many as the page comes with
const MOST = 3 * KEPT;

let watcher = null;

export function dayLine(message) {
  const line = document.createElement("li");
  line.className = "day";
  line.dataset.day = message.dataset.day;
  const words = document.createElement("span");
  const day = new Date(`${message.dataset.day}T00:00Z`);
  const say = (format) => new Intl.DateTimeFormat("en-GB", { ...format, timeZone: "UTC" }).format(day);
  words.textContent = `${say({ weekday: "long" })}, ${say({ day: "numeric", month: "long", year: "numeric" })}`;
  line.append(words);
  return line;
}

function earlierItem(first) {
  const item = document.createElement("li");
  item.className = "earlier";
  const words = "Show earlier messages";
  const button = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: words });
  button.dataset.earlier = first.dataset.ts;
  item.append(button);
  return item;
}

async function fetchEarlier(user, button) {
  const item = button.closest("li");
  if (item.classList.contains("busy")) return;
  item.classList.add("busy");
  const { channel } = document.getElementById("app").dataset;
  const response = await fetch(`/_page/${user}/earlier?channel=${channel}&before=${button.dataset.earlier}`);
  if (!response.ok) return item.classList.remove("busy");
  const area = document.getElementById("scroll");
  const fromEnd = area.scrollHeight - area.scrollTop;
  const list = document.createElement("template");
  list.innerHTML = await response.text(); // rendered and escaped by the server
  const firstDay = item.nextElementSibling;
  const lastBefore = [...list.content.querySelectorAll(".message")].pop();
  if (firstDay?.matches(".day") && lastBefore?.dataset.day === firstDay.dataset.day) firstDay.remove();
  item.replaceWith(list.content);
  area.scrollTop = area.scrollHeight - fromEnd;
  watch(user);
}

export function watch(user) {
  watcher?.disconnect();
  const button = document.querySelector("[data-earlier]");
  if (!button) return;
  watcher = new IntersectionObserver((seen) => {
    if (seen.some((entry) => entry.isIntersecting)) fetchEarlier(user, button);
  }, { root: document.getElementById("scroll"), rootMargin: "600px 0px 0px 0px" });
  watcher.observe(button);
}

// Lets go of what stands far above the end; it is fetched again as one scrolls up. Nothing goes while the focus is there.
export function keepNewest(user) {
  const list = document.getElementById("messages");
  const all = list.querySelectorAll(":scope > .message");
  if (all.length <= MOST) return;
  const first = all[all.length - KEPT];
  const focus = document.activeElement;
  if (list.contains(focus) && !(first.compareDocumentPosition(focus) & Node.DOCUMENT_POSITION_FOLLOWING)) return;
  while (list.firstElementChild !== first) list.firstElementChild.remove();
  first.classList.remove("follows"); // it says again whose it is
  first.before(earlierItem(first), dayLine(first));
  watch(user);
}

// Everything in the channel on the page has been seen.
export function markRead() {
  const app = document.getElementById("app");
  if (document.hidden || app.dataset.tab !== "messages" || !document.getElementById("composer")) return;
  post("read", { channel: app.dataset.channel });
}
