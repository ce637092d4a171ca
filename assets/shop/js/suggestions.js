// The search box: suggestions while someone types. Listings are in listing.js.

import { card } from './money.js';
import { ask, shop, Unreachable, UNREACHABLE, warn } from './service.js';
import { now } from './visit.js';

/** Letters that come faster than this are looked for together. */
const PAUSE = 30;
const SHORTEST_SEARCH = 3;
const LONGEST_SEARCH = 200;

/** Suggests products for what is in the search box. */
export function suggest() {
  const form = document.querySelector('[data-testid="search-form"]');
  const box = form.elements.q;
  const panel = document.querySelector('[data-testid="suggestions"]');
  let pause;
  let search = new AbortController();

  async function look(typed) {
    if (!shop.regressions.staleSearch) {
      search.abort();
      search = new AbortController();
    }
    const { signal } = search;
    const query = new URLSearchParams({ q: typed.trim().slice(0, LONGEST_SEARCH) });
    try {
      const { items } = await ask(`/api/catalog/suggest?${query}`, { signal });
      if (!signal.aborted) show(typed, items);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      if (signal.aborted) return;
      panel.hidden = true;
      warn(UNREACHABLE);
    }
  }

  function show(typed, items) {
    panel.dataset.for = typed;
    panel.querySelector('[role="status"]').textContent =
      items.length ? 'Suggestions' : 'Nothing found for these words.';
    const list = panel.querySelector('ul');
    list.replaceChildren(...items.map((item) => card(item, now()?.currency ?? 'EUR')));
    panel.hidden = false;
    panel.setAttribute('aria-busy', 'false');
  }

  function hide() {
    if (!shop.regressions.staleSearch) search.abort();
    panel.hidden = true;
  }

  function suggestFor(typed) {
    clearTimeout(pause);
    panel.setAttribute('aria-busy', 'true');
    if (typed.trim().length < SHORTEST_SEARCH) hide();
    else pause = setTimeout(look, PAUSE, typed);
  }

  box.addEventListener('input', () => {
    // Words that were not sent belong to this entry of the history, and are back with it.
    history.replaceState({ ...history.state, words: box.value }, '');
    suggestFor(box.value);
  });
  box.addEventListener('keydown', ({ key }) => { if (key === 'Escape') hide(); });
  addEventListener('pageshow', () => {
    const words = history.state?.words;
    if (words === undefined) return;
    box.value = words;
    suggestFor(words);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const words = box.value.trim().slice(0, LONGEST_SEARCH).toWellFormed();
    location.assign(`/search?${new URLSearchParams({ q: words })}`);
  });
}
