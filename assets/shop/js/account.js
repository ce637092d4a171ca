// Who the visitor is and which currency they want.

import { draftOf, dropDraft, keepDraft } from './drafts.js';
import { press } from './press.js';
import { say, warn } from './service.js';
import { change, watch } from './visit.js';

/** Lets visitors sign in and out, wherever a page offers it. */
export function offerSignIn() {
  for (const place of document.querySelectorAll('[data-testid="sign-in"]')) {
    const form = place.querySelector('form');
    const wrong = place.querySelector('.wrong');
    keepDraft(form, draftOf(form));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      press(form.querySelector('[type="submit"]'), async () => {
        const { email, password } = form.elements;
        const answer = await change('/api/visit/sign-in', {
          email: email.value.slice(0, 1000), password: password.value.slice(0, 1000),
        });
        wrong.textContent = answer?.message ?? '';
        if (!answer?.ok) return;
        form.reset();
        dropDraft(form);
        say('You are signed in.');
      });
    });
    const out = place.querySelector('[data-testid="sign-out"]');
    out.addEventListener('click', () => press(out, async () => {
      if ((await change('/api/visit/sign-out', {}))?.ok) say('You are signed out.');
    }));
    watch(({ account }) => {
      form.hidden = account !== null;
      place.querySelector('.signed-in').hidden = account === null;
      place.querySelector('[data-testid="who"]').textContent = account ?? '';
    });
  }
}

/** Lets visitors choose the currency of all prices. */
export function offerCurrency() {
  const choice = document.querySelector('[data-testid="currency"]');
  choice.addEventListener('change', async () => {
    const answer = await change('/api/visit/currency', { currency: choice.value });
    if (answer?.ok) say(`Prices are now in ${choice.value}.`);
    else if (answer) warn(answer.message);
  });
  watch(({ currency }) => { choice.value = currency; });
}
