'use strict';
// The panel of the gates: heat maps of a session, one unit unrolled, all units of a click as a table. Letters are
// the tour's: r reset gate, z update gate, n candidate, h the state before a click, h' the one after it.
const inside = (() => {
  let trace = null;              // of the server
  let units = [];                // for each layer the numbers of its units, in the order of the rows
  let at = {layer: 0, unit: 0, click: 0};
  let maps = [];

  const h = (layer, t, u) => t < 0 ? 0 : trace.layers[layer].state[t][u];
  const label = t => `click ${t + 1}: ${trace.clicks[t].title ?? trace.clicks[t].item}`;
  const number = x => (x < 0 ? '\u2212' : '') + Math.abs(x).toFixed(3);

  // The click that moves a unit most.
  function reaction(layer, u) {
    let best = {click: 0, by: -1};
    for (let t = 0; t < trace.clicks.length; t++) {
      const by = Math.abs(h(layer, t, u) - h(layer, t - 1, u));
      if (by > best.by) best = {click: t, by};
    }
    return best;
  }

  function sortUnits() {
    const order = $('order').value;
    units = trace.layers.map((layer, l) => {
      const all = [...layer.state[0].keys()];
      const key = all.map(u => {
        if (order === 'reacts') {
          const r = reaction(l, u);
          return [r.click, -r.by];
        }
        return order === 'keeps' ? [-layer.update.reduce((sum, row) => sum + row[u], 0), 0] : [u, 0];
      });
      return all.sort((a, b) => key[a][0] - key[b][0] || key[a][1] - key[b][1] || a - b);
    });
  }

  async function load() {
    const usable = clicks.length > 0 && clicks.length <= EXPLAINED && token !== null;
    let problem = clicks.length > EXPLAINED ? `Sessions of more than ${EXPLAINED} clicks are not shown.`
        : 'It shows a session of 1 to ' + EXPLAINED + ' clicks: pick an item.';
    const before = trace;
    trace = null;
    if (usable) {
      const answer = await fetch('/trace', {
        method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({session: token})
      });
      const body = await answer.json();
      if (answer.ok) trace = body;
      else problem = body.error;
    }
    $('inside-note').textContent = trace ? '' : problem;
    $('inside-body').hidden = !trace;
    if (!trace) return;
    const sameShape = before && before.layers.length === trace.layers.length
        && before.layers.every((l, i) => l.state[0].length === trace.layers[i].state[0].length);
    if (!sameShape) at = {layer: 0, unit: -1, click: 0};
    at.click = trace.clicks.length - 1;
    sortUnits();
    if (at.unit < 0) at.unit = units[0][0];
    buildMaps();
    draw();
  }

  function colour(text) {
    const c = document.createElement('canvas').getContext('2d');
    c.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(text).trim();
    c.fillRect(0, 0, 1, 1);
    return c.getImageData(0, 0, 1, 1).data;
  }

  function largest(layer) {
    return Math.max(1e-9, ...trace.layers[layer].state.map(row => Math.max(...row.map(Math.abs))));
  }

  function buildMaps() {
    maps = [];
    $('maps').replaceChildren(...trace.layers.map((layer, l) => {
      const box = element('div', 'layer');
      box.append(element('h3', '', trace.layers.length > 1 ? `Layer ${l + 1}` : 'The session'));
      const most = largest(l);
      box.append(
          map(l, 'update', 'z, update gate', ['0 takes n', 'gate', '1 keeps h']),
          map(l, 'state', 'h\u2032, state', [number(-most), 'state', number(most)]));
      return box;
    }));
  }

  function map(layer, what, name, [low, scaleClass, high]) {
    const figure = element('figure');
    const caption = element('figcaption');
    const scale = element('span', 'scale');
    scale.append(low, element('i', scaleClass), high);
    caption.append(element('span', '', name), scale);
    const box = element('div', 'map');
    const count = trace.layers[layer].state[0].length;
    box.style.height = Math.min(320, Math.max(120, 3 * count)) + 'px';
    box.tabIndex = 0;
    box.setAttribute('role', 'application');
    box.setAttribute('aria-roledescription', 'heat map');
    const canvas = element('canvas');
    canvas.width = trace.clicks.length;
    canvas.height = count;
    canvas.dataset.layer = layer;
    canvas.dataset.what = what;
    box.append(canvas, element('b', 'column'), element('b', 'row'));
    box.addEventListener('pointermove', e => point(layer, box, e));
    box.addEventListener('pointerdown', e => point(layer, box, e));
    box.addEventListener('focus', () => { if (at.layer !== layer) move(layer, 0, 0); });
    box.addEventListener('keydown', e => key(layer, e));
    figure.append(caption, box);
    maps.push({layer, what, name, box, canvas});
    return figure;
  }

  function point(layer, box, e) {
    const r = box.getBoundingClientRect();
    const place = (x, n) => Math.min(n - 1, Math.max(0, Math.floor(x * n)));
    const click = place((e.clientX - r.left) / r.width, trace.clicks.length);
    const unit = units[layer][place((e.clientY - r.top) / r.height, units[layer].length)];
    if (click !== at.click || unit !== at.unit || layer !== at.layer) {
      at = {layer, unit, click};
      draw();
    }
  }

  const KEYS = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], PageUp: [-10, 0], PageDown: [10, 0], Home: [0, -1e9], End: [0, 1e9]};
  function key(layer, e) {
    if (!(e.key in KEYS) || e.ctrlKey || e.altKey || e.metaKey) return;
    e.preventDefault();
    move(layer, ...KEYS[e.key]);
  }

  // Moves the selection by so many rows and clicks, and says where it is.
  function move(layer, rows, by) {
    const order = units[layer];
    const row = layer === at.layer ? order.indexOf(at.unit) : 0;
    const within = (x, n) => Math.min(n - 1, Math.max(0, x));
    at = {layer, unit: order[within(row + rows, order.length)], click: within(at.click + by, trace.clicks.length)};
    draw();
    $('inside-status').textContent = `unit ${at.unit}, ${label(at.click)}: ` + values(at.click).map(([k, x]) => `${k} ${number(x)}`).join(', ');
  }

  function values(t) {
    const layer = trace.layers[at.layer];
    return [['h', h(at.layer, t - 1, at.unit)], ['r', layer.reset[t][at.unit]], ['z', layer.update[t][at.unit]],
      ['n', layer.candidate[t][at.unit]], ['h\u2032', h(at.layer, t, at.unit)]];
  }

  function draw() {
    drawMaps();
    drawCells();
    drawTable();
    const T = trace.clicks.length;
    $('step').max = T;
    $('step').value = at.click + 1;
    $('step').setAttribute('aria-valuetext', label(at.click));
    $('step-label').textContent = label(at.click) + ` (of ${T})`;
    $('back').disabled = at.click === 0;
    $('forth').disabled = at.click === T - 1;
  }

  function drawMaps() {
    const zero = colour('--card'), gate = colour('--accent'), up = colour('--for'), down = colour('--against');
    for (const {layer, what, name, box, canvas} of maps) {
      const rows = trace.layers[layer][what];
      const T = rows.length, H = rows[0].length;
      const most = what === 'state' ? largest(layer) : 1;
      const picture = new ImageData(T, H);
      units[layer].forEach((u, row) => {
        for (let t = 0; t < T; t++) {
          const x = rows[t][u] / most;
          const full = what === 'update' ? gate : x > 0 ? up : down;
          for (let c = 0; c < 4; c++) picture.data[4 * (row * T + t) + c] = zero[c] + Math.abs(x) * (full[c] - zero[c]);
        }
      });
      canvas.getContext('2d').putImageData(picture, 0, 0);
      const [column, line] = box.querySelectorAll('b');
      column.style.left = 100 * at.click / T + '%';
      column.style.width = 100 / T + '%';
      line.hidden = layer !== at.layer;
      line.style.top = 100 * units[layer].indexOf(at.unit) / H + '%';
      line.style.height = 100 / H + '%';
      box.setAttribute('aria-label', `${name} of layer ${layer + 1}, ${H} units by ${T} clicks; arrow keys move. `
          + (layer === at.layer ? `Unit ${at.unit}, ${label(at.click)}: ${number(rows[at.click][at.unit])}` : ''));
    }
  }

  function gateLine(name, x) {
    const line = element('span', 'gate');
    const track = element('span', 'track');
    const bar = element('i', x < 0 ? 'negative' : '');
    const signedScale = name === 'n';
    bar.style.left = (signedScale ? 50 + 50 * Math.min(0, x) : 0) + '%';
    bar.style.width = (signedScale ? 50 * Math.abs(x) : 100 * x) + '%';
    track.append(bar);
    line.append(element('span', '', name), track, element('span', name, number(x)));
    return line;
  }

  function drawCells() {
    const focused = document.activeElement?.dataset?.click;
    $('unit-title').textContent = `Unit ${at.unit}` + (trace.layers.length > 1 ? ` of layer ${at.layer + 1}` : '') + ', unrolled over the session';
    $('cells').replaceChildren(...trace.clicks.map((click, t) => {
      const v = Object.fromEntries(values(t));
      const li = element('li');
      if (t === 0) li.append(element('span', 'state', 'h ' + number(v.h)));
      const cell = element('button', 'cell');
      cell.type = 'button';
      cell.dataset.click = t;
      cell.setAttribute('aria-pressed', String(t === at.click));
      const name = click.title ?? click.item;
      cell.append(element('span', 'x', `x ${t + 1}: ${name}`), gateLine('r', v.r), gateLine('z', v.z), gateLine('n', v.n));
      cell.addEventListener('click', () => { at.click = t; draw(); });
      const next = element('span', 'state after', 'h\u2032 ' + number(v['h\u2032']));
      li.append(cell, next);
      return li;
    }));
    const chosen = $('cells').querySelector('[aria-pressed=true]');
    if (focused !== undefined) $('cells').querySelector(`[data-click="${focused}"]`)?.focus();
    const strip = $('cells');
    const left = chosen.getBoundingClientRect().left - strip.getBoundingClientRect().left + strip.scrollLeft;
    strip.scrollLeft = left - (strip.clientWidth - chosen.clientWidth) / 2;
    const v = Object.fromEntries(values(at.click));
    const brackets = x => x < 0 ? `(${number(x)})` : number(x);
    $('equation').textContent = `h\u2032 = (1 \u2212 z) \u00b7 n + z \u00b7 h = (1 \u2212 ${number(v.z)}) \u00b7 ${brackets(v.n)} + ${number(v.z)} \u00b7 ${brackets(v.h)} = ${number(v['h\u2032'])}`;
  }

  function drawTable() {
    if (!$('numbers').open) return;
    const layer = trace.layers[at.layer], t = at.click;
    $('units').caption.textContent = `Layer ${at.layer + 1}, ${label(t)}`;
    $('units').tBodies[0].replaceChildren(...units[at.layer].map(u => {
      const row = element('tr', u === at.unit ? 'lit' : '');
      const head = element('th', '', u);
      head.scope = 'row';
      row.append(head);
      for (const x of [h(at.layer, t - 1, u), layer.reset[t][u], layer.update[t][u], layer.candidate[t][u], h(at.layer, t, u)]) {
        row.append(element('td', 'number', number(x)));
      }
      row.append(element('td', 'number', reaction(at.layer, u).click + 1));
      return row;
    }));
  }

  $('inside').addEventListener('toggle', () => { if ($('inside').open) enqueue(load); });
  $('numbers').addEventListener('toggle', () => { if (trace) drawTable(); });
  $('step').addEventListener('input', () => { at.click = Number($('step').value) - 1; draw(); });
  $('back').addEventListener('click', () => move(at.layer, 0, -1));
  $('forth').addEventListener('click', () => move(at.layer, 0, 1));
  $('order').addEventListener('change', () => { sortUnits(); draw(); });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { if (trace) drawMaps(); });

  addEventListener('resize', () => { if (trace) drawCells(); });

  return {
    // The session is another one; the panel follows if it is open.
    changed() { if ($('inside').open) enqueue(load); }
  };
})();
