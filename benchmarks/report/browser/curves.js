// Convergence: the median gap against gradients, with its quartiles as a band.

function curves() {
  for (const figure of document.querySelectorAll("[data-plot=convergence]"))
    convergence(figure, race.problems[figure.dataset.problem]);
}

function convergence(figure, problem) {
  const axes = { x: "linear", y: "log" };
  const again = () => renew(its);
  const its = place(figure, () => {
    const lines = problem.lines.filter(line => shown(line.at) && line.curve[1].length);
    const y = axes.y === "log" ? { range: reach(problem, lines) } : { rangemode: "tozero" };
    const x = axes.x === "log" ? { range: logRange(1, problem.budget) } : { range: [0, problem.budget * 1.01] };
    return {
      traces: [...lines.map(line => band(problem, line)), ...lines.map(line => curve(problem, line))],
      layout: {
        xaxis: { type: axes.x, title: { text: "gradient evaluations" }, ...x },
        yaxis: {
          type: axes.y, title: { text: problem.quantity === "gap" ? "loss − minimum" : "loss" }, ...y,
          dtick: axes.y === "log" ? Math.max(1, Math.round((y.range[1] - y.range[0]) / 8)) : null,
        },
        ...targets(problem, axes.y, y.range),
      },
    };
  }, axisButtons(axes, again),
    `Median ${problem.noisy ? "of the averaged" : "of the least"} ${problem.quantity} over seeds; bands are quartiles. ` +
    "Drag to zoom, double click to return; click a curve for its derivation.");
}

function curve(problem, line) {
  const name = safe(race.optimizers[line.at].name);
  const state = line.state ? `<br>${safe(line.state)}` : "";
  return {
    ...looksOf(line.at), x: problem.checkpoints, y: line.curve[1],
    hovertemplate: `<b>${name}</b>${state}<br>${problem.quantity} %{y:.3g} after %{x}<extra></extra>`,
  };
}

function band(problem, line) {
  const [low, , high] = line.curve;
  const there = problem.checkpoints.map((_, n) => n).filter(n => low[n] !== null && high[n] !== null);
  const back = [...there].reverse();
  return {
    x: [...there, ...back].map(n => problem.checkpoints[n]),
    y: [...there.map(n => low[n]), ...back.map(n => high[n])],
    type: "scatter", mode: "none", fill: "toself", hoverinfo: "skip", opacity: 0.16,
    fillcolor: colour(race.optimizers[line.at]),
  };
}

// Down to a little below the second best, so that one deep dive hides nobody.
function reach(problem, lines) {
  const finals = lines.map(line => line.curve[1][line.curve[1].length - 1]).filter(gap => gap !== null);
  const all = lines.flatMap(line => line.curve[1]).filter(gap => gap !== null);
  if (!all.length) return [-1, 1];
  finals.sort((a, b) => a - b);
  const second = finals[Math.min(1, finals.length - 1)] ?? Math.min(...all);
  const low = Math.max(Math.min(second / 30, problem.targets[problem.targets.length - 1] / 10), problem.floor / 3);
  return logRange(Math.min(low, Math.min(...all.filter(gap => gap > low), Infinity)), all.reduce((a, b) => Math.max(a, b)));
}

function targets(problem, type, range) {
  const seen = problem.targets.filter(target => type === "log" && Math.log10(target) > range[0] && Math.log10(target) < range[1]);
  return {
    shapes: seen.map(target => ({
      type: "line", xref: "paper", x0: 0, x1: 1, y0: target, y1: target, layer: "below",
      line: { color: ink("--soft"), width: 1, dash: "dot" },
    })),
    annotations: seen.map(target => ({
      xref: "paper", x: 0, xanchor: "left", y: Math.log10(target), yanchor: "bottom", showarrow: false,
      text: `target ${target < 1e-3 ? target.toExponential() : target}`, font: { size: 10, color: ink("--soft") }, borderpad: 0,
    })),
  };
}
