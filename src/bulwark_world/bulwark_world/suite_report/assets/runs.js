// The suite's runs, and what is known of each.

const SUITE = JSON.parse(byId("suite").textContent);

/** Names as people say them, units, and whether more is worse. Others are shown as they are called. */
const MEASURES = {
  v0_kmh: ["speed at braking", "km/h"],
  impact_kmh: ["residual speed", "km/h"],
  stop_gap_m: ["gap at standstill", "m"],
  min_ttc_s: ["least TTC", "s"],
  warn_ttc_s: ["TTC at warning", "s"],
  brake_ttc_s: ["TTC at braking", "s"],
  warn_lead_s: ["warning before braking", "s"],
  peak_decel: ["peak deceleration", "m/s²"],
  extra_decel: ["deceleration beyond the driver's", "m/s²"],
  latest_brake_margin_s: ["latest brake margin", "s"],
  least_impact_kmh: ["least impact possible", "km/h"],
};
const UNITS = [["_kmh", "km/h"], ["_m", "m"], ["_s", "s"], ["_deg", "°"], ["_mps2", "m/s²"]];
const WORDS = ["id", "expected", "reason", "fault", "clause", "layer", "grade"];

const RUNS = SUITE.columns.id ? SUITE.columns.id.map((_, index) => readRun(index)) : [];
const FIGURES = Object.keys(SUITE.columns).filter(
  (name) => name in MEASURES || (!WORDS.includes(name) && SUITE.columns[name].some((value) => typeof value === "number")),
);

function readRun(index) {
  const run = { index, scenario: SUITE.scenarios[index] ?? "", settings: {}, keptAt: -1 };
  for (const [name, values] of Object.entries(SUITE.columns)) run[name] = values[index];
  for (const [name, values] of Object.entries(SUITE.settings)) run.settings[name] = values[index];
  run.status = run.passed ? "passed" : run.v0_kmh === null ? "broken" : "failed";
  run.text = [run.id, run.scenario, run.clause, run.layer, run.reason].join(" ").toLowerCase();
  return run;
}

const FALSE_EVENTS = new Set(SUITE.false_events);
for (const run of RUNS) run.false_event = FALSE_EVENTS.has(run.id);
SUITE.kept.forEach((id, at) => {
  const run = RUNS.find((one) => one.id === id);
  if (run) run.keptAt = at;
});

/** [label, unit] of a figure or a scenario's parameter. */
function named(name) {
  if (name in MEASURES) return MEASURES[name];
  const unit = SUITE.parameters[name]?.unit;
  const [ending, word] = UNITS.find(([end]) => name.endsWith(end)) ?? ["", ""];
  return [name.slice(0, name.length - ending.length).replaceAll("_", " "), (unit || word).replace("^2", "²")];
}

const withUnit = (name) => named(name).filter(Boolean).join(" ");
const STATUS_WORDS = { passed: "passed", failed: "failed", broken: "not carried out" };
const STATUS_TONES = { passed: "good", failed: "critical", broken: "idle" };

/** A value as people read and type it: 12.3, left, yes. */
function shown(value) {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "number") return Number.isInteger(value) ? `${value}` : `${Number(value.toPrecision(4))}`;
  if (typeof value === "boolean") return value ? "yes" : "no";
  return `${value}`;
}

/** How the run ended, in a few words. */
function outcome(run) {
  if (run.status === "broken") return run.reason;
  if (run.impact_kmh !== null) return `contact at ${format(run.impact_kmh)} km/h`;
  if (run.stop_gap_m !== null) return `stopped ${format(run.stop_gap_m)} m before`;
  return run.brake_ttc_s === null ? "no braking" : "braked, no contact";
}

/** The worst first: not carried out, failed, then by the speed of the contact. */
function worst(runs) {
  const rank = (run) => ({ broken: 2e6, failed: 1e6, passed: 0 })[run.status] + (run.impact_kmh ?? -1);
  return runs.reduce((one, other) => (rank(other) > rank(one) ? other : one));
}
