"use strict";
// One page, no network: the graph at every pass, what rules made of it, the kernels it became and what they cost.
window.addEventListener("error", e => { const box = document.getElementById("errors"); box.hidden = false; box.textContent += e.message + "\n"; });

const data = JSON.parse(document.getElementById("data").textContent);
const byId = name => document.getElementById(name);
const canvas = byId("canvas"), pen = canvas.getContext("2d");
const hue = k => `hsl(${(k * 137.5 + 152) % 360} 58% 46%)`;
const state = { pass: data.passes.length - 1, selected: -1, step: -1, hits: new Set(), hit: -1, zoom: 1, x: 0, y: 0, language: 0 };

// ---- layout ----
// Positions come with the page where Graphviz made them. Otherwise: layers by distance from the leaves, leaves pulled next to
// their first reader, and a few sweeps that order each layer by the middle of its neighbours.
const boxWidth = node => Math.max(92, Math.min(260, 24 + 7.4 * Math.max(node.label.length, node.type.length * 0.92)));
const boxHeight = 40;

function place(pass) {
  if (pass.at) return pass.at;
  const at = new Map();
  if (pass.positions) {
    pass.nodes.forEach((id, k) => at.set(id, { x: pass.positions[2 * k], y: pass.positions[2 * k + 1] }));
    return pass.at = at;
  }
  const inside = new Set(pass.nodes), layer = new Map(), readers = new Map();
  for (const id of pass.nodes) {
    let depth = 0;
    for (const a of data.nodes[id].args) if (a.id !== undefined && inside.has(a.id)) {
      depth = Math.max(depth, layer.get(a.id) + 1);
      (readers.get(a.id) || readers.set(a.id, []).get(a.id)).push(id);
    }
    layer.set(id, depth);
  }
  for (const id of pass.nodes) {
    const users = readers.get(id);
    if (users && !data.nodes[id].args.some(a => inside.has(a.id))) layer.set(id, Math.min(...users.map(u => layer.get(u))) - 1);
  }
  const rows = [];
  for (const id of pass.nodes) { const l = layer.get(id); (rows[l] || (rows[l] = [])).push(id); }
  const order = new Map();
  const number = row => row.forEach((id, k) => order.set(id, k));
  for (let l = 0; l < rows.length; ++l) number(rows[l] || (rows[l] = []));
  for (let sweep = 0; sweep < 6; ++sweep) {
    const down = sweep % 2 === 0;
    for (let k = 0; k < rows.length; ++k) {
      const row = rows[down ? k : rows.length - 1 - k];
      const middle = id => {
        const near = down ? data.nodes[id].args.filter(a => inside.has(a.id)).map(a => a.id) : readers.get(id) || [];
        return near.length ? near.reduce((s, n) => s + order.get(n), 0) / near.length : order.get(id);
      };
      const key = new Map(row.map(id => [id, middle(id)]));
      row.sort((a, b) => key.get(a) - key.get(b));
      number(row);
    }
  }
  for (let l = 0; l < rows.length; ++l) {
    const width = rows[l].reduce((s, id) => s + boxWidth(data.nodes[id]) + 26, -26);
    let x = -width / 2;
    for (const id of rows[l]) { const w = boxWidth(data.nodes[id]); at.set(id, { x: x + w / 2, y: l * 86 }); x += w + 26; }
  }
  return pass.at = at;
}

// ---- drawing ----
const current = () => data.passes[state.pass];
const against = () => data.passes[+byId("against").value];
const isDiff = () => byId("diff").checked && against() !== current();
function status(id) { // of a node in the pass shown, beside the other pass
  if (!isDiff()) return "";
  if (!against().set) against().set = new Set(against().nodes);
  if (against().set.has(id)) return "";
  return +byId("against").value < state.pass ? "new" : "gone";
}

function resize() {
  const scale = window.devicePixelRatio || 1, box = canvas.parentElement.getBoundingClientRect();
  canvas.width = box.width * scale; canvas.height = box.height * scale;
  draw();
}
const toScreen = p => ({ x: p.x * state.zoom + state.x, y: p.y * state.zoom + state.y });

