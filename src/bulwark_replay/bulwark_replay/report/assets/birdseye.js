// The drive from above: base_link at rest, x up, y left. Of two drives beside each other both have
// the same view.

const BEHIND = 10; // what is shown behind base_link [m]
const ALL_FRAMES = [...RUN.frames, ...RUN.beside];
const AHEAD = clamp(1.15 * ALL_FRAMES.reduce((most, frame) => Math.max(most, ...frame.path.map(([x]) => x)), 0), 30, 80);
const METRES_HIGH = AHEAD + BEHIND;
const FRAME_TIMES = RUN.frames.map((frame) => frame.t);
const WHOLE_VIEW = { zoom: 1, centre: [(AHEAD - BEHIND) / 2, 0] };

class BirdsEye {
  /** view: zoom and centre, which pictures may share; redraw: of all that share it. */
  constructor(canvas, frames, view, redraw) {
    this.canvas = canvas;
    this.frames = frames;
    this.times = frames.map((frame) => frame.t);
    this.view = view;
    this.tip = canvas.parentElement.querySelector(".tip");
    this.context = canvas.getContext("2d");
    this.index = 0;
    this.watchPointer(redraw);
  }

  show(t) {
    this.index = lastAt(this.times, t);
    this.draw();
  }

  get centre() {
    return this.view.centre;
  }

  get scale() {
    return (this.canvas.clientHeight / METRES_HIGH) * this.view.zoom;
  }

  toPixel([x, y]) {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    return [width / 2 - (y - this.centre[1]) * this.scale, height / 2 - (x - this.centre[0]) * this.scale];
  }

  toMetres(px, py) {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    return [this.centre[0] + (height / 2 - py) / this.scale, this.centre[1] + (width / 2 - px) / this.scale];
  }

