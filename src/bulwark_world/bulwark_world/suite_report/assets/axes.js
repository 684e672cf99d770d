// What differs among runs, and which of it makes the best axes.

const PREFERRED = ["speed_kmh", "overlap", "target_speed_kmh", "what_speed_kmh", "crossing_kmh", "location", "target", "brake"];
const MOST_CELLS = 160; // values of an axis that are drawn as cells; more make a scatter
const MOST_FACETS = 12;

/** Parameters and properties that have two values or more, the usual ones first. */
function axesOf(runs) {
  const axes = Object.keys(SUITE.settings).map((name) => makeAxis(name, runs, (run) => run.settings[name]));
  for (const name of ["scenario", "layer", "clause", "grade"]) axes.push(makeAxis(name, runs, (run) => run[name] || null));
  return axes.filter((axis) => axis.values.length > 1).sort((a, b) => rankOf(a) - rankOf(b));
}

function makeAxis(name, runs, of) {
  const values = [...new Set(runs.map(of))].filter((value) => value !== null && value !== undefined).sort(compareValues);
  const isNumber = values.every((value) => typeof value === "number");
  return { name, label: withUnit(name), of, values, isNumber, isScatter: isNumber && values.length > MOST_CELLS };
}

function rankOf(axis) {
  const at = PREFERRED.indexOf(axis.name);
  return at < 0 ? PREFERRED.length : at;
}

/** x: the speed, or the number with most values; y and facet: what leaves the fewest runs in one cell. */
function bestAxes(axes, runs) {
  const numbers = axes.filter((axis) => axis.isNumber);
  const speed = numbers.find((axis) => axis.name === "speed_kmh");
  const x = speed ?? [...numbers].sort((a, b) => b.values.length - a.values.length)[0] ?? axes[0] ?? null;
  const y = mostApart(axes, [x], runs, Infinity);
  const facet = cellsOf([x, y], runs) < runs.length ? mostApart(axes, [x, y], runs, MOST_FACETS) : null;
  return { x, y, facet };
}

/** The axis that, beside those chosen, tells most runs apart; null where none does. */
function mostApart(axes, chosen, runs, most) {
  let best = null;
  let cells = cellsOf(chosen, runs) * 1.001;
  for (const axis of axes) {
    if (chosen.includes(axis) || axis.values.length > most) continue;
    const found = cellsOf([...chosen, axis], runs);
    if (found > cells * (best ? 1.3 : 1)) [best, cells] = [axis, found]; // a usual one stays unless another is clearly better
  }
  return best;
}

function cellsOf(axes, runs) {
  const used = axes.filter(Boolean);
  return new Set(runs.map((run) => used.map((axis) => axis.of(run)).join("|"))).size;
}
