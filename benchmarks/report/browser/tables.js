// Tables that sort, costs that change, and derivations that open beside what is being read.

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

function updateTolls() {
  for (const table of document.querySelectorAll("table.results")) {
    const problem = race.problems[table.dataset.problem];
    const lines = new Map(problem.lines.map(line => [line.at, line]));
    for (const row of table.tBodies[0].rows)
      [...row.querySelectorAll(".toll")].forEach((cell, target) => {
        const spent = lines.get(Number(row.dataset.o)).tolls[target]?.[choice.cost] ?? null;
        setCell(cell, spent === null || choice.cost === 2 ? brief(spent) : spent.toFixed(0), spent ?? Infinity);
      });
    const heads = [...table.tHead.querySelectorAll("[data-toll]")];
    heads.forEach((head, target) => {
      head.querySelector("button").replaceChildren(`${COSTS[choice.cost]} to `, element("i", {}, head.dataset.toll));
      head.title = `${COSTS[choice.cost]} until the ${problem.quantity} ${problem.targets[target]}`;
    });
    resort(table);
  }
}

function derivation(at) {
  const panel = document.getElementById("derivation"), card = document.getElementById(`card-${at}`);
  if (!card) return;
  const copy = card.cloneNode(true);
  copy.removeAttribute("id");
  panel.querySelector("div").replaceChildren(copy);
  panel.hidden = false;
  panel.scrollTop = 0;
}

function derivations() {
  const panel = document.getElementById("derivation");
  if (!panel) return;
  panel.querySelector(".close").addEventListener("click", () => { panel.hidden = true; });
  document.addEventListener("keydown", event => { if (event.key === "Escape") panel.hidden = true; });
  for (const name of document.querySelectorAll("a.name"))
    name.addEventListener("click", event => {
      event.preventDefault();
      derivation(Number(name.getAttribute("href").replace("#card-", "")));
    });
}
