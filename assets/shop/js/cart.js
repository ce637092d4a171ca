// The cart page: lines, quantities, coupon, sum.

import { draftOf, dropDraft, keepDraft } from './drafts.js';
import { price } from './money.js';
import { press } from './press.js';
import { say, warn } from './service.js';
import { change, watch } from './visit.js';

/** Shows the cart and lets it be changed. */
export function showCart() {
  const rows = document.querySelector('[data-testid="cart-rows"]');
  if (!rows) return;
  const controls = rows.closest('fieldset');
  watch((visit) => show(rows, visit));

  rows.addEventListener('click', ({ target }) => {
    const button = target.closest('button[data-by]');
    if (!button) return;
    const row = button.closest('li');
    const quantity = button.dataset.by === 'all'
      ? 0 : Math.max(0, Number(row.dataset.quantity) + Number(button.dataset.by));
    press(controls, async () => {
      const { slug, name } = row.dataset;
      const answer = await change('/api/cart/quantity', { slug, quantity }, { repeated: true });
      if (answer?.ok && quantity === 0) say(`${name} is no longer in your basket.`);
    });
  });

  const coupon = document.querySelector('[data-testid="coupon-form"]');
  keepDraft(coupon, draftOf(coupon));
  const apply = (button, code) => press(button, async () => {
    const answer = await change('/api/cart/coupon', { code }, { repeated: true });
    if (answer?.ok) {
      coupon.reset();
      dropDraft(coupon);
      say('The coupon is applied.');
    } else if (answer) warn(answer.message);
  });
  coupon.addEventListener('submit', (event) => {
    event.preventDefault();
    apply(coupon.querySelector('[type="submit"]'), coupon.elements.code.value.slice(0, 200));
  });
  coupon.querySelector('[data-testid="offer"]').addEventListener('click', ({ target }) => {
    apply(target, target.dataset.code);
  });
}

function show(rows, { cart, currency }) {
  const page = rows.closest('main');
  const part = (name) => page.querySelector(`[data-testid="${name}"]`);
  rows.replaceChildren(...cart.lines.map((line) => row(line, currency)));
  page.querySelector('.filled').hidden = cart.units === 0;
  page.querySelector('.empty').hidden = cart.units > 0;
  const notice = part('notice');
  if (notice && cart.units > 0) notice.hidden = true;

  const discount = cart.discount_cents ?? cart.discount.cents;
  part('discount-row').hidden = discount === 0;
  part('discount').textContent = `−${price(discount, currency)}`;
  part('coupon-name').textContent = cart.coupon ?? '';
  part('subtotal').textContent = price(cart.subtotal_cents, currency);
  part('total').textContent = price(cart.total_cents, currency);
}

function row(line, currency) {
  const made = document.getElementById('cart-row').content.cloneNode(true);
  const item = made.querySelector('li');
  Object.assign(item.dataset, { slug: line.slug, name: line.name, quantity: line.quantity });
  made.querySelector('.picture').style.setProperty('--tint', line.tint);
  made.querySelector('use').setAttribute('href', `#${line.shape}`);
  const link = made.querySelector('a');
  link.href = `/product/${line.slug}`;
  link.textContent = line.name;
  made.querySelector('.quantity').textContent = line.quantity;
  made.querySelector('.sum').textContent = price(line.price_cents * line.quantity, currency);
  for (const button of made.querySelectorAll('button')) {
    button.setAttribute('aria-label', `${button.dataset.label} ${line.name}`);
  }
  return made;
}
