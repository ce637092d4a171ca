// Asking the server, and saying what came of it. What is asked, and why, is up to the others.

/** What the page was told by the server: release, rates, differences from release 1.0. */
export const shop = window.__SHOP;

/** The server did not answer, or not as it should. */
export class Unreachable extends Error {
  /** Whether asking again may help: nothing was answered at all. */
  isTemporary = true;
}

const PATIENCE = 15_000;
/** Browsers take no longer body for a request that is to survive its page. */
const LONGEST_SURVIVOR = 60_000;

let leaving = false;
addEventListener('pagehide', () => { leaving = true; });
addEventListener('pageshow', () => { leaving = false; });

/** Whether this page was loaded because somebody went back or forward to it. */
export function isReturn() {
  const [entry] = performance.getEntriesByType('navigation');
  return entry?.type === 'back_forward';
}

/** Half an emoji is no text that a server could read. */
const wellFormed = (_, value) => (typeof value === 'string' ? value.toWellFormed() : value);

/**
 * Asks for JSON; with `send`, tells something. A request that dies because its page is left is
 * nobody's business any more: it never settles.
 */
export async function ask(path, { send, signal } = {}) {
  const patience = AbortSignal.timeout(PATIENCE);
  const options = { signal: signal ? AbortSignal.any([signal, patience]) : patience };
  if (send !== undefined) {
    options.method = 'POST';
    options.headers = { 'content-type': 'application/json' };
    options.body = JSON.stringify(send, wellFormed);
    options.keepalive = options.body.length < LONGEST_SURVIVOR;
  }
  try {
    const response = await fetch(path, options);
    if (!response.ok) {
      throw Object.assign(new Unreachable(`${path}: ${response.status}`), { isTemporary: false });
    }
    return await response.json();
  } catch (error) {
    if (leaving) return new Promise(() => {});
    throw error instanceof Unreachable ? error : new Unreachable(path, { cause: error });
  }
}

const alertBox = document.querySelector('[data-testid="alert"]');
const statusBox = document.querySelector('[data-testid="status"]');
let fading;

/** Shows something that went well, for a while. */
export function say(text) {
  clearTimeout(fading);
  hush();
  statusBox.textContent = text;
  fading = setTimeout(() => { statusBox.textContent = ''; }, 4000);
}

/** Shows something that the visitor has to know, until something goes well. */
export function warn(text) {
  clearTimeout(fading);
  statusBox.textContent = '';
  alertBox.textContent = text;
}

/** Takes the warning away. */
export function hush() {
  alertBox.textContent = '';
}

/** What is said when the server cannot be reached. */
export const UNREACHABLE = 'The shop cannot be reached just now. Please try again in a moment.';
