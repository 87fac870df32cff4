// Finds the control that had the focus again, after the app has shown the same thing anew.
const within = (root, attribute, value) => root.querySelector(`[data-${attribute}="${CSS.escape(value)}"]`);
const OF_THE_CLIENT = ["[data-thread]", "[data-dismiss]", ".tools summary"];

// Where the focus goes when what had it is gone: to the message box, or where a keyboard would rise on the screen, to the messages.
export function keepFocus() {
  if (document.activeElement !== document.body) return;
  const box = matchMedia("(min-width: 761px)").matches && document.getElementById("composer-text");
  (box || document.querySelector(".scroll"))?.focus({ preventScroll: true });
}

// After a window has closed. A dialog gives a text box its focus back, but not the caret: without one, keys do nothing.
export function regainFocus() {
  const here = document.activeElement;
  if (here === document.body) return keepFocus(); // what the window was opened from is gone meanwhile
  if (!here.matches("textarea, input")) return;
  here.blur();
  here.focus({ preventScroll: true });
}

// What finds the focused control of `root` in what takes its place; it gives null if it is not there any more.
export function whereFocus(root) {
  const here = document.activeElement;
  if (!root.contains(here)) return () => null;
  const own = OF_THE_CLIENT.find((selector) => here.matches(selector));
  if (own) return (fresh) => fresh.querySelector(own);
  const block = here.closest("[data-block]")?.dataset.block;
  const action = here.closest("[data-action]")?.dataset.action;
  const box = here.matches("input[type=checkbox], input[type=radio]") ? here.value : null;
  return (fresh) => {
    const place = (block && within(fresh, "block", block)) || fresh;
    if (here.matches("summary")) return place.querySelector("details.overflow summary");
    const found = action && (within(place, "action", action) || within(fresh, "action", action));
    if (found?.matches(".picks")) return found.querySelector("input");
    return found && box !== null ? found.querySelector(`[value="${CSS.escape(box)}"]`) || found.querySelector("input") : found;
  };
}
