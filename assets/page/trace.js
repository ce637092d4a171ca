// What comes of what the user does: the effects of a press, what became of the fields that were
// filled, and what is broken in view. It listens and remembers; it changes nothing, and what is in
// a secret field leaves it only as an equality.

const MOST_CLICKS = 40, MOST_FIELDS = 60, MOST_SENDS = 60, MOST_ELEMENTS = 1500;
const trace = { clicks: [], open: null, heardAt: -Infinity, fields: [], sends: [], bodies: new Map(), exposed: new Set(), spinner: null };

// ---- presses and their effects

const PRESSABLE = 'button, summary, [onclick], input[type=button], input[type=submit], input[type=reset], input[type=image], input[type=checkbox], '
  + '[role=button], [role=tab], [role=menuitem], [role=menuitemcheckbox], [role=menuitemradio], [role=option], [role=switch], [role=checkbox], [role=link]';
// Where a press does what no script sees, or what the browser shows by itself.
const UNTOLD = 'a[href], area[href], label, select, option, textarea, canvas, video, audio, iframe, object, embed, [contenteditable], '
  + 'input:not([type=button]):not([type=submit]):not([type=reset]):not([type=image]):not([type=checkbox])';
const ALREADY = '[aria-selected=true], [aria-current]:not([aria-current=false]), [role=radio][aria-checked=true], [role=menuitemradio][aria-checked=true]';

const elementsOf = (event) => event.composedPath().filter((node) => node.nodeType === Node.ELEMENT_NODE).slice(0, 8);

// The element of the path that a person would say they pressed, if it promises to react.
const pressed = (path) => {
  if (path.some((el) => el.matches(UNTOLD))) return null;
  const by = path.find((el) => el.matches(PRESSABLE))
    ?? (getComputedStyle(path[0]).cursor === 'pointer' ? path[0] : null);
  return by && !isDisabled(by) && !by.matches(ALREADY) ? by : null;
};

const effect = (kind) => {
  const { open } = trace;
  if (open && !(kind in open.effects)) open.effects[kind] = clock() - open.at;
};
const isApart = (el) => { const at = trace.open?.target; return !at || !(at.contains(el) || el.contains?.(at)); };

const closeClick = () => {
  if (trace.open) trace.open.watched = clock() - trace.open.at;
  trace.open = null;
};

// The press counts from its beginning: menus open before the button is released.
const listen = (type, act) => window.addEventListener(type, (event) => {
  // A page that breaks what this uses loses its trace, and nothing else.
  try { act(event); } catch { /* nothing to remember */ }
}, { capture: true, passive: true });

listen('pointerdown', (event) => {
  if (!event.isTrusted) return;
  closeClick();
  newAct();
  const target = event.composedPath()[0];
  trace.open = { at: clock(), target, locked: isDisabled(target), clicked: false, effects: {} };
});
listen('pointerup', (event) => { if (trace.open) trace.open.locked ||= isDisabled(event.composedPath()[0]); });
listen('click', (event) => {
  if (event.isTrusted && aimed && isPressOn(event.composedPath()[0], aimed)) trace.heardAt = clock();
  const { open } = trace;
  if (!event.isTrusted || !open || open.clicked) return;
  open.clicked = true;
  const path = elementsOf(event);
  const by = event.ctrlKey || event.metaKey || event.altKey || event.shiftKey ? null : pressed(path);
  const called = by ?? path[0];
  Object.assign(open, {
    x: event.clientX, y: event.clientY, expects: by !== null, tag: tagOf(called), role: roleOf(called),
    name: short(nameOf(called) || fold(called.textContent)),
  });
  if (trace.clicks.length < MOST_CLICKS) trace.clicks.push(open);
  excuseByClick(path);
});
for (const type of ['change', 'toggle', 'close', 'play', 'pause', 'seeked', 'volumechange', 'fullscreenchange', 'copy', 'beforeprint', 'dragstart', 'invalid']) {
  listen(type, () => effect('view'));
}
for (const type of ['popstate', 'hashchange', 'pagehide', 'visibilitychange']) listen(type, () => effect('navigation'));
// What a pointer over a button shows by itself is no answer to the press.
for (const type of ['transitionrun', 'animationstart', 'focusin']) listen(type, (event) => { if (isApart(event.target)) effect('view'); });
listen('scroll', () => effect('scroll'));
listen('selectionchange', () => { if (getSelection()?.type === 'Range') effect('selection'); });

