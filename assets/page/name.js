// What elements are called: roles and accessible names of the usual HTML, after HTML-AAM and
// accname (https://www.w3.org/TR/html-aam-1.0/, https://www.w3.org/TR/accname-1.2/) as far as
// people's locators need them. It decides nothing about visibility of targets.

const fold = (text) => String(text ?? '').replace(/[\s\u00a0\u200b]+/g, ' ').trim();
const lower = (text) => fold(text).toLowerCase();
const tagOf = (el) => el.localName;
const attribute = (el, name) => (el.getAttribute ? el.getAttribute(name) : null);

const INPUT_ROLES = {
  button: 'button', submit: 'button', reset: 'button', image: 'button', color: 'button', file: 'button',
  checkbox: 'checkbox', radio: 'radio', range: 'slider', number: 'spinbutton', search: 'searchbox',
  hidden: null,
};
const TAG_ROLES = {
  article: 'article', aside: 'complementary', blockquote: 'blockquote', button: 'button', caption: 'caption',
  code: 'code', datalist: 'listbox', dd: 'definition', del: 'deletion', details: 'group', dfn: 'term',
  dialog: 'dialog', dt: 'term', em: 'emphasis', fieldset: 'group', figure: 'figure', h1: 'heading',
  h2: 'heading', h3: 'heading', h4: 'heading', h5: 'heading', h6: 'heading', hr: 'separator', html: 'document',
  ins: 'insertion', li: 'listitem', main: 'main', math: 'math', menu: 'list', meter: 'meter', nav: 'navigation',
  ol: 'list', optgroup: 'group', option: 'option', output: 'status', p: 'paragraph', progress: 'progressbar',
  search: 'search', strong: 'strong', sub: 'subscript', sup: 'superscript', table: 'table', tbody: 'rowgroup',
  textarea: 'textbox', tfoot: 'rowgroup', thead: 'rowgroup', time: 'time', tr: 'row', ul: 'list', svg: 'img',
};
const SECTIONING = 'article, aside, main, nav, section, [role=article], [role=complementary], [role=main], [role=navigation], [role=region]';

const hasOwnName = (el) => Boolean(fold(attribute(el, 'aria-label')) || attribute(el, 'aria-labelledby'));

const roleOf = (el) => {
  const explicit = fold(attribute(el, 'role')).split(' ')[0].toLowerCase();
  if (explicit && explicit !== 'none' && explicit !== 'presentation') return explicit;
  if (explicit) return null;
  const tag = tagOf(el);
  switch (tag) {
    case 'a': case 'area': return el.hasAttribute('href') ? 'link' : null;
    case 'img': return attribute(el, 'alt') === '' && !hasOwnName(el) ? null : 'img';
    case 'input': {
      const type = el.type;
      if (type in INPUT_ROLES) {
        return type === 'search' && el.hasAttribute('list') ? 'combobox' : INPUT_ROLES[type];
      }
      if (['text', 'email', 'tel', 'url'].includes(type)) return el.hasAttribute('list') ? 'combobox' : 'textbox';
      // Passwords and dates have no role of their own; people call them text boxes.
      return 'textbox';
    }
    case 'select': return el.multiple || el.size > 1 ? 'listbox' : 'combobox';
    case 'summary': return 'button';
    case 'header': return el.closest(SECTIONING) ? null : 'banner';
    case 'footer': return el.closest(SECTIONING) ? null : 'contentinfo';
    case 'section': return hasOwnName(el) ? 'region' : null;
    case 'form': return 'form';
    case 'td': {
      const table = el.closest('table, [role=grid], [role=treegrid]');
      return table && ['grid', 'treegrid'].includes(attribute(table, 'role')) ? 'gridcell' : 'cell';
    }
    case 'th': return attribute(el, 'scope') === 'row' ? 'rowheader' : 'columnheader';
    default: return TAG_ROLES[tag] ?? null;
  }
};

const FROM_CONTENT = new Set(['button', 'cell', 'checkbox', 'columnheader', 'gridcell', 'heading', 'link', 'menuitem',
  'menuitemcheckbox', 'menuitemradio', 'option', 'radio', 'row', 'rowheader', 'switch', 'tab', 'tooltip', 'treeitem',
  'term', 'caption', 'code', 'emphasis', 'strong']);
