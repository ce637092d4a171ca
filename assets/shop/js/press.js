// One press of a button is one intent: the second half of a double click must not be another.

const PAUSE = 600;

const pressed = new Set();

// A page that was put aside in the middle of a press does not hear how it ended.
addEventListener('pageshow', (event) => {
  if (event.persisted) for (const control of pressed) release(control);
});

function release(control) {
  control.disabled = false;
  pressed.delete(control);
}

/** Does `work` with the control disabled, and leaves it so for a moment. */
export async function press(control, work) {
  if (control.disabled) return;
  control.disabled = true;
  pressed.add(control);
  const pause = new Promise((resolve) => { setTimeout(resolve, PAUSE); });
  try {
    await work();
    await pause;
  } finally {
    release(control);
  }
}

/** Gives the controls of a page free that had to wait for its scripts. */
export function ready(root) {
  for (const control of root.querySelectorAll('[data-waits]')) {
    control.disabled = false;
    control.removeAttribute('data-waits');
  }
}
