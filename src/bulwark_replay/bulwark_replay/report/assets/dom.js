"use strict";
// What every page shares: formatting, colours of the theme, small builders.

const byId = (id) => document.getElementById(id);
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** The index of the last entry with a time at or before t, at least 0. */
function lastAt(times, t) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= t + 1e-6) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

function format(value) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/** An element with attributes; strings and elements inside. Never takes markup. */
function make(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function makeSvg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Round numbers that enclose low..high, about `count` of them. */
function niceTicks(low, high, count = 3) {
  if (high - low < 1e-9) [low, high] = [low - 0.5, high + 0.5];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough - 1e-12);
  const ticks = [];
  for (let i = Math.floor(low / step + 1e-9); ; i += 1) {
    ticks.push(Number((i * step).toPrecision(6)));
    if (i * step >= high - 1e-9) return ticks;
  }
}
