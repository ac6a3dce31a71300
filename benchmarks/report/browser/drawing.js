// Plots are drawn when they come into view, and again when something they show has changed.

const places = [];

function place(figure, draw, bar, caption) {
  const area = element("div", { class: "area" });
  const its = { figure, area, draw, caption: element("figcaption", {}, caption), inView: false };
  figure.classList.add("stale");
  figure.append(element("div", { class: "bar" }, ...bar), area, its.caption);
  places.push(its);
  watcher.observe(figure);
  return its;
}

const watcher = new IntersectionObserver(
  entries => {
    for (const entry of entries) {
      const its = places.find(place => place.figure === entry.target);
      its.inView = entry.isIntersecting;
      refresh(its);
    }
  },
  { rootMargin: "300px" },
);

function refresh(its, anyway = false) {
  if (!its.figure.classList.contains("stale") || !(its.inView || anyway) || !window.Plotly) return;
  const { traces, layout } = its.draw();
  Plotly.react(its.area, traces, merged(base(), layout), CONFIG);
  its.figure.classList.remove("stale");
  if (its.listening) return;
  its.listening = true;
  its.area.on("plotly_click", event => {
    const at = event.points[0].data.meta;
    if (at !== undefined) derivation(at);
  });
}

function renew(its, anyway = false) {
  its.figure.classList.add("stale");
  refresh(its, anyway);
}

function redraw(anyway = false) {
  for (const its of places) renew(its, anyway);
}

const CONFIG = {
  responsive: true,
  displaylogo: false,
  showSendToCloud: false, // nothing leaves this page
  modeBarButtonsToRemove: ["lasso2d", "select2d", "autoScale2d"],
  toImageButtonOptions: { format: "svg" },
};

function base() {
  const axis = {
    gridcolor: ink("--rule"), linecolor: ink("--soft"), zerolinecolor: ink("--rule"),
    showline: true, ticks: "outside", tickcolor: ink("--rule"), automargin: true,
    exponentformat: "power", showexponent: "all",
  };
  return {
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false,
    font: { color: ink("--ink"), size: 12, family: "system-ui, 'DejaVu Sans', sans-serif" },
    margin: { l: 55, r: 12, t: 26, b: 45 },
    hovermode: "closest",
    hoverlabel: { bgcolor: ink("--shade"), bordercolor: ink("--soft"), font: { color: ink("--ink") }, align: "left" },
    modebar: { bgcolor: "rgba(0,0,0,0)", color: ink("--soft"), activecolor: ink("--ink") },
    xaxis: { ...axis }, yaxis: { ...axis },
  };
}

function merged(one, other) {
  const both = { ...one };
  for (const [key, value] of Object.entries(other))
    both[key] = value && one[key] && value.constructor === Object ? merged(one[key], value) : value;
  return both;
}

// Plotly reads some HTML in its texts; names and messages come from outside.
const safe = text => String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
const percent = share => `${Math.round(100 * share)} %`;
const brief = value => value === null || value === undefined ? "–" : Number(value.toPrecision(3)).toString();

// Buttons that turn an axis from linear to logarithmic and back.
function axisButtons(axes, again) {
  return Object.keys(axes).map(axis =>
    button(`log ${axis}`, axes[axis] === "log", pressed => {
      axes[axis] = axes[axis] === "log" ? "linear" : "log";
      pressed.setAttribute("aria-pressed", axes[axis] === "log");
      again();
    }));
}

function logRange(low, high) {
  const [from, to] = [Math.log10(low), Math.log10(high)];
  const rim = 0.04 * (to - from || 1);
  return [from - rim, to + rim];
}
