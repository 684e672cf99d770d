// Pass counts by layer and by scenario; a click filters.

class Breakdown {
  constructor(filters) {
    this.filters = filters;
  }

  show(runs) {
    const parts = ["layer", "grade", "scenario"].flatMap((name) => this.table(name, runs));
    parts.unshift(...this.requirements());
    byId("breakdown").replaceChildren(...(parts.length ? parts : [make("p", { class: "muted" }, "No run is shown.")]));
  }

  table(name, runs) {
    const groups = new Map();
    for (const run of runs) {
      if (!run[name]) continue;
      if (!groups.has(run[name])) groups.set(run[name], []);
      groups.get(run[name]).push(run);
    }
    if (!groups.size) return [];
    const rows = [...groups].sort(([a], [b]) => compareValues(a, b)).map(([value, members]) => this.row(name, value, members));
    return [make("table", { class: "breakdown" }, make("thead", {}, make("tr", {}, make("th", {}, name), make("th", {}), make("th", { class: "number" }, "passed"))), make("tbody", {}, ...rows))];
  }

  /** What is required of all runs together; no filter changes it. */
  requirements() {
    if (!SUITE.requirements.length) return [];
    const percent = (share) => (share === null || share === undefined ? "–" : `${format(100 * share)} %`);
    const rows = SUITE.requirements.map((one) =>
      make(
        "tr",
        {},
        make("td", {}, one.name, ...(one.clause ? [make("span", { class: "muted" }, ` ${one.clause}`)] : [])),
        make("td", {}, make("span", { class: `badge tone-${one.passed ? "good" : "critical"}` }, one.passed ? "met" : "not met")),
        make("td", { class: "number required" }, `${percent(one.share)} of ${one.runs}, at least ${percent(one.least)}`),
      ),
    );
    return [make("table", { class: "breakdown" }, make("thead", {}, make("tr", {}, make("th", {}, "required"), make("th"), make("th", { class: "number" }, "share"))), make("tbody", {}, ...rows))];
  }

  row(name, value, runs) {
    const passed = runs.filter((run) => run.passed).length;
    const share = (100 * passed) / runs.length;
    const button = make("button", { type: "button", class: "link", title: `Only this ${name}` }, shown(value));
    button.addEventListener("click", () => this.filters.pick(name, value));
    const bar = make("span", { class: "share" }, make("i", { class: "passed", style: `width:${share}%` }), make("i", { class: "failed", style: `width:${100 - share}%` }));
    return make("tr", {}, make("td", {}, button), make("td", { class: "share-cell" }, bar), make("td", { class: "number" }, `${passed} / ${runs.length}`));
  }
}
