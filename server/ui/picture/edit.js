// Editing a picture: title, category, tags, and any field of metadata.
import { call, send, reason } from '../base/api.js';
import { open } from '../base/dialog.js';
import { field, h } from '../base/dom.js';
import { icon } from '../base/icons.js';
import { toast } from '../base/toast.js';
import { t } from '../base/words.js';

/** Fields that cannot be changed here. */
const FIXED = new Set(['id', 'hash', 'keys', 'name', 'uploader', 'uploader_id', 'width', 'height', 'duration', 'frames', 'size', 'format',
  'like', 'pub_time', 'created_at', 'title', 'category', 'tags', 'task_id']);

/** The tags of a text: between commas, each once. */
export const tagsOf = (text) => [...new Set(text.split(/[,，]/).map((tag) => tag.trim()).filter(Boolean))];

/** A value as people write it: numbers, true, false and lists in JSON are themselves, the rest is text. */
export function valueOf(text) {
  const trimmed = text.trim();
  if (/^(-?\d+(\.\d+)?([eE][-+]?\d+)?|true|false|\[.*\])$/s.test(trimmed)) {
    try { return JSON.parse(trimmed); } catch { return text; }
  }
  return text;
}

const shown = (value) => (typeof value === 'string' ? value : JSON.stringify(value));

/** Asks for changes of a picture and makes them. */
export async function editPicture(hash, changed) {
  let record;
  let tag;
  try {
    const response = await send(`/api/images/${hash}`);
    record = await response.json();
    if (!response.ok) throw new Error(reason(response.status, record));
    tag = response.headers.get('etag');
  } catch (error) {
    toast(error.message);
    return;
  }
  const title = h('input', { type: 'text', value: record.title ?? '', id: 'edit-title' });
  const category = h('input', { type: 'text', value: record.category ?? '', id: 'edit-category' });
  const tags = h('input', { type: 'text', value: (record.tags ?? []).join(', '), id: 'edit-tags', placeholder: t('tagsHint') });
  const rows = h('div', { class: 'stack' });
  const before = new Map(Object.entries(record).filter(([name]) => !FIXED.has(name) && !name.startsWith('tag_')));
  for (const [name, value] of before) rows.append(row(name, shown(value)));
  const fault = h('p', { class: 'error', role: 'alert', hidden: true });
  const form = h('form', { class: 'stack', onsubmit: (event) => { event.preventDefault(); store(); } },
    field(t('title'), title), field(t('category'), category), field(t('tags'), tags),
    h('h3', {}, t('metadata')), rows,
    h('div', {}, h('button', { type: 'button', class: 'button small', onclick: () => {
      const added = row('', '');
      rows.append(added);
      added.querySelector('input').focus();
    } }, icon('plus'), t('metaAdd'))),
    fault,
    h('div', { class: 'actions' },
      h('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, t('cancel')),
      h('button', { class: 'button main' }, t('save'))));
  const dialog = open(t('editTitle'), form);
  title.focus();

  function row(name, value) {
    const element = h('div', { class: 'meta-row' },
      h('input', { type: 'text', 'aria-label': t('metaName'), value: name, placeholder: t('metaName') }),
      h('input', { type: 'text', 'aria-label': t('metaValue'), value, placeholder: t('metaValue') }),
      h('button', { type: 'button', class: 'button plain', 'aria-label': t('metaRemove', { name }), onclick: () => element.remove() }, icon('close')));
    return element;
  }

  function changes() {
    const out = {};
    if (title.value !== (record.title ?? '')) out.title = title.value;
    if (category.value !== (record.category ?? '')) out.category = category.value;
    const now = tagsOf(tags.value);
    if (JSON.stringify(now) !== JSON.stringify(record.tags ?? [])) out.tags = now;
    const left = new Set(before.keys());
    for (const element of rows.children) {
      const [name, value] = [...element.querySelectorAll('input')].map((input) => input.value);
      if (name.trim() === '') continue;
      left.delete(name.trim());
      if (!before.has(name.trim()) || shown(before.get(name.trim())) !== value) out[name.trim()] = valueOf(value);
    }
    for (const name of left) out[name] = null;
    return out;
  }

  async function store() {
    const wanted = changes();
    if (Object.keys(wanted).length === 0) { dialog.close(); toast(t('noChange')); return; }
    try {
      await call(`/api/images/${hash}`, { method: 'POST', json: wanted, headers: tag ? { 'if-match': tag } : {} });
      dialog.close();
      toast(t('saved'));
      changed?.();
    } catch (error) {
      fault.hidden = false;
      fault.textContent = error.status === 412 ? t('changedMeanwhile') : error.message;
    }
  }
}
