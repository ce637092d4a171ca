// The state of the visit: cart, account, currency, number of orders. It is the server's; here it is
// fetched, changed in order, told to the rest of the page and kept in step across tabs.

import { ask, hush, Unreachable, UNREACHABLE, warn } from './service.js';

const RETRY = 2000;
/** Another tab says that it begins a change; if it never says that it ended, look anyway. */
const OTHER_TAB = 1500;
const UNSENT = 'unsent';

const header = document.querySelector('[data-testid="visit"]');
const tabs = new BroadcastChannel('corner-shop');
const watchers = [];
let current = null;
let chain = Promise.resolve();
let pending = 0;
let epoch = 0;
let retry;
let isLost = false;

/** Calls `watcher` with the state, now if it is known and whenever it was fetched anew. */
export function watch(watcher) {
  watchers.push(watcher);
  if (current) watcher(current);
}

/** The state as it was last fetched; null before that. */
export const now = () => current;

/** Marks the state as about to change: what the page shows of it does not count meanwhile. */
function busy(is) {
  header.setAttribute('aria-busy', String(is));
}

/** Fetches the state, after whatever is under way. */
export function refresh() {
  return inTurn(async () => null);
}

/**
 * Changes something and fetches the state. Gives the server's answer; null if there was none, which
 * the visitor has then been told. A change that may be `repeated` is sent once more by the next
 * page if this one is left before the answer.
 */
export function change(path, send, { repeated = false } = {}) {
  tabs.postMessage('changing');
  const id = repeated ? crypto.randomUUID() : null;
  if (repeated) setUnsent([...unsent(), { id, path, send }]);
  return inTurn(async () => {
    try {
      const answer = await ask(path, { send });
      hush();
      return answer;
    } finally {
      if (repeated) setUnsent(unsent().filter((other) => other.id !== id));
      tabs.postMessage('changed');
    }
  });
}

/** The changes that were asked for and not answered yet, in their order. */
const unsent = () => JSON.parse(sessionStorage.getItem(UNSENT) ?? '[]');

const setUnsent = (changes) => sessionStorage.setItem(UNSENT, JSON.stringify(changes));

function inTurn(work) {
  const mine = epoch;
  clearTimeout(retry);
  pending += 1;
  busy(true);
  const turn = chain.then(async () => {
    let answer = null;
    let known = false;
    try {
      answer = await work();
      const state = await ask('/api/visit');
      if (mine !== epoch) return answer;
      current = state;
      known = true;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      if (mine !== epoch) return null;
      warn(UNREACHABLE);
      isLost = true;
    }
    pending -= 1;
    if (known) {
      // The warning was about the way to the server, and that is open again.
      if (isLost && answer === null) hush();
      isLost = false;
      for (const watcher of watchers) watcher(current);
      if (pending === 0) busy(false);
    } else if (pending === 0) {
      retry = setTimeout(refresh, RETRY);
    }
    return answer;
  });
  chain = turn.catch(() => {});
  return turn;
}

/** Begins, or begins again: what was under way when the page was left does not come back. */
function begin() {
  epoch += 1;
  pending = 0;
  chain = Promise.resolve();
  const left = unsent();
  setUnsent([]);
  for (const { path, send } of left) change(path, send, { repeated: true });
  if (left.length === 0) refresh();
}

function showHeader(visit) {
  document.documentElement.dataset.visitor = visit.visitor;
  header.querySelector('[data-testid="cart-count"]').textContent = visit.cart.units;
  header.querySelector('[data-testid="orders-count"]').textContent = visit.orders;
  header.querySelector('[data-testid="account"]').textContent = visit.account ?? 'Sign in';
}

/** Begins to keep the page in step with the visit. */
export function follow() {
  watchers.unshift(showHeader);
  begin();
  addEventListener('pageshow', (event) => { if (event.persisted) begin(); });
  addEventListener('online', refresh);
  let other;
  tabs.addEventListener('message', ({ data }) => {
    clearTimeout(other);
    busy(true);
    if (data === 'changed') refresh();
    else other = setTimeout(refresh, OTHER_TAB);
  });
}

