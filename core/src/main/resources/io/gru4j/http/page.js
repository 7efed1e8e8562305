'use strict';
// The page holds a session as a list of clicks and as the server's token for them. A click sends the token and
// one item. Where the token cannot be used (undo, a model that was replaced) all clicks are sent again.
const $ = id => document.getElementById(id);
let clicks = [];        // ids, the oldest first
let token = null;       // the server's session after all of clicks
let ranks = new Map();  // id -> rank of the answer before
let titles = new Map(); // id -> title, of those that were seen
let shown = [];         // the recommendations
let pinned = null;      // id whose clicks stay lit
const EXPLAINED = 100;  // clicks that the server explains, and items
let queue = Promise.resolve();

function element(tag, className, text) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;  // ids are any text: never as HTML
  return e;
}

// An item by its title, if it has one, and its id.
function named(tag, className, id) {
  const e = element(tag, className);
  if (titles.has(id)) e.append(titles.get(id), ' ', element('small', 'soft', id));
  else e.textContent = id;
  return e;
}

function itemButton(id) {
  const b = named('button', 'item', id);
  b.type = 'button';
  b.dataset.item = id;
  b.addEventListener('click', () => click(id));
  return b;
}

function say(text, bad) {
  $('status').textContent = text;
  $('status').classList.toggle('bad', Boolean(bad));
}

async function get(path) {
  const answer = await fetch(path);
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error);
  return body;
}

async function ask(body) {
  const answer = await fetch('/recommend', {
    method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)
  });
  return {status: answer.status, body: await answer.json()};
}

// One after the other: each click goes on from the token of the one before.
function enqueue(work) {
  queue = queue.then(work).catch(e => say(e.message === 'Failed to fetch' ? 'The server does not answer.' : e.message, true));
  return queue;
}

async function refresh(more) {
  const why = clicks.length <= EXPLAINED;
  const options = {k: Number($('k').value), exclude_seen: $('seen').checked, probability: true, why};
  const begin = performance.now();
  let replayed = '';
  let answer = await ask(token === null ? {items: clicks, ...options} : {session: token, items: more, ...options});
  if (answer.status === 409) {
    replayed = ' The model was replaced: the session was sent again.';
    answer = await ask({items: clicks, ...options});
    showModel();
  }
  if (answer.status !== 200) {
    token = null;
    throw new Error(answer.body.error);
  }
  if (answer.body.taken_over) {
    replayed = ' The model was replaced: the session goes on with the new one.';
    showModel();
  }
  const ms = performance.now() - begin;
  token = answer.body.session;
  show(answer.body);
  inside.changed();
  say(`Answered in ${ms.toFixed(1)} ms, the network included.` + replayed);
}

function click(id) {
  return enqueue(() => {
    clicks.push(id);
    showSession();
    return refresh([id]);
  });
}

function replay() {
  return enqueue(() => {
    token = null;
    showSession();
    if (clicks.length > 0) return refresh([]);
    ranks = new Map();
    shown = [];
    light(null);
    inside.changed();
    $('top').tBodies[0].replaceChildren();
    $('top').classList.remove('filled');
    $('top-note').textContent = 'They appear after the first click.';
    say('');
  });
}

function showSession() {
  const list = $('session');
  list.replaceChildren(...clicks.map(id => {
    const li = element('li');
    li.append(named('span', 'name', id));
    return li;
  }));
  list.scrollTop = list.scrollHeight;
  $('session-note').textContent = clicks.length === 0 ? 'No click yet: pick an item.' : '';
  $('undo').disabled = $('clear').disabled = clicks.length === 0;
}

function moved(id, rank) {
  if (ranks.size === 0) return element('span');
  if (!ranks.has(id)) return element('span', 'up', 'new');
  const by = ranks.get(id) - rank;
  if (by === 0) return element('span', 'soft', '=');
  const span = element('span', by > 0 ? 'up' : 'down', (by > 0 ? '\u25b2 ' : '\u25bc ') + Math.abs(by));
  span.setAttribute('aria-label', (by > 0 ? 'up ' : 'down ') + Math.abs(by));
  return span;
}

function percent(p) {
  const x = 100 * p;
  return (x >= 0.1 ? x.toFixed(1) : x >= 0.001 ? x.toFixed(3) : '<0.001') + ' %';
}

function whyButton(id) {
  const b = element('button', 'why', 'why');
  b.type = 'button';
  b.setAttribute('aria-label', 'why ' + (titles.get(id) ?? id));
  b.setAttribute('aria-pressed', String(pinned === id));
  b.addEventListener('click', () => {
    pinned = pinned === id ? null : id;
    for (const each of document.querySelectorAll('button.why')) each.setAttribute('aria-pressed', String(each === b && pinned === id));
    light(pinned ?? id);
  });
  return b;
}

