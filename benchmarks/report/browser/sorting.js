// Tables that sort by the column that is clicked; what never arrived stays last both ways.

function sortable() {
  for (const table of document.querySelectorAll("table"))
    [...table.tHead.rows[0].cells].forEach(head =>
      head.querySelector("button").addEventListener("click", () => {
        const way = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", way);
        resort(table);
      }));
}

function resort(table) {
  const head = table.tHead.querySelector("[aria-sort]");
  if (!head) return;
  const way = head.getAttribute("aria-sort") === "ascending" ? 1 : -1;
  const key = row => row.cells[head.cellIndex].dataset.v ?? row.cells[head.cellIndex].textContent;
  const order = (a, b) => {
    const [x, y] = [Number(key(a)), Number(key(b))];
    if (Number.isNaN(x) || Number.isNaN(y)) return way * key(a).localeCompare(key(b));
    if (x === y) return 0;
    return !Number.isFinite(x) || !Number.isFinite(y) ? x - y || 0 : way * (x - y);
  };
  table.tBodies[0].append(...[...table.tBodies[0].rows].sort(order));
}

sortable();
