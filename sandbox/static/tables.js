// Sorts and pages tables.
const rowsOf = (table) => [...table.querySelectorAll("tbody tr")];

function page(frame, start) {
  const size = Number(frame.dataset.pageSize);
  const rows = rowsOf(frame);
  const first = Math.max(0, Math.min(start, rows.length - 1));
  frame.dataset.start = first;
  rows.forEach((row, n) => { row.hidden = n < first || n >= first + size; });
  const pager = frame.querySelector(".pager");
  if (!pager) return;
  pager.querySelector("span").textContent = `${first + 1}–${Math.min(first + size, rows.length)} of ${rows.length}`;
  pager.querySelector('[data-page="-1"]').disabled = first === 0;
  pager.querySelector('[data-page="1"]').disabled = first + size >= rows.length;
}

function sort(button) {
  const frame = button.closest(".data-table");
  const header = button.closest("th");
  const column = Number(button.dataset.sort);
  const ascending = header.getAttribute("aria-sort") !== "ascending";
  const key = (row) => row.cells[column].dataset.key;
  const compare = "numeric" in button.dataset
    ? (a, b) => Number(key(a)) - Number(key(b))
    : (a, b) => key(a).localeCompare(key(b), undefined, { numeric: true });
  const rows = rowsOf(frame).sort((a, b) => (ascending ? compare(a, b) : compare(b, a)));
  frame.querySelector("tbody").append(...rows);
  for (const other of frame.querySelectorAll("thead th")) other.setAttribute("aria-sort", "none");
  header.setAttribute("aria-sort", ascending ? "ascending" : "descending");
  page(frame, 0);
}

export function startTables() {
  document.addEventListener("click", (event) => {
    const sorter = event.target.closest("[data-sort]");
    if (sorter) sort(sorter);
    const pager = event.target.closest("[data-page]");
    if (!pager) return;
    const frame = pager.closest(".data-table");
    page(frame, Number(frame.dataset.start || 0) + Number(pager.dataset.page) * Number(frame.dataset.pageSize));
  });
}
