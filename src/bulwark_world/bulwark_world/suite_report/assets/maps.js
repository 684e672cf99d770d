// The heat maps: choice of scenario, axes and colour, one map or one for each value of a third axis.

class Maps {
  constructor(onOpen) {
    this.onOpen = onOpen;
    this.wanted = {};
    this.maps = [];
    new ResizeObserver(() => this.draw()).observe(byId("maps"));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  show(runs) {
    this.all = runs;
    const scenario = this.scenario(runs);
    this.runs = scenario ? runs.filter((run) => run.scenario === scenario) : runs;
    this.axes = axesOf(this.runs);
    const best = bestAxes(this.axes, this.runs);
    const chosen = (which) => this.chosenAxis(which, best[which]);
    Object.assign(this, { x: chosen("x"), y: chosen("y"), facet: chosen("facet") });
    this.scale = new Scale(this.wanted.measure ?? "impact_kmh", this.runs);
    this.makeControls(scenario);
    this.makeMaps();
    this.draw();
  }

  /** The scenario of the maps: as chosen, else the one with most runs, where there are several. */
  scenario(runs) {
    const counts = new Map();
    for (const run of runs) counts.set(run.scenario, (counts.get(run.scenario) ?? 0) + 1);
    this.counts = [...counts].sort((a, b) => b[1] - a[1]);
    if (this.wanted.scenario !== undefined && (this.wanted.scenario === "" || counts.has(this.wanted.scenario))) return this.wanted.scenario;
    if (this.counts.length < 2) return this.counts[0]?.[0] ?? "";
    const [name, most] = this.counts[0];
    return most >= 4 ? name : "";
  }

  chosenAxis(which, best) {
    const name = this.wanted[which];
    if (name === undefined) return best;
    return this.axes.find((axis) => axis.name === name) ?? (name === "" ? null : best);
  }

  makeControls(scenario) {
    const axes = this.axes.map((axis) => [axis.name, axis.label]);
    const facets = this.axes.filter((axis) => axis.values.length <= MOST_FACETS).map((axis) => [axis.name, axis.label]);
    const measures = FIGURES.map((name) => [name, named(name)[0]]);
    const controls = [
      this.makeSelect("across", "x", axes, this.x?.name),
      this.makeSelect("up", "y", [["", "–"], ...axes], this.y?.name ?? ""),
      this.makeSelect("a map for each", "facet", [["", "–"], ...facets], this.facet?.name ?? ""),
      this.makeSelect("colour", "measure", [...measures, ["verdict", "verdict"]], this.scale.measure),
    ];
    if (this.counts.length > 1) {
      const scenarios = this.counts.map(([name, count]) => [name, `${shown(name)} (${count})`]);
      controls.unshift(this.makeSelect("of", "scenario", [["", "all scenarios"], ...scenarios], scenario));
    }
    byId("map-controls").replaceChildren(...(this.axes.length ? controls : []));
  }

  makeSelect(label, which, options, value) {
    const select = make("select", { id: `map-${which}` }, ...options.map(([name, words]) => make("option", { value: name }, words)));
    select.value = value ?? "";
    select.addEventListener("change", () => {
      if (which === "scenario") this.wanted = { measure: this.wanted.measure };
      this.wanted[which] = select.value;
      this.show(this.all);
      byId(`map-${which}`).focus();
    });
    return make("label", {}, make("span", { class: "muted" }, label), select);
  }

  makeMaps() {
    const host = byId("maps");
    this.maps = this.x ? this.groups().map(([title, runs]) => this.makeMap(title, runs)) : [];
    const why = this.all.length ? "Nothing differs among these runs: there is no axis." : "No run is shown.";
    host.replaceChildren(...(this.maps.length ? this.maps.map((map) => map.element) : [make("p", { class: "muted empty" }, why)]));
    const columns = this.x?.values.length ?? 0;
    const wide = clamp(columns * 24 + 60, 300, columns > 60 ? 1200 : 620); // many cells need the whole width
    host.style.gridTemplateColumns = this.maps.length > 1 ? `repeat(auto-fill, minmax(min(100%, ${wide}px), 1fr))` : "";
    byId("map-legend").replaceChildren(...(this.maps.length ? [...this.scale.legend(), this.note()] : []));
  }

  groups() {
    if (!this.facet) return [["", this.runs]];
    return this.facet.values
      .map((value) => [`${named(this.facet.name)[0]} ${shown(value)}${this.facet.isNumber ? ` ${named(this.facet.name)[1]}` : ""}`, this.runs.filter((run) => this.facet.of(run) === value)])
      .filter(([, runs]) => runs.length);
  }

  makeMap(title, runs) {
    const onPoint = (spot, canvas, box) => this.tell(spot, canvas, box);
    return new HeatMap({ title, runs, x: this.x, y: this.y, scale: this.scale, onOpen: this.onOpen, onPoint });
  }

  note() {
    const several = this.maps.some((map) => map.spots.some((spot) => spot.runs.length > 1));
    return make("span", { class: "muted" }, several ? "A cell with several runs shows the worst; a click opens it." : "A click opens the run.");
  }

  draw() {
    for (const map of this.maps) map.draw();
  }

  /** Names the run under the pointer. */
  tell(spot, canvas, box) {
    const tip = byId("tip");
    tip.hidden = !spot;
    if (!spot) return;
    const run = worst(spot.runs);
    const lines = [run.id, `${STATUS_WORDS[run.status]}: ${outcome(run)}`];
    if (!this.scale.isVerdict && !this.scale.isResidual) lines.push(this.scale.text(run));
    const place = [this.x, this.y].filter(Boolean).map((axis) => `${axis.label.replace(/ km\/h$/, "")} ${shown(axis.of(run))}`);
    lines.push(place.join(", "));
    if (spot.runs.length > 1) lines.push(`the worst of ${spot.runs.length} runs here`);
    tip.textContent = lines.map((line) => (line.length > 90 ? `${line.slice(0, 88)}…` : line)).join("\n");
    const panel = byId("maps-panel").getBoundingClientRect();
    const at = canvas.getBoundingClientRect();
    const middle = at.left - panel.left + box[0] + box[2] / 2;
    tip.style.left = `${clamp(middle, tip.offsetWidth / 2 + 4, panel.width - tip.offsetWidth / 2 - 4)}px`;
    tip.style.top = `${at.top - panel.top + box[1]}px`;
  }
}
