// The verdict table: sorted by any column, filled as it is scrolled.

const CHUNK = 120;
const RIGHT = new Set(FIGURES);

class RunTable {
  constructor(onOpen) {
    this.onOpen = onOpen;
    this.order = { name: null, down: false };
    this.columns = this.chooseColumns();
    this.body = document.querySelector("#runs tbody");
    this.heads = this.columns.map((column) => this.makeHead(column));
    document.querySelector("#runs thead").append(make("tr", {}, ...this.heads.map(([, head]) => head)));
    this.end = make("tr", { class: "more", "aria-hidden": "true" });
    new IntersectionObserver(([entry]) => entry.isIntersecting && this.grow(), { rootMargin: "600px" }).observe(this.end);
  }

  /** Columns that hold something, the figures among them. */
  chooseColumns() {
    const has = (name) => RUNS.some((run) => run[name] !== null && run[name] !== undefined && run[name] !== "");
    const words = ["scenario", "layer", "clause", "grade"].filter((name) => has(name) && (name !== "scenario" || new Set(SUITE.scenarios).size > 1));
    const figures = FIGURES.filter((name) => has(name) && name !== "extra_decel");
    return ["passed", "id", ...words, ...figures, ...(has("fault") ? ["fault"] : []), "reason"];
  }

  show(runs) {
    this.runs = this.sorted(runs);
    this.count = 0;
    this.body.replaceChildren(this.end);
    byId("nothing").hidden = this.runs.length > 0;
    this.grow();
  }

  grow() {
    const next = this.runs.slice(this.count, this.count + CHUNK);
    this.count += next.length;
    this.end.before(...next.map((run) => this.row(run)));
    this.end.hidden = this.count >= this.runs.length;
  }

  sorted(runs) {
    const { name, down } = this.order;
    if (!name) return runs;
    const sign = down ? -1 : 1;
    const empty = (value) => value === null || value === undefined || value === "";
    return [...runs].sort((a, b) => {
      if (empty(a[name]) || empty(b[name])) return empty(a[name]) - empty(b[name]) || a.index - b.index; // last, both ways
      return sign * compareValues(a[name], b[name]) || a.index - b.index;
    });
  }

  makeHead(name) {
    const [label, unit] = { passed: ["verdict"], id: ["run"], reason: ["why, or what was expected"] }[name] ?? named(name);
    const button = make("button", { type: "button", class: "link" }, label, ...(unit ? [make("span", { class: "unit" }, ` ${unit}`)] : []));
    const head = make("th", { class: RIGHT.has(name) ? "number" : "", "aria-sort": "none", scope: "col" }, button);
    button.addEventListener("click", () => this.sortBy(name));
    return [name, head];
  }

  sortBy(name) {
    const same = this.order.name === name;
    this.order = same && this.order.down ? { name: null, down: false } : { name, down: same };
    for (const [other, head] of this.heads) {
      head.setAttribute("aria-sort", other !== this.order.name ? "none" : this.order.down ? "descending" : "ascending");
    }
    this.show([...this.runs].sort((a, b) => a.index - b.index));
  }

  row(run) {
    const row = make("tr", { class: run.status, "data-id": run.id }, ...this.columns.map((name) => this.cell(name, run)));
    row.addEventListener("click", () => this.onOpen(run, this.runs));
    return row;
  }

  cell(name, run) {
    if (name === "passed") return make("td", {}, make("span", { class: `badge tone-${STATUS_TONES[run.status]}` }, STATUS_WORDS[run.status]));
    if (name === "id") return make("td", { class: "id" }, make("button", { type: "button", class: "link", title: run.keptAt < 0 ? "Its figures" : "Open the run" }, run.id, ...(run.keptAt < 0 ? [] : [make("span", { class: "kept" }, " ▸")])));
    if (name === "reason") return make("td", { class: "why" }, run.reason || make("span", { class: "muted" }, run.expected ?? ""));
    if (RIGHT.has(name)) return make("td", { class: "number" }, format(run[name] ?? null));
    return make("td", {}, shown(run[name]));
  }
}
