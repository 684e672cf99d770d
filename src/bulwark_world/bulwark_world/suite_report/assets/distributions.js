// Histograms of the figures that a suite is judged by.

const SHOWN = ["stop_gap_m", "latest_brake_margin_s", "warn_lead_s", "impact_kmh"];
const BINS = 28;

class Distributions {
  constructor(filters) {
    this.filters = filters;
  }

  show(runs) {
    const charts = SHOWN.filter((name) => name in SUITE.columns).map((name) => this.chart(name, runs));
    byId("distributions").replaceChildren(...charts);
  }

  chart(name, runs) {
    const having = runs.filter((run) => run[name] !== null && run[name] !== undefined);
    const values = having.map((run) => run[name]).sort((a, b) => a - b);
    const [label, unit] = named(name);
    const head = make("figcaption", {}, make("b", {}, label), make("span", { class: "muted" }, ` ${this.words(values, unit)}`));
    return make("figure", { class: "distribution" }, head, ...(values.length ? [this.bars(name, having, values)] : []));
  }

  words(values, unit) {
    if (!values.length) return "in no run";
    const at = (share) => format(values[Math.round(share * (values.length - 1))]);
    if (values.length < 5) return `${values.map((value) => format(value)).join(", ")} ${unit}`;
    return `${values.length} runs: 5 % below ${at(0.05)}, median ${at(0.5)}, 5 % above ${at(0.95)} ${unit}`;
  }

  bars(name, runs, values) {
    const ticks = niceTicks(Math.min(0, values[0]), values.at(-1), 5);
    const [low, high] = [ticks[0], ticks.at(-1)];
    const width = (high - low) / BINS;
    const bins = Array.from({ length: BINS }, () => ({ passed: 0, failed: 0 }));
    for (const run of runs) bins[clamp(Math.floor((run[name] - low) / width), 0, BINS - 1)][run.passed ? "passed" : "failed"] += 1;
    const most = Math.max(...bins.map((bin) => bin.passed + bin.failed));
    const parts = bins.flatMap((bin, i) => this.bar(name, bin, i, low + i * width, width, most));
    const labels = ticks.map((tick) => makeSvg("text", { x: `${(100 * (tick - low)) / (high - low)}%`, y: 76, "text-anchor": tick === low ? "start" : tick === high ? "end" : "middle" }, shown(tick)));
    const zero = low < 0 ? [makeSvg("line", { class: "zero", x1: `${(-100 * low) / (high - low)}%`, x2: `${(-100 * low) / (high - low)}%`, y1: 0, y2: 62 })] : [];
    return makeSvg("svg", { height: 80, role: "img", "aria-label": `Distribution of ${named(name)[0]}` }, ...zero, ...parts, makeSvg("line", { class: "base", x1: 0, x2: "100%", y1: 62, y2: 62 }), ...labels);
  }

  bar(name, { passed, failed }, i, low, width, most) {
    if (!passed && !failed) return [];
    const x = `${(100 * i) / BINS}%`;
    const wide = `${84 / BINS}%`;
    const heights = [failed, passed].map((count) => (count ? Math.max(2, (58 * count) / most) : 0));
    const [label, unit] = named(name);
    const words = `${label} ${format(low)} to ${format(low + width)} ${unit}: ${passed} passed, ${failed} failed`;
    const group = makeSvg(
      "g",
      { class: "bin" },
      makeSvg("title", {}, words),
      makeSvg("rect", { class: "hit", x, width: `${100 / BINS}%`, y: 0, height: 62 }),
      makeSvg("rect", { class: "failed", x, width: wide, y: 62 - heights[0], height: heights[0] }),
      makeSvg("rect", { class: "passed", x, width: wide, y: 62 - heights[0] - heights[1], height: heights[1] }),
    );
    group.addEventListener("click", () =>
      this.filters.addChip(`${label} ${format(low)} to ${format(low + width)} ${unit}`, (run) => run[name] !== null && run[name] >= low - 1e-9 && run[name] <= low + width + 1e-9),
    );
    return [group];
  }
}
