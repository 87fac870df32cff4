// What time it is in the workspace, and letting it pass.
import { toast } from "./interact.js";

const panel = () => document.querySelector("details.clock");
let now = 0;
let taken = 0;
let stands = false;

function instant() {
  return new Date(stands ? now : now + (Date.now() - taken));
}

export function showTime() {
  const format = { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: panel().dataset.zone };
  const time = panel().querySelector("time");
  time.textContent = new Intl.DateTimeFormat("en-GB", format).format(instant());
  time.dateTime = instant().toISOString();
}

export function tell(event) {
  now = Date.parse(event.now);
  taken = Date.now();
  stands = event.stands;
  showTime();
}

// Reads the time from a page that was just shown.
export function readTime() {
  tell({ now: panel().dataset.now, stands: "stands" in panel().dataset });
}

async function set(body) {
  const response = await fetch("/_test/clock", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) return toast(answer.detail);
  tell(answer);
}

// What is typed is meant in the zone of whoever acts, as everything else on the page.
function asInstant(typed) {
  const guess = new Date(`${typed}Z`);
  const there = new Date(guess.toLocaleString("sv-SE", { timeZone: panel().dataset.zone }).replace(" ", "T") + "Z");
  return new Date(guess.getTime() - (there.getTime() - guess.getTime())).toISOString();
}

export function startClock() {
  readTime();
  setInterval(showTime, 15000);
  document.addEventListener("click", (event) => {
    const step = event.target.closest("[data-advance]");
    if (step) set({ advance: Number(step.dataset.advance) });
    if (event.target.closest("[data-clock-reset]")) set({ at: null });
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "clock-form") return;
    event.preventDefault();
    set({ at: asInstant(document.getElementById("clock-at").value) });
  });
}
