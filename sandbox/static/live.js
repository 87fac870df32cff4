// Applies what happens in the workspace to the page, as it happens.
import { keepFocus, whereFocus } from "./focus.js";
import { dayLine } from "./history.js";
import { showModal } from "./interact.js";

const find = (kind, ts) => document.getElementById(`${kind}-${ts}`);

function node(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html; // rendered and escaped by the server
  return holder.content.firstElementChild;
}

// Puts fresh HTML in the place of a message; what had the focus keeps it, with what changed above it in view.
function replace(old, html) {
  const focused = old.contains(document.activeElement);
  const again = whereFocus(old);
  const fresh = node(html);
  old.replaceWith(fresh);
  if (!focused) return;
  const control = again(fresh) || fresh.querySelector("[data-action]");
  if (!control) return keepFocus();
  control.focus();
  const area = fresh.closest(".scroll");
  const top = fresh.getBoundingClientRect().top;
  const hidden = area.getBoundingClientRect().top + 8 - top;
  if (hidden > 0 && control.getBoundingClientRect().bottom - top + 16 < area.clientHeight) area.scrollTop -= hidden;
}

export function follow(user, after, { showNewest, threadToEnd, markRead, clock, reload }) {
  const app = () => document.getElementById("app");
  const here = (event) => event.channel === app().dataset.channel && app().dataset.tab === "messages";
  const thread = () => document.getElementById("thread");

  function markUnread(event) {
    const place = document.querySelector(`[data-place="${CSS.escape(event.channel)}"]`);
    if (!place || place.getAttribute("aria-current") || event.user === user || !event.html) return;
    place.classList.add("new");
    const mark = place.querySelector(".unread");
    mark.hidden = false;
    const number = mark.querySelector(".number");
    number.textContent = Number(number.textContent || 0) + 1;
  }

  function append(event) {
    const list = document.getElementById("messages");
    const message = node(event.html);
    const last = list.querySelector(".message:last-child");
    if (!last || last.dataset.day !== message.dataset.day) list.append(dayLine(message));
    message.classList.add("arrived");
    list.append(message);
    showNewest(event.user === user);
    markRead();
  }

  function inThread(event) {
    if (!event.thread_html || thread()?.dataset.parent !== event.thread_ts || find("t", event.ts)) return;
    document.getElementById("thread-messages").append(node(event.thread_html));
    threadToEnd();
  }

  function parent(event) {
    const old = event.parent_html && find("m", event.thread_ts);
    if (old) replace(old, event.parent_html);
    showNewest(false);
  }

  const handlers = {
    message(event) {
      if (!here(event)) return markUnread(event);
      inThread(event);
      parent(event);
      if (event.html && !find("m", event.ts)) append(event);
    },
    message_changed(event) {
      const old = find("m", event.ts);
      if (old && event.html) replace(old, event.html);
      const inside = find("t", event.ts);
      if (inside && event.thread_html) replace(inside, event.thread_html);
      if (old) showNewest(false);
    },
    message_deleted(event) {
      const gone = find("m", event.ts);
      const focused = gone?.contains(document.activeElement);
      gone?.remove();
      if (focused) keepFocus();
      find("t", event.ts)?.remove();
      parent(event);
    },
    views(event) {
      showModal(event.html);
      const home = document.getElementById("home");
      if (home && event.home) home.replaceChildren(node(event.home));
    },
    clock,
    members(event) {
      if (event.user === user) return reload();
      const count = document.querySelector("[data-members]");
      if (count && event.channel === app().dataset.channel) count.textContent = event.count;
    },
    channel: reload,
    people: reload,
    reset: reload,
  };

  const source = new EventSource(`/_page/${user}/events?after=${after}`);
  source.onmessage = (message) => {
    const event = JSON.parse(message.data);
    handlers[event.kind]?.(event);
  };
  source.onopen = () => document.body.classList.remove("offline");
  source.onerror = () => document.body.classList.add("offline");
}