const mutations = new MutationObserver(() => effect('mutation'));
const EVERYTHING = { subtree: true, childList: true, characterData: true, attributes: true };
mutations.observe(document, EVERYTHING);
if (typeof Element.prototype.attachShadow === 'function') {
  Element.prototype.attachShadow = new Proxy(Element.prototype.attachShadow, {
    apply(attach, self, args) {
      const root = Reflect.apply(attach, self, args);
      mutations.observe(root, EVERYTHING);
      return root;
    },
  });
}

// Whether a press that promises to react has had no effect so far.
const isUnanswered = () => {
  const { open } = trace;
  return Boolean(open?.clicked && open.expects && Object.keys(open.effects).length === 0);
};

// Whether what was aimed at has heard no click since then: buttons are locked, or pushed aside by
// what comes late, in that very moment. What follows a press on it without a click is the press's
// own, unless the button was locked.
const isUnheard = (since) => {
  const { open, heardAt } = trace;
  if (heardAt >= since) return false;
  const pressed = open?.at >= since && isPressOn(open.target, aimed);
  return !pressed || open.locked || Object.keys(open.effects).length === 0;
};

// Waits for the effect of an unanswered press: until `after` since the press, `most` from now.
const awaitEffect = async ({ after, most }) => {
  if (!isUnanswered()) return false;
  const until = Math.min(trace.open.at + after, clock() + most);
  while (isUnanswered() && clock() < until) await sleep(Math.max(1, Math.min(20, until - clock())));
  return !isUnanswered();
};

// ---- fields

// Equality outside the page, without the text: 53 bits of two FNV-1a hashes.
const digest = (text) => {
  let [a, b] = [0x811c9dc5, 0x9747b28c];
  for (let i = 0; i < text.length; i += 1) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(i), 0x01000193) ^ (a >>> 15);
  }
  return `${(a >>> 0).toString(16)}-${(b >>> 0).toString(16)}`;
};

const isSecret = (el) => el.type === 'password' || /^(cc-|one-time-code|(current|new)-password)/.test(attribute(el, 'autocomplete') ?? '');
// What is typed there asks a question, or is replaced by what is chosen from a list.
const isQuestion = (el) => roleOf(el) === 'combobox' && tagOf(el) !== 'select' || roleOf(el) === 'searchbox' || attribute(el, 'role') === 'search'
  || el.hasAttribute('aria-autocomplete') || el.hasAttribute('list') || el.closest('[role=search], search') !== null;
const isField = (el) => el?.nodeType === Node.ELEMENT_NODE && (isEditor(el) || tagOf(el) === 'select');
const contentOf = (el) => (el.isContentEditable ? el.innerText : el.value) ?? '';
const steadyId = (el) => (/[\d:]/.test(el.id) ? '' : el.id);
const roughKey = (el) => [tagOf(el), el.type ?? '', attribute(el, 'name') ?? '', steadyId(el), ''].join('|');
const keyOf = (el) => roughKey(el) + nameOf(el);
const FIELDS = 'input, textarea, select, [contenteditable]';
// The visible fields that are called the same.
const namesakes = (key) => [...document.querySelectorAll(FIELDS)].slice(0, 400)
  .filter((el) => key.startsWith(roughKey(el)) && isField(el) && isVisible(el) && keyOf(el) === key);

const before = new WeakMap();
listen('focusin', (event) => {
  const el = event.composedPath()[0];
  if (isField(el) && !before.has(el)) before.set(el, contentOf(el));
});

let acting = false;
let stamp = Math.round(performance.timeOrigin);
const entered = (event) => {
  const el = event.composedPath()[0];
  if (!(event.isTrusted || acting) || !isField(el)) return;
  const value = contentOf(el);
  let entry = trace.fields.find((known) => known.el === el);
  if (!entry) {
    if (trace.fields.length >= MOST_FIELDS) trace.fields.shift();
    const key = keyOf(el);
    // A field that was rendered anew is the same field.
    trace.fields = trace.fields.filter((known) => known.key !== key || known.el.isConnected);
    entry = { el, key, name: short(nameOf(el) || attribute(el, 'name') || tagOf(el)), path: placeOf(location), before: before.get(el) ?? '', secret: isSecret(el),
      // One row's field is not to be taken for another's.
      alone: namesakes(key).length === 1 };
    trace.fields.push(entry);
  }
  Object.assign(entry, { stamp: stamp += 1, value, accepted: null, sent: false, excuse: null, question: isQuestion(el) });
  // What a field refuses, it refuses at once; what it has taken is the user's.
  later(() => { if (entry.value === value && entry.accepted === null) entry.accepted = contentOf(el); }, 0);
  effect('value');
};
listen('input', entered);
listen('change', (event) => { if (tagOf(event.composedPath()[0]) === 'select') entered(event); });

