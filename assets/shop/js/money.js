// Prices: how they are written, and that all prices of a page are in the visitor's currency.

import { shop } from './service.js';
import { watch } from './visit.js';

const SIGNS = { EUR: '€', USD: '$', GBP: '£' };

/** An amount in hundredths of the currency, as text. */
export const amount = (cents, currency) => SIGNS[currency] + (cents / 100).toFixed(2);

/** Euro cents as a price in the currency. */
export function price(euroCents, currency) {
  return amount(Math.round((euroCents * shop.rates[currency]) / 1000), currency);
}

/** Keeps every price on the page in the visitor's currency. */
export function keepPrices() {
  watch(({ currency }) => showPrices(document, currency));
}

/** Shows the prices below `root` in this currency. */
export function showPrices(root, currency) {
  for (const shown of root.querySelectorAll('[data-cents]')) {
    shown.textContent = price(Number(shown.dataset.cents), currency);
  }
}

/** A picture, price and name to click on; what the server's card.html is. */
export function card(product, currency) {
  const made = document.getElementById('card').content.cloneNode(true);
  made.querySelector('a').href = `/product/${product.slug}`;
  made.querySelector('.picture').style.setProperty('--tint', product.tint);
  made.querySelector('use').setAttribute('href', `#${product.shape}`);
  made.querySelector('.name').textContent = product.name;
  const shown = made.querySelector('[data-cents]');
  shown.dataset.cents = product.price_cents;
  shown.textContent = price(product.price_cents, currency);
  return made;
}
