// One heat map on a canvas: a cell for each pair of values, or a dot for each run where they are many.

const CELL = { least: 5, most: 52, low: 14, high: 30 };
const DOT = 5;
const FOOT = 40;
const HEAD = 20;

class HeatMap {
  constructor({ title, runs, x, y, scale, onOpen, onPoint }) {
    Object.assign(this, { runs, x, y, scale, onOpen, onPoint });
    this.canvas = make("canvas", { tabindex: "0", role: "img", "aria-label": this.describe(title) });
    this.element = make("figure", { class: "map" }, ...(title ? [make("figcaption", {}, title)] : []), this.canvas);
    this.isScatter = x.isScatter || Boolean(y?.isScatter);
    this.spots = this.isScatter ? this.dots() : this.cells();
    this.current = null;
    this.watch();
  }

  describe(title) {
    const failed = this.runs.filter((run) => !run.passed).length;
    return `Heat map ${title ?? ""} of ${this.runs.length} runs over ${this.x.label}${this.y ? ` and ${this.y.label}` : ""}, ${failed} failed; arrow keys move, Enter opens`;
  }

  /** Runs that share a place, by column and row. */
  cells() {
    const columns = new Map(this.x.values.map((value, i) => [value, i]));
    const rows = new Map((this.y?.values ?? []).map((value, i) => [value, i]));
    const found = new Map();
    for (const run of this.runs) {
      const column = columns.get(this.x.of(run));
      const row = this.y ? rows.get(this.y.of(run)) : 0;
      if (column === undefined || row === undefined) continue;
      const key = row * this.x.values.length + column;
      if (!found.has(key)) found.set(key, { column, row, runs: [] });
      found.get(key).runs.push(run);
    }
    return [...found.values()];
  }

  dots() {
    const share = (axis, run) => {
      if (!axis) return 0.5;
      const value = axis.of(run);
      if (!axis.isNumber) return (axis.values.indexOf(value) + 0.5) / axis.values.length;
      const [low, high] = [axis.values[0], axis.values.at(-1)];
      return (value - low) / (high - low);
    };
    return this.runs
      .filter((run) => this.x.of(run) !== null && (!this.y || this.y.of(run) !== null))
      .map((run) => ({ column: share(this.x, run), row: share(this.y, run), runs: [run] }));
  }

  layout() {
    const columns = this.x.values.length;
    const rows = this.y?.values.length ?? 1;
    this.left = this.y ? clamp(14 + 6.3 * Math.max(...this.y.values.map((value) => shown(value).length)), 44, 150) : 12;
    const available = Math.max(this.element.clientWidth, 160) - this.left - 10;
    this.cellWide = clamp(available / columns, CELL.least / 2, CELL.most);
    this.cellHigh = this.y ? clamp(420 / rows, CELL.low / 2, CELL.high) : 36;
    this.top = this.y ? HEAD : 4;
    this.wide = this.isScatter ? available : this.cellWide * columns;
    this.high = this.isScatter ? (this.y ? 320 : 60) : this.cellHigh * rows;
  }

  draw() {
    if (!this.element.clientWidth) return;
    this.layout();
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [this.left + this.wide + 10, this.top + this.high + FOOT + 4];
    Object.assign(this.canvas, { width: Math.ceil(width * ratio), height: Math.ceil(height * ratio) });
    Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    const context = this.canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.context = context;
    context.fillStyle = colour("raised");
    context.fillRect(this.left, this.top, this.wide, this.high);
    this.drawAxes();
    for (const spot of this.spots) this.drawSpot(spot);
    if (this.current) this.outline(this.current);
  }

  /** Where a spot is: left, top, width, height [px]. */
  box({ column, row }) {
    if (this.isScatter) {
      const inset = DOT + 2;
      const x = this.left + inset + column * (this.wide - 2 * inset);
      const y = this.top + inset + (1 - row) * (this.high - 2 * inset);
      return [x - DOT, y - DOT, 2 * DOT, 2 * DOT];
    }
    const fromTop = (this.y?.values.length ?? 1) - 1 - row;
    return [this.left + column * this.cellWide, this.top + fromTop * this.cellHigh, this.cellWide, this.cellHigh];
  }

  drawSpot(spot) {
    const run = worst(spot.runs);
    const [x, y, wide, high] = this.box(spot);
    const style = this.scale.of(run);
    const context = this.context;
    const gap = this.isScatter ? 0 : wide > 7 ? 1 : 0.25;
    context.fillStyle = style ?? this.hatch();
    context.beginPath();
    if (this.isScatter) context.arc(x + DOT, y + DOT, DOT, 0, 2 * Math.PI);
    else context.rect(x, y, wide - gap, high - (high > 7 ? 1 : 0.25));
    context.fill();
    if (!run.passed) this.drawCross(x, y, wide, high, style);
    else if (wide >= 30 && high >= 14) this.drawValue(run, x, y, wide, high, style);
  }

  drawValue(run, x, y, wide, high, style) {
    const value = this.scale.isVerdict ? null : run[this.scale.measure];
    if (value === null || value === undefined) return;
    this.words(format(value), x + wide / 2, y + high / 2 + 4, "center", inkOn(style));
  }

