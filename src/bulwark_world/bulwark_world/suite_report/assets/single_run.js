// One run over the page: its whole report where it was kept, else its figures.

class SingleRun {
  constructor() {
    this.dialog = byId("single");
    this.list = [];
    byId("single-close").addEventListener("click", () => this.dialog.close());
    byId("single-previous").addEventListener("click", () => this.step(-1));
    byId("single-next").addEventListener("click", () => this.step(1));
    byId("single-tab").addEventListener("click", () => window.open(URL.createObjectURL(new Blob([this.html], { type: "text/html" }))));
    this.dialog.addEventListener("close", () => this.closed());
  }

  async open(run, list) {
    Object.assign(this, { run, list });
    history.replaceState(null, "", `#run=${encodeURIComponent(run.id)}`);
    this.head();
    if (!this.dialog.open) this.dialog.showModal();
    this.html = run.keptAt < 0 ? null : await unpack(run.keptAt);
    if (this.run !== run) return;
    const frame = byId("single-frame");
    frame.hidden = byId("single-tab").hidden = !this.html;
    byId("single-card").hidden = Boolean(this.html);
    if (this.html) {
      frame.srcdoc = this.html;
      frame.onload = () => frame.contentWindow.addEventListener("keydown", (event) => event.key === "Escape" && this.dialog.close());
    } else byId("single-card").replaceChildren(...card(run));
  }

  head() {
    const at = this.list.indexOf(this.run);
    byId("single-id").textContent = this.run.id;
    byId("single-place").textContent = this.list.length > 1 ? `${at + 1} of ${this.list.length}` : "";
    byId("single-verdict").textContent = STATUS_WORDS[this.run.status];
    byId("single-verdict").className = `badge tone-${STATUS_TONES[this.run.status]}`;
    byId("single-previous").disabled = at <= 0;
    byId("single-next").disabled = at >= this.list.length - 1;
  }

  step(by) {
    const next = this.list[this.list.indexOf(this.run) + by];
    if (next) this.open(next, this.list);
  }

  closed() {
    this.run = this.html = null;
    byId("single-frame").onload = null;
    byId("single-frame").removeAttribute("srcdoc");
    history.replaceState(null, "", location.pathname + location.search);
  }
}

/** The HTML of a kept run, with the styles and scripts that all of them share. */
async function unpack(at) {
  const bytes = Uint8Array.from(atob(byId(`kept-${at}`).textContent), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const html = await new Response(stream).text();
  const [css, script] = SUITE.marks;
  return html.replace(css, () => byId("run-css").textContent).replace(script, () => byId("run-script").textContent);
}

/** What is known of a run that was not kept. */
function card(run) {
  const list = (rows) => make("dl", { class: "pairs" }, ...rows.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));
  const figures = FIGURES.map((name) => [named(name)[0], run[name] === null || run[name] === undefined ? "–" : `${format(run[name])} ${named(name)[1]}`]);
  const settings = Object.entries(run.settings).filter(([, value]) => value !== null && value !== undefined).map(([name, value]) => [named(name)[0], `${shown(value)} ${named(name)[1]}`]);
  const copy = make("button", { type: "button" }, "Copy");
  const line = commandOf(run);
  copy.addEventListener("click", () => navigator.clipboard?.writeText(line));
  return [
    make("p", { class: "lead" }, outcome(run)),
    make("p", {}, make("b", {}, "Expected: "), run.expected || "–"),
    ...(run.reason ? [make("p", {}, make("b", {}, "Why it failed: "), run.reason)] : []),
    ...(run.clause ? [make("p", {}, make("b", {}, "Clause: "), run.clause)] : []),
    make("h2", {}, "Figures"),
    list(figures),
    make("h2", {}, `Scenario ${run.scenario}`),
    list(settings),
    make("h2", {}, "See it in full"),
    make("p", { class: "command" }, make("code", {}, line), copy),
    make("p", { class: "muted" }, "The same run, driven again with its own report; ./run view in place of ./run scenario, without --report, makes an MCAP."),
  ];
}

/** The command line that drives the run again. */
function commandOf(run) {
  const word = (text) => (/^[\w.,=:/+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
  const settings = Object.entries(run.settings).filter(([, value]) => value !== null && value !== undefined);
  const parts = ["./run scenario", word(run.scenario), ...settings.map(([name, value]) => `--set ${word(`${name}=${value}`)}`)];
  return [...parts, `--sensors ${SUITE.suite.sensors}`, `--seed ${SUITE.suite.seed}`, "--report reports/run"].join(" ");
}
