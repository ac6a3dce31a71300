// Profiles and scores over the suite, the cost and the methods that the reader has chosen.

const chosenProblems = () =>
  race.problems.filter(problem => !choice.suite || problem.tags.includes(choice.suite));
const chosenMethods = () => {
  const present = new Set(chosenProblems().flatMap(problem => problem.lines.map(line => line.at)));
  return race.optimizers.map((_, at) => at).filter(at => present.has(at) && shown(at));
};

function overview() {
  const controls = document.querySelector("[data-for=overview]");
  if (!controls) return;
  const tags = [...new Set(race.problems.flatMap(problem => problem.tags))].sort();
  const sized = tags.map(tag => [tag, `${tag} (${race.problems.filter(p => p.tags.includes(tag)).length})`]);
  controls.append(
    select("suite ", [["", `all (${race.problems.length})`], ...sized], "", tag => { choice.suite = tag; changed(); }),
    select("cost ", COSTS.map((cost, at) => [String(at), cost]), "0", at => { choice.cost = Number(at); changed(); }),
  );
  profilePlot("performance", { x: "log" }, profile => ratios(profile.costs), () => "factor of the fastest method",
    "Performance profile: higher is better; at 1, the share on which nobody was faster.");
  profilePlot("data", { x: "linear" }, shareOfBudget,
    () => choice.cost === 2 ? "seconds" : `${COSTS[choice.cost]} as a share of the budget of gradients`,
    "Data profile: the share of pairs solved by then; at the right end, solved at all.");
  choice.listeners.push(updateScores, updateGaps);
  updateScores();
}

const shareOfBudget = ({ costs, budgets }) =>
  costs.map((row, pair) => row.map(cost => cost === null ? null : cost / budgets[pair]));

function profilePlot(kind, axes, valuesOf, title, caption) {
  const figure = document.querySelector(`[data-plot=${kind}]`);
  const again = () => renew(its);
  const its = place(figure, () => {
    const methods = chosenMethods();
    const values = valuesOf(costsOf(chosenProblems(), methods, choice.cost));
    const every = values.flat().filter(value => value !== null);
    const least = Math.min(...every, 1), most = Math.max(...every, least * 1.01);
    const start = kind === "performance" ? 1 : axes.x === "log" ? least : 0;
    const end = kind === "performance" ? Math.max(most, 2) : most;
    const traces = methods.map((at, method) => {
      const stairs = staircase(values.map(row => row[method]), values.length);
      const before = kind === "performance" && stairs.x[0] === 1 ? [] : [start];
      const last = stairs.y.length ? stairs.y[stairs.y.length - 1] : 0;
      return {
        ...looksOf(at), x: [...before, ...stairs.x, end], y: [...before.map(() => 0), ...stairs.y, last],
        hovertemplate: `<b>${safe(race.optimizers[at].name)}</b><br>%{y:.0%} within %{x:.3g}<extra></extra>`,
      };
    });
    traces.forEach(trace => { trace.line.shape = "hv"; });
    const range = axes.x === "log" ? logRange(start, end) : [start, end * 1.02];
    return { traces, layout: {
      xaxis: { type: axes.x, title: { text: title() }, range, dtick: axes.x === "log" && end / start > 30 ? 1 : null },
      yaxis: { title: { text: "share of pairs" }, tickformat: ".0%", range: [-0.02, 1.03] },
    } };
  }, axisButtons(axes, again), caption);
}

function looksOf(at) {
  const look = race.optimizers[at];
  return {
    name: safe(look.name), meta: at, type: "scatter", mode: "lines",
    line: { color: colour(look), dash: look.dash, width: look.width },
  };
}

function updateScores() {
  const table = document.getElementById("scores"), methods = chosenMethods();
  const { costs, owners } = costsOf(chosenProblems(), methods, choice.cost);
  const factors = ratios(costs);
  const told = new Map(scores(costs, owners, methods).map((score, method) => {
    const its = factors.map(row => row[method]);
    const fastest = its.filter(ratio => ratio === 1).length / its.length;
    const solved = its.filter(ratio => ratio !== null).length / its.length;
    return [score.at, [
      [String(score.group), score.group], [score.area.toFixed(3), score.area],
      [`${score.low.toFixed(3)} … ${score.high.toFixed(3)}`, score.low],
      [percent(fastest), fastest], [percent(solved), solved],
    ]];
  }));
  const rows = [...table.tBodies[0].rows];
  for (const row of rows) {
    const its = told.get(Number(row.dataset.o));
    row.hidden = !its;
    (its ?? []).forEach(([text, value], n) => setCell(row.cells[n + 1], text, value));
  }
  resort(table);
}

function setCell(cell, text, value) {
  cell.textContent = text;
  cell.dataset.v = value;
}

function updateGaps() {
  for (const row of document.querySelectorAll("#gaps tbody tr"))
    row.hidden = Boolean(choice.suite) && !row.dataset.tags.split(" ").includes(choice.suite);
}
