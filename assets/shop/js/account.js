// Who the visitor is and which currency they want.

import { draftOf, dropDraft, keepDraft } from './drafts.js';
import { press } from './press.js';
import { say, warn } from './service.js';
import { change, watch } from './visit.js';

/** The longest text that is sent; the server says what is wrong with it. */
const LONGEST = 1000;
const DEMO_ACCOUNT = ['demo@example.org', 'corner'];

/** Lets visitors sign in and out, wherever a page offers it. */
export function offerSignIn() {
  for (const place of document.querySelectorAll('[data-testid="sign-in"]')) {
    const form = place.querySelector('form');
    const wrong = place.querySelector('.wrong');
    keepDraft(form, draftOf(form));
    const signIn = (button, email, password) => press(button, async () => {
      const answer = await change('/api/visit/sign-in', { email, password });
      wrong.textContent = answer?.message ?? '';
      if (!answer?.ok) return;
      form.reset();
      dropDraft(form);
      say('You are signed in.');
    });
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const { email, password } = form.elements;
      const button = form.querySelector('[type="submit"]');
      signIn(button, email.value.slice(0, LONGEST), password.value.slice(0, LONGEST));
    });
    form.querySelector('[data-testid="demo-account"]').addEventListener('click', ({ target }) => {
      signIn(target, ...DEMO_ACCOUNT);
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
