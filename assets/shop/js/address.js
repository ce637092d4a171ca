// The address step of the checkout.

import { draftOf, fill, keepDraft, keepTyped } from './drafts.js';
import { press } from './press.js';
import { isReturn, shop } from './service.js';
import { change } from './visit.js';

/** The longest text that is sent; the server says what is too long. */
const LONGEST = 2000;

/** Lets the address be given. */
export function askAddress() {
  const form = document.querySelector('[data-testid="address-form"]');
  if (!form) return;
  const saved = JSON.parse(document.getElementById('saved-address').textContent);
  if (shop.regressions.addressEmptied) {
    // The server's copy is the one that counts, also on return.
    fill(form, saved);
    addEventListener('pageshow', (event) => {
      if (event.persisted || isReturn()) fill(form, saved);
    });
    keepTyped(form);
  } else {
    keepDraft(form, draftOf(form) ?? saved);
  }
  addEventListener('pageshow', () => { form.dataset.ready = 'true'; });

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    press(form.querySelector('[type="submit"]'), () => give(form));
  });
}

async function give(form) {
  const address = Object.fromEntries(
    [...new FormData(form)].map(([name, value]) => [name, value.slice(0, LONGEST)]),
  );
  const answer = await change('/api/checkout/address', address);
  if (!answer) return;
  showErrors(form, answer.errors ?? {});
  if (answer.ok && shop.regressions.reloadPayment) {
    sessionStorage.setItem('handover', JSON.stringify(address));
  }
  if (answer.next) location.assign(answer.next);
}

function showErrors(form, errors) {
  for (const field of form.querySelectorAll('input')) {
    const wrong = errors[field.name] ?? '';
    field.setAttribute('aria-invalid', String(wrong !== ''));
    document.getElementById(`${field.id}-wrong`).textContent = wrong;
  }
  form.querySelector('[aria-invalid="true"]')?.focus();
}
