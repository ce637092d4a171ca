// Drafts: what was typed into a form and not sent yet survives a look elsewhere. Passwords are not
// kept.

const key = (form) => `draft:${form.dataset.draft}`;

const fields = (form) =>
  [...form.elements].filter((field) => field.name && field.type !== 'password');

/** What was typed into the form; null if nothing was. */
export const draftOf = (form) => JSON.parse(sessionStorage.getItem(key(form)) ?? 'null');

/** Fills the form, and keeps from now on what is typed into it. */
export function keepDraft(form, values) {
  fill(form, values);
  // Browsers put back what stood in this entry of the history, which may be older.
  addEventListener('pageshow', () => fill(form, draftOf(form) ?? values));
  keepTyped(form);
}

/** Keeps what is typed into the form. */
export function keepTyped(form) {
  form.addEventListener('input', () => {
    const typed = Object.fromEntries(fields(form).map((field) => [field.name, field.value]));
    sessionStorage.setItem(key(form), JSON.stringify(typed));
  });
}

/** Puts values into the fields of their names. */
export function fill(form, values) {
  for (const field of fields(form)) {
    const value = values?.[field.name] ?? '';
    if (field.value !== value) field.value = value;
  }
}

/** Forgets what was typed. */
export const dropDraft = (form) => sessionStorage.removeItem(key(form));