  drawCross(x, y, wide, high, style) {
    const size = Math.min(wide, high, 16) * 0.24;
    const [cx, cy] = [x + wide / 2 - 0.5, y + high / 2 - 0.5];
    const context = this.context;
    context.strokeStyle = style ? inkOn(style) : colour("ink");
    context.lineWidth = size > 2.5 ? 1.6 : 1;
    context.beginPath();
    context.moveTo(cx - size, cy - size);
    context.lineTo(cx + size, cy + size);
    context.moveTo(cx + size, cy - size);
    context.lineTo(cx - size, cy + size);
    context.stroke();
  }

  hatch() {
    const tile = make("canvas", { width: 6, height: 6 });
    const context = tile.getContext("2d");
    context.strokeStyle = colour("idle");
    for (const shift of [-6, 0, 6]) {
      context.moveTo(shift, 6);
      context.lineTo(shift + 6, 0);
    }
    context.stroke();
    return this.context.createPattern(tile, "repeat");
  }

  drawAxes() {
    const { x, y, left, top, high, wide } = this;
    const foot = top + high + 15;
    for (const [value, at] of this.tickPlaces(x, wide, 6.5 * longest(x) + 9)) this.words(shown(value), left + at, foot, "center");
    this.words(x.label, left + wide / 2, foot + 18, "center", colour("ink"), 600);
    if (!y) return;
    this.words(y.label, left, top - 7, "left", colour("ink"), 600);
    for (const [value, at] of this.tickPlaces(y, high, 13)) this.words(shown(value), left - 7, top + high - at + 4, "right");
  }

  /** Values with their distance from the axis's beginning [px], at least `apart`. */
  tickPlaces(axis, length, apart) {
    if (this.isScatter && axis.isNumber) {
      const [low, high] = [axis.values[0], axis.values.at(-1)];
      const ticks = niceTicks(low, high, Math.max(2, Math.floor(length / (2 * apart))));
      const inset = DOT + 2;
      return ticks.filter((tick) => tick >= low && tick <= high).map((tick) => [tick, inset + ((tick - low) / (high - low)) * (length - 2 * inset)]);
    }
    const step = length / axis.values.length;
    const every = Math.ceil(apart / step);
    const first = axis.isNumber && every > 1 ? Math.max(0, axis.values.findIndex((value) => value % (every > 4 ? 10 : 5) === 0)) : 0;
    const each = axis.isNumber && every > 1 ? roundUp(every) : every;
    return axis.values.map((value, i) => [value, (i + 0.5) * step]).filter((_, i) => i >= first && (i - first) % each === 0);
  }

  words(text, x, y, align, style = colour("muted"), weight = 400) {
    const context = this.context;
    context.font = `${weight} 11px system-ui, sans-serif`;
    context.fillStyle = style;
    context.textAlign = align;
    context.fillText(text, x, y);
  }

  outline(spot) {
    const [x, y, wide, high] = this.box(spot);
    this.context.strokeStyle = colour("ink");
    this.context.lineWidth = 2;
    this.context.strokeRect(x - 0.5, y - 0.5, wide, high);
  }

  /** The spot at a pixel: the cell there, or the nearest dot. */
  at(px, py) {
    const inside = (spot, near) => {
      const [x, y, wide, high] = this.box(spot);
      return px >= x - near && px < x + wide + near && py >= y - near && py < y + high + near;
    };
    if (!this.isScatter) return this.spots.find((spot) => inside(spot, 0));
    const distance = (spot) => {
      const [x, y] = this.box(spot);
      return Math.hypot(px - x - DOT, py - y - DOT);
    };
    return this.spots.filter((spot) => inside(spot, 3)).sort((a, b) => distance(a) - distance(b))[0];
  }

  point(spot) {
    if (spot === this.current) return;
    this.current = spot ?? null;
    this.draw();
    this.onPoint(this.current, this.canvas, this.current && this.box(this.current));
  }

  watch() {
    this.canvas.addEventListener("pointermove", (event) => this.point(this.at(event.offsetX, event.offsetY)));
    this.canvas.addEventListener("pointerleave", () => this.point(null));
    this.canvas.addEventListener("blur", () => this.point(null));
    this.canvas.addEventListener("click", (event) => this.open(this.at(event.offsetX, event.offsetY)));
    this.canvas.addEventListener("keydown", (event) => this.onKey(event));
  }

  open(spot) {
    if (!spot) return;
    const first = worst(spot.runs);
    this.onOpen(first, [first, ...spot.runs.filter((run) => run !== first)]);
  }

  onKey(event) {
    const step = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (event.key === "Enter" && this.current) this.open(this.current);
    else if (step) this.point(this.next(step));
    else return;
    event.preventDefault();
  }

  /** The nearest spot in a direction; the first one where none is current. */
  next([right, up]) {
    if (!this.current) return this.spots[0];
    const ahead = (spot) => (spot.column - this.current.column) * right + (spot.row - this.current.row) * up;
    const aside = (spot) => Math.abs((spot.column - this.current.column) * up) + Math.abs((spot.row - this.current.row) * right);
    const found = this.spots.filter((spot) => ahead(spot) > 1e-9);
    return found.sort((a, b) => ahead(a) + 5 * aside(a) - ahead(b) - 5 * aside(b))[0] ?? this.current;
  }
}

const longest = (axis) => Math.max(...axis.values.map((value) => shown(value).length));

/** 2, 5, 10, 20, 50 ...: the first that is not below a count. */
function roundUp(count) {
  for (let power = 1; ; power *= 10) for (const step of [1, 2, 5]) if (step * power >= count) return step * power;
}
