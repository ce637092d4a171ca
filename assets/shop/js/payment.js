// The sum of a checkout, on both of its steps, and placing the order.

import { amount } from './money.js';
import { press } from './press.js';
import { ask, shop, Unreachable, UNREACHABLE, warn } from './service.js';
import { change, now, refresh, watch } from './visit.js';

const RETRY = 2000;

/** What the visitor can agree to; null until it is known, and while it changes. */
let quote = null;
let placing = false;

/** Shows what the order costs. */
export function showSum() {
  const sum = document.querySelector('[data-testid="sum"]');
  if (!sum) return;
  let shownFor = null;
  let asked = new AbortController();

  async function load(visit) {
    shownFor = JSON.stringify([visit.currency, visit.cart]);
    quote = null;
    allowOrder(false);
    asked.abort();
    asked = new AbortController();
    const { signal } = asked;
    sum.setAttribute('aria-busy', 'true');
    try {
      const answer = await ask('/api/payment/quote', { signal });
      if (signal.aborted) return;
      quote = answer;
      show(sum, quote);
      sum.setAttribute('aria-busy', 'false');
      allowOrder(true);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      if (signal.aborted) return;
      warn(UNREACHABLE);
      if (error.isTemporary) setTimeout(() => { if (!signal.aborted) load(now()); }, RETRY);
    }
  }

  addEventListener('pageshow', (event) => {
    if (!event.persisted) return;
    shownFor = null;
    placing = false;
  });
  watch((visit) => {
    if (placing) return;
    if (visit.cart.units === 0) {
      location.replace('/cart?notice=empty');
    } else if (quote && quote.currency !== visit.currency && shop.regressions.currencyNan) {
      show(sum, inCurrency(quote, visit.currency));
    } else if (shownFor !== JSON.stringify([visit.currency, visit.cart])) {
      load(visit);
    }
  });
}

function show(sum, { subtotal, discount, shipping, total }) {
  const part = (name) => sum.querySelector(`[data-testid="${name}"]`);
  part('subtotal').textContent = subtotal;
  part('discount').textContent = discount ?? '';
  part('discount-row').hidden = discount === null;
  part('shipping').textContent = shipping;
  part('total').textContent = total;
}

/** The quote in another currency, without asking for it. */
function inCurrency(given, currency) {
  const rate = shop.rates[currency] / given.rate;
  return { ...given, total: amount(Math.round(given.total_cents * rate), currency) };
}

/** Nobody orders at a price that they cannot see. */
function allowOrder(is) {
  const order = document.getElementById('order');
  if (order) order.disabled = !is;
}

/** Lets the order be placed. */
export function takeOrder() {
  const button = document.querySelector('[data-testid="place-order"]');
  if (!button) return;
  if (shop.regressions.reloadPayment) takeOver();
  button.addEventListener('click', () => {
    if (shop.regressions.doubleOrder) place();
    else press(button, place);
  });
}

async function place() {
  placing = true;
  const order = { checkout: now().cart.checkout, total_cents: quote.total_cents };
  const answer = shop.regressions.doubleOrder
    ? await sendAtOnce(order)
    : await change('/api/payment/orders', order, { repeated: true });
  if (answer?.next) {
    location.replace(answer.next);
    // The page is as good as left: its button must not come back to life.
    await new Promise(() => {});
  }
  placing = false;
  if (answer) {
    warn(answer.message);
    refresh();
  }
}

/** Sends the order without waiting for its turn among the changes of the visit. */
async function sendAtOnce(order) {
  try {
    return await ask('/api/payment/orders', { send: order });
  } catch {
    warn(UNREACHABLE);
    return null;
  }
}

/** Takes the address over from the step before, and leaves no trace of it. */
function takeOver() {
  const address = JSON.parse(sessionStorage.getItem('handover'));
  sessionStorage.removeItem('handover');
  document.querySelector('[data-testid="deliver-to"] strong').textContent = address.name;
}
