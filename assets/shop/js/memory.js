// Release 1.1 only: pages remember the cart that they showed, so that it is back at once when they
// are returned to.

import { isReturn } from './service.js';
import { change, watch } from './visit.js';

/** Remembers the cart with this entry of the history, and brings it back on return. */
export function rememberCart() {
  if (isReturn()) bringBack();
  addEventListener('pageshow', (event) => { if (event.persisted) bringBack(); });
  watch(({ cart }) => {
    const lines = cart.lines.map(({ slug, quantity }) => ({ slug, quantity }));
    history.replaceState({ ...history.state, lines }, '');
  });
}

function bringBack() {
  const lines = history.state?.lines ?? [];
  if (lines.length > 0) change('/api/cart/restore', { lines });
}