let pending = false;
function draw() { if (!pending) { pending = true; requestAnimationFrame(() => { pending = false; paint(); }); } }

function paint() {
  const scale = window.devicePixelRatio || 1, w = canvas.width / scale, h = canvas.height / scale, at = place(current());
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.fillStyle = "#f7f8fa"; pen.fillRect(0, 0, w, h);
  pen.setTransform(scale * state.zoom, 0, 0, scale * state.zoom, scale * state.x, scale * state.y);
  const left = -state.x / state.zoom - 300, top = -state.y / state.zoom - 300, right = left + w / state.zoom + 600, bottom = top + h / state.zoom + 600;
  const members = state.step >= 0 ? new Set(data.steps[state.step].members) : null;
  const near = new Set();
  if (state.selected >= 0) for (const a of data.nodes[state.selected].args) if (a.id !== undefined) near.add(a.id);
  for (const id of current().nodes) {
    const to = at.get(id);
    for (const a of data.nodes[id].args) {
      const from = a.id === undefined ? null : at.get(a.id);
      if (!from || Math.max(from.y, to.y) < top || Math.min(from.y, to.y) > bottom || Math.max(from.x, to.x) < left || Math.min(from.x, to.x) > right) continue;
      const strong = id === state.selected || a.id === state.selected;
      pen.strokeStyle = strong ? "#0b6e4f" : "#b7c0ca"; pen.lineWidth = strong ? 2.2 : 1.1;
      pen.beginPath(); pen.moveTo(from.x, from.y + boxHeight / 2);
      const bend = Math.max(18, (to.y - from.y) / 2);
      pen.bezierCurveTo(from.x, from.y + boxHeight / 2 + bend * .6, to.x, to.y - boxHeight / 2 - bend * .6, to.x, to.y - boxHeight / 2);
      pen.stroke();
    }
  }
  const far = state.zoom < 0.28;
  for (const id of current().nodes) {
    const p = at.get(id), node = data.nodes[id], wide = boxWidth(node);
    if (p.x < left || p.x > right || p.y < top || p.y > bottom) continue;
    const s = status(id), dim = members ? !members.has(id) : state.hits.size > 0 && !state.hits.has(id);
    pen.globalAlpha = dim ? 0.25 : 1;
    pen.fillStyle = s === "new" ? "#e3f6e6" : s === "gone" ? "#fde4ec" : node.kind === "input" ? "#e7f0fb" : node.kind === "shared" ? "#fdf3d8" : "#ffffff";
    pen.strokeStyle = id === state.selected ? "#1d2733" : s === "new" ? "#2f9e44" : s === "gone" ? "#d6336c" : state.hits.has(id) ? "#f08c00" : near.has(id) ? "#0b6e4f" : "#c3cad2";
    pen.lineWidth = id === state.selected ? 2.6 : state.hits.has(id) || s ? 2 : 1.2;
    pen.beginPath(); pen.roundRect(p.x - wide / 2, p.y - boxHeight / 2, wide, boxHeight, 7); pen.fill(); pen.stroke();
    if (node.steps.length && state.pass === data.passes.length - 1) {
      pen.fillStyle = hue(node.steps[0]); pen.beginPath(); pen.roundRect(p.x - wide / 2 + 1, p.y - boxHeight / 2 + 1, 5, boxHeight - 2, 3); pen.fill();
    }
    if (!far) {
      pen.textAlign = "center"; pen.fillStyle = "#1d2733"; pen.font = "600 12.5px system-ui, 'DejaVu Sans', sans-serif";
      pen.fillText(clip(node.label, 32), p.x, p.y - 3);
      pen.fillStyle = "#64707d"; pen.font = "11px ui-monospace, 'DejaVu Sans Mono', monospace";
      pen.fillText(clip(node.type, 34), p.x, p.y + 13);
    }
    pen.globalAlpha = 1;
  }
  if (!far) for (const root of current().roots) {
    const p = at.get(root.id);
    if (!p) continue;
    pen.fillStyle = "#0b6e4f"; pen.font = "600 11.5px system-ui, 'DejaVu Sans', sans-serif"; pen.textAlign = "center";
    pen.fillText("↓ " + root.name, p.x, p.y + boxHeight / 2 + 16);
  }
}
const clip = (text, most) => text.length <= most ? text : text.slice(0, most - 1) + "…";

