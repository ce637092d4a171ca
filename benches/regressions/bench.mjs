// What of the listed regressions of the bundled shop is found, and after how long: by a sweep of
// desirepath, by the same journeys walked calm, by uniformly random clicks and by gremlins.js.
//
//   node bench.mjs [--walks 100] [--seed 77]
//
// The sweep comes first; the two blind testers then get as much time as it took, on as many pages
// at once. A false alarm is a failure on release 1.0, or one on release 1.1 that is not listed. All
// of them walk both releases. The list is src/demo/regressions.yaml.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { blind } from './blind.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const desirepath = join(root, 'target/release/desirepath');
const browser = [process.env.CHROME, '/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/chrome']
  .find(path => path && existsSync(path));
if (!browser) throw new Error('no Chromium or Chrome: say where it is in CHROME');
const { values } = parseArgs({
  options: { walks: { type: 'string', default: '100' }, seed: { type: 'string', default: '77' } },
});
const scratch = mkdtempSync(join(tmpdir(), 'desirepath-bench-'));
const regressions = parse(readFileSync(join(root, 'src/demo/regressions.yaml'), 'utf8'));

function openShop(release) {
  const shop = spawn(desirepath, ['shop', '--release', release], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    shop.once('exit', code => reject(new Error(`the shop ended with ${code}`)));
    shop.stdout.on('data', said => {
      const url = /http:\/\/\S+/.exec(said)?.[0];
      if (url) resolve({ shop, url: url.replace(/\/$/, '') });
    });
  });
}

function sweep(url, ...args) {
  const out = mkdtempSync(join(scratch, 'run-'));
  const started = performance.now();
  const { status, stderr } = spawnSync(desirepath, [
    'run', join(root, 'journeys/shop'), '--base-url', url, '--seed', values.seed, '--shrink', '0',
    '--report', 'json', '--out', out, ...args,
  ], { encoding: 'utf8', cwd: scratch, env: { ...process.env, CHROME: browser } });
  if (status !== 0 && status !== 1) throw new Error(`desirepath ended with ${status}\n${stderr}`);
  const { findings } = JSON.parse(readFileSync(join(out, readdirSync(out)[0], 'findings.json'), 'utf8'));
  const events = readFileSync(join(out, readdirSync(out)[0], 'events.jsonl'), 'utf8').trim().split('\n').map(line => JSON.parse(line));
  return {
    took: performance.now() - started,
    walks: events.filter(({ event }) => event === 'walk_finished').length,
    seen: findings.filter(f => f.severity === 'fail' && !f.noise)
      .map(f => ({ oracle: f.oracle, text: [f.title, f.message, f.request ?? ''].join('\n'), at: f.first_at })),
  };
}

/** The same as src/demo/recognise.rs. */
const is = ({ oracle, text }, { found_as }) => found_as.some(sign => sign.oracle === oracle && text.includes(sign.mentions));

const rows = [];
function tell(name, right, broken) {
  const found = new Map();
  for (const regression of regressions) {
    const first = broken.seen.filter(seen => is(seen, regression)).toSorted((a, b) => a.at - b.at)[0];
    if (first) found.set(regression.id, first.at);
  }
  const off = broken.seen.filter(seen => !regressions.some(regression => is(seen, regression)));
  rows.push({ name, found, walks: broken.walks, took: broken.took, alarms: right.seen.length, off });
  for (const seen of [...right.seen, ...off]) console.error(`${name}, off the list: ${seen.oracle}: ${seen.text.split('\n')[0]}`);
}

const shops = { right: await openShop('1.0'), broken: await openShop('1.1') };
try {
  const both = what => ({ right: what(shops.right.url), broken: what(shops.broken.url) });
  const perturbed = both(url => sweep(url, '--walks', values.walks));
  tell(`desirepath, ${values.walks} walks`, perturbed.right, perturbed.broken);
  const calm = both(url => sweep(url, '--perturb', 'none'));
  tell('the journeys alone, calm', calm.right, calm.broken);
  for (const [name, walk] of Object.entries(blind)) {
    const budget = perturbed.broken.took;
    const right = await walk({ browser, url: shops.right.url, budget });
    const broken = await walk({ browser, url: shops.broken.url, budget });
    tell(name, { ...right, took: budget }, { ...broken, took: budget });
  }
  const s = ms => `${Math.round(ms / 1000)} s`;
  console.log(`\n| | found of ${regressions.length} | off the list on 1.1 | alarms on 1.0 | walks on 1.1 | time on 1.1 |\n|---|---|---|---|---|---|`);
  for (const row of rows) {
    console.log(`| ${row.name} | ${row.found.size} | ${row.off.length} | ${row.alarms} | ${row.walks} | ${s(row.took)} |`);
  }
  console.log(`\n| found after | ${rows.map(row => row.name).join(' | ')} |\n|---|${rows.map(() => '---|').join('')}`);
  for (const { id } of regressions) {
    console.log(`| ${id} | ${rows.map(row => (row.found.has(id) ? s(row.found.get(id)) : '–')).join(' | ')} |`);
  }
} finally {
  for (const { shop } of Object.values(shops)) {
    shop.removeAllListeners('exit');
    shop.kill('SIGINT');
  }
  rmSync(scratch, { recursive: true, force: true });
}
