// Whether an element can be acted upon now, by the rules that Playwright's users expect
// (https://playwright.dev/docs/actionability), and at which point of the top viewport.

const parentOf = (node) => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host ?? null;

const isDisabled = (el) => {
  if (el.matches(':disabled')) return true;
  for (let at = el; at; at = parentOf(at)) {
    if (attribute(at, 'aria-disabled') === 'true') return true;
  }
  return false;
};

const TEXTUAL = new Set(['text', 'search', 'email', 'tel', 'url', 'password', 'number', 'date', 'time', 'datetime-local',
  'month', 'week', 'color', 'range']);
const isEditor = (el) => el.isContentEditable || tagOf(el) === 'textarea' || (tagOf(el) === 'input' && TEXTUAL.has(el.type));
const isReadOnly = (el) => el.readOnly === true || attribute(el, 'aria-readonly') === 'true';

const offsetOf = (el) => {
  let [x, y] = [0, 0];
  for (const around of framesAround(el)) {
    const box = around.getBoundingClientRect();
    x += box.left + around.clientLeft;
    y += box.top + around.clientTop;
  }
  return [x, y];
};

const boxOf = (el) => {
  const [dx, dy] = offsetOf(el);
  const box = el.getBoundingClientRect();
  return { x: box.left + dx, y: box.top + dy, width: box.width, height: box.height };
};

const inView = (el) => {
  for (let at = el; at; at = at.ownerDocument.defaultView === window ? null : at.ownerDocument.defaultView.frameElement) {
    const box = at.getBoundingClientRect();
    const view = at.ownerDocument.defaultView;
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    if (x < 0 || y < 0 || x > view.innerWidth || y > view.innerHeight) return false;
  }
  return true;
};

// The points at which a person might press: the middle of the first boxes, then of the whole.
const points = (el) => {
  const boxes = [...el.getClientRects()].filter((box) => box.width > 0 && box.height > 0).slice(0, 3);
  const view = el.ownerDocument.defaultView;
  return [...boxes, el.getBoundingClientRect()].map((box) => {
    const left = Math.max(0, box.left), right = Math.min(view.innerWidth, box.right);
    const top = Math.max(0, box.top), bottom = Math.min(view.innerHeight, box.bottom);
    return right > left && bottom > top ? [(left + right) / 2, (top + bottom) / 2] : null;
  }).filter(Boolean);
};

const topmost = (doc, x, y) => {
  let el = doc.elementFromPoint(x, y);
  while (el?.shadowRoot) {
    const inner = el.shadowRoot.elementFromPoint(x, y);
    if (!inner || inner === el) break;
    el = inner;
  }
  return el;
};

const within = (inner, outer) => {
  for (let at = inner; at; at = parentOf(at)) if (at === outer) return true;
  return false;
};

// Whether a press on `hit` is one on the element.
const isPressOn = (hit, el) => within(hit, el) || hit.closest?.('label')?.control === el || within(el, hit.closest?.('a, button') ?? null);

// What a press at a point of the element's own viewport would hit instead; null when it hits.
const coverAt = (el, [x, y]) => {
  let hit = topmost(el.ownerDocument, x, y);
  if (!hit) return document.documentElement;
  if (!isPressOn(hit, el)) return hit;
  let [px, py] = [x, y];
  for (const around of framesAround(el)) {
    const box = around.getBoundingClientRect();
    px += box.left + around.clientLeft;
    py += box.top + around.clientTop;
    hit = topmost(around.ownerDocument, px, py);
    if (hit !== around) return hit ?? document.documentElement;
  }
  return null;
};

// Scrolls when needed, in another way at each attempt, so that a fixed header or footer which
// covers one edge does not cover every try.
const WAYS = [{ block: 'center', inline: 'center' }, { block: 'end', inline: 'end' }, { block: 'start', inline: 'start' }];
const reveal = (el, attempt) => el.scrollIntoView({ ...WAYS[attempt % WAYS.length], behavior: 'instant' });

const POINTED = new Set(['pointer', 'hover']);
const isSame = (a, b) => ['x', 'y', 'width', 'height'].every((side) => Math.abs(a[side] - b[side]) <= 0.5);
// Milliseconds between two frames that show something.
const APART = 8;
// And up to when a frame says something about the present.
const FRESH = 100;
// What a person would have to hit.
const shownOf = (el) => (isVisible(el) ? el : standIn(el));

// Boxes stand still where no frame is drawn, and before an animation's first one: Firefox draws
// none for long after a document has come. A hidden tab draws none at all, and nobody waits there.
const willMove = (el, drew) => {
  if (document.hidden) return false;
  const waits = (at) => at.getAnimations?.().some((a) => a.playState === 'running' && (a.pending || !drew));
  for (const inner of [el, ...framesAround(el)]) {
    for (let at = inner; at; at = parentOf(at)) if (waits(at)) return true;
  }
  return false;
};

// One look at readiness. `{ ready, point }`, or `{ why, cover }`. What was glimpsed in the frames
// just before need not be watched for another two.
const checkReady = async (el, readiness, attempt) => {
  if (readiness === 'present') return { ready: el };
  const shown = shownOf(el);
  if (!shown) return { why: 'hidden' };
  if (readiness !== 'hover' && isDisabled(el)) return { why: 'disabled' };
  if (readiness === 'editable') {
    if (!isEditor(el)) return { why: 'read_only' };
    if (isReadOnly(el)) return { why: 'read_only' };
  }
  if (!inView(shown) || (attempt > 0 && readiness !== 'editable')) {
    if (!inView(shown) || attempt > 1) reveal(shown, attempt);
  }
  if (readiness === 'editable' || readiness === 'selectable') {
    // Keys go to the focus and options to the list: neither has to stand still.
    const box = boxOf(shown);
    return { ready: el, shown, point: [box.x + box.width / 2, box.y + box.height / 2] };
  }
  // Two frames must show it at the same place. Both boxes are measured within frames: between two
  // of them Chromium already answers with where an animation will be in the next.
  let drew = true;
  const seen = attempt === 0 && glimpsed?.shown === shown && clock() - glimpsed.last < FRESH ? glimpsed : null;
  const stood = seen && seen.last - seen.first >= APART && isSame(seen.box, boxOf(shown));
  if (!stood) {
    if (!inFrame()) await frame();
    const started = clock();
    const before = lastFrame();
    const first = boxOf(shown);
    if (!(seen && before - seen.last >= APART && isSame(seen.box, first))) {
      while (lastFrame() - before < APART && clock() - started < 250) await frame();
      if (!isSame(first, boxOf(shown))) return { why: 'moving' };
      drew = lastFrame() - before >= APART;
    }
  }
  if (willMove(shown, drew)) return { why: 'moving' };
  if (!shown.isConnected) return { why: 'absent' };
  const [dx, dy] = offsetOf(shown);
  let cover = null;
  for (const point of points(shown)) {
    const whole = [Math.round(point[0] + dx) - dx, Math.round(point[1] + dy) - dy];
    cover = coverAt(shown, whole);
    if (!cover) return { ready: el, shown, point: [whole[0] + dx, whole[1] + dy] };
  }
  return cover ? { why: 'covered', cover: headline(cover) } : { why: 'hidden' };
};
