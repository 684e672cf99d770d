// Puts the page together: whatever filters change, everything shows the same runs.

const filters = new Filters();
const single = new SingleRun();
const open = (run, list) => single.open(run, list);
const maps = new Maps(open);
const distributions = new Distributions(filters);
const breakdown = new Breakdown(filters);
const table = new RunTable(open);

function showFigures() {
  const count = (test) => RUNS.filter(test).length;
  const passed = count((run) => run.passed);
  const share = RUNS.length ? ` (${format((100 * passed) / RUNS.length)} %)` : "";
  const rows = [
    ["Passed", `${passed} of ${RUNS.length}${share}`],
    ["Contacts", `${count((run) => run.impact_kmh !== null && run.impact_kmh !== undefined)}`],
    ["False events", `${count((run) => run.false_event)}`],
    ["Not carried out", `${count((run) => run.status === "broken")}`],
    ["Senses", { objects: "true objects with errors", lidar: "ray-cast lidar", all: "lidar, camera, planner" }[SUITE.suite.sensors] ?? SUITE.suite.sensors],
    ["Brake", SUITE.suite.brake],
    ["Seed", `${SUITE.suite.seed}`],
    ["Commit", `${SUITE.suite.commit}`.slice(0, 12)],
  ];
  byId("figures").append(...rows.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));
}

/** `#run=ID` opens a run, so that it can be linked to. */
function openLinked() {
  const [, id] = decodeURIComponent(location.hash).match(/^#run=(.*)$/) ?? [];
  const run = RUNS.find((one) => one.id === id);
  if (run) open(run, table.runs);
}

showFigures();
filters.listeners.push((runs) => maps.show(runs), (runs) => distributions.show(runs), (runs) => breakdown.show(runs), (runs) => table.show(runs));
filters.changed();
openLinked();
window.addEventListener("hashchange", openLinked);
