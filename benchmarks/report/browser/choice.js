// What the reader has chosen, for the whole page: who is shown, which suite, which cost.

const COSTS = ["gradients", "steps", "seconds"];
const choice = { off: new Set(), suite: "", cost: 0, listeners: [] };
let race = null;

const shown = at => !choice.off.has(at);
const colour = look => ink(`--c${look.colour}`);
const ink = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function changed() {
  for (const part of document.querySelectorAll("[data-o]"))
    part.hidden = !shown(Number(part.dataset.o));
  for (const listener of choice.listeners) listener();
}

function element(kind, attributes = {}, ...children) {
  const made = document.createElement(kind);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function button(text, pressed, press) {
  const made = element("button", { type: "button", "aria-pressed": pressed }, text);
  made.addEventListener("click", () => press(made));
  return made;
}

function select(label, options, chosen, choose) {
  const made = element("select");
  for (const [value, text] of options) made.append(new Option(text, value, false, value === chosen));
  made.addEventListener("change", () => choose(made.value));
  return element("label", {}, label, made);
}

function sample(look) {
  const dashes = { solid: "", dash: "5 3", dot: "1.5 2.5", dashdot: "5 2 1 2", longdash: "9 3", longdashdot: "9 2 2 2" };
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 28 8");
  svg.setAttribute("aria-hidden", "true");
  svg.innerHTML = `<line x1="0" x2="28" y1="4" y2="4" stroke="var(--c${look.colour})"
    stroke-width="${look.width + 0.6}" stroke-dasharray="${dashes[look.dash]}"/>`;
  return svg;
}

// One legend for every plot: a click switches a method, a double click leaves it alone.
function legend() {
  const bar = document.getElementById("methods");
  const present = new Set(race.problems.flatMap(problem => problem.lines.map(line => line.at)));
  const chips = new Map();
  const settle = () => {
    for (const [at, chip] of chips) chip.setAttribute("aria-pressed", shown(at));
    changed();
  };
  race.optimizers.forEach((look, at) => {
    if (!present.has(at)) return;
    const chip = button("", true, () => {
      choice.off.has(at) ? choice.off.delete(at) : choice.off.add(at);
      settle();
    });
    chip.append(sample(look), look.name);
    chip.title = "click: switch it on or off; double click: show it alone";
    chip.addEventListener("dblclick", () => {
      choice.off = new Set([...present].filter(other => other !== at));
      settle();
    });
    chips.set(at, chip);
    bar.append(chip);
  });
  const all = element("button", { type: "button" }, "all");
  all.addEventListener("click", () => { choice.off.clear(); settle(); });
  bar.append(all);
}
