// Converts the shop's journeys and a plan full of deviations, and runs what comes out in the tools
// that it is for: @playwright/test and @puppeteer/replay. Ends with 1 where something fails.
//
//   make elsewhere          (or: npm install here, cargo build, node check.mjs)
//
// Recordings of the shop are converted too, and walked by desirepath. CHROME names the browser.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PuppeteerRunnerExtension, createRunner, parse } from '@puppeteer/replay';
import puppeteer from 'puppeteer-core';

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));
const desirepath = join(root, 'target/debug/desirepath');
const browser = [process.env.CHROME, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(path => path && existsSync(path));
if (!browser) throw new Error('no Chromium or Chrome: say where it is in CHROME');
const out = join(here, 'out');
rmSync(out, { recursive: true, force: true });
mkdirSync(out);

let failed = 0;
const say = (ok, what, why = '') => {
  failed += ok ? 0 : 1;
  console.log(`${ok ? 'ok    ' : 'FAILED'}  ${what}${ok ? '' : `\n${why}`}`);
};
const run = (program, args, options = {}) => spawnSync(program, args, { encoding: 'utf8', ...options });

const shop = spawn(desirepath, ['shop', '--release', '1.0'], { stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const url = await new Promise((resolve, reject) => {
    shop.once('exit', code => reject(new Error(`the shop ended with ${code}`)));
    shop.stdout.on('data', said => { const found = /http:\/\/\S+/.exec(said)?.[0]; if (found) resolve(found); });
  });
  const journeys = readdirSync(join(root, 'journeys/shop')).filter(file => file !== 'rules.yaml').map(file => join(root, 'journeys/shop', file));
  const deviations = join(root, 'tests/fixtures/recordings/deviations.yaml');
  for (const file of [...journeys, deviations]) {
    for (const to of ['playwright', 'recorder']) {
      // A recording has no way to leave out what the lost network made impossible.
      if (to === 'recorder' && file === deviations) continue;
      const { status, stderr } = run(desirepath, ['convert', file, '--to', to, '--base-url', url, '--out', join(out, to)]);
      if (status !== 0) say(false, `convert ${file} --to ${to}`, stderr);
    }
  }
  const config = `export default { testDir: '.', workers: 1, reporter: 'line', use: { launchOptions: { executablePath: ${JSON.stringify(browser)}, args: ['--no-sandbox'] } } };\n`;
  writeFileSync(join(out, 'playwright', 'playwright.config.mjs'), config);
  const played = run('npx', ['playwright', 'test'], { cwd: join(out, 'playwright') });
  say(played.status === 0, `@playwright/test: ${/\d+ passed/.exec(played.stdout)?.[0]}`, played.stdout + played.stderr);

  // That a test can fail shows that the others did not pass for nothing.
  const broken = join(out, 'broken');
  mkdirSync(broken);
  cpSync(join(out, 'playwright', 'playwright.config.mjs'), join(broken, 'playwright.config.mjs'));
  const spec = readFileSync(join(out, 'playwright', 'search-then-buy.spec.mjs'), 'utf8');
  writeFileSync(join(broken, 'broken.spec.mjs'), spec.replace('"Thank you"', '"No such words"'));
  say(run('npx', ['playwright', 'test'], { cwd: broken }).status === 1, '@playwright/test fails where the page says something else');

  for (const file of readdirSync(join(out, 'recorder'))) {
    const chrome = await puppeteer.launch({ executablePath: browser, args: ['--no-sandbox'] });
    try {
      const page = await chrome.newPage();
      const recording = parse(JSON.parse(readFileSync(join(out, 'recorder', file), 'utf8')));
      await (await createRunner(recording, new PuppeteerRunnerExtension(chrome, page))).run();
      say(true, `@puppeteer/replay: ${file}`);
    } catch (error) {
      say(false, `@puppeteer/replay: ${file}`, error.message);
    }
    await chrome.close();
  }

  for (const recording of ['shop.recorder.json', 'shop.side', 'shop.rrweb.jsonl', 'shop.har', 'pages.txt']) {
    const folder = join(out, 'journeys', recording);
    run(desirepath, ['convert', join(root, 'tests/fixtures/recordings', recording), '--out', folder]);
  }
  const env = { ...process.env, CHROME: browser };
  const walked = run(desirepath, ['run', join(out, 'journeys'), '--base-url', url, '--perturb', 'none', '--out', join(out, 'runs')], { cwd: out, env });
  say(walked.status === 0, `desirepath run: ${/\d+ passed/.exec(walked.stdout)?.[0]}`, walked.stdout + walked.stderr);
} finally {
  shop.kill();
}
process.exitCode = failed ? 1 : 0;
