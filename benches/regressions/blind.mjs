// Two testers that know nothing of the application: uniformly random clicks, and gremlins.js. They
// drive Chromium through Playwright and notice what needs no rule: exceptions that nothing caught,
// answers of 500 and above, and pages with nothing on them.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout } from 'node:timers/promises';
import { chromium } from 'playwright-core';

const gremlins = readFileSync(createRequire(import.meta.url).resolve('gremlins.js/dist/gremlins.min.js'), 'utf8');
const ACTS = 40;
/** A page can keep a tester for ever: no walk takes longer, in milliseconds. */
const LONGEST = 60_000;
const CLICKABLE = 'a[href], button, input, select, textarea, [role=button], [onclick]';

/** Mulberry32: the same seed, the same clicks. */
const numbers = seed => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};

/** One walk: clicks on visible elements, each as likely as the others. */
async function randomClicks(page, seed) {
  const random = numbers(seed);
  for (let act = 0; act < ACTS; act++) {
    const there = await page.locator(CLICKABLE).filter({ visible: true }).all();
    if (there.length === 0) return;
    const element = there[Math.floor(random() * there.length)];
    // What moved away meanwhile is no failure of the application.
    await element.click({ timeout: 500, noWaitAfter: true }).catch(() => {});
    await page.waitForTimeout(50);
  }
}

/** One walk: the default horde, let loose again on each page that it gets to. */
async function horde(page, seed) {
  for (let act = 0; act < ACTS; ) {
    const begun = act;
    await page.waitForLoadState('domcontentloaded').catch(() => {});
    act += await page.evaluate(async ({ seed, left }) => {
      let done = 0;
      const count = () => { done += 1; };
      document.addEventListener('click', count, true);
      const { createHorde, strategies } = window.gremlins;
      await createHorde({
        randomizer: new window.gremlins.Chance(seed),
        strategies: [strategies.distribution({ nb: left, delay: 20 })],
      }).unleash();
      return Math.max(done, left);
    }, { seed: seed + act, left: ACTS - act }).catch(() => 10);
    if (act === begun) return;
  }
}

/** Waits for something, but not for ever; that it fails is nobody's business. */
async function within(limit, something) {
  const timer = new AbortController();
  const late = setTimeout(limit, undefined, { signal: timer.signal }).catch(() => {});
  await Promise.race([something.catch(() => {}), late]);
  timer.abort();
}

/**
 * Walks for so long, two at once, and answers what was noticed: `{ oracle, text, at }`, with `at`
 * in milliseconds, and how many walks there were.
 */
async function letLoose(how, { browser, url, budget, users = 2 }) {
  const running = await chromium.launch({ executablePath: browser });
  const started = performance.now();
  const seen = new Map();
  const notice = (oracle, text) => {
    const key = `${oracle} ${text}`;
    if (!seen.has(key)) seen.set(key, { oracle, text, at: performance.now() - started });
  };
  let walks = 0;
  const user = async first => {
    for (let seed = first; performance.now() - started < budget; seed += users) {
      const context = await running.newContext();
      const page = await context.newPage();
      page.on('pageerror', error => notice('uncaught_exception', String(error)));
      page.on('dialog', dialog => dialog.dismiss().catch(() => {}));
      page.on('response', response => {
        if (response.status() >= 500) notice('http_5xx', new URL(response.url()).pathname);
      });
      page.on('load', async () => {
        await page.waitForTimeout(1000).catch(() => {});
        const text = await page.evaluate(() => document.body?.innerText.trim() ?? '').catch(() => '?');
        if (text === '' && page.url().startsWith(url)) notice('blank_page', new URL(page.url()).pathname);
      });
      await page.addInitScript(gremlins);
      await page.goto(url);
      await within(LONGEST, how(page, seed));
      walks += 1;
      await within(LONGEST, context.close());
    }
  };
  await Promise.all(Array.from({ length: users }, (_, first) => user(first + 1)));
  await running.close();
  return { walks, seen: [...seen.values()] };
}

export const blind = {
  'random clicks': options => letLoose(randomClicks, options),
  'gremlins.js': options => letLoose(horde, options),
};