function show(answer) {
  const all = answer.recommendations;
  shown = all;
  for (const r of all) if (r.title) titles.set(r.item, r.title);
  if (!all.some(r => r.item === pinned)) pinned = null;
  const scores = all.map(r => r.score);
  const low = Math.min(...scores), high = Math.max(...scores);
  const rows = all.map((r, i) => {
    const row = element('tr');
    row.append(element('td', '', i + 1));
    const fill = element('div', 'fill');
    const bar = element('i');
    bar.style.width = (high > low ? 4 + 96 * (r.score - low) / (high - low) : 100) + '%';
    fill.append(bar, itemButton(r.item));
    const cell = element('td');
    cell.append(fill);
    row.append(cell, element('td', 'number', r.score.toFixed(3)), element('td', 'number', percent(r.probability)));
    const change = element('td', 'moved');
    change.append(moved(r.item, i + 1));
    row.append(change);
    const why = element('td', 'why');
    if (r.why) why.append(whyButton(r.item));
    row.append(why);
    row.addEventListener('pointerenter', () => light(r.item));
    row.addEventListener('pointerleave', () => light(pinned));
    row.addEventListener('focusin', () => light(r.item));
    row.addEventListener('focusout', () => light(pinned));
    return row;
  });
  $('top').tBodies[0].replaceChildren(...rows);
  $('top').classList.toggle('filled', all.length > 0);
  $('top-note').textContent = all.length > 0 ? '' : answer.clicks === 0 ? 'The model knows none of these items.'
      : 'Nothing is left to recommend.';
  ranks = new Map(all.map((r, i) => [r.item, i + 1]));
  light(pinned);
}

function signed(x) {
  return (x > 0 ? '+' : x < 0 ? '\u2212' : '') + Math.abs(x).toFixed(3);
}

// Marks the clicks that speak for an item and against it; null: none.
function light(id) {
  const found = shown.find(r => r.item === id && r.why);
  const rows = [...$('session').children];
  for (const row of rows) {
    row.querySelector('.say')?.remove();
    row.classList.remove('for', 'against');
  }
  for (const row of $('top').tBodies[0].rows) row.classList.toggle('lit', Boolean(found) && row.querySelector('.item').dataset.item === id);
  if (!found) {
    $('why-note').textContent = shown.length === 0 ? '' : shown[0].why ? 'Point at an item to see which clicks speak for it and against it.'
        : `Sessions of more than ${EXPLAINED} clicks are not explained.`;
    return;
  }
  const way = $('way').value;
  const most = Math.max(...found.why.map(c => Math.abs(c[way])));
  const said = [];
  let next = 0;  // the clicks on items that the model knows are those of why, in their order
  clicks.forEach((click, i) => {
    if (next === found.why.length || found.why[next].item !== click) return;
    const x = found.why[next++][way];
    const speaks = x > 0 ? 'for' : x < 0 ? 'against' : '';
    if (speaks) rows[i].classList.add(speaks);
    const say = element('span', 'say', (x > 0 ? '\u25b2 ' : x < 0 ? '\u25bc ' : '') + signed(x));
    const bar = element('i');
    bar.style.width = (most > 0 ? 100 * Math.abs(x) / most : 0) + '%';
    say.append(bar);
    rows[i].append(say);
    said.push({x, row: rows[i], text: `${titles.get(click) ?? click} ${signed(x)}`});
  });
  const strongest = said.reduce((a, b) => Math.abs(b.x) > Math.abs(a.x) ? b : a).row;
  const list = $('session');
  const top = strongest.offsetTop - list.offsetTop;
  if (top < list.scrollTop || top + strongest.offsetHeight > list.scrollTop + list.clientHeight) {
    list.scrollTop = top - (list.clientHeight - strongest.offsetHeight) / 2;
  }
  const best = (sign) => said.filter(s => sign * s.x > 0).sort((a, b) => sign * (b.x - a.x)).slice(0, 2).map(s => s.text).join(', ');
  $('why-note').textContent = `${titles.get(id) ?? id}: for it ${best(1) || 'nothing'}; against it ${best(-1) || 'nothing'}.`;
}

let searches = 0;
async function search() {
  const mine = ++searches;
  const found = await get('/items?limit=50&q=' + encodeURIComponent($('search').value.trim()));
  if (mine !== searches) return;  // a later search is under way
  (found.titles ?? []).forEach((title, i) => { if (title) titles.set(found.items[i], title); });
  $('items').replaceChildren(...found.items.map(id => {
    const li = element('li');
    li.append(itemButton(id));
    return li;
  }));
  $('items-note').textContent = found.items.length === 0 ? 'No item matches.'
      : found.more ? `The first ${found.items.length}; search for others.` : '';
}

async function showModel() {
  const health = await get('/health');
  $('model').textContent = `model ${health.model}, ${health.items.toLocaleString('en')} items`;
}

let timer = 0;
$('search').addEventListener('input', () => {
  clearTimeout(timer);
  timer = setTimeout(() => search().catch(e => say(e.message, true)), 120);
});
$('undo').addEventListener('click', () => { clicks.pop(); replay(); });
$('clear').addEventListener('click', () => { clicks = []; replay(); });
for (const id of ['k', 'seen']) {
  $(id).addEventListener('change', () => { if (clicks.length > 0) enqueue(() => refresh([])); });
}
$('way').addEventListener('change', () => light(pinned));
addEventListener('resize', () => light(pinned));
showModel().catch(e => say(e.message, true));
search().catch(e => say(e.message, true));
