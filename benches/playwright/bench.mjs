// The same journey in desirepath and in Playwright, on the bundled shop, side by side.
//
//   node bench.mjs [--rounds 10] [--rules]
//
// What is measured is the wall time of one walk among many, on both sides the same: from the end of
// one walk to the end of the next. A fresh browser context and its tab, every step from the first
// address to the last expectation, the waiting in between, writing down what is written down, and
// getting rid of the context are all in it; starting and ending browser and process are not.
// In each round each of the two starts a browser, walks twice to warm it up (not counted), and walks
// three times more (counted, each a third). They take turns, so that noise of the machine hits them
// alike. Both drive the same Chromium, headless, with their default settings.
//
// The journey also has rules: readings of the page after every step, and nine conditions on them.
// Playwright has nothing like it, so they are left out; --rules keeps them on desirepath's side.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { searchThenBuy } from './search-then-buy.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const desirepath = join(root, 'target/release/desirepath');
const browser = [process.env.CHROME, '/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/chrome']
  .find(path => path && existsSync(path));
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '10' }, rules: { type: 'boolean', default: false } } });
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds is a number from 1');
if (!browser) throw new Error('no Chromium or Chrome: say where it is in CHROME');
const scratch = mkdtempSync(join(tmpdir(), 'desirepath-bench-'));

/** The bundled shop on a free port: its process and its address. */
function openShop() {
  const shop = spawn(desirepath, ['shop', '--release', '1.0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    shop.once('exit', code => reject(new Error(`the shop ended with ${code}`)));
    shop.stdout.on('data', said => {
      const url = /http:\/\/\S+/.exec(said)?.[0];
      if (url) resolve({ shop, url });
    });
  });
}

/** Runs desirepath with a folder of its own for the run, and returns the run's folder. */
function run(...args) {
  const out = mkdtempSync(join(scratch, 'run-'));
  const env = { ...process.env, CHROME: browser };
  const { status, stderr } = spawnSync(desirepath, [...args, '--out', out], { encoding: 'utf8', cwd: scratch, env });
  if (status !== 0) throw new Error(`desirepath ended with ${status}\n${stderr}`);
  return join(out, readdirSync(out)[0]);
}

/** The walk's plan: what chance decides in the journey is decided once (mug, Ada Lovelace). */
function plan(url) {
  const journey = join(root, 'journeys/shop/search-then-buy.yaml');
  const walks = join(run('run', journey, '--base-url', url, '--perturb', 'none', '--users', '1', '--seed', '1'), 'walks');
  const whole = readFileSync(join(walks, readdirSync(walks)[0]), 'utf8');
  const path = join(scratch, 'plan.yaml');
  writeFileSync(path, values.rules ? whole : whole.slice(0, whole.search(/^observe:/m)));
  return path;
}

const WARM_UP = 2;
const COUNTED = 3;

/**
 * Walks in one browser; the times are those of its run's events. (The second of a replay is in no
 * case counted: it takes a picture of every step.)
 */
function walkWithDesirepath(plan) {
  const folder = run('replay', plan, '--times', `${WARM_UP + COUNTED}`, '--report', 'json');
  const events = readFileSync(join(folder, 'events.jsonl'), 'utf8').trim().split('\n').map(line => JSON.parse(line));
  const ends = events.filter(({ event }) => event === 'walk_closed').map(({ at }) => at);
  return (ends.at(-1) - ends.at(-1 - COUNTED)) / COUNTED;
}

/** The same with Playwright. */
async function walkWithPlaywright(url) {
  const running = await chromium.launch({ executablePath: browser });
  let started;
  for (let walk = 0; walk < WARM_UP + COUNTED; walk++) {
    if (walk === WARM_UP) started = performance.now();
    const context = await running.newContext();
    await searchThenBuy(await context.newPage(), url);
    await context.close();
  }
  const took = (performance.now() - started) / COUNTED;
  await running.close();
  return took;
}

const quantile = (sorted, share) => {
  const place = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return low + (high - low) * (place % 1);
};

const { shop, url } = await openShop();
try {
  const path = plan(url);
  const contestants = [
    { name: 'Playwright', walk: () => walkWithPlaywright(url), times: [] },
    { name: values.rules ? 'desirepath, with the rules' : 'desirepath', walk: () => walkWithDesirepath(path), times: [] },
  ];
  for (let round = 0; round < rounds; round++) {
    // Each begins as often as the others.
    const turn = contestants.map((_, i) => contestants[(i + round) % contestants.length]);
    for (const { name, walk, times } of turn) {
      times.push(await walk());
      console.error(`round ${round + 1} of ${rounds}: ${name} ${Math.round(times.at(-1))} ms`);
    }
  }
  const rows = contestants.map(({ name, times }) => {
    const sorted = times.toSorted((a, b) => a - b);
    return { name, median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75), min: sorted[0], max: sorted.at(-1) };
  });
  const { version } = JSON.parse(readFileSync(new URL('node_modules/playwright-core/package.json', import.meta.url)));
  const chromiumVersion = spawnSync(browser, ['--version'], { encoding: 'utf8' }).stdout.replace(/ built on.*/s, '').trim();
  console.log(`search-then-buy, ${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, Playwright ${version}, ${chromiumVersion}\n`);
  console.log('| one walk | median | ratio | middle half | min–max | runs |\n|---|---|---|---|---|---|');
  for (const { name, median, low, high, min, max } of rows) {
    const ms = value => Math.round(value);
    console.log(`| ${name} | ${ms(median)} ms | ${(median / rows[0].median).toFixed(2)} | ${ms(low)}–${ms(high)} ms | ${ms(min)}–${ms(max)} ms | ${rounds} |`);
  }
} finally {
  shop.removeAllListeners('exit');
  shop.kill('SIGINT');
  rmSync(scratch, { recursive: true, force: true });
}