// Who empties a field on the user's behalf: a button of its form, Enter, or what is called so.
const CLEARING = /clear|reset|cancel|discard|delete|remove|start over|\bnew\b|close|[×✕✖]|abbrech|zurücksetz|lösch|verwerf|annul|effac|supprim|borrar|cancelar|limpiar|elimina|wissen|annuler/i;
const BUTTON = 'button, input[type=submit], input[type=button], input[type=reset], input[type=image], [role=button], [role=option], [role=menuitem], a:not([href])';
const newAct = () => { for (const entry of trace.fields) entry.excuse = null; };
const surroundings = (el) => { let at = el; for (let i = 0; i < 3 && at.parentElement && at.parentElement !== document.body; i += 1) at = at.parentElement; return at; };
const excuseByClick = (path) => {
  const button = path.find((el) => el.matches(BUTTON));
  if (!button) return;
  const clears = CLEARING.test(`${nameOf(button)} ${attribute(button, 'title') ?? ''}`);
  for (const entry of trace.fields) {
    const form = entry.el.closest('form');
    const near = form ? form === (button.form ?? button.closest('form')) : surroundings(entry.el).contains(button);
    if (clears || near) entry.excuse = 'button';
  }
};
listen('keydown', (event) => {
  if (!(event.isTrusted || acting)) return;
  closeClick();
  newAct();
  if (event.key !== 'Enter' && event.key !== 'Escape') return;
  const at = event.composedPath()[0];
  for (const entry of trace.fields) {
    if (entry.el === at || (at.form && at.form === entry.el.form)) entry.excuse = 'key';
  }
});

const asText = (body) => {
  if (body == null) return '';
  if (typeof body !== 'object') return String(body).slice(0, 1_000_000);
  if (body instanceof URLSearchParams) return body.toString();
  if (body instanceof FormData) return [...body.entries()].map(([name, value]) => `${name}=${typeof value === 'string' ? value : `file ${value.name} ${value.size}`}`).join('\n');
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return new TextDecoder().decode(body).slice(0, 1_000_000);
  return null;
};
const spellings = (value) => [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), encodeURIComponent(value).replace(/%20/g, '+')];

