// How this test walks: as desirepath does, it takes the first way to find an element that finds a
// visible one, and lets the page come to rest before it acts.
class Walker {
  constructor(page) {
    this.done = new Set();
    this.inFlight = new Set();
    this.take(page);
    page.context().on('page', other => this.watch(other));
  }
  watch(page) {
    if (page.isWatched) return;
    page.isWatched = true;
    page.on('request', request => this.inFlight.add(request));
    for (const end of ['requestfinished', 'requestfailed']) page.on(end, request => this.inFlight.delete(request));
    page.on('close', () => this.inFlight.clear());
    page.on('dialog', dialog => {
      const answer = this.answer ?? { accept: true };
      this.answer = null;
      return answer.accept ? dialog.accept(answer.text) : dialog.dismiss();
    });
  }
  take(page) {
    this.watch(page);
    this.page = page;
  }
  // No request for 150 ms, and none older than 5 s is waited for.
  async rest() {
    await this.page.waitForLoadState('load').catch(() => {});
    const until = Date.now() + 5_000;
    for (let quiet = 0; quiet < 3 && Date.now() < until; quiet = this.inFlight.size ? 0 : quiet + 1) {
      await this.page.waitForTimeout(50);
    }
  }
  ways(frame, way) {
    const whole = text => new RegExp(`^\\s*${text.trim().replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&').replace(/\s+/g, '\\s+')}\\s*$`, way.exact ? '' : 'i');
    const either = (text, find) => (way.exact ? [find(whole(text))] : [find(whole(text)), find(text)]);
    if (way.role) return way.name === undefined ? [frame.getByRole(way.role)] : either(way.name, name => frame.getByRole(way.role, { name }));
    if (way.label !== undefined) return either(way.label, text => frame.getByLabel(text));
    if (way.text !== undefined) return either(way.text, text => frame.getByText(text));
    if (way.placeholder !== undefined) return either(way.placeholder, text => frame.getByPlaceholder(text));
    if (way.alt !== undefined) return either(way.alt, text => frame.getByAltText(text));
    if (way.title !== undefined) return either(way.title, text => frame.getByTitle(text));
    if (way.test_id !== undefined) {
      const names = ['data-testid', 'data-test', 'data-qa', 'data-cy', 'data-test-id', 'data-qa-id', 'data-testing'];
      return [frame.locator(names.map(name => `[${name}=${JSON.stringify(way.test_id)}]`).join())];
    }
    return [frame.locator(way.css === undefined ? `xpath=${way.xpath}` : `css=${way.css}`)];
  }
  async visible(way) {
    for (const frame of this.page.frames()) {
      for (const locator of this.ways(frame, way)) {
        const chosen = way.nth ? locator.nth(way.nth - 1) : locator;
        const seen = chosen.filter({ visible: true });
        const count = await seen.count().catch(() => 0);
        if (count) return { first: seen.first(), count };
        if (await chosen.and(frame.locator('input[type=file]')).count().catch(() => 0)) return { first: chosen.first(), count: 0 };
      }
    }
    return null;
  }
  async find(ways, limit = 10_000) {
    for (const until = Date.now() + limit; ;) {
      for (const way of ways) {
        const found = await this.visible(way);
        if (found) return found.first;
      }
      if (Date.now() > until) throw new Error(`nothing visible is found by ${JSON.stringify(ways)} on ${this.page.url()}`);
      await this.page.waitForTimeout(50);
    }
  }
  async count(ways) {
    for (const way of ways) {
      const found = await this.visible(way);
      if (found) return found.count;
    }
    return 0;
  }
  async value(ways) {
    for (const way of ways) {
      const found = await this.visible(way);
      if (found) {
        return found.first.evaluate(el => (['checkbox', 'radio'].includes(el.type) ? String(el.checked) : el.value ?? el.textContent.replace(/\s+/g, ' ').trim()));
      }
    }
    return null;
  }
  async text() {
    const texts = await Promise.all(this.page.frames().map(frame => frame.locator('body').innerText({ timeout: 1_000 }).catch(() => '')));
    return texts.join(' ').replace(/\s+/g, ' ').toLowerCase();
  }
  // Whether an address is on a route: `:name` stands for one segment, `*` for the rest.
  on(wanted, url) {
    const here = new URL(url);
    if (/^[a-z][a-z0-9+.-]*:/i.test(wanted)) return here.href === new URL(wanted).href;
    const [, path, query, hash] = wanted.match(/^([^?#]*)(\?[^#]*)?(#.*)?$/);
    const parts = path.split('/').filter(Boolean);
    const rest = parts.at(-1) === '*';
    if (rest) parts.pop();
    const actual = here.pathname.split('/').filter(Boolean);
    const fits = (rest ? actual.length >= parts.length : actual.length === parts.length)
      && parts.every((part, at) => part.startsWith(':') || part === actual[at] || part === decodeURIComponent(actual[at]));
    return (path === '' || fits) && (query === undefined || query === here.search) && (hash === undefined || hash === here.hash);
  }
  async link(route, limit = 10_000) {
    for (const until = Date.now() + limit; ;) {
      const links = this.page.locator('a[href]').filter({ visible: true });
      const hrefs = await links.evaluateAll(all => all.map(el => el.href)).catch(() => []);
      const origin = new URL(this.page.url()).origin;
      const at = hrefs.findIndex(href => URL.canParse(href) && new URL(href).origin === origin && this.on(route, href));
      if (at >= 0) return links.nth(at);
      if (Date.now() > until) throw new Error(`no link leads to ${route} on ${this.page.url()}`);
      await this.page.waitForTimeout(50);
    }
  }
  async lookAt(path) {
    this.left = this.page.url();
    const link = await this.link(path, 300).catch(() => null);
    await (link ? link.click() : this.page.goto(at(path)));
  }
  async comeBack() {
    for (let tries = 0; tries < 3 && this.page.url() !== this.left; tries += 1) {
      await this.page.goBack();
      await this.rest();
    }
  }
  async paste(field, text) {
    await field.focus();
    await field.evaluate((el, text) => {
      el.select?.();
      const data = new DataTransfer();
      data.setData('text/plain', text);
      const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true, composed: true });
      if (el.dispatchEvent(event)) document.execCommand('insertText', false, text);
    }, text);
  }
  async select(list, option) {
    const fold = text => text.replace(/\s+/g, ' ').trim().toLowerCase();
    const there = await list.evaluate(el => [...el.options].map(({ value, label }) => ({ value, label })));
    const at = [o => o.value === option, o => fold(o.label) === fold(option), o => fold(o.label).includes(fold(option))]
      .map(is => there.findIndex(is)).find(at => at >= 0);
    if (at === undefined) throw new Error(`no option ${option}; there are ${there.map(o => o.label).join(', ')}`);
    await list.selectOption({ index: at });
  }
  async newTab(url) {
    const page = await this.page.context().newPage();
    this.take(page);
    await page.goto(url);
  }
  async switchTab(number) {
    for (const until = Date.now() + 10_000; Date.now() < until && this.page.context().pages().length < number;) await this.page.waitForTimeout(50);
    const page = this.page.context().pages()[number - 1];
    if (!page) throw new Error(`there is no tab ${number}`);
    await page.bringToFront();
    this.take(page);
  }
  async closeTab() {
    const pages = this.page.context().pages();
    const before = pages[pages.indexOf(this.page) - 1] ?? pages.find(page => page !== this.page);
    await this.page.close();
    if (before) await before.bringToFront();
    if (before) this.take(before);
  }
  // A step that must be possible.
  async step(id, body) {
    await body();
    this.done.add(id);
  }
  // A step that people leave out where the page does not offer it, or that a deviation may have
  // made impossible.
  async attempt(id, needs, body) {
    if (!needs.every(need => this.done.has(need))) return;
    const missed = await body().then(() => null, error => error);
    if (missed) console.log(`left out: ${id}: ${String(missed.message).split('\n')[0]}`);
    else this.done.add(id);
  }
  // Something that a person does around a step; the walk goes on where it is not possible.
  async deviate(id, body) {
    await body().catch(error => console.log(`at ${id}: ${String(error.message).split('\n')[0]}`));
  }
}
