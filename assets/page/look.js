// One look at the page: waits until it rests, takes the journey's readings, tests its rules and
// aims at what the next step needs. A look is cut into slices, so that the driver is never busy
// for long; the caller carries on where a slice ended.

let aimed = null, aimedAt = 0;

const reason = (error) => { try { return `${error?.name ?? 'Error'}: ${error?.message ?? error}`; } catch { return 'an error'; } };

const visibleText = () => {
  const texts = [document.body?.innerText ?? ''];
  for (const root of rootsOf()) {
    if (root === document) continue;
    const body = root.nodeType === Node.DOCUMENT_NODE ? [root.body] : [...root.children];
    for (const el of body) if (el && !SILENT.has(el.localName) && (el.innerText ?? '') !== '' && isVisible(el)) texts.push(el.innerText);
  }
  return fold(texts.join('\n'));
};

const SEEN = 'img, svg, canvas, video, audio[controls], iframe, object, embed, input, button, select, textarea, progress, meter, hr';
const isBlank = () => {
  if (document.readyState === 'loading' || !document.body) return document.readyState !== 'loading';
  if (visibleText() !== '') return false;
  for (const root of rootsOf()) {
    for (const el of root.querySelectorAll('*')) {
      if (el.matches(SEEN) ? isVisible(el) : getComputedStyle(el).backgroundImage !== 'none' && isVisible(el)) return false;
    }
  }
  return true;
};

// Readings leave the page as JSON text: what JSON cannot say (undefined, functions) is null.
const plain = (value) => { const text = JSON.stringify(value); return text === undefined ? null : JSON.parse(text); };

const takeReadings = (observe) => {
  const readings = {};
  const failed = {};
  for (const [name, read] of observe) {
    try { readings[name] = plain(read()); } catch (error) { readings[name] = null; failed[name] = reason(error); }
  }
  return { readings, failed };
};

// `null` when the rule holds, else `{ error }`.
const testRule = (rule, user, readings, args) => {
  try {
    if (rule.kind === 'js') return user.rules[rule.index](readings, args.was, args.step) ? null : { error: null };
    const there = textMatch(rule.text, true);
    const has = visibleText().includes(fold(rule.text)) || there(visibleText()) > 0;
    return has === (rule.kind === 'text') ? null : { error: null };
  } catch (error) {
    return { error: reason(error) };
  }
};

