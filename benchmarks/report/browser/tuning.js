// How the search went: where each trial ended, and how much the place matters.

const SIXTHS = 6;

function tuning() {
  for (const figure of document.querySelectorAll("[data-plot=landscape]")) {
    const problem = race.problems[figure.dataset.problem];
    const beside = document.querySelector(`[data-plot=sensitivity][data-problem="${figure.dataset.problem}"]`);
    const searched = problem.lines.filter(line => line.space.length && line.trials[0].length);
    if (searched.length) landscape(figure, beside, problem, searched);
  }
}

function landscape(figure, beside, problem, searched) {
  const its = { line: searched.find(line => line.space.length > 1) ?? searched[0], up: 1, along: 0 };
  const two = [];
  const again = () => two.forEach(part => renew(part));
  const up = element("span"), along = element("span");
  const choosers = () => {
    const names = its.line.space.map(([name], n) => [String(n), name]);
    up.replaceChildren(...(names.length > 2
      ? [select("against ", names.slice(1), String(its.up), n => { its.up = Number(n); again(); })] : []));
    along.replaceChildren(select("along ", [...names, ["-1", "the trials in their order"]], String(its.along),
      n => { its.along = Number(n); again(); }));
  };
  const who = select("optimizer ", searched.map(line => [String(line.at), race.optimizers[line.at].name]),
    String(its.line.at), at => {
      its.line = searched.find(line => line.at === Number(at));
      its.up = 1;
      its.along = Math.min(its.along, its.line.space.length - 1);
      choosers();
      again();
    });
  choosers();
  two.push(place(figure, () => terrain(problem, its.line, its.up), [who, up],
    "Each point is a trial; the ring is where the reported runs were tuned to, crosses failed."));
  two.push(place(beside, () => its.along < 0 ? soFar(problem, searched, two[1]) : slice(problem, its, two[1]), [along], ""));
}

// 1 − momentum on a logarithmic axis, as it is searched; other quantities as they are.
function axisOf(line, n) {
  const [name, scale] = line.space[n];
  const complement = scale === "complement", even = scale === "even";
  const values = line.trials[n].map(value => complement ? 1 - value : value);
  const decades = Math.log10(Math.max(...values) / Math.min(...values));
  return {
    values,
    chosen: complement ? 1 - line.chosen[n] : line.chosen[n],
    layout: {
      type: even ? "linear" : "log", dtick: even ? null : decades > 2.5 ? 1 : "D2",
      title: { text: complement ? `1 − ${safe(name)}` : safe(name) },
    },
  };
}

function terrain(problem, line, up) {
  const gaps = line.trials[line.trials.length - 1];
  const x = axisOf(line, 0), flat = line.space.length < 2;
  const y = flat ? { values: gaps, layout: { type: "log", title: { text: problem.quantity } } } : axisOf(line, up);
  const words = line.trials[0].map((_, n) => [
    ...line.space.map(([name], k) => `${safe(name)} ${brief(line.trials[k][n])}`),
    gaps[n] === null ? "failed" : `${problem.quantity} ${brief(gaps[n])}`,
  ].join("<br>"));
  const where = keep => ({
    x: x.values.filter(keep), y: y.values.filter(keep), text: words.filter(keep),
    type: "scatter", mode: "markers", hovertemplate: "%{text}<extra></extra>", meta: line.at,
  });
  const ended = (_, n) => gaps[n] !== null;
  const traces = [
    { ...where(ended), marker: {
      size: 11, color: gaps.filter(ended).map(Math.log10), colorscale: "Viridis", reversescale: true,
      line: { width: 1, color: ink("--soft") }, showscale: true,
      colorbar: { title: { text: `log₁₀<br>${problem.quantity}`, side: "top" }, thickness: 12, outlinewidth: 0 },
    } },
  ];
  if (!flat) {
    traces.push(
      { ...where((_, n) => gaps[n] === null), marker: { size: 9, symbol: "x-thin", line: { width: 2, color: ink("--soft") } } },
      { x: [x.chosen], y: [y.chosen], type: "scatter", mode: "markers", hoverinfo: "skip",
        marker: { size: 19, symbol: "circle-open", color: ink("--c1"), line: { width: 2 } } },
    );
  }
  return { traces, layout: { xaxis: x.layout, yaxis: y.layout } };
}

// What the page leaves out of a long search; results.csv has it.
function left(line) {
  return line.numbers ? ` ${line.numbers.length} of ${line.tried} trials are drawn.` : "";
}

function slice(problem, its, part) {
  const line = its.line, gaps = line.trials[line.trials.length - 1], x = axisOf(line, its.along);
  const there = gaps.map((_, n) => n).filter(n => gaps[n] !== null);
  part.caption.textContent = there.length
    ? `${percent(line.near)} of the trials ended within a factor ${race.near} of the best. The line is the best of each sixth of the range.${left(line)}`
    : "No trial ended well.";
  const look = looksOf(line.at);
  return {
    traces: [
      { x: there.map(n => x.values[n]), y: there.map(n => gaps[n]), type: "scatter", mode: "markers", meta: line.at,
        marker: { size: 8, color: look.line.color },
        hovertemplate: `%{x:.3g}<br>${problem.quantity} %{y:.3g}<extra></extra>` },
      { ...look, ...envelope(there.map(n => x.values[n]), there.map(n => gaps[n]), x.layout.type === "log"),
        hoverinfo: "skip" },
    ],
    layout: { xaxis: x.layout, yaxis: { type: "log", title: { text: `final ${problem.quantity}` } } },
  };
}

function envelope(values, gaps, logarithmic) {
  if (!values.length) return { x: [], y: [] };
  const on = value => logarithmic ? Math.log10(value) : value;
  const off = value => logarithmic ? 10 ** value : value;
  const all = values.map(on), low = Math.min(...all), side = (Math.max(...all) - low) / SIXTHS || 1;
  const x = [], y = [];
  for (let n = 0; n < SIXTHS; n++) {
    const its = gaps.filter((_, k) => Math.min(SIXTHS - 1, Math.floor((all[k] - low) / side)) === n);
    const best = its.length ? Math.min(...its) : null;
    x.push(off(low + n * side), off(low + (n + 1) * side));
    y.push(best, best);
  }
  return { x, y };
}

function soFar(problem, searched, part) {
  part.caption.textContent = "The best of the first so many trials, for every optimizer that is shown.";
  const lines = searched.filter(line => shown(line.at));
  return {
    traces: lines.map(line => {
      const gaps = line.trials[line.trials.length - 1];
      let best = Infinity;
      const y = gaps.map(gap => { best = Math.min(best, gap ?? Infinity); return best < Infinity ? best : null; });
      const trace = { ...looksOf(line.at), x: line.numbers ?? gaps.map((_, n) => n + 1), y,
        hovertemplate: `<b>${safe(race.optimizers[line.at].name)}</b><br>best ${problem.quantity} of %{x}: %{y:.3g}<extra></extra>` };
      trace.line.shape = "hv";
      return trace;
    }),
    layout: { xaxis: { type: "linear", title: { text: "trials" } }, yaxis: { type: "log", title: { text: `best ${problem.quantity} so far` } } },
  };
}
