// Older messages, fetched as one scrolls up; the view stays where it is.
import { post } from "./interact.js";

let watcher = null;

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

// Everything in the channel on the page has been seen.
export function markRead() {
  const app = document.getElementById("app");
  if (document.hidden || app.dataset.tab !== "messages" || !document.getElementById("composer")) return;
  post("read", { channel: app.dataset.channel });
}
