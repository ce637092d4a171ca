// The product page: putting the product into the cart, and the way to the products beside it.

import { showPrices } from './money.js';
import { press, ready } from './press.js';
import { say, shop, warn } from './service.js';
import { change, now } from './visit.js';

/** Lets the product on this page be bought. */
export function sell() {
  const button = document.querySelector('[data-testid="add-to-cart"]');
  if (!button) return;
  button.addEventListener('click', () => press(button, () => add(button)));
  if (shop.regressions.deadButton) openInPlace();
}

async function add(button) {
  const { slug, name } = button.dataset;
  const operation = crypto.randomUUID();
  const answer = await change(
    '/api/cart/items', { slug, quantity: 1, operation }, { repeated: true },
  );
  if (answer?.ok) say(`${name} is in your basket.`);
  else if (answer) warn(answer.message);
}

/** Opens the products beside this one without loading a whole page. */
function openInPlace() {
  document.addEventListener('click', (event) => {
    const link = event.target.closest('[data-testid="related"] a, [data-testid="recent"] a');
    if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    history.pushState({}, '', link.href);
    show(link.href);
  });
  addEventListener('popstate', () => show(location.href));
}

async function show(address) {
  const response = await fetch(address).catch(() => null);
  if (!response?.ok) {
    location.assign(address);
    return;
  }
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  document.title = page.title;
  document.querySelector('main').replaceWith(page.querySelector('main'));
  const main = document.querySelector('main');
  ready(main);
  showPrices(main, now()?.currency ?? 'EUR');
  scrollTo(0, 0);
}