function fit() {
  const at = place(current()), box = canvas.parentElement.getBoundingClientRect();
  let l = Infinity, r = -Infinity, t = Infinity, b = -Infinity;
  for (const id of current().nodes) { const p = at.get(id), w = boxWidth(data.nodes[id]) / 2; l = Math.min(l, p.x - w); r = Math.max(r, p.x + w); t = Math.min(t, p.y - 30); b = Math.max(b, p.y + 40); }
  if (l > r) return;
  state.zoom = Math.max(0.03, Math.min(1.25, box.width / (r - l + 60), box.height / (b - t + 60)));
  state.x = box.width / 2 - (l + r) / 2 * state.zoom; state.y = box.height / 2 - (t + b) / 2 * state.zoom;
  draw();
}
function center(id) {
  const p = place(current()).get(id), box = canvas.parentElement.getBoundingClientRect();
  if (!p) return;
  state.zoom = Math.max(state.zoom, 0.7);
  state.x = box.width / 2 - p.x * state.zoom; state.y = box.height / 2 - p.y * state.zoom;
  draw();
}

// ---- details ----
const make = (tag, attributes = {}, ...children) => {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attributes)) k.startsWith("on") ? e.addEventListener(k.slice(2), v) : k === "class" ? e.className = v : e.setAttribute(k, v);
  e.append(...children);
  return e;
};
const row = (list, name, ...value) => { if (value.length) list.append(make("dt", {}, name), make("dd", {}, ...value)); };
const chip = id => make("span", { class: "chip", onclick: () => select(id, true) }, data.nodes[id].label);
const bytesText = b => b < 1e4 ? b + " B" : b < 1e7 ? (b / 1e3).toFixed(1) + " kB" : (b / 1e6).toFixed(1) + " MB";

function showNode(id) {
  const n = data.nodes[id], box = byId("details"), facts = make("dl");
  row(facts, "line", n.line ? make("span", { class: "where" }, n.line) : make("span", { class: "hint" }, "none: it belongs to no line of the user's"));
  if (n.attributes.length) row(facts, "with", n.attributes.join(", "));
  const args = n.args.map(a => a.id === undefined ? make("span", { class: "chip" }, a.text) : chip(a.id));
  if (args.length) row(facts, "operands", ...args);
  const users = current().nodes.filter(u => data.nodes[u].args.some(a => a.id === id));
  if (users.length) row(facts, "read by", ...users.slice(0, 12).map(chip));
  if (n.steps.length) row(facts, "computed in", ...n.steps.map(s => make("span", { class: "chip", onclick: () => showStep(s) }, data.steps[s].name)));
  const s = status(id);
  if (s) row(facts, "diff", s === "new" ? "made since " + against().name : "gone in " + against().name);
  const rules = n.rules.map(r => make("div", { class: "rule" }, make("b", {}, r.rule), r.part ? " made it as a part of what became of" : " made it from", make("div", {}, r.before)));
  const stops = n.stops.map(t => make("div", { class: "rule" }, "fusion stopped: " + t));
  box.replaceChildren(make("p", { class: "headline" }, n.label), make("div", { class: "type" }, n.type), facts, ...(rules.length ? [make("h2", {}, "rules"), ...rules] : []), ...stops);
}

