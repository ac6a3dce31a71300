// Profiles and scores, as benchmarks/report/profiles.py computes them; a test compares the two.

const RESAMPLES = 999, TAIL = 0.025;

// The costs of each (problem, target) pair by method, null where the target was never reached.
function costsOf(problems, methods, cost) {
  const costs = [], owners = [], budgets = [];
  for (const problem of problems) {
    const lines = new Map(problem.lines.map(line => [line.at, line]));
    problem.targets.forEach((_, target) => {
      costs.push(methods.map(at => lines.get(at)?.tolls[target]?.[cost] ?? null));
      owners.push(problem.name);
      budgets.push(cost === 2 ? 1 : problem.budget);
    });
  }
  return { costs, owners, budgets };
}

function ratios(costs) {
  return costs.map(row => {
    const least = Math.min(...row.filter(cost => cost !== null));
    return row.map(cost => cost === null ? null : cost / least);
  });
}

// The corners of the staircase that is a method's profile: where it rises, and how high.
function staircase(values, pairs) {
  const sorted = values.filter(value => value !== null).sort((a, b) => a - b);
  const x = [], y = [];
  sorted.forEach((value, n) => {
    if (value === sorted[n + 1]) return;
    x.push(value);
    y.push((n + 1) / pairs);
  });
  return { x, y };
}

function credits(costs) {
  return ratios(costs).map(row => row.map(ratio =>
    ratio === null ? 0 : Math.min(1, Math.max(0, 1 - Math.log(ratio) / Math.log(race.widest)))));
}

function resamples(size) {
  const drawn = [];
  let state = 1;
  for (let n = 0; n < RESAMPLES; n++) {
    const one = [];
    for (let place = 0; place < size; place++) {
      state = (1664525 * state + 1013904223) % 2 ** 32;
      one.push(Math.floor(state * size / 2 ** 32));
    }
    drawn.push(one);
  }
  return drawn;
}

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1), below = Math.floor(at);
  return sorted[below] + (at - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
}

function scores(costs, owners, methods) {
  const names = [...new Set(owners)];
  const earned = names.map(() => methods.map(() => 0)), sizes = names.map(() => 0);
  credits(costs).forEach((row, pair) => {
    const at = names.indexOf(owners[pair]);
    row.forEach((credit, method) => { earned[at][method] += credit; });
    sizes[at] += 1;
  });
  const area = (drawn, method) =>
    drawn.reduce((sum, at) => sum + earned[at][method], 0) / drawn.reduce((sum, at) => sum + sizes[at], 0);
  const every = names.map((_, at) => at), drawn = resamples(names.length);
  const told = methods.map((at, method) => {
    const resampled = drawn.map(one => area(one, method));
    return {
      at, area: area(every, method), resampled, group: 0,
      low: quantile(resampled, TAIL), high: quantile(resampled, 1 - TAIL),
    };
  });
  let waiting = [...told].sort((a, b) => b.area - a.area);
  for (let group = 1; waiting.length; group++) {
    const best = waiting[0];
    for (const its of waiting)
      if (quantile(best.resampled.map((value, n) => value - its.resampled[n]), TAIL) <= 0) its.group = group;
    waiting = waiting.filter(its => !its.group);
  }
  return told;
}
