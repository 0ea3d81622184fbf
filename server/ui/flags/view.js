// Flagged generations: looked through, deleted and exported. They need the node's key.
import { call, save } from '../base/api.js';
import { field, fill, h } from '../base/dom.js';
import { count, moment } from '../base/format.js';
import { icon } from '../base/icons.js';
import { go } from '../base/router.js';
import { later, toast } from '../base/toast.js';
import { t } from '../base/words.js';

const PAGE = 50;
const SETTINGS = ['steps', 'sampler', 'cfg_scale', 'seed', 'size', 'model_hash', 'seed_resize_from', 'denoising_strength'];
const EXPORTS = { csv: 'flags.csv', jsonl: 'flags.jsonl', SQLite: 'flags.db' };

/** Makes the view for an address. */
export function make(parameters) {
  let from = parameters;
  let skip = 0;
  const names = ['q', 'model_name', 'since', 'until'];
  const inputs = Object.fromEntries(names.map((name) => [name, h('input', { type: name === 'since' || name === 'until' ? 'date' : 'text', id: `flags-${name}` })]));
  const labels = { q: 'prompt', model_name: 'model', since: 'since', until: 'until' };
  const form = h('form', { class: 'filters-row', onsubmit: (event) => {
    event.preventDefault();
    go('flags', names.filter((name) => inputs[name].value).map((name) => [name, inputs[name].value]));
  } }, names.map((name) => field(t(labels[name]), inputs[name])), h('button', { class: 'button main' }, t('apply')));
  const status = h('p', { class: 'status', 'aria-live': 'polite' });
  const body = h('tbody');
  const table = h('div', { class: 'scroll' }, h('table', { 'aria-label': t('flags') }, h('thead', {}, h('tr', {},
    ['flagged', 'prompt', 'model', 'settings'].map((name) => h('th', { scope: 'col' }, t(name))), h('th', { scope: 'col' }, h('span', { class: 'unseen' }, t('actions'))))), body));
  const more = h('button', { class: 'button', hidden: true, onclick: () => load(false) }, t('more'));
  const exports = h('div', { class: 'row' }, Object.entries(EXPORTS).map(([name, file]) => h('button', {
    class: 'button small', onclick: () => save(`/flags/export${name === 'SQLite' ? '' : `?format=${name}`}`, file).catch((error) => toast(error.message)),
  }, icon('save'), t('exportAs', { name }))));
  const element = h('div', {}, h('div', { class: 'title-row' }, h('div', {}, h('h1', {}, t('flags')), h('p', { class: 'soft' }, t('flagsHint'))), exports),
    h('section', { class: 'sheet', 'aria-label': t('flags') }, form, status, table, h('div', { class: 'table-foot' }, more)));

  async function load(fresh) {
    if (fresh) skip = 0;
    const query = new URLSearchParams([...from].filter(([name]) => names.includes(name)));
    // The last day counts as a whole.
    if (query.get('until')?.length === 10) query.set('until', `${query.get('until')}T23:59:59.999Z`);
    query.set('skip', skip);
    query.set('take', PAGE);
    try {
      const { flags, total } = await call(`/flags?${query}`);
      if (fresh) fill(body);
      body.append(...flags.map(row));
      skip += flags.length;
      table.hidden = total === 0;
      more.hidden = skip >= total;
      status.textContent = total === 0 ? t('flagNone') : t('shown', { n: count(skip), total: count(total) });
    } catch (error) {
      table.hidden = true;
      more.hidden = true;
      fill(status, h('span', { class: 'error' }, error.status === 401 ? t('keyNeeded') : error.message), ' ',
        h('button', { class: 'button small', onclick: () => load(true) }, t('again')));
    }
  }

  function row(flag) {
    const settings = SETTINGS.filter((name) => flag[name] !== null && flag[name] !== undefined).map((name) => `${name} ${flag[name]}`);
    const extra = Object.entries(flag.extra ?? {}).map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`);
    const element = h('tr', { 'data-flag': flag.id },
      h('td', { class: 'nowrap small' }, moment(flag.created_at)), h('td', { class: 'wide-text' }, String(flag.image_prompt)),
      h('td', {}, flag.model_name ?? ''), h('td', { class: 'small soft wide-text' }, [...settings, ...extra].join(' · ')),
      h('td', {}, h('button', { class: 'button plain small', 'aria-label': t('removeOne', { title: String(flag.id) }), onclick: () => {
        element.hidden = true;
        const undo = () => { element.hidden = false; };
        later(t('flagDeleted', { id: flag.id }), (leaving) => call(`/flags/${flag.id}`, { method: 'DELETE', keepalive: leaving, ask: !leaving }).catch((error) => {
          undo();
          toast(t('notDeleted', { why: error.message }));
        }), undo);
      } }, icon('remove'))));
    return element;
  }

  function show() {
    for (const name of names) inputs[name].value = from.get(name) ?? '';
    return load(true);
  }

  return { element, shown: show, update(changed) { from = changed; show(); }, leave() {} };
}
