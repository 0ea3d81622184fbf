// The indices, and the segments of each.
import { call } from '../base/api.js';
import { open } from '../base/dialog.js';
import { fill, h } from '../base/dom.js';
import { bytes, count } from '../base/format.js';
import { t } from '../base/words.js';

const COLUMNS = 'index,status,health,docs.count,docs.deleted,store.size,segments.count,dense_vector.value_count';

/** Makes the table of indices. */
export function makeIndices() {
  const body = h('tbody');
  const element = h('section', { class: 'sheet', 'aria-label': t('indices') }, h('h2', {}, t('indices')),
    h('div', { class: 'scroll' }, h('table', {},
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('index')), h('th', { scope: 'col' }, t('state')),
        ['documents', 'deletedDocs', 'vectors', 'segments', 'store'].map((name) => h('th', { scope: 'col', class: 'number' }, t(name))))),
      body)));
  const number = (value) => h('td', { class: 'number' }, value === '' || value === undefined || value === null ? '' : count(Number(value)));

  async function load() {
    try {
      const rows = await call(`/_cat/indices?format=json&bytes=b&h=${COLUMNS}&s=index`);
      fill(body, rows.map((row) => h('tr', {},
        h('th', { scope: 'row' }, row.index),
        h('td', {}, h('span', { class: row.health === 'green' ? 'dot' : 'dot bad' }), row.status),
        number(row['docs.count']), number(row['docs.deleted']), number(row['dense_vector.value_count']),
        h('td', { class: 'number' }, h('button', { class: 'button plain small', 'aria-label': t('segmentsOf', { name: row.index }), onclick: () => segments(row.index) }, row['segments.count'] ? count(Number(row['segments.count'])) : '–')),
        h('td', { class: 'number nowrap' }, row['store.size'] ? bytes(row['store.size']) : ''))));
    } catch (error) {
      fill(body, h('tr', {}, h('td', { colspan: '7', class: 'error' }, error.message)));
    }
  }
  return { element, load };
}

async function segments(name) {
  const content = h('div', {}, h('span', { class: 'busy' }));
  open(t('segmentsOf', { name }), content);
  try {
    const answer = await call(`/${encodeURIComponent(name)}/_segments`);
    const all = Object.values(answer.indices[name]?.shards ?? {}).flat().flatMap((shard) => Object.entries(shard.segments));
    fill(content, h('table', {}, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('name')), h('th', { scope: 'col', class: 'number' }, t('documents')), h('th', { scope: 'col', class: 'number' }, t('deletedDocs')))),
      h('tbody', {}, all.map(([, one]) => h('tr', {}, h('td', { class: 'mono wide-text' }, one.id), h('td', { class: 'number' }, count(one.num_docs)), h('td', { class: 'number' }, count(one.deleted_docs)))))));
  } catch (error) {
    fill(content, h('p', { class: 'error' }, error.message));
  }
}
