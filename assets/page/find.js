// Which elements a locator means: in the document, its open shadow roots and its frames of the
// same origin. It says nothing about whether they are ready to be acted upon.

const rootsOf = () => {
  const roots = [];
  const enter = (root) => {
    roots.push(root);
    for (const el of root.querySelectorAll('*')) {
      if (el.shadowRoot) enter(el.shadowRoot);
      else if (el.localName === 'iframe' || el.localName === 'frame') {
        let inner = null;
        try { inner = el.contentDocument; } catch { /* of another origin: closed to us, as to any script */ }
        if (inner?.documentElement) enter(inner);
      }
    }
  };
  enter(document);
  return roots;
};

const hasBox = (el) => {
  const style = el.ownerDocument.defaultView?.getComputedStyle(el);
  if (!style || style.visibility !== 'visible') return false;
  if (style.display === 'contents') return [...el.children].some(hasBox) || fold(el.textContent) !== '';
  const box = el.getBoundingClientRect();
  return box.width > 0 && box.height > 0;
};

// The frame elements around an element's document, innermost first.
const framesAround = (el) => {
  const frames = [];
  for (let view = el.ownerDocument.defaultView; view && view !== window;) {
    const around = view.frameElement;
    if (!around) break;
    frames.push(around);
    view = around.ownerDocument.defaultView;
  }
  return frames;
};

// `checkVisibility` knows closed <details> and `content-visibility`, which leave a box behind.
const isVisible = (el) => hasBox(el)
  && (!el.checkVisibility || getComputedStyle(el).display === 'contents' || el.checkVisibility())
  && framesAround(el).every(hasBox);

const textMatch = (wanted, exact) => {
  const folded = exact ? fold(wanted) : lower(wanted);
  return (text) => {
    const seen = exact ? fold(text) : lower(text);
    if (seen === folded) return 2;
    return !exact && folded !== '' && seen.includes(folded) ? 1 : 0;
  };
};

const all = (roots, selector) => roots.flatMap((root) => [...root.querySelectorAll(selector)]);
const TEST_IDS = ['data-testid', 'data-test', 'data-qa', 'data-cy', 'data-test-id', 'data-qa-id', 'data-testing',
  'data-component', 'data-element', 'data-source-file'];
const LABELLED = 'input, textarea, select, button, output, meter, progress, [aria-label], [aria-labelledby], [contenteditable]';

// The smallest elements with the text, in document order: descends only where the text is.
const byText = (roots, match) => roots.flatMap((root) => {
  const found = [];
  const visit = (el) => {
    const score = SILENT.has(tagOf(el)) ? 0 : match(el.textContent);
    if (!score) return 0;
    let best = 0;
    for (const child of el.children) best = Math.max(best, visit(child));
    if (best < score) found.push([el, score]);
    return Math.max(best, score);
  };
  for (const child of root.body ? [root.body] : root.children) visit(child);
  // The text of these buttons is in no text node.
  for (const el of root.querySelectorAll('input[type=submit], input[type=button], input[type=reset]')) {
    const score = match(nameOf(el));
    if (score) found.push([el, score]);
  }
  const follows = Node.DOCUMENT_POSITION_FOLLOWING;
  return found.sort(([a], [b]) => (a.compareDocumentPosition(b) & follows ? -1 : 1));
});

