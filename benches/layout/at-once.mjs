// Users at once in Playwright: contexts of one browser, each walking the same steps again and again.
//
//   node at-once.mjs URL USERS WALKS
//
// Prints for each walk when it ended, in milliseconds since the first began.
import { existsSync } from 'node:fs';
import { chromium } from '../playwright/node_modules/playwright-core/index.mjs';
import { searchThenBuy } from '../playwright/search-then-buy.mjs';

const [url, users, walks] = process.argv.slice(2);
const executablePath = [process.env.CHROME, '/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/chrome']
  .find(path => path && existsSync(path));
const browser = await chromium.launch({ executablePath });
const began = performance.now();
let left = Number(walks);
const walkOn = async () => {
  while (left-- > 0) {
    const context = await browser.newContext();
    await searchThenBuy(await context.newPage(), url);
    await context.close();
    console.log(Math.round(performance.now() - began));
  }
};
await Promise.all(Array.from({ length: Number(users) }, walkOn));
await browser.close();