// A script sends something: fields whose text is in it are sent; a body that cannot be read may
// hold any of them.
const carried = (what) => {
  effect('request');
  try {
    const [method, url, body] = what();
    const text = asText(body);
    const whole = new URL(url, document.baseURI).href;
    for (const entry of trace.fields) {
      if (!entry.value) continue;
      const spelt = spellings(entry.value);
      const has = (where) => spelt.some((spelling) => where.includes(spelling));
      entry.sent ||= text === null || has(text) || has(whole);
      if (entry.secret && entry.value.length >= 4 && has(whole)) trace.exposed.add(whole.split(/[?#]/)[0]);
    }
    if (trace.sends.length < MOST_SENDS && !/^(GET|HEAD|OPTIONS)$/i.test(method)) {
      const same = text === null ? null : `${method} ${whole} ${text}`;
      if (same !== null && !trace.bodies.has(same)) trace.bodies.set(same, trace.bodies.size);
      trace.sends.push({ method: method.toUpperCase(), url: whole, body: same === null ? null : trace.bodies.get(same) });
    }
  } catch { /* what is no request is the page's affair */ }
};
if (typeof window.WebSocket === 'function') {
  const proto = window.WebSocket.prototype;
  proto.send = new Proxy(proto.send, {
    apply(send, self, args) {
      carried(() => ['GET', self.url, args[0]]);
      return Reflect.apply(send, self, args);
    },
  });
}

// A form is sent: told at once, because the document may go away with it.
listen('submit', (event) => {
  const form = event.target;
  const by = event.submitter;
  const inside = new Set(trace.open?.target && form.contains(trace.open.target) ? ['click'] : []);
  const explicit = [...form.elements].some((el) => el !== by && attribute(el, 'type') === 'submit');
  const untyped = by && tagOf(by) === 'button' && !by.hasAttribute('type') && explicit && trace.open?.clicked && by.contains(trace.open.target);
  for (const entry of trace.fields) if (entry.el.form === form) entry.sent = true;
  report('submit', {
    form: short(nameOf(form) || attribute(form, 'id') || attribute(form, 'name') || 'form'),
    by: by ? short(nameOf(by)) : '',
    how: untyped ? 'untyped' : by || inside.size ? 'control' : 'script',
  });
});

// How the form shows a field that is not as it was left: whether it complains of it, or of anything.
const COMPLAINT = '[aria-invalid=true], [class*=error i], [class*=invalid i], [class*=danger i]';
const complains = (el) => isVisible(el) && (isField(el) || fold(el.textContent) !== '') && !el.matches('button, a');
const shownAgain = (el, now) => {
  if (!el || isSecret(el) || isQuestion(el)) return null;
  const form = el.form ?? el.closest('form');
  if (!form) return null;
  const marks = [...form.querySelectorAll(COMPLAINT)].slice(0, 50).filter(complains);
  const fields = [...form.elements].filter(isField);
  const own = (mark) => mark === el || mark.contains(el) && fields.every((other) => other === el || !mark.contains(other))
    || (attribute(el, 'aria-describedby') ?? '').split(' ').includes(mark.id || ' ');
  // A complaint beside the field: nothing else can be filled between its surroundings and it.
  const beside = (mark) => { const at = mark.parentElement; return at !== form && at.contains(el) && fields.every((other) => other === el || !at.contains(other)); };
  const long = tagOf(el) === 'textarea' || el.isContentEditable;
  const complaint = marks.some((mark) => own(mark) || beside(mark)) ? 'this' : marks.length > 0 ? 'other' : 'none';
  return { gone: now === 'empty' || now === 'reverted', long, complaint };
};

const LOST = (entry, value) => (value === '' ? 'empty' : value === entry.before ? 'reverted' : 'changed');
const successor = (key) => { const same = namesakes(key); return same.length === 1 ? same[0] : null; };
const isTakenOver = (value) => value.length >= 2 && fold(document.body?.innerText.slice(0, 200_000)).includes(fold(value));

// `typed`: fields filled in documents before this one, as `{key, path, hash, before}`.
const readFields = (typed) => {
  const told = [];
  for (const entry of trace.fields) {
    if (entry.alone && !entry.el.isConnected) entry.el = successor(entry.key) ?? entry.el;
    const value = contentOf(entry.el);
    const isHere = entry.el.isConnected && isVisible(entry.el);
    const now = !isHere ? 'absent' : value === entry.value ? 'kept' : LOST(entry, value);
    const refused = entry.accepted !== null && entry.accepted !== entry.value && (entry.accepted === '' || entry.accepted === entry.before);
    if (now === 'empty' || now === 'reverted') {
      if (refused || entry.value === '') entry.excuse ??= 'refused';
      else if (entry.question || entry.el.validity?.badInput || attribute(entry.el, 'aria-invalid') === 'true') entry.excuse ??= 'question';
      else if (!entry.secret && isTakenOver(entry.value)) entry.excuse ??= 'taken';
    }
    if (entry.value === '') entry.excuse ??= 'cleared';
    told.push({
      stamp: entry.stamp, key: entry.key, name: entry.name, path: entry.path, hash: digest(entry.value), before: digest(entry.before),
      now, sent: entry.sent, excuse: entry.excuse, alone: entry.alone, own: true, shown: entry.sent && isHere ? shownAgain(entry.el, now) : null,
    });
  }
  // What is gone is told once.
  trace.fields = trace.fields.filter((_, i) => told[i].now !== 'empty' && told[i].now !== 'reverted');
  for (const old of typed) {
    if (told.some((field) => field.key === old.key)) continue;
    const el = successor(old.key);
    const value = el ? contentOf(el) : '';
    // Nobody misses a question that was never asked.
    const became = !el || isQuestion(el) ? 'absent' : digest(value) === old.hash ? 'kept' : value === '' ? 'empty' : digest(value) === old.before ? 'reverted' : 'changed';
    // What is refused is often shown again at another address; what was left on a page stays there.
    const now = old.path === placeOf(location) ? became : 'absent';
    if (now === 'kept') {
      // From here on it is followed like what was typed here: it may be sent, or lost later.
      trace.fields.push({ ...old, el, value, accepted: value, before: '', secret: isSecret(el), question: isQuestion(el), sent: false, excuse: null, alone: true });
    }
    told.push({ ...old, now, sent: false, excuse: null, alone: true, own: false, shown: shownAgain(el, became) });
  }
  return told;
};

// ---- what is broken in view

const brokenImages = () => {
  const broken = [];
  for (const image of [...document.images].slice(0, 300)) {
    // Vector images without a size of their own have none, and are not broken.
    if (!image.complete || image.naturalWidth > 0 || !image.currentSrc || /^data:|\.svg(\?|#|$)/i.test(image.currentSrc)) continue;
    if (isVisible(image)) broken.push(image.currentSrc.slice(0, 500));
    if (broken.length >= 10) break;
  }
  return broken;
};

const overflowing = () => {
  const root = document.scrollingElement ?? document.documentElement;
  if (!root || document.readyState === 'loading' || root.scrollWidth <= root.clientWidth + 1) return null;
  const hides = (el) => el && /hidden|clip/.test(getComputedStyle(el).overflowX);
  if (hides(document.documentElement) || hides(document.body)) return null;
  let widest = null;
  let right = root.clientWidth + 1;
  const elements = document.body?.getElementsByTagName('*') ?? [];
  for (let i = 0; i < elements.length && i < MOST_ELEMENTS; i += 1) {
    const edge = elements[i].getBoundingClientRect().right + root.scrollLeft;
    if (edge > right + 0.5) [widest, right] = [elements[i], edge];
  }
  return { by: root.scrollWidth - root.clientWidth, what: widest ? headline(widest) : '' };
};

const SPINNER = '[aria-busy=true], progress:not([value])';
const SPINNERS = `${SPINNER}, [role=progressbar]:not([aria-valuenow]), [class*=spinner i], [class*=loading i], [class*=loader i], [class*=skeleton i]`;
const WAITING = /(^|[-_\s])(spinner|loading|loader|skeleton)([-_\s]|$)/i;
const isSpinning = (el) => {
  if (!el.isConnected || !isVisible(el)) return false;
  if (el.matches('[aria-busy=true], [role=progressbar]:not([aria-valuenow]), progress:not([value])')) return true;
  const name = typeof el.className === 'string' ? el.className : attribute(el, 'class') ?? '';
  // Libraries leave the class on things that no longer turn.
  return WAITING.test(name) && el.getAnimations({ subtree: true }).some((a) => a.playState === 'running' && a.effect?.getComputedTiming().iterations === Infinity);
};
// How long the same thing has been turning, as far as looks have seen it.
const watchSpinner = () => {
  if (trace.spinner && isSpinning(trace.spinner.el)) return;
  // In very large documents parts of class names are too dear to be searched.
  const selector = document.getElementsByTagName('*').length > 10_000 ? SPINNER : SPINNERS;
  const el = [...document.querySelectorAll(selector)].slice(0, 50).find(isSpinning);
  trace.spinner = el ? { el, since: clock() } : null;
};

const readTrace = (typed) => {
  const at = clock();
  watchSpinner();
  const told = {
    clicks: trace.clicks.map(({ x, y, expects, tag, role, name, effects, watched, at: began }) => ({
      x, y, expects, tag, role, name, watched: Math.round(watched ?? at - began),
      effects: Object.fromEntries(Object.entries(effects).map(([kind, after]) => [kind, Math.round(after)])),
    })),
    sends: trace.sends, exposed: [...trace.exposed], fields: readFields(typed),
    images: brokenImages(), overflow: overflowing(), vitals: vitals.known ? vitals.values : null,
    spinner: trace.spinner ? { what: headline(trace.spinner.el), millis: Math.round(at - trace.spinner.since) } : null,
  };
  const shows = (entry) => entry.secret && entry.value.length >= 4 && spellings(entry.value).some((spelt) => location.href.includes(spelt));
  if (trace.fields.some(shows)) told.exposed.push(location.origin + location.pathname);
  // A press that is still without an answer is told again by the next look.
  trace.clicks = trace.open?.clicked && isUnanswered() ? [trace.open] : [];
  trace.sends = [];
  trace.exposed.clear();
  return told;
};
// A page that breaks what these use loses its trace, and the look goes on.
const beginTrace = () => { try { watchSpinner(); } catch { trace.spinner = null; } return null; };
const takeTrace = (typed) => { try { return readTrace(typed); } catch { return null; } };
