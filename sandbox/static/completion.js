// Completes slash commands and @names in the composer.
const box = () => document.getElementById("composer-text");
const list = () => document.getElementById("completion");
let offers = [];
let chosen = 0;

function known() {
  return JSON.parse(document.getElementById("commands").textContent);
}

function wanted() {
  const before = box().value.slice(0, box().selectionStart);
  const command = before.match(/^\/[\w-]*$/);
  if (command) {
    return known().commands.filter((c) => c.command.startsWith(command[0]))
      .map((c) => ({ insert: c.command + " ", from: 0, name: c.command, usage: c.usage_hint, about: c.description }));
  }
  const name = before.match(/@([\w.-]*)$/);
  if (!name) return [];
  const typed = name[1].toLowerCase();
  return known().people.filter((p) => `${p.name} ${p.real_name}`.toLowerCase().includes(typed)).slice(0, 8)
    .map((p) => ({ insert: `@${p.name} `, from: before.length - name[0].length, name: p.real_name, usage: `@${p.name}`, about: "" }));
}

function line(offer, number) {
  const option = document.createElement("div");
  option.role = "option";
  option.id = `offer-${number}`;
  option.setAttribute("aria-selected", String(number === chosen));
  for (const [tag, kind, words] of [["b", "", offer.name], ["span", "usage", offer.usage], ["span", "about note", offer.about]]) {
    if (!words) continue;
    const part = document.createElement(tag);
    part.className = kind;
    part.textContent = words;
    option.append(part);
  }
  option.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    chosen = number;
    take();
  });
  return option;
}

function show() {
  list().replaceChildren(...offers.map(line));
  list().hidden = offers.length === 0;
  box().setAttribute("aria-expanded", String(offers.length > 0));
  if (offers.length) box().setAttribute("aria-activedescendant", `offer-${chosen}`);
  else box().removeAttribute("aria-activedescendant");
  list().querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
}

function take() {
  const offer = offers[chosen];
  const after = box().value.slice(box().selectionStart);
  box().value = box().value.slice(0, offer.from) + offer.insert + after;
  completion.close();
  box().focus();
}

export const completion = {
  suggest() {
    offers = wanted();
    chosen = 0;
    show();
  },
  close() {
    offers = [];
    if (list()) show();
  },
  // True when the key was for the list, not for the message.
  key(event) {
    if (!offers.length) return false;
    const typed = box().value.slice(offers[chosen].from, box().selectionStart);
    const whole = offers[chosen].insert.trim() === typed;
    if (event.key === "ArrowDown") chosen = (chosen + 1) % offers.length;
    else if (event.key === "ArrowUp") chosen = (chosen + offers.length - 1) % offers.length;
    else if (event.key === "Tab" || (event.key === "Enter" && !whole)) take();
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    if (offers.length) show();
    return true;
  },
};
