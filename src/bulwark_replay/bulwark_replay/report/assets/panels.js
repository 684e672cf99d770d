// Values at the cursor, events, the camera's picture, colours, latencies.

class Readouts {
  constructor(host) {
    this.badges = RUN.bars.map((bar) => {
      const badge = make("span", { class: "badge" });
      host.append(make("div", {}, make("div", { class: "name" }, bar.title), badge));
      return badge;
    });
    this.values = RUN.charts.flatMap((chart) =>
      chart.series.map((series) => {
        const value = make("span");
        const unit = make("span", { class: "unit" }, ` ${chart.unit}`);
        host.append(make("div", {}, make("div", { class: "name" }, RUN.beside.length ? `${chart.title} ${series.name}` : series.name), make("div", { class: "value" }, value, unit)));
        return [series, value];
      }),
    );
    host.hidden = !host.children.length;
  }

  show(t) {
    RUN.bars.forEach((bar, i) => {
      const span = bar.spans.find(([, end]) => t < end - 1e-6) ?? bar.spans.at(-1);
      this.badges[i].textContent = span ? span[2] : "–";
      this.badges[i].className = `badge tone-${span ? span[3] : "idle"}`;
    });
    for (const [series, value] of this.values) value.textContent = format(valueAt(series, t));
  }
}

class Events {
  constructor(host, seek) {
    this.buttons = RUN.events.map((event) => {
      const text = make("span", {}, make("span", { class: "kind" }, event.kind), ` ${event.text}`);
      const when = make("span", { class: "when" }, `${event.t.toFixed(2)} s`);
      const button = make("button", { type: "button" }, when, make("span", { class: `dot tone-${event.tone}` }), text);
      button.addEventListener("click", () => seek(event.t));
      host?.append(make("li", {}, button));
      return button;
    });
    this.times = RUN.events.map((event) => event.t);
  }

  show(t) {
    const current = this.times.length && this.times[0] <= t + 1e-6 ? lastAt(this.times, t) : -1;
    this.buttons.forEach((button, i) => button.setAttribute("aria-current", String(i === current)));
  }
}

class Picture {
  constructor() {
    this.frames = RUN.frames.filter((frame) => frame.jpeg);
    this.times = this.frames.map((frame) => frame.t);
    if (this.frames.length) byId("picture-panel").hidden = false;
  }

  show(t) {
    if (!this.frames.length) return;
    const source = `data:image/jpeg;base64,${this.frames[lastAt(this.times, t)].jpeg}`;
    if (byId("picture").src !== source) byId("picture").src = source;
  }
}

function showLegend() {
  const used = new Set(RUN.labels.map((label) => groupOf(label)[0]));
  const entries = GROUPS.filter(([name]) => used.has(name)).map(([name, words]) => [name, words]);
  if (RUN.frames.some((frame) => frame.points)) entries.push(["muted", "obstacle points"]);
  byId("legend")?.append(
    ...entries.map(([name, words]) => make("li", {}, make("i", { style: `--swatch: var(--${name})` }), words)),
  );
}

function showLatencies() {
  byId("latencies")?.append(...RUN.latencies.map(latencyRow));
}

function latencyRow(latency) {
  const number = (value, unit = " ms") =>
    make("td", { class: "number" }, value === null ? "–" : `${format(value)}${unit}`);
  const calls = make("td", { class: "number" }, `${latency.calls}`);
  const cells = [latency.p50, latency.p99, latency.max, latency.budget].map((value) => number(value));
  return make("tr", {}, make("td", {}, latency.name), calls, ...cells, make("td", {}, histogram(latency)));
}

function histogram({ bins, max, budget, name }) {
  const most = Math.max(...bins, 1);
  const end = Math.max(max ?? 1, budget ?? 0) || 1;
  const wide = (100 * ((max ?? 1) / end)) / bins.length;
  const bars = bins.map((count, i) => {
    const height = count ? Math.max(1.5, 28 * Math.sqrt(count / most)) : 0;
    return makeSvg("rect", { x: i * wide, y: 29 - height, width: wide * 0.85, height });
  });
  const svg = makeSvg("svg", { viewBox: "0 0 100 30", preserveAspectRatio: "none", role: "img", "aria-label": `Distribution of ${name}` }, ...bars);
  if (budget !== null) {
    const x = (100 * budget) / end - 0.2;
    svg.append(makeSvg("line", { x1: x, x2: x, y1: 0, y2: 30, "vector-effect": "non-scaling-stroke" }));
  }
  return svg;
}
