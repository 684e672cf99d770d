// Colours of the heat map, which people with any colour vision can tell apart, and their legend.

const HEAT = ["#fde28a", "#f8a34a", "#e8613f", "#c43a78", "#8e3fb0"]; // darker all along
const PLAIN = ["#fde725", "#5ec962", "#21918c", "#3b528b", "#440154"]; // viridis, from its bright end
const AVOIDED = "#9cc3e6";
const NOTHING = "#b9c0cb";

/** Colours for one measure; `of(run)` gives a colour, `text(run)` what stands for it in words. */
class Scale {
  constructor(measure, runs) {
    this.measure = measure;
    this.isResidual = measure === "impact_kmh";
    this.isVerdict = measure === "verdict";
    const values = this.isVerdict ? [] : runs.map((run) => run[measure]).filter((value) => value !== null && value !== undefined);
    const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
    const least = this.isResidual ? 0 : values.reduce((a, b) => Math.min(a, b), Infinity);
    this.ticks = values.length ? niceTicks(least, Math.max(most, this.isResidual ? 10 : -Infinity), 4) : [];
    this.stops = this.isResidual ? HEAT : PLAIN;
  }

  of(run) {
    if (run.status === "broken") return null;
    if (this.isVerdict) return run.passed ? AVOIDED : HEAT[2];
    const value = run[this.measure];
    if (value === null || value === undefined) return this.isResidual ? AVOIDED : NOTHING;
    const [low, high] = [this.ticks[0], this.ticks.at(-1)];
    return mixed(this.stops, clamp((value - low) / (high - low), 0, 1));
  }

  text(run) {
    if (run.status === "broken") return "not carried out";
    if (this.isVerdict) return STATUS_WORDS[run.status];
    const [label, unit] = named(this.measure);
    const value = run[this.measure];
    if (value !== null && value !== undefined) return `${label} ${format(value)} ${unit}`;
    return this.isResidual ? "no contact" : `${label}: none`;
  }

  legend() {
    const swatch = (style, words, mark = "") =>
      make("span", { class: "swatch" }, make("i", { style }, mark), words);
    const parts = [];
    if (this.isVerdict) parts.push(swatch(`background:${AVOIDED}`, "passed"), swatch(`background:${HEAT[2]}`, "failed"));
    else {
      parts.push(swatch(`background:${this.isResidual ? AVOIDED : NOTHING}`, this.isResidual ? "no contact" : "none"));
      if (this.ticks.length) parts.push(this.bar());
    }
    parts.push(swatch("background:none", "failed", "×"));
    if (RUNS.some((run) => run.status === "broken")) parts.push(swatch(`background:${HATCH}`, "not carried out"));
    return parts;
  }

  bar() {
    const [label, unit] = named(this.measure);
    const ticks = this.ticks.map((tick) => make("span", {}, shown(tick)));
    return make(
      "span",
      { class: "gradient" },
      `${label} [${unit}]`,
      make("span", { class: "ramp" }, make("i", { style: `background:linear-gradient(90deg, ${this.stops.join(", ")})` }), make("span", { class: "ticks" }, ...ticks)),
    );
  }
}

const HATCH = "repeating-linear-gradient(45deg, var(--idle) 0 2px, transparent 2px 5px)";

/** The colour at `share` 0..1 of the way through the stops. */
function mixed(stops, share) {
  const at = share * (stops.length - 1);
  const i = Math.min(Math.floor(at), stops.length - 2);
  const channel = (hex, k) => parseInt(hex.slice(1 + 2 * k, 3 + 2 * k), 16);
  const parts = [0, 1, 2].map((k) => Math.round(channel(stops[i], k) + (at - i) * (channel(stops[i + 1], k) - channel(stops[i], k))));
  return `rgb(${parts.join(", ")})`;
}

/** Black or white, whichever is read better on a colour. */
function inkOn(style) {
  const [r, g, b] = style.startsWith("#") ? [1, 3, 5].map((k) => parseInt(style.slice(k, k + 2), 16)) : style.match(/\d+/g).map(Number);
  return 0.299 * r + 0.587 * g + 0.114 * b > 140 ? "#17202e" : "#ffffff";
}
