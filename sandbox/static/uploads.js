// Fields for files: upload what is chosen at once, list it, and take it out again.
import { holderOf, toast, upload } from "./interact.js";

const idsOf = (field) => JSON.parse(field.dataset.files);

function line(file) {
  const item = document.createElement("li");
  item.dataset.file = file.id;
  const name = Object.assign(document.createElement("span"), { className: "name", textContent: file.name });
  const size = Object.assign(document.createElement("span"), { className: "note", textContent: sizeOf(file.size) });
  const away = Object.assign(document.createElement("button"), { type: "button", className: "icon", textContent: "×" });
  away.dataset.unfile = "";
  away.setAttribute("aria-label", `Remove ${file.name}`);
  item.append(name, size, away);
  return item;
}

function sizeOf(count) {
  if (count < 1000) return `${count} bytes`;
  return count < 1000000 ? `${Math.round(count / 1000)} kB` : `${(count / 1000000).toFixed(1)} MB`;
}

async function take(input) {
  const field = input.closest(".files");
  const where = { ...holderOf(field)[1], block_id: field.closest("[data-block]").dataset.block, action_id: field.dataset.action };
  const chosen = [...input.files];
  input.value = "";
  const send = field.closest(".sheet")?.querySelector("[type=submit]");
  if (send) send.disabled = true; // not without the files that are on their way
  for (const file of chosen) {
    if (idsOf(field).length >= Number(field.dataset.most)) {
      toast(`At most ${field.dataset.most} files can be chosen here.`);
      break;
    }
    const stored = await upload(where, file);
    if (!stored) continue;
    field.dataset.files = JSON.stringify([...idsOf(field), stored.id]);
    field.querySelector("ul").append(line(stored));
  }
  if (send) send.disabled = false;
}

function remove(button) {
  const field = button.closest(".files");
  const item = button.closest("li");
  field.dataset.files = JSON.stringify(idsOf(field).filter((id) => id !== item.dataset.file));
  item.remove();
  field.querySelector("input").focus();
}

export function startUploads() {
  document.addEventListener("change", (event) => {
    if (event.target.matches(".files input[type=file]")) take(event.target);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-unfile]");
    if (button) remove(button);
  });
}