// The path in a fragment, with which an application may tell its pages apart; an anchor has none.
const behindHash = (hash) => hash.match(/^#!?\/+[^/?#][^?#]*/)?.[0] ?? '';
const placeOf = (url) => url.pathname + behindHash(url.hash);
const segmentsOf = (text) => {
  const [before, fragment = ''] = text.split(/#(.*)/s);
  const [, mark, behind] = behindHash(`#${fragment}`).match(/^(#!?)(.*)$/s) ?? [null, '', ''];
  return [...before.split('?')[0].split('/'), mark, ...behind.split('/')].filter(Boolean);
};

const routeMatches = (route, path) => {
  const wanted = segmentsOf(route);
  const actual = segmentsOf(path);
  for (let i = 0; ; i += 1) {
    if (wanted[i] === '*') return true;
    if (i >= wanted.length || i >= actual.length) return wanted.length === actual.length;
    if (wanted[i].startsWith(':') ? actual[i].startsWith('#') : wanted[i] !== actual[i] && wanted[i] !== decodeURIComponent(actual[i])) return false;
  }
};

const urlHolds = (wanted) => {
  if (/^[a-z][a-z0-9+.-]*:/i.test(wanted)) {
    const url = new URL(wanted);
    return url.href === location.href || (!url.hash && url.href === location.href.split('#')[0]);
  }
  const [, path, query, hash] = wanted.match(/^([^?#]*)(\?[^#]*)?(#.*)?$/);
  // A path in the fragment is part of the route; whatever else stands there is meant to the letter.
  const inner = hash?.includes('?') ? '' : behindHash(hash ?? '');
  const onRoute = inner
    ? routeMatches((path || location.pathname) + inner, placeOf(location))
    : path === '' || routeMatches(path, hash === undefined ? placeOf(location) : location.pathname);
  return onRoute && (query === undefined || query === location.search) && (hash === undefined || inner !== '' || hash === location.hash);
};

const short = (text) => (text.length > 120 ? `${text.slice(0, 117)}…` : text);
const valueOf = (el) => (el.isContentEditable ? el.innerText : el.type === 'checkbox' || el.type === 'radio' ? String(el.checked) : el.value ?? fold(el.textContent));

// What is seen instead, in words; null when the condition holds.
const fails = (condition, index, user) => {
  const [[kind, what]] = Object.entries(condition);
  const nameOfTarget = what?.called;
  switch (kind) {
    case 'url': return urlHolds(what) ? null : `expected the address ${what}, but it is ${location.pathname}${location.search}${location.hash}`;
    case 'title': return lower(document.title).includes(lower(what)) ? null : `expected the title “${what}”, but it is “${short(document.title)}”`;
    case 'text': return lower(visibleText()).includes(lower(what)) ? null : `expected the text “${what}”, but it is not visible`;
    case 'no_text': return lower(visibleText()).includes(lower(what)) ? `expected no text “${what}”, but it is visible` : null;
    case 'visible': {
      const found = findTarget(what.target);
      if (found && isVisible(found.el)) return null;
      const near = found ? [] : nearest(what.target[0]);
      return `expected ${nameOfTarget} to be visible, but ${found ? 'it is hidden' : 'it is not on the page'}${near.length ? ` (nearest: ${near.map((n) => `“${n}”`).join(', ')})` : ''}`;
    }
    case 'hidden': {
      const found = findTarget(what.target);
      return found && isVisible(found.el) ? `expected ${nameOfTarget} to be hidden, but it is visible` : null;
    }
    case 'value': {
      const found = findTarget(what.target);
      if (!found) return `expected ${nameOfTarget} to hold “${what.is}”, but it is not on the page`;
      const value = valueOf(found.el);
      return value === what.is ? null : `expected ${nameOfTarget} to hold “${what.is}”, but it holds “${short(value)}”`;
    }
    case 'count': {
      const roots = rootsOf();
      let count = 0;
      for (const locator of what.target) {
        count = matches(roots, locator).filter(isVisible).length;
        if (count) break;
      }
      return count === what.is ? null : `expected ${what.is} of ${nameOfTarget}, but there ${count === 1 ? 'is' : 'are'} ${count}`;
    }
    case 'js':
      try { return user.expect[index]() ? null : `expected \`${what}\` to be true, but it is not`; }
      catch (error) { return `expected \`${what}\` to be true, but it throws ${reason(error)}`; }
    default: return `unknown condition ${kind}`;
  }
};

const linkTo = (route) => {
  const links = all(rootsOf(), 'a[href], area[href]');
  const leading = links.filter((el) => {
    let url;
    try { url = new URL(el.href, document.baseURI); } catch { return false; }
    return url.origin === location.origin && routeMatches(route, placeOf(url));
  });
  const el = leading.find(isVisible) ?? leading[0];
  return el ? { el, alternative: 0 } : null;
};

const linksNear = (route) => {
  const paths = new Set(all(rootsOf(), 'a[href]').filter((el) => isVisible(el) && el.origin === location.origin).map(placeOf));
  return mostAlike(lower(route), [...paths], 0.3);
};

const candidateOf = (aim) => (aim.kind === 'link' ? linkTo(aim.route) : findTarget(aim.target));

// Where what will be pointed at was in the frames before the page rests, as long as it stays there:
// the element, its box, the first and the last of these frames. After an expectation this is from
// the look before.
let glimpsed = null;
const glimpse = (aim) => {
  if (!POINTED.has(aim.readiness)) return;
  try {
    let shown = glimpsed?.shown;
    if (!shown?.isConnected) {
      const { el } = candidateOf(aim) ?? {};
      shown = el && shownOf(el);
    }
    const box = shown && boxOf(shown);
    const stays = shown && shown === glimpsed?.shown && isSame(glimpsed.box, box);
    if (stays) glimpsed.last = lastFrame();
    else glimpsed = shown ? { shown, box, first: lastFrame(), last: lastFrame() } : null;
  } catch { glimpsed = null; }
};

// Whether a look takes no readings, and aims at what keys go to: it need not stand still, nor have
// been drawn.
const isUndrawn = ({ aim, rules, eventually }, { observe }) => aim.kind === 'element' && !POINTED.has(aim.readiness)
  && rules.length + eventually.length + observe.length === 0;

// One attempt at the aim: `{ found }` / `{ missing }` / `{ holds }` / `{ fails }`.
const tryAim = async (aim, attempt, user) => {
  if (aim.kind === 'expectation') {
    const failing = aim.all.map((condition, index) => fails(condition, index, user)).filter(Boolean);
    return failing.length ? { done: false, result: { kind: 'fails', why: failing } } : { done: true, result: { kind: 'holds' } };
  }
  let candidate = null;
  let error = null;
  try { candidate = candidateOf(aim); } catch (thrown) { error = reason(thrown); }
  if (!candidate) return { done: false, result: { kind: 'missing', why: 'absent', cover: error } };
  const { el, alternative } = candidate;
  const check = await checkReady(el, aim.readiness, attempt);
  if (!check.ready) return { done: false, result: { kind: 'missing', why: check.why, cover: check.cover ?? null } };
  const at = check.point && never.length ? topmost(document, check.point[0], check.point[1]) : null;
  const kept = untouchable([el, check.shown, at]);
  if (kept !== null) return { done: true, result: { kind: 'missing', why: 'never', cover: kept } };
  aimed = el;
  aimedAt = clock();
  if (aim.focus) focusAt(el, aim.readiness === 'editable' ? 'all' : null);
  const box = boxOf(check.shown ?? el);
  return {
    done: true,
    result: {
      kind: 'found', alternative, rect: box, point: check.point ?? [box.x + box.width / 2, box.y + box.height / 2],
      tag: tagOf(el), name: short(nameOf(el) || fold(el.textContent)), role: roleOf(el),
      input: tagOf(el) === 'input' ? el.type : el.isContentEditable ? 'contenteditable' : null,
      checked: tagOf(el) === 'input' && ['checkbox', 'radio'].includes(el.type) ? el.checked : attribute(el, 'aria-checked') === null ? null : attribute(el, 'aria-checked') === 'true',
      href: el.href && typeof el.href === 'string' ? el.href : null,
    },
  };
};

// `args`: slice, settle and bound in milliseconds; still: nothing was done since the page rested;
// observe, rules (`always` still to be tested), eventually, was, step, aim; next: what is aimed at
// after an expectation. Answers in JSON.
const look = async (args, user, done) => {
  const until = clock() + args.slice;
  never = args.never;
  const answer = { stage: 'settling', settled: true, problems: problems.splice(0), trace: beginTrace() };
  const began = clock();
  let rested = null;
  if (!args.still) glimpsed = null;
  const glance = () => glimpse(args.aim);
  const finish = () => {
    answer.rested = (rested ?? clock()) - began;
    answer.readied = clock() - began - answer.rested;
    // Firefox's own page for what did not come bears the address of what did not.
    answer.url = document.documentURI.startsWith('about:neterror') ? document.documentURI : location.href;
    answer.pending = busy.requests.size;
    answer.title = document.title;
    answer.refused = refused.splice(0);
    if (answer.stage === 'done' || args.last) answer.trace = takeTrace(args.typed);
    done(JSON.stringify(answer));
  };
  try {
    if (args.settle > 0) {
      const enough = POINTED.has(args.next.readiness) ? watchFrames(() => glimpse(args.next)) : () => {};
      const rest = await settle(Math.min(until, clock() + args.settle), args.bound, args.still, isUndrawn(args, user), glance);
      enough();
      if (rest === 'busy' && args.settle > args.slice) return finish();
      answer.settled = rest === 'rest';
      if (await awaitEffect(args.unanswered)) await settle(until, args.bound, false, false, glance);
    }
    rested = clock();
    answer.stage = 'waiting';
    const taken = takeReadings(user.observe);
    answer.readings = taken.readings;
    answer.failed = taken.failed;
    answer.blank = isBlank();
    answer.broken = args.rules.map((rule) => ({ index: rule.index, verdict: testRule(rule, user, taken.readings, args) }))
      .filter(({ verdict }) => verdict).map(({ index, verdict }) => ({ index, error: verdict.error }));
    let open = args.eventually;
    for (let pause = 16; open.length; pause = Math.min(100, pause * 2)) {
      const now = takeReadings(user.observe);
      answer.readings = now.readings;
      answer.failed = now.failed;
      const results = open.map((rule) => ({ rule, verdict: testRule(rule, user, now.readings, args) }));
      answer.eventually = results.filter(({ verdict }) => verdict).map(({ rule, verdict }) => ({ index: rule.index, error: verdict.error }));
      open = results.filter(({ verdict }) => verdict).map(({ rule }) => rule);
      if (!open.length) break;
      if (clock() >= until) return finish();
      await sleep(pause);
    }
    answer.eventually = [];
    if (args.aim.kind === 'nothing') { answer.stage = 'done'; return finish(); }
    for (let attempt = 0, pause = 8; ; attempt += 1, pause = Math.min(100, pause * 2)) {
      const aim = await tryAim(args.aim, args.attempts + attempt, user);
      answer.aimed = aim.result;
      answer.attempts = args.attempts + attempt + 1;
      if (aim.done) { answer.stage = 'done'; return finish(); }
      if (clock() >= until) {
        if (aim.result.kind === 'missing' && ['absent', 'hidden'].includes(aim.result.why) && args.last) {
          aim.result.near = args.aim.kind === 'link' ? linksNear(args.aim.route) : nearest(args.aim.target[0]);
        }
        return finish();
      }
      await sleep(Math.max(0, Math.min(pause, until - clock())));
    }
  } catch (error) {
    answer.stage = 'broken';
    answer.error = reason(error);
    finish();
  }
};
