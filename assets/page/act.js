// What is done to the element aimed at where keys and pointer cannot do it exactly: values of
// pickers, choices of a <select>, paste, text that no keyboard has. Events are sent as browsers
// send them after a person's action.

const announce = (el, ...types) => {
  for (const type of types) el.dispatchEvent(new Event(type, { bubbles: true, composed: true }));
};

const setValue = (el, value) => {
  const view = el.ownerDocument.defaultView;
  const proto = el.localName === 'textarea' ? view.HTMLTextAreaElement.prototype : view.HTMLInputElement.prototype;
  // The native setter, so that frameworks which shadow `value` on the element notice the change.
  Object.getOwnPropertyDescriptor(proto, 'value').set.call(el, value);
};

const focusDeep = () => {
  let el = document.activeElement;
  for (;;) {
    if (el?.shadowRoot?.activeElement) el = el.shadowRoot.activeElement;
    else if ((el?.localName === 'iframe' || el?.localName === 'frame') && el.contentDocument?.activeElement) el = el.contentDocument.activeElement;
    else return el;
  }
};

const selectAll = (el) => {
  if (el.isContentEditable) {
    const selection = el.ownerDocument.getSelection();
    selection.selectAllChildren(el);
  } else if (typeof el.select === 'function') el.select();
};

const caretToEnd = (el) => {
  if (el.isContentEditable) {
    const selection = el.ownerDocument.getSelection();
    selection.selectAllChildren(el);
    selection.collapseToEnd();
  } else {
    // Number and e-mail fields refuse a selection; their caret is where focus put it.
    try { el.setSelectionRange(el.value.length, el.value.length); } catch { /* stays as it is */ }
  }
};

const insert = (el, text) => {
  if (text === '') return el.ownerDocument.execCommand('delete');
  return el.ownerDocument.execCommand('insertText', false, text);
};

const focusAt = (el, caret) => {
  el.focus({ preventScroll: true });
  if (caret === 'all') selectAll(el);
  if (caret === 'end') caretToEnd(el);
};

const put = (el, text, caret) => {
  focusAt(el, caret);
  if (insert(el, text)) return;
  // Documents without editing commands: put it in as one input event.
  setValue(el, caret === 'all' ? text : el.value + text);
  announce(el, 'input');
};

// One key as pages hear it; what they hold back is not put in.
const strike = (el, key) => {
  const letter = /^[a-z]$/i.test(key), digit = /^[0-9]$/.test(key);
  const code = letter ? `Key${key.toUpperCase()}` : digit ? `Digit${key}` : key === ' ' ? 'Space' : '';
  const [sign, number] = [key.charCodeAt(0), letter || digit || key === ' ' ? key.toUpperCase().charCodeAt(0) : 0];
  const tell = (type, how) => el.dispatchEvent(new KeyboardEvent(type, {
    key, code, bubbles: true, cancelable: true, composed: true, view: el.ownerDocument.defaultView, ...how,
  }));
  const typed = tell('keydown', { keyCode: number, which: number })
    && tell('keypress', { keyCode: sign, charCode: sign, which: sign });
  if (typed) insert(focusDeep() ?? el, key);
  tell('keyup', { keyCode: number, which: number });
};

