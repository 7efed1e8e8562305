'use strict';
// The page holds a session as a list of clicks and as the server's token for them. A click sends the token and
// one item. Where the token cannot be used (undo, a model that was replaced) all clicks are sent again.
const $ = id => document.getElementById(id);
let clicks = [];        // ids, the oldest first
let token = null;       // the server's session after all of clicks
let ranks = new Map();  // id -> rank of the answer before
let queue = Promise.resolve();

function element(tag, className, text) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;  // ids are any text: never as HTML
  return e;
}

function itemButton(id) {
  const b = element('button', 'item', id);
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
  const options = {k: Number($('k').value), exclude_seen: $('seen').checked};
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
    li.append(element('span', '', id));
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

function show(answer) {
  const all = answer.recommendations;
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
    row.append(cell, element('td', 'number', r.score.toFixed(3)));
    const change = element('td', 'moved');
    change.append(moved(r.item, i + 1));
    row.append(change);
    return row;
  });
  $('top').tBodies[0].replaceChildren(...rows);
  $('top').classList.toggle('filled', all.length > 0);
  $('top-note').textContent = all.length > 0 ? '' : answer.clicks === 0 ? 'The model knows none of these items.'
      : 'Nothing is left to recommend.';
  ranks = new Map(all.map((r, i) => [r.item, i + 1]));
}

let searches = 0;
async function search() {
  const mine = ++searches;
  const found = await get('/items?limit=50&q=' + encodeURIComponent($('search').value.trim()));
  if (mine !== searches) return;  // a later search is under way
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
showModel().catch(e => say(e.message, true));
search().catch(e => say(e.message, true));
