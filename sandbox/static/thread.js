// The thread beside the channel: opening, closing, replying.
import { post, toast } from "./interact.js";

const app = () => document.getElementById("app");
const pane = () => document.getElementById("thread");
let opener = null;

function address(ts) {
  const url = new URL(location.href);
  if (ts) url.searchParams.set("thread", ts);
  else url.searchParams.delete("thread");
  if (!url.searchParams.get("channel")) url.searchParams.set("channel", app().dataset.channel);
  return url.pathname + url.search;
}

export function threadToEnd() {
  const area = document.getElementById("thread-scroll");
  if (area) area.scrollTop = area.scrollHeight;
}

async function open(ts) {
  opener = `[data-thread="${CSS.escape(ts)}"]`;
  const response = await fetch(address(ts), { headers: { "X-Part": "thread" } });
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("thread");
  if (!response.ok || !fresh) return toast("That thread is no longer there.");
  pane()?.remove();
  app().append(fresh);
  app().classList.add("with-thread");
  history.pushState({}, "", address(ts));
  threadToEnd();
  (document.getElementById("reply-text") || pane().querySelector("[data-close-thread]")).focus();
}

export function closeThread() {
  if (!pane()) return false;
  pane().remove();
  app().classList.remove("with-thread");
  history.pushState({}, "", address(null));
  (opener && document.querySelector(opener) || document.getElementById("composer-text"))?.focus();
  return true;
}

async function reply() {
  const box = document.getElementById("reply-text");
  const text = box.value.trim();
  if (!text) return;
  box.value = "";
  const answer = await post("command", { channel: app().dataset.channel, text, thread_ts: pane().dataset.parent });
  if (answer?.error) toast(answer.detail);
  threadToEnd();
}

export function startThread() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-thread]");
    if (link) open(link.dataset.thread);
    if (event.target.closest("[data-close-thread]")) closeThread();
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "reply") return;
    event.preventDefault();
    reply();
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "reply-text" || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    reply();
  });
}