const SILENT = new Set(['script', 'style', 'noscript', 'template', 'head']);

const hiddenForNames = (el) => {
  if (attribute(el, 'aria-hidden') === 'true' || SILENT.has(tagOf(el))) return true;
  const style = getComputedStyle(el);
  return style.display === 'none' || style.visibility === 'hidden';
};

const childrenOf = (el) => {
  if (el.shadowRoot) return el.shadowRoot.childNodes;
  if (tagOf(el) === 'slot') {
    const assigned = el.assignedNodes();
    if (assigned.length) return assigned;
  }
  return el.childNodes;
};

// The text that an element contributes to a name by its contents.
const contentText = (el, seen) => {
  let text = '';
  for (const node of childrenOf(el)) {
    if (node.nodeType === Node.TEXT_NODE) text += node.nodeValue;
    else if (node.nodeType === Node.ELEMENT_NODE && !seen.has(node) && !hiddenForNames(node)) {
      const inline = getComputedStyle(node).display.startsWith('inline');
      const part = nameOf(node, seen, true);
      text += inline ? part : ` ${part} `;
    }
  }
  return text;
};

const labelsOf = (el) => {
  const labels = el.labels ? [...el.labels] : [];
  return labels.map((label) => fold(contentText(label, new Set([el])))).filter(Boolean);
};

// The accessible name; `inside` is true while the name of an ancestor is being put together.
const nameOf = (el, seen = new Set(), inside = false) => {
  if (seen.has(el)) return '';
  seen.add(el);
  const ids = attribute(el, 'aria-labelledby');
  if (ids && !inside) {
    const root = el.getRootNode();
    const named = ids.split(/\s+/).map((id) => root.getElementById?.(id)).filter(Boolean)
      .map((other) => (other === el ? fold(attribute(el, 'aria-label')) || contentText(el, seen) : nameOf(other, new Set([el]), true)));
    if (fold(named.join(' '))) return fold(named.join(' '));
  }
  const own = fold(attribute(el, 'aria-label'));
  if (own) return own;
  const tag = tagOf(el);
  const type = tag === 'input' ? el.type : '';
  if (inside && (tag === 'textarea' || (tag === 'input' && !(type in INPUT_ROLES)))) return el.value;
  if (inside && tag === 'select') return [...el.selectedOptions].map((o) => o.label).join(' ');
  if (['submit', 'reset', 'button'].includes(type)) {
    if (el.value) return fold(el.value);
    if (type === 'submit') return fold(attribute(el, 'title')) || 'Submit';
    if (type === 'reset') return fold(attribute(el, 'title')) || 'Reset';
  }
  if (type === 'image') return fold(attribute(el, 'alt') || el.value || attribute(el, 'title') || 'Submit');
  if (el.labels) {
    const labels = labelsOf(el).join(' ');
    if (labels) return labels;
  }
  if (tag === 'img' || tag === 'area') {
    if (el.hasAttribute('alt')) return fold(attribute(el, 'alt')) || fold(attribute(el, 'title'));
  }
  const caption = { fieldset: 'legend', figure: 'figcaption', table: 'caption', svg: 'title' }[tag];
  if (caption) {
    const first = [...el.children].find((child) => child.localName === caption);
    if (first) return fold(contentText(first, seen) || first.textContent);
  }
  const role = roleOf(el);
  if (inside || FROM_CONTENT.has(role)) {
    const text = contentText(el, seen);
    if (fold(text)) return inside ? text : fold(text);
  }
  const title = fold(attribute(el, 'title'));
  if (title) return title;
  return fold(attribute(el, 'placeholder') ?? attribute(el, 'aria-placeholder'));
};

const headline = (el) => {
  const id = el.id ? `#${el.id}` : '';
  const first = typeof el.className === 'string' && el.className.trim() ? `.${el.className.trim().split(/\s+/)[0]}` : '';
  const text = fold(el.textContent).slice(0, 40);
  return `<${tagOf(el)}${id}${id ? '' : first}>${text ? ` “${text}”` : ''}`;
};
