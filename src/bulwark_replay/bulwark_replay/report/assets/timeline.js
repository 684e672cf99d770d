// Bars and curves over the run's time, with one cursor through all of them.

const CHART_HEIGHT = 92;
const BAR_HEIGHT = 24;
const PAD = { left: 40, right: 12, top: 8, bottom: 8 };

class Timeline {
  constructor(host, seek) {
    this.host = host;
    this.rows = [
      ...(RUN.events.length ? [new EventRow()] : []),
      ...RUN.bars.map((bar) => new BarRow(bar)),
      ...RUN.charts.map((chart) => new ChartRow(chart)),
      new AxisRow(),
    ];
    this.cursor = make("div", { class: "cursor" });
    host.append(...this.rows.map((row) => row.element), this.cursor);
    new ResizeObserver(() => this.layout()).observe(host);
    this.watchPointer(seek);
  }

  layout() {
    this.width = this.rows[0].plot.getBoundingClientRect().width;
    for (const row of this.rows) row.draw(this.width);
    this.show(this.time ?? 0);
  }

  show(t) {
    this.time = t;
    const plot = this.rows[0].plot.getBoundingClientRect();
    const left = plot.left - this.host.getBoundingClientRect().left - this.host.clientLeft;
    this.cursor.style.left = `${left + toX(t, plot.width)}px`;
    for (const row of this.rows) row.show?.(t);
  }

  watchPointer(seek) {
    const seekTo = (event) => {
      const plot = this.rows[0].plot.getBoundingClientRect();
      const share = (event.clientX - plot.left - PAD.left) / (plot.width - PAD.left - PAD.right);
      if (share > -0.05) seek(clamp(share, 0, 1) * RUN.end);
    };
    this.host.addEventListener("pointerdown", (event) => {
      this.host.setPointerCapture(event.pointerId);
      seekTo(event);
    });
    this.host.addEventListener("pointermove", (event) => {
      if (this.host.hasPointerCapture(event.pointerId)) seekTo(event);
    });
  }
}

const toX = (t, width) => PAD.left + (t / (RUN.end || 1)) * (width - PAD.left - PAD.right);

class Row {
  constructor(title, height) {
    this.height = height;
    this.label = make("div", {}, make("div", { class: "heading" }, title));
    this.plot = makeSvg("svg", { class: "plot", height, role: "img", "aria-label": title || "Time" });
    this.element = make("div", { class: "row" }, this.label, this.plot);
  }
}

class EventRow extends Row {
  constructor() {
    super("Events", 18);
  }

  draw(width) {
    this.plot.replaceChildren(
      ...RUN.events.map((event) => {
        const x = toX(event.t, width);
        const mark = makeSvg("path", { class: `mark tone-${event.tone}`, d: `M${x} 16l-5-12h10z` });
        mark.append(makeSvg("title", {}, `${event.kind}: ${event.text}`));
        return mark;
      }),
    );
  }
}

class BarRow extends Row {
  constructor(bar) {
    super(bar.title, BAR_HEIGHT);
    this.bar = bar;
  }

  draw(width) {
    this.plot.replaceChildren(...this.bar.spans.flatMap((span) => this.drawSpan(span, width)));
  }

  drawSpan([start, end, label, tone], width) {
    const x = toX(start, width);
    const wide = Math.max(toX(end, width) - x, 2);
    const rect = makeSvg("rect", { class: `span tone-${tone}`, x, y: 2.5, width: wide, height: BAR_HEIGHT - 5, rx: 3 });
    rect.append(makeSvg("title", {}, `${label}, ${format(start)} to ${format(end)} s`));
    const fits = wide > 7 * label.length + 10;
    return fits ? [rect, makeSvg("text", { class: "span-label", x: x + 7, y: 16 }, label)] : [rect];
  }
}

class ChartRow extends Row {
  constructor(chart) {
    super(chart.unit ? `${chart.title} [${chart.unit}]` : chart.title, CHART_HEIGHT);
    this.chart = chart;
    this.values = chart.series.map((series, i) => {
      const value = make("b");
      const swatch = make("i", { style: `--swatch: var(--curve-${i % 4})` });
      this.label.append(make("div", { class: "entry" }, swatch, series.name, value));
      return value;
    });
  }

  draw(width) {
    const ticks = niceTicks(...this.range());
    const [low, high] = [ticks[0], ticks[ticks.length - 1]];
    const toY = (v) => PAD.top + ((high - v) / (high - low)) * (CHART_HEIGHT - PAD.top - PAD.bottom);
    this.plot.replaceChildren(
      ...ticks.flatMap((tick) => [
        makeSvg("line", { class: "grid", x1: PAD.left, x2: width - PAD.right, y1: toY(tick), y2: toY(tick) }),
        makeSvg("text", { x: PAD.left - 7, y: toY(tick) + 4, "text-anchor": "end" }, `${tick}`),
      ]),
      ...this.chart.series.map((series, i) =>
        makeSvg("path", { class: "curve", d: curve(series, width, toY), style: `stroke: var(--curve-${i % 4})` }),
      ),
    );
  }

  range() {
    const values = this.chart.series.flatMap((series) => series.v).filter((v) => v !== null);
    for (const bound of [this.chart.low, this.chart.high]) if (bound !== null) values.push(bound);
    if (!values.length) return [0, 1];
    return values.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, -Infinity]);
  }

  show(t) {
    this.chart.series.forEach((series, i) => (this.values[i].textContent = format(valueAt(series, t))));
  }
}

class AxisRow extends Row {
  constructor() {
    super("", 22);
  }

  draw(width) {
    const ticks = niceTicks(0, RUN.end || 1, clamp(Math.floor(width / 90), 2, 12)).filter((t) => t <= RUN.end + 1e-9);
    this.plot.replaceChildren(
      ...ticks.map((t) => makeSvg("text", { x: toX(t, width), y: 14, "text-anchor": "middle" }, `${t} s`)),
    );
  }
}

const valueAt = (series, t) => (series.t.length && series.t[0] <= t + 1e-6 ? series.v[lastAt(series.t, t)] : null);

function curve({ t, v }, width, toY) {
  let path = "";
  let pen = "M";
  t.forEach((time, i) => {
    if (v[i] === null) pen = "M";
    else {
      path += `${pen}${toX(time, width).toFixed(1)} ${toY(v[i]).toFixed(1)}`;
      pen = "L";
    }
  });
  return path;
}
