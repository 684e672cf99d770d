// The clock of the report: everything shows the same moment.

const PLAY = "M7 4l13 8-13 8z";
const PAUSE = "M6 4h4v16H6zM14 4h4v16h-4z";

class Player {
  constructor() {
    this.time = 0;
    this.isPlaying = false;
    const seek = (t) => this.seek(t);
    this.view = structuredClone(WHOLE_VIEW);
    this.fromAbove = [["birdseye", RUN.frames], ["beside", RUN.beside]]
      .filter(([, frames]) => frames.length)
      .map(([id, frames]) => new BirdsEye(byId(id), frames, this.view, () => this.redraw()));
    this.birdseye = this.fromAbove[0] ?? null;
    this.timeline = new Timeline(byId("timeline"), seek);
    this.events = new Events(byId("events"), seek);
    this.parts = [this.timeline, this.events];
    if (this.birdseye) this.parts.push(new Readouts(byId("readouts")), new Picture());
    byId("scrubber").max = RUN.end;
    this.watchControls();
    this.seek(0);
  }

  seek(t) {
    this.time = clamp(t, 0, RUN.end);
    this.show();
  }

  show() {
    const index = lastAt(FRAME_TIMES, this.time);
    for (const picture of this.fromAbove) picture.show(this.time);
    for (const part of this.parts) part.show(this.time);
    const scrubber = byId("scrubber");
    scrubber.value = this.time;
    scrubber.setAttribute("aria-valuetext", `${this.time.toFixed(2)} seconds`);
    const count = RUN.frames.length ? `  ·  frame ${index + 1}/${RUN.frames.length}` : "";
    byId("clock").textContent = `${this.time.toFixed(2)} / ${RUN.end.toFixed(2)} s${count}`;
    for (const { canvas, frames, index: shown } of this.fromAbove) {
      canvas.parentElement.querySelector("figcaption").textContent = frames[shown].caption;
    }
  }

  toggle(play = !this.isPlaying) {
    if (play && this.time >= RUN.end) this.time = 0;
    this.isPlaying = play;
    byId("play-icon").setAttribute("d", play ? PAUSE : PLAY);
    byId("play").setAttribute("aria-label", play ? "Pause (space)" : "Play (space)");
    if (play) requestAnimationFrame((now) => this.tick(now, now));
  }

  tick(now, before) {
    if (!this.isPlaying) return;
    this.seek(this.time + ((now - before) / 1000) * Number(byId("speed").value));
    if (this.time >= RUN.end) this.toggle(false);
    else requestAnimationFrame((next) => this.tick(next, now));
  }

  step(frames) {
    this.toggle(false);
    const index = clamp(lastAt(FRAME_TIMES, this.time) + frames, 0, Math.max(FRAME_TIMES.length - 1, 0));
    this.seek(FRAME_TIMES[index] ?? 0);
  }

  jump(direction) {
    const times = this.events.times;
    const next = direction > 0
      ? times.find((t) => t > this.time + 1e-3)
      : times.findLast((t) => t < this.time - 1e-3);
    this.seek(next ?? (direction > 0 ? RUN.end : 0));
  }

  zoom(factor) {
    const zoom = clamp(this.view.zoom * factor, 0.3, 8);
    Object.assign(this.view, factor ? { zoom } : structuredClone(WHOLE_VIEW));
    this.redraw();
  }

  redraw() {
    for (const picture of this.fromAbove) picture.draw();
  }

  watchControls() {
    const onClick = (id, action) => byId(id)?.addEventListener("click", action);
    onClick("play", () => this.toggle());
    onClick("previous", () => this.jump(-1));
    onClick("next", () => this.jump(1));
    onClick("zoom-in", () => this.zoom(1.35));
    onClick("zoom-out", () => this.zoom(1 / 1.35));
    onClick("zoom-reset", () => this.zoom(0));
    byId("scrubber").addEventListener("input", (event) => this.seek(Number(event.target.value)));
    document.addEventListener("keydown", (event) => this.onKey(event));
    for (const { canvas } of this.fromAbove) new ResizeObserver(() => this.redraw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select")) return;
    const actions = {
      " ": () => this.toggle(),
      ArrowRight: () => this.step(1),
      ArrowLeft: () => this.step(-1),
      Home: () => this.seek(0),
      End: () => this.seek(RUN.end),
      "[": () => this.jump(-1),
      "]": () => this.jump(1),
      "+": () => this.zoom(1.35),
      "-": () => this.zoom(1 / 1.35),
    };
    const action = actions[event.key];
    if (!action || (event.key === " " && event.target.matches("button"))) return;
    event.preventDefault();
    action();
  }
}

showLegend();
showLatencies();
window.player = new Player();
