// Which runs are shown: verdict, words, scenario, layer, clause, and what was picked elsewhere.

const VERDICTS = [
  ["all", "All", () => true],
  ["passed", "Passed", (run) => run.passed],
  ["failed", "Failed", (run) => !run.passed],
  ["false_event", "False events", (run) => run.false_event],
];
const PICKED = ["scenario", "layer", "clause"];

class Filters {
  constructor() {
    this.listeners = [];
    this.verdict = "all";
    this.words = [];
    this.picks = {};
    this.chips = [];
    this.buttons = this.makeVerdicts();
    this.selects = PICKED.map((name) => this.makePicker(name)).filter(Boolean);
    byId("find").addEventListener("input", (event) => {
      this.words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
      this.changed();
    });
    byId("filters").addEventListener("submit", (event) => event.preventDefault());
    byId("filters").addEventListener("reset", () => this.reset());
    byId("nothing-reset").addEventListener("click", () => byId("filters").reset());
  }

  get runs() {
    const [, , ofVerdict] = VERDICTS.find(([name]) => name === this.verdict);
    const picks = Object.entries(this.picks);
    return RUNS.filter(
      (run) =>
        ofVerdict(run) &&
        picks.every(([name, value]) => run[name] === value) &&
        this.words.every((word) => run.text.includes(word)) &&
        this.chips.every((chip) => chip.test(run)),
    );
  }

  pick(name, value) {
    const select = this.selects.find((one) => one.name === name);
    if (value === undefined || this.picks[name] === value) delete this.picks[name];
    else this.picks[name] = value;
    if (select) select.value = this.picks[name] ?? "";
    this.changed();
  }

  /** Only runs for which test(run) holds; a chip with this label takes it back. */
  addChip(label, test) {
    this.chips = this.chips.filter((chip) => chip.label !== label);
    this.chips.push({ label, test });
    this.changed();
  }

  reset() {
    Object.assign(this, { verdict: "all", words: [], picks: {}, chips: [] });
    setTimeout(() => this.changed()); // after the form has emptied its fields
  }

  changed() {
    const runs = this.runs;
    for (const [name, button] of this.buttons) button.setAttribute("aria-pressed", String(name === this.verdict));
    byId("chips").replaceChildren(...this.chips.map((chip) => this.makeChip(chip)));
    byId("count").textContent = runs.length === RUNS.length ? `${RUNS.length} runs` : `${runs.length} of ${RUNS.length} runs`;
    byId("reset").hidden = runs.length === RUNS.length && !this.chips.length;
    for (const listener of this.listeners) listener(runs);
  }

  makeVerdicts() {
    return VERDICTS.map(([name, label, test]) => {
      const count = RUNS.filter(test).length;
      const button = make("button", { type: "button" }, `${label} `, make("span", { class: "muted" }, `${count}`));
      button.disabled = !count;
      button.addEventListener("click", () => {
        this.verdict = name;
        this.changed();
      });
      byId("verdicts").append(button);
      return [name, button];
    });
  }

  makePicker(name) {
    const values = [...new Set(RUNS.map((run) => run[name]).filter(Boolean))].sort(compareValues);
    if (values.length < 2) return null;
    const options = [make("option", { value: "" }, `Every ${name}`), ...values.map((value) => make("option", { value }, shown(value)))];
    const select = make("select", { name, "aria-label": name }, ...options);
    select.addEventListener("change", () => this.pick(name, select.value || undefined));
    byId("pickers").append(select);
    return select;
  }

  makeChip(chip) {
    const button = make("button", { type: "button", class: "chip", title: "Remove" }, `${chip.label}  ×`);
    button.addEventListener("click", () => {
      this.chips = this.chips.filter((one) => one !== chip);
      this.changed();
    });
    return button;
  }
}

/** Numbers by size, the rest by their words with numbers in them by size. */
function compareValues(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), "en", { numeric: true });
}
