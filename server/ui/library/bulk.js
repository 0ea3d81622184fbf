// Changes of many pictures at once.
import { post } from '../base/api.js';
import { open } from '../base/dialog.js';
import { field, fill, h } from '../base/dom.js';
import { count } from '../base/format.js';
import { toast } from '../base/toast.js';
import { t } from '../base/words.js';
import { tagsOf, valueOf } from '../picture/edit.js';

/** Makes the bar above the table: what can be done with the chosen pictures. */
export function makeBulk({ chosen, changed, remove }) {
  const words = h('strong', { 'aria-live': 'polite' });
  const element = h('div', { class: 'bulk', hidden: true }, words,
    h('button', { class: 'button small', onclick: () => edit(chosen(), changed) }, t('bulkEdit')),
    h('button', { class: 'button small bad', onclick: remove }, t('bulkRemove')));
  return {
    element,
    show(number) {
      element.hidden = number === 0;
      words.textContent = t('selected', { n: count(number) });
    },
  };
}

function edit(hashes, changed) {
  const input = (id, more = {}) => h('input', { type: 'text', id, ...more });
  const category = input('bulk-category');
  const add = input('bulk-add', { placeholder: t('tagsHint') });
  const take = input('bulk-take', { placeholder: t('tagsHint') });
  const name = input('bulk-name', { placeholder: t('metaName'), 'aria-label': t('metaName') });
  const value = input('bulk-value', { placeholder: t('metaValue'), 'aria-label': t('metaValue') });
  const fault = h('p', { class: 'error', role: 'alert', hidden: true });
  const form = h('form', { class: 'stack', onsubmit: async (event) => {
    event.preventDefault();
    const fields = {};
    if (category.value.trim()) fields.category = category.value.trim();
    for (const tag of tagsOf(add.value)) fields[`tag_${tag}`] = true;
    for (const tag of tagsOf(take.value)) fields[`tag_${tag}`] = false;
    if (name.value.trim()) fields[name.value.trim()] = value.value === '' ? null : valueOf(value.value);
    if (Object.keys(fields).length === 0) { dialog.close(); toast(t('noChange')); return; }
    try {
      const answer = await post('/api/images', Object.fromEntries(hashes.map((hash) => [hash, fields])));
      if (answer.failed.length > 0) {
        fault.hidden = false;
        fill(fault, t('bulkFailed', { n: count(answer.failed.length), why: answer.failed[0].error }));
        if (answer.success.length > 0) changed();
        return;
      }
      dialog.close();
      toast(t('bulkDone', { n: count(answer.success.length) }));
      changed();
    } catch (error) {
      fault.hidden = false;
      fault.textContent = error.message;
    }
  } },
  h('p', { class: 'soft small' }, t('bulkHint')),
  field(t('category'), category), field(t('addTags'), add), field(t('takeTags'), take),
  h('div', { class: 'field' }, h('span', {}, t('setField')), h('div', { class: 'meta-row' }, name, value)),
  fault,
  h('div', { class: 'actions' },
    h('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, t('cancel')),
    h('button', { class: 'button main' }, t('save'))));
  const dialog = open(t('bulkTitle', { n: count(hashes.length) }), form);
  category.focus();
}
