"use strict";
// What all parts share: the run, colours of the theme, formatting, small builders.

const RUN = JSON.parse(document.getElementById("run").textContent);
const byId = (id) => document.getElementById(id);
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

const GROUPS = [
  ["vehicle", "car", /^(car|van|vehicle)/],
  ["large", "truck, bus", /^(truck|bus|trailer)/],
  ["person", "person, cyclist", /^(pedestrian|person|child|cyclist|two-wheeler|animal)/],
  ["fixed", "fixed obstacle", /(barrier|barrel|pillar|wall|pole|kerb|rail|cone)/],
  ["green", "vegetation", /^(vegetation|tree)/],
  ["unknown", "unknown", /./],
];
const groupOf = (label) => GROUPS.find(([, , pattern]) => pattern.test(label));

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
