// Costs that change in the tables, and derivations that open beside what is being read.

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
