// What a page offers a person who wanders about: links, buttons, fields, lists, boxes to tick.
// It lists and names them; what is done with them is decided elsewhere.

const WAYS_IN = 'a[href], area[href], button, input, select, textarea, summary, [contenteditable], [tabindex], [onclick], '
  + ['button', 'link', 'checkbox', 'radio', 'tab', 'menuitem', 'menuitemcheckbox', 'menuitemradio', 'option', 'switch', 'treeitem', 'combobox', 'textbox', 'searchbox', 'spinbutton']
    .map((role) => `[role=${role}]`).join();
// A page of thousands of rows offers the same thing over and over.
const OFFERS = 200;
let offered = [];

const verbOf = (el) => {
  if (el.disabled || isDisabled(el)) return null;
  if (el.localName === 'select') return 'select';
  if (el.localName === 'input') {
    if (el.type === 'checkbox' || el.type === 'radio') return el.checked ? (el.type === 'checkbox' ? 'uncheck' : null) : 'check';
    if (el.type === 'hidden' || el.type === 'file') return null;
  }
  if (isEditor(el)) return isReadOnly(el) || (el.isContentEditable && el.parentElement?.isContentEditable) ? null : 'fill';
  return 'click';
};

// Same origin, as a path; null for what is no link, '' for a link that leads out of the application.
const leadsTo = (el) => {
  const href = el.closest?.('a[href], area[href]')?.href;
  if (typeof href !== 'string') return null;
  try {
    const url = new URL(href, location.href);
    if (url.protocol === 'javascript:') return null;
    return url.origin === location.origin ? url.pathname + url.search + behindHash(url.hash) : '';
  } catch { return ''; }
};

const listOffers = () => {
  offered = [];
  const list = [];
  const kept = watched();
  for (const el of all(rootsOf(), WAYS_IN)) {
    if (list.length >= OFFERS) break;
    const verb = verbOf(el);
    const shown = isVisible(el) ? el : standIn(el);
    if (!verb || !shown) continue;
    const link = leadsTo(el);
    const target = el.closest?.('a[target]')?.target;
    if (untouchable([el, shown], kept) !== null) continue;
    if (link === '' || (target && target !== '_self') || el.closest?.('a[download]')) continue;
    offered.push(el);
    list.push({
      verb, name: nameOf(el) || fold(el.textContent).slice(0, 80), input: el.isContentEditable ? 'contenteditable' : el.localName === 'input' ? el.type : el.localName,
      leads_to: link, filled: verb === 'fill' && valueOf(el) !== '',
      options: verb === 'select' ? [...el.options].filter((o) => !o.disabled && !o.selected).map((o) => fold(o.label)).filter(Boolean).slice(0, 30) : [],
    });
  }
  return list;
};

// From the nearest thing with an id that a program did not make up, down to the element.
const pathTo = (el) => {
  const parts = [];
  for (let at = el; at && at.nodeType === Node.ELEMENT_NODE && at !== at.ownerDocument.documentElement; at = at.parentElement) {
    if (at.id && !/\d/.test(at.id)) { parts.unshift(`#${CSS.escape(at.id)}`); break; }
    const tag = CSS.escape(tagOf(at));
    const alike = at.parentElement ? [...at.parentElement.children].filter((other) => tagOf(other) === tagOf(at)) : [at];
    parts.unshift(alike.length > 1 ? `${tag}:nth-of-type(${alike.indexOf(at) + 1})` : tag);
  }
  return parts.join(' > ');
};

// What an element is called by, best first; others may be called so too.
const waysTo = (el) => {
  const name = nameOf(el);
  const role = roleOf(el);
  const editor = isEditor(el) || el.localName === 'select';
  const placeholder = fold(attribute(el, 'placeholder'));
  return [
    ...TEST_IDS.map((id) => attribute(el, id)).filter(Boolean).slice(0, 1).map((id) => ({ test_id: id })),
    ...(editor && labelsOf(el).length ? [{ label: labelsOf(el)[0] }] : []),
    ...(role && name && name.length <= 80 ? [{ role: { role, name } }] : []),
    ...(placeholder ? [{ placeholder }] : []),
  ];
};

// Everything that is offered, with what it is called by and by its text.
const listInventory = () => listOffers().map(({ verb, leads_to }, index) => {
  const el = offered[index];
  const text = verb === 'click' ? fold(el.textContent).slice(0, 80) : '';
  const ways = [...waysTo(el), ...(text ? [{ text }] : [])];
  return { verb, leads_to, ways: ways.map((by) => ({ by })) };
});

// The ways to find an offer again, best first; each of them finds just this element.
const locatorsOf = (index) => {
  const el = offered[index];
  if (!el?.isConnected) return null;
  const roots = rootsOf();
  const ways = [...waysTo(el), { css: pathTo(el) }];
  const found = [];
  for (const by of ways) {
    const elements = matches(roots, { by }).filter((other) => isVisible(other) || standIn(other));
    if (elements[0] === el) found.push({ by });
    else if (elements.includes(el) && by.css === undefined) {
      const every = matches(roots, { by });
      found.push({ by, nth: every.indexOf(el) + 1 });
    }
  }
  return found;
};
