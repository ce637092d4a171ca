// What must never be touched, at the moment of touching: what a press would hit, whatever holds
// it, and where it leads. It is asked before an aim is taken, and it stands in the way of the
// presses that no look has aimed (a key wherever the focus is, Enter in a field of a form).

let never = [];
let refused = [];

const nested = (el) => {
  const chain = new Set();
  for (let at = el; at;) {
    chain.add(at);
    at = parentOf(at) ?? (at.ownerDocument.defaultView === window ? null : at.ownerDocument.defaultView?.frameElement ?? null);
  }
  return chain;
};

// The elements that each entry means now. One that cannot be searched for protects everything.
const watched = () => {
  const roots = never.length ? rootsOf() : [];
  return never.map((one) => {
    if (one.url !== undefined) return { ...one, els: [] };
    try {
      const els = candidates(roots, one).map(([el]) => el);
      return { ...one, els: one.nth ? els.slice(one.nth - 1, one.nth) : els };
    } catch (error) {
      return { ...one, els: null, called: `${one.called} (it cannot be searched for: ${reason(error)})` };
    }
  });
};

const PRESSED_WHOLE = 'a[href], button, summary, label, input, select, textarea, [role=button], [role=link], [role=menuitem]';
const leadsOnto = (el, route) => {
  const addresses = [];
  const link = el.closest?.('a[href], area[href]');
  if (link) addresses.push(link.href);
  const sends = el.closest?.('button, input');
  if (sends?.form && ['submit', 'image'].includes(sends.type)) addresses.push(sends.hasAttribute('formaction') ? sends.formAction : sends.form.getAttribute('action') ?? '');
  return addresses.some((address) => {
    try {
      const url = new URL(address, document.baseURI);
      return url.origin === location.origin && (routeMatches(route, url.pathname) || routeMatches(route, placeOf(url)));
    } catch { return false; }
  });
};

// What is called so and would be touched; null where nothing would.
const untouchable = (starts, list = watched()) => {
  if (!list.length) return null;
  const hits = starts.filter(Boolean);
  for (const hit of [...hits]) {
    const label = hit.closest?.('label');
    if (label?.control) hits.push(label.control);
  }
  const chain = new Set(hits.flatMap((hit) => [...nested(hit)]));
  for (const one of list) {
    if (one.els === null) return one.called;
    if (one.url !== undefined) {
      if (hits.some((hit) => leadsOnto(hit, one.url))) return one.called;
      continue;
    }
    if (one.els.some((el) => chain.has(el))) return one.called;
    // The text of a button is in it, and its padding is the button too.
    const inside = one.by.text !== undefined && hits.map((hit) => hit.closest?.(PRESSED_WHOLE)).filter(Boolean);
    if (inside && one.els.some((el) => inside.some((button) => within(el, button)))) return one.called;
  }
  return null;
};

// Keys that only move about.
const HARMLESS = new Set(['Tab', 'Escape', 'Shift', 'Control', 'Alt', 'Meta', 'Home', 'End', 'PageUp', 'PageDown',
  'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight']);
const stand = (event) => {
  // What a script of the page does by itself is not the walker's doing.
  if (!never.length || !event.isTrusted) return;
  if (event.type === 'keydown' && HARMLESS.has(event.key)) return;
  const called = untouchable([event.composedPath()[0]]);
  if (!called) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!refused.includes(called)) refused.push(called);
};
for (const type of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click', 'dblclick', 'auxclick', 'contextmenu', 'keydown', 'beforeinput']) {
  window.addEventListener(type, stand, true);
}
