// The listing: filters that change it in place, each with an address of its own.

import { card } from './money.js';
import { ask, hush, Unreachable, UNREACHABLE, warn } from './service.js';
import { now } from './visit.js';

const RETRY = 2000;

/** Lets the filters of a listing work. */
export function list() {
  const filters = document.querySelector('[data-testid="filters"]');
  if (!filters) return;
  const results = document.querySelector('[data-testid="results"]');
  const count = document.querySelector('[data-testid="count"]');
  let search = new AbortController();
  let retry;

  async function load() {
    clearTimeout(retry);
    search.abort();
    search = new AbortController();
    const { signal } = search;
    results.setAttribute('aria-busy', 'true');
    try {
      const { items } = await ask(`/api/catalog/search${location.search}`, { signal });
      if (signal.aborted) return;
      hush();
      results.replaceChildren(...items.map((item) => card(item, now()?.currency ?? 'EUR')));
      count.textContent = counted(items.length);
      results.setAttribute('aria-busy', 'false');
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      if (signal.aborted) return;
      warn(UNREACHABLE);
      if (error.isTemporary) retry = setTimeout(load, RETRY);
    }
  }

  /** The address decides; the filters show it. */
  function showAddress() {
    const asked = new URLSearchParams(location.search);
    for (const name of ['category', 'price']) {
      const choice = filters.elements[name];
      choice.value = asked.get(name) ?? '';
      if (choice.selectedIndex < 0) choice.value = '';
    }
  }

  filters.addEventListener('change', () => {
    const asked = new URLSearchParams(location.search);
    for (const name of ['category', 'price']) {
      const { value } = filters.elements[name];
      if (value) asked.set(name, value);
      else asked.delete(name);
    }
    history.pushState(history.state, '', `/search?${asked}`);
    load();
  });
  addEventListener('popstate', () => {
    showAddress();
    load();
  });
  addEventListener('pageshow', (event) => {
    showAddress();
    if (event.persisted) load();
  });
  showAddress();
}

function counted(products) {
  if (products === 0) return 'Nothing found. Try another word or fewer filters.';
  return products === 1 ? '1 product' : `${products} products`;
}