  draw() {
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !this.frames.length) return;
    this.canvas.width = width * ratio;
    this.canvas.height = height * ratio;
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.context.fillStyle = colour("ground");
    this.context.fillRect(0, 0, width, height);
    const frame = this.frames[this.index];
    this.drawGrid(width, height);
    this.drawBackground(frame);
    this.drawPath(frame);
    this.drawPoints(frame);
    for (const box of frame.boxes) this.drawBox(box, frame);
    this.drawEgo();
  }

  drawGrid(width, height) {
    const context = this.context;
    const step = this.scale > 30 ? 2 : this.scale > 14 ? 5 : this.scale > 4 ? 10 : 20;
    const [top, left] = this.toMetres(0, 0);
    const [bottom, right] = this.toMetres(width, height);
    context.font = "11px system-ui, sans-serif";
    context.lineWidth = 1;
    for (let x = Math.ceil(bottom / step) * step; x <= top; x += step) {
      const [, py] = this.toPixel([x, 0]);
      this.line([0, py], [width, py], colour("grid"));
      context.fillStyle = colour("muted");
      context.fillText(`${x} m`, 10, py - 4);
    }
    for (let y = Math.ceil(right / step) * step; y <= left; y += step) {
      const [px] = this.toPixel([0, y]);
      this.line([px, 0], [px, height], colour("grid"));
    }
  }

  line(from, to, style) {
    const context = this.context;
    context.strokeStyle = style;
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...to);
    context.stroke();
  }

  /** Lines of the fixed frame and the way driven, seen from this frame's pose. */
  drawBackground(frame) {
    const [x0, y0, yaw] = frame.pose;
    const [cos, sin] = [Math.cos(yaw), Math.sin(yaw)];
    const seen = ([x, y]) => [cos * (x - x0) + sin * (y - y0), cos * (y - y0) - sin * (x - x0)];
    this.context.lineWidth = 1.5;
    for (const line of RUN.background) this.trace(line.map(seen), { stroke: colour("idle"), open: true });
    const driven = this.frames.slice(0, this.index + 1).map((past) => seen(past.pose));
    this.context.globalAlpha = 0.55;
    this.trace(driven, { stroke: colour("accent"), open: true });
    this.context.globalAlpha = 1;
  }

  drawPath(frame) {
    if (!frame.path.length) return;
    const tone = frame.tone === "idle" ? colour("accent") : colour(frame.tone);
    this.context.lineWidth = 1;
    this.context.globalAlpha = 0.16;
    this.trace(frame.path, { fill: tone });
    this.context.globalAlpha = 0.7;
    this.trace(frame.path, { stroke: tone });
    this.context.globalAlpha = 1;
  }

  drawPoints(frame) {
    if (!frame.points) return;
    frame.decoded ??= decodePoints(frame.points);
    const size = clamp(this.scale * 0.09, 1, 3);
    this.context.fillStyle = colour("muted");
    this.context.globalAlpha = 0.75;
    for (let i = 0; i < frame.decoded.length; i += 2) {
      const [px, py] = this.toPixel([frame.decoded[i] / 100, frame.decoded[i + 1] / 100]);
      this.context.fillRect(px - size / 2, py - size / 2, size, size);
    }
    this.context.globalAlpha = 1;
  }

  drawBox(row, frame) {
    const box = readBox(row);
    const context = this.context;
    const isTarget = box.id === frame.target && !box.isGhost;
    const tone = isTarget ? colour("critical") : colour(groupOf(box.label)[0]);
    const corners = cornersOf(box);
    context.lineWidth = isTarget ? 3 : box.isMoving ? 2 : 1.5;
    context.setLineDash(box.isGhost ? [5, 4] : []);
    context.globalAlpha = box.isMoving ? 0.34 : 0.18;
    if (!box.isGhost) this.trace(corners, { fill: tone });
    context.globalAlpha = 1;
    this.trace(corners, { stroke: tone });
    context.setLineDash([]);
    if (box.isMoving) this.drawArrow(box, tone);
    const size = this.scale * Math.max(box.length, box.width);
    if (isTarget || size > (box.label === "unknown" ? 70 : 24)) this.drawName(box, corners, tone);
  }

  /** Where the object will be in one second. */
  drawArrow(box, tone) {
    const from = this.toPixel([box.x, box.y]);
    const to = this.toPixel([box.x + box.vx, box.y + box.vy]);
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    const length = Math.hypot(dx, dy);
    if (length < 4) return;
    this.line(from, to, tone);
    const [ux, uy] = [dx / length, dy / length];
    for (const side of [1, -1]) {
      this.line(to, [to[0] - 7 * ux + side * 4 * uy, to[1] - 7 * uy - side * 4 * ux], tone);
    }
  }

  /** Beside the object, where it hides nothing of it. */
  drawName(box, corners, tone) {
    const px = Math.max(...corners.map((corner) => this.toPixel(corner)[0])) + 5;
    const [, py] = this.toPixel([box.x, box.y]);
    const context = this.context;
    context.font = "600 11px system-ui, sans-serif";
    context.lineWidth = 3;
    context.strokeStyle = colour("ground");
    context.fillStyle = tone;
    const text = box.label === "unknown" ? `${box.id}` : `${box.label} ${box.id}`;
    context.strokeText(text, px, py + 4);
    context.fillText(text, px, py + 4);
  }

  drawEgo() {
    if (!RUN.ego.length) return;
    const xs = RUN.ego.map(([x]) => x);
    const ys = RUN.ego.map(([, y]) => y);
    const [front, rear, left, right] = [Math.max(...xs), Math.min(...xs), Math.max(...ys), Math.min(...ys)];
    const [px, py] = this.toPixel([front, left]);
    const [width, height] = [(left - right) * this.scale, (front - rear) * this.scale];
    this.roundedRect(px, py, width, height, width * 0.28, colour("ego"));
    this.roundedRect(px + width * 0.14, py + height * 0.27, width * 0.72, height * 0.13, width * 0.12, colour("ego-glass"));
    this.roundedRect(px + width * 0.17, py + height * 0.8, width * 0.66, height * 0.09, width * 0.1, colour("ego-glass"));
  }

  roundedRect(x, y, width, height, radius, fillStyle) {
    this.context.beginPath();
    this.context.roundRect(x, y, width, height, radius);
    this.context.fillStyle = fillStyle;
    this.context.fill();
  }

  trace(points, { stroke, fill: fillStyle, open = false }) {
    if (points.length < 2) return;
    const context = this.context;
    context.beginPath();
    points.forEach((point, i) => (i ? context.lineTo(...this.toPixel(point)) : context.moveTo(...this.toPixel(point))));
    if (!open) context.closePath();
    if (fillStyle) {
      context.fillStyle = fillStyle;
      context.fill();
    }
    if (stroke) {
      context.strokeStyle = stroke;
      context.stroke();
    }
  }

  /** Dragging moves the view; resting on an object tells about it. */
  watchPointer(redraw) {
    let last = null;
    this.canvas.addEventListener("pointerdown", (event) => {
      last = [event.offsetX, event.offsetY];
      this.canvas.setPointerCapture(event.pointerId);
    });
    this.canvas.addEventListener("pointerup", () => (last = null));
    this.canvas.addEventListener("pointerleave", () => this.showTip(null));
    this.canvas.addEventListener("pointermove", (event) => {
      const at = [event.offsetX, event.offsetY];
      if (last) {
        this.centre[0] += (at[1] - last[1]) / this.scale;
        this.centre[1] += (at[0] - last[0]) / this.scale;
        last = at;
        redraw();
      } else {
        this.showTip(this.boxAt(at), at);
      }
    });
  }

  boxAt([px, py]) {
    const [x, y] = this.toMetres(px, py);
    return this.frames[this.index].boxes.map(readBox).find((box) => {
      const [dx, dy] = [x - box.x, y - box.y];
      const along = Math.cos(box.yaw) * dx + Math.sin(box.yaw) * dy;
      const across = Math.cos(box.yaw) * dy - Math.sin(box.yaw) * dx;
      return Math.abs(along) < box.length / 2 + 0.3 && Math.abs(across) < box.width / 2 + 0.3;
    });
  }

  showTip(box, at) {
    const tip = this.tip;
    tip.hidden = !box;
    if (!box) return;
    const speed = Math.hypot(box.vx, box.vy);
    tip.textContent =
      `${box.label} ${box.id}${box.isGhost ? " (not measured)" : ""}\n` +
      `${format(box.length)} × ${format(box.width)} m, ${format(speed)} m/s over ground\n` +
      `x ${format(box.x)} m, y ${format(box.y)} m`;
    tip.style.left = `${at[0]}px`;
    tip.style.top = `${at[1]}px`;
  }
}

function readBox([id, label, x, y, yaw, length, width, vx, vy, flags]) {
  return { id, label: RUN.labels[label], x, y, yaw, length, width, vx, vy, isMoving: !!(flags & 1), isGhost: !!(flags & 2) };
}

function cornersOf({ x, y, yaw, length, width }) {
  const [cos, sin] = [Math.cos(yaw), Math.sin(yaw)];
  const signs = [[1, 1], [-1, 1], [-1, -1], [1, -1]];
  return signs.map(([along, across]) => {
    const [dx, dy] = [(along * length) / 2, (across * width) / 2];
    return [x + cos * dx - sin * dy, y + sin * dx + cos * dy];
  });
}

function decodePoints(text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return new Int16Array(bytes.buffer);
}