const candidates = (roots, by) => {
  const [[kind, what]] = Object.entries(by.by);
  const match = textMatch(typeof what === 'string' ? what : what.name ?? '', by.exact === true);
  const scored = (elements, textOf) => elements.map((el) => [el, match(textOf(el))]).filter(([, score]) => score);
  switch (kind) {
    case 'role': {
      const role = what.role.toLowerCase();
      const elements = all(roots, '*').filter((el) => roleOf(el) === role);
      return what.name == null ? elements.map((el) => [el, 2]) : scored(elements, (el) => nameOf(el));
    }
    case 'label': return all(roots, LABELLED)
      .map((el) => [el, Math.max(0, match(nameOf(el)) * (hasOwnName(el) || el.labels?.length ? 1 : 0), ...labelsOf(el).map(match))])
      .filter(([, score]) => score);
    case 'text': return byText(roots, match);
    case 'placeholder': return scored(all(roots, '[placeholder], [aria-placeholder]'), (el) => attribute(el, 'placeholder') ?? attribute(el, 'aria-placeholder'));
    case 'alt': return scored(all(roots, '[alt]'), (el) => attribute(el, 'alt'));
    case 'title': return scored(all(roots, '[title]'), (el) => attribute(el, 'title'));
    case 'test_id': return all(roots, TEST_IDS.map((name) => `[${name}]`).join())
      .filter((el) => TEST_IDS.some((name) => attribute(el, name) === what)).map((el) => [el, 2]);
    case 'css': return all(roots, what).map((el) => [el, 2]);
    case 'xpath': {
      const elements = [];
      for (const root of roots) {
        if (root.nodeType !== Node.DOCUMENT_NODE) continue;
        const result = root.evaluate(what, root, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
        for (let i = 0; i < result.snapshotLength; i += 1) {
          if (result.snapshotItem(i).nodeType === Node.ELEMENT_NODE) elements.push(result.snapshotItem(i));
        }
      }
      return elements.map((el) => [el, 2]);
    }
    default: return [];
  }
};

// The matches of one locator in document order: the whole matches if one of them is visible (or
// nothing else is), else the matches of a part.
const matches = (roots, locator) => {
  const found = candidates(roots, locator);
  const whole = found.filter(([, score]) => score === 2).map(([el]) => el);
  const chosen = whole.some(isVisible) || whole.length === found.length ? whole : found.map(([el]) => el);
  return locator.nth ? chosen.slice(locator.nth - 1, locator.nth) : chosen;
};

// The first alternative that matches anything visible; else the first that matches at all.
const findTarget = (target) => {
  const roots = rootsOf();
  let hidden = null;
  for (const [alternative, locator] of target.entries()) {
    const elements = matches(roots, locator);
    const el = elements.find(isVisible) ?? elements.find(standIn);
    if (el) return { el, alternative };
    if (elements.length && !hidden) hidden = { el: elements[0], alternative };
  }
  return hidden;
};

// Styled checkboxes hide the real one; people click its label.
const standIn = (el) => (el.localName === 'input' && ['checkbox', 'radio', 'file'].includes(el.type)
  ? [...(el.labels ?? [])].find(isVisible) : undefined);

// How alike two names are, 0 to 1: by their edit distance, a part counting much.
const likeness = (a, b) => {
  if (!a || !b) return 0;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  const alike = 1 - row[b.length] / Math.max(a.length, b.length);
  return b.includes(a) || a.includes(b) ? Math.max(alike, 0.8) : alike;
};

// Those of the names that are most alike to the wanted one, at least so much: three at most, best first.
const mostAlike = (wanted, names, least) => [...new Set(names.filter(Boolean).map((n) => fold(n).slice(0, 60)))]
  .map((name) => [likeness(wanted, name.toLowerCase()), name])
  .filter(([score]) => score >= least)
  .sort((a, b) => b[0] - a[0]).slice(0, 3).map(([, name]) => name);

const CALLED = 'a[href], button, input, select, textarea, label, summary, h1, h2, h3, [role], [title], [placeholder]';

// Of the same role what is called alike; else what is called so and has another role, which is said;
// else what there is of the role.
const nearestOfRole = (roots, { role, name = '' }) => {
  const wanted = lower(name);
  const own = all(roots, '*').filter((el) => roleOf(el) === role.toLowerCase() && isVisible(el)).map((el) => nameOf(el));
  const alike = mostAlike(wanted, own, wanted === '' ? 0 : 0.4);
  if (alike.length) return alike;
  const others = all(roots, CALLED).filter(isVisible).map((el) => [nameOf(el) || fold(el.textContent), roleOf(el) ?? tagOf(el)]);
  const sameName = new Map(others.map(([called, other]) => [fold(called).slice(0, 60), other]));
  const elsewhere = mostAlike(wanted, [...sameName.keys()], 0.8).map((called) => `${called} (${sameName.get(called)})`);
  return elsewhere.length ? elsewhere : mostAlike(wanted, own, 0);
};

// What on the page is called most alike: at most three names, best first.
const nearest = (locator) => {
  const [[kind, what]] = Object.entries(locator.by);
  const roots = rootsOf();
  if (kind === 'css' || kind === 'xpath') return [];
  if (kind === 'role') return nearestOfRole(roots, what);
  const names = kind === 'test_id'
    ? all(roots, TEST_IDS.map((n) => `[${n}]`).join()).map((el) => TEST_IDS.map((n) => attribute(el, n)).find(Boolean))
    : all(roots, CALLED).filter(isVisible).map((el) => nameOf(el) || fold(el.textContent));
  return mostAlike(lower(what), names, 0.4);
};