const acts = {
  focus(el, { caret }) {
    focusAt(el, caret);
    return null;
  },
  // Pickers are set by value; answers what the field then holds.
  set(el, { text }) {
    el.focus({ preventScroll: true });
    setValue(el, text);
    announce(el, 'input', 'change');
    return el.value;
  },
  insert(el, { text, caret, focused }) {
    put(focused ? focusDeep() : el, text, caret);
    return null;
  },
  // Puts a text in but for its last keys, and strikes these; answers whether they are still to be
  // typed: only real keys make a page one that somebody has used.
  fill(el, { text, keys }) {
    if (text === '') focusAt(el, 'all');
    else put(el, text, 'all');
    if (keys === '') return false;
    if (!navigator.userActivation?.hasBeenActive || keys.includes('\n')) return true;
    for (const key of keys) strike(focusDeep() ?? el, key);
    return false;
  },
  paste(el, { text }) {
    el.focus({ preventScroll: true });
    selectAll(el);
    const data = new DataTransfer();
    data.setData('text/plain', text);
    // Firefox knows the text by members of its own.
    const event = new ClipboardEvent('paste', {
      clipboardData: data, data: text, dataType: 'text/plain', bubbles: true, cancelable: true, composed: true,
    });
    if (el.dispatchEvent(event)) insert(el, text);
    return null;
  },
  select(el, { option }) {
    const list = el.localName === 'select' ? el : el.closest?.('select');
    if (!list) return { missing: [], not: `<${el.localName}>` };
    const options = [...list.options];
    const chosen = options.find((o) => o.value === option) ?? options.find((o) => fold(o.label) === fold(option))
      ?? options.find((o) => lower(o.label) === lower(option)) ?? options.find((o) => lower(o.label).includes(lower(option)));
    if (!chosen || chosen.disabled) return { missing: options.map((o) => fold(o.label)).filter(Boolean).slice(0, 12) };
    list.focus({ preventScroll: true });
    if (!list.multiple || !chosen.selected) {
      chosen.selected = true;
      announce(list, 'input', 'change');
    }
    return null;
  },
  // Drag and drop of HTML, for drivers whose pointer does not end it; answers whether it is one.
  drop(el, { to }) {
    if (!el.closest('[draggable="true"]')) return false;
    const at = (x, y) => topmost(document, x, y);
    const target = at(to[0], to[1]);
    const data = new DataTransfer();
    const send = (on, type, point) => on.dispatchEvent(new DragEvent(type, {
      bubbles: true, cancelable: true, composed: true, dataTransfer: data, clientX: point[0], clientY: point[1],
    }));
    const box = boxOf(el);
    const from = [box.x + box.width / 2, box.y + box.height / 2];
    if (!send(el, 'dragstart', from) || !target) return true;
    send(target, 'dragenter', to);
    if (!send(target, 'dragover', to)) send(target, 'drop', to);
    send(el, 'dragend', to);
    return true;
  },
  scroll(_, { to }) {
    const root = document.scrollingElement ?? document.documentElement;
    root.scrollTo({ top: to === 'top' ? 0 : root.scrollHeight, behavior: 'instant' });
    return null;
  },
  // What is pressed in a frame is heard there.
  unheard(el) { return el.ownerDocument === document && isUnheard(aimedAt); },
  held(el) {
    return { content: valueOf(el), refused: attribute(el, 'aria-invalid') === 'true' || el.matches(':invalid') };
  },
  offers() { return listOffers(); },
  inventory() { return listInventory(); },
  offer(_, { index }) { return locatorsOf(index); },
  ways(_, { verbs }) { return listOffers().map(({ verb }, index) => (verbs.includes(verb) ? locatorsOf(index) : null)); },
  ending() {
    const values = {};
    for (const [i, el] of all(rootsOf(), 'input, textarea, select, [contenteditable]').entries()) {
      if (el.type === 'password' || el.type === 'hidden') continue;
      values[`${i + 1} ${nameOf(el) || attribute(el, 'name') || tagOf(el)}`] = valueOf(el);
    }
    return { url: location.href, text: document.body?.innerText ?? '', values };
  },
  snapshot() {
    return { ...acts.ending(), title: document.title, html: document.documentElement?.outerHTML ?? '' };
  },
};

const READING = new Set(['unheard', 'held', 'offers', 'inventory', 'offer', 'ways', 'ending', 'snapshot']);
const FREE = new Set(['scroll', 'offers', 'inventory', 'offer', 'ways', 'ending', 'snapshot', 'insert']);
const act = (kind, args) => {
  if (!FREE.has(kind) && !aimed?.isConnected) return '{"gone":true}';
  acting = true;
  if (!READING.has(kind)) busy.did = clock();
  try { return JSON.stringify(acts[kind](aimed, args) ?? null); } finally { acting = false; }
};
