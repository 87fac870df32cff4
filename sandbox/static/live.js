// Applies what happens in the workspace to the page, as it happens.
import { showModal } from "./interact.js";

const escaped = (ts) => CSS.escape(`m-${ts}`);

function node(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html; // rendered and escaped by the server
  return holder.content.firstElementChild;
}

export function follow(user, after, { scrollToEnd, reload }) {
  const app = () => document.getElementById("app");
  const here = (event) => event.channel === app().dataset.channel && app().dataset.tab === "messages";

  function markUnread(event) {
    const place = document.querySelector(`[data-place="${CSS.escape(event.channel)}"]`);
    if (!place || place.getAttribute("aria-current")) return;
    place.classList.add("new");
    place.querySelector(".unread").hidden = false;
  }

  const handlers = {
    message(event) {
      if (!here(event)) return markUnread(event);
      if (!event.html || document.querySelector(`#${escaped(event.ts)}`)) return;
      const message = node(event.html);
      message.classList.add("arrived");
      document.getElementById("messages").append(message);
      scrollToEnd(event.user === user);
    },
    message_changed(event) {
      const old = document.querySelector(`#${escaped(event.ts)}`);
      if (!old || !event.html) return;
      const focused = old.contains(document.activeElement) && document.activeElement.dataset.action;
      const fresh = node(event.html);
      old.replaceWith(fresh);
      if (focused) fresh.querySelector(`[data-action="${CSS.escape(focused)}"]`)?.focus();
      scrollToEnd(false);
    },
    message_deleted(event) {
      document.querySelector(`#${escaped(event.ts)}`)?.remove();
    },
    views(event) {
      showModal(event.html);
      const home = document.getElementById("home");
      if (home && event.home) home.replaceChildren(node(event.home));
    },
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