function showStep(k) {
  state.step = k; state.selected = -1;
  const s = data.steps[k], box = byId("details"), facts = make("dl");
  if (state.pass !== data.passes.length - 1) choosePass(data.passes.length - 1, false);
  row(facts, "kind", s.kind);
  row(facts, "reads", s.reads.join(", ") || "nothing");
  row(facts, "writes", s.writes.join(", ") || "nothing");
  row(facts, "bytes", s.bytes_symbolic + (s.bytes_per_call ? " = " + bytesText(s.bytes_per_call) : ""));
  row(facts, "operations", s.operations_symbolic);
  if (s.seconds) {
    row(facts, "time", (s.seconds / s.count * 1e6).toFixed(2) + " µs each, " + s.count + " times, " + (s.share * 100).toFixed(1) + " % of the function");
    row(facts, "moves", (s.bytes_per_second * 1e-9).toFixed(2) + " GB/s, " + (s.operations_per_second * 1e-9).toFixed(2) + " GFLOP/s");
    row(facts, "roofline", s.roofline == null ? "not measured: run `croton roofline` once" : (s.roofline * 100).toFixed(1) + " %");
  }
  if (s.members.length) row(facts, "fuses", ...s.members.map(chip));
  const code = make("pre", { id: "source" }), tabs = make("div", { class: "tabs" });
  s.sources.forEach((source, i) => tabs.append(make("button", { class: i === Math.min(state.language, s.sources.length - 1) ? "on" : "", onclick: () => { state.language = i; showStep(k); } }, source.language)));
  if (s.sources.length) code.textContent = s.sources[Math.min(state.language, s.sources.length - 1)].text;
  box.replaceChildren(make("p", { class: "headline" }, s.name), facts, ...(s.sources.length ? [tabs, code] : []));
  listSteps(); draw();
}

function select(id, move) {
  if (!current().nodes.includes(id)) {
    const other = data.passes.findIndex(p => p.nodes.includes(id));
    if (other >= 0) choosePass(other, false);
  }
  state.selected = id; state.step = -1;
  showNode(id); listSteps();
  if (move) center(id); else draw();
}

function listSteps() {
  const most = Math.max(...data.steps.map(s => s.seconds || 0), 1e-30);
  byId("steps").replaceChildren(...data.steps.map((s, k) => {
    const label = make("span", {}, s.name), time = make("span", { class: "time" }, s.seconds ? (s.seconds / s.count * 1e6).toFixed(2) + " µs" : s.kind);
    const button = make("button", { class: "step" + (k === state.step ? " on" : ""), onclick: () => showStep(k) }, make("i", { class: "bar" }), make("i", { class: "hue" }), time, label);
    button.children[0].style.width = (s.seconds || 0) / most * 100 + "%";
    if (s.members.length) button.children[1].style.background = hue(k);
    return button;
  }));
}

function listRemoved() {
  const box = byId("removed");
  box.replaceChildren();
  if (!isDiff()) return;
  const here = new Set(current().nodes), gone = against().nodes.filter(id => !here.has(id)), fresh = current().nodes.filter(id => status(id));
  box.append(make("h2", {}, `diff: ${fresh.length} only in ${current().name}, ${gone.length} only in ${against().name}`));
  box.append(...gone.slice(0, 80).map(chip));
}

// ---- choosing ----
function choosePass(k, refit) {
  state.pass = k;
  [...byId("passes").children].forEach((b, i) => b.classList.toggle("on", i === k));
  find(byId("search").value); listRemoved();
  if (refit !== false) fit(); else draw();
}
function find(text) {
  state.hits = new Set(); state.hit = -1;
  const words = text.toLowerCase().split(/\s+/).filter(w => w);
  if (words.length) for (const id of current().nodes) { const t = data.nodes[id].text; if (words.every(w => t.includes(w))) state.hits.add(id); }
  byId("found").textContent = words.length ? state.hits.size + " found" : "";
  draw();
}
function nextHit() {
  const hits = [...state.hits];
  if (hits.length) select(hits[state.hit = (state.hit + 1) % hits.length], true);
}

function start() {
  document.title = data.title + " · Croton";
  byId("title").textContent = data.title;
  for (const n of data.nodes) n.text = [n.label, n.op, n.type, n.line, ...n.rules.map(r => r.rule), ...n.attributes].join(" ").toLowerCase();
  data.passes.forEach((p, k) => {
    byId("passes").append(make("button", { onclick: () => choosePass(k) }, p.name, make("small", {}, String(p.nodes.length))));
    byId("against").append(make("option", { value: k }, p.name));
  });
  byId("legend").innerHTML = '<span><i style="background:#e7f0fb"></i>input</span><span><i style="background:#fdf3d8"></i>shared</span><span><i style="background:#e3f6e6"></i>new</span><span><i style="background:#fde4ec"></i>gone</span><span>stripe: kernel</span>';
  byId("details").append(make("p", { class: "headline" }, data.formula ? clip(data.formula, 300) : data.title), make("p", { class: "hint" }, "Click a node for its line, type, rules and kernel; a step for its source and cost. Drag to move, wheel to zoom, / to search."));
  if (data.compilations.length) {
    byId("details").append(make("h2", {}, "compiled"));
    for (const c of data.compilations) byId("details").append(make("div", { class: "rule" }, "for " + c.cause + (c.line ? " (" + c.line + ")" : "") + " in " + c.ms.toFixed(2) + " ms" + (c.from_cache ? ", code from the cache" : "")));
  }
  listSteps();
  byId("diff").addEventListener("change", () => { listRemoved(); draw(); });
  byId("against").addEventListener("change", () => { listRemoved(); draw(); });
  byId("search").addEventListener("input", e => find(e.target.value));
  byId("search").addEventListener("keydown", e => { if (e.key === "Enter") nextHit(); });
  byId("fit").addEventListener("click", fit);
  window.addEventListener("resize", resize);
  window.addEventListener("keydown", e => {
    if (e.target.tagName === "INPUT") return;
    if (e.key === "/") { e.preventDefault(); byId("search").focus(); }
    if (e.key === "f") fit();
  });
  let drag = null;
  canvas.addEventListener("pointerdown", e => { drag = { x: e.clientX, y: e.clientY, moved: false }; canvas.setPointerCapture(e.pointerId); });
  canvas.addEventListener("pointermove", e => {
    if (!drag) return;
    const dx = e.clientX - drag.x, dy = e.clientY - drag.y;
    if (!drag.moved && Math.abs(dx) + Math.abs(dy) < 4) return;
    drag.moved = true; canvas.classList.add("drag");
    state.x += dx; state.y += dy; drag.x = e.clientX; drag.y = e.clientY; draw();
  });
  canvas.addEventListener("pointerup", e => { if (drag && !drag.moved) click(e.offsetX, e.offsetY); drag = null; canvas.classList.remove("drag"); });
  canvas.addEventListener("wheel", e => {
    e.preventDefault();
    const factor = Math.exp(-e.deltaY * 0.0016), zoom = Math.max(0.03, Math.min(4, state.zoom * factor));
    state.x = e.offsetX - (e.offsetX - state.x) * zoom / state.zoom; state.y = e.offsetY - (e.offsetY - state.y) * zoom / state.zoom;
    state.zoom = zoom; draw();
  }, { passive: false });
  byId("against").value = 0;
  resize(); choosePass(state.pass);
  if (data.passes[state.pass].nodes.length > 1) byId("diff").checked = false;
  command(decodeURIComponent(location.hash.slice(1)));
}
function click(x, y) {
  const at = place(current());
  for (const id of current().nodes) {
    const p = toScreen(at.get(id)), w = boxWidth(data.nodes[id]) / 2 * state.zoom, h = boxHeight / 2 * state.zoom;
    if (Math.abs(p.x - x) <= w && Math.abs(p.y - y) <= h) return select(id, false);
  }
  state.selected = -1; state.step = -1; listSteps(); draw();
}
// "pass=0&diff=3&search=exp&next&step=1&language=2&click=exp": for links to a place, and for tests.
function command(text) {
  for (const part of text.split("&").filter(p => p)) {
    const [name, value] = part.split("=");
    if (name === "pass") choosePass(+value);
    if (name === "diff") { byId("diff").checked = true; byId("against").value = value; listRemoved(); draw(); }
    if (name === "search") { byId("search").value = value; find(value); }
    if (name === "next") nextHit();
    if (name === "step") showStep(+value);
    if (name === "language") { state.language = +value; showStep(state.step); }
    if (name === "click") {
      const id = current().nodes.find(i => data.nodes[i].op === value);
      if (id !== undefined) { center(id); const p = toScreen(place(current()).get(id)); click(p.x, p.y); }
    }
  }
}
start();
document.body.dataset.ready = "yes";
