// The pictures of the library as a table.
import { call } from '../base/api.js';
import { fill, h, say } from '../base/dom.js';
import { bytes, count, moment } from '../base/format.js';
import { icon } from '../base/icons.js';
import { show, thumbPath } from '../base/pictures.js';
import { go } from '../base/router.js';
import { flush } from '../base/toast.js';
import { t } from '../base/words.js';
import { removePicture, removePictures } from '../picture/remove.js';
import { makeBulk } from './bulk.js';
import { queryOf } from './conditions.js';

const PAGE = 50;

/** Makes the table; `fault` gets what the node refuses. */
export function makeList({ fault }) {
  let state = null;
  let following = null;
  let asking = null;
  let total = 0;
  const rows = new Map();
  const selected = new Set();
  const gone = new Set();

  const status = h('div', { class: 'status' });
  const all = h('input', { type: 'checkbox', 'aria-label': t('selectAll'), onchange: () => {
    for (const hash of rows.keys()) choose(hash, all.checked);
    told();
  } });
  const body = h('tbody');
  const table = h('table', { class: 'pictures', 'aria-label': t('pictures') },
    h('thead', {}, h('tr', {},
      h('th', { scope: 'col' }, all), h('th', { scope: 'col' }, h('span', { class: 'unseen' }, t('pictures'))),
      h('th', { scope: 'col' }, t('title')), h('th', { scope: 'col' }, t('category')),
      h('th', { scope: 'col', class: 'optional' }, t('tags')), h('th', { scope: 'col', class: 'number optional' }, t('size')),
      h('th', { scope: 'col', class: 'optional' }, t('added')), h('th', { scope: 'col' }, h('span', { class: 'unseen' }, t('actions'))))), body);
  const more = h('button', { class: 'button', hidden: true, onclick: () => load(following) }, t('more'));
  const empty = h('p', { class: 'empty', hidden: true }, t('nothing'));
  const bulk = makeBulk({
    chosen: () => [...selected], changed: () => again(),
    remove: () => {
      const hashes = [...selected];
      hide(hashes);
      removePictures(hashes, bring, () => again());
    },
  });
  const element = h('div', {}, status, bulk.element, h('div', { class: 'scroll' }, table), empty, h('div', { class: 'table-foot' }, more));

  function choose(hash, yes) {
    if (yes) selected.add(hash); else selected.delete(hash);
    const row = rows.get(hash);
    if (!row) return;
    row.setAttribute('aria-selected', String(yes));
    row.querySelector('input').checked = yes;
  }

  function hide(hashes) {
    for (const hash of hashes) {
      gone.add(hash);
      choose(hash, false);
      if (rows.has(hash)) rows.get(hash).hidden = true;
    }
    told();
  }

  function bring(hashes) {
    for (const hash of hashes) {
      gone.delete(hash);
      if (rows.has(hash)) rows.get(hash).hidden = false;
    }
    told();
  }

  function told() {
    const left = total - gone.size;
    fill(status, h('strong', {}, left === 1 ? t('foundOne') : t('found', { n: count(left) })));
    bulk.show(selected.size);
    all.checked = selected.size > 0 && selected.size === rows.size - gone.size;
    all.indeterminate = selected.size > 0 && !all.checked;
  }

  function row({ hash, metadata }) {
    const title = metadata.title || metadata.name || t('untitled');
    const image = h('img', { class: 'thumb', alt: '', loading: 'lazy', decoding: 'async', width: '62', height: '46' });
    show(image, thumbPath(hash, { size: 140 }));
    const hit = { ...metadata, hash };
    const element = h('tr', { 'data-hash': hash, 'aria-selected': 'false' },
      h('td', {}, h('input', { type: 'checkbox', 'aria-label': t('selectOne', { title }), onchange: (event) => { choose(hash, event.target.checked); told(); } })),
      h('td', {}, image),
      h('td', { class: 'name' }, h('button', { 'aria-label': t('open', { title }), onclick: () => open(hit) }, title)),
      h('td', {}, metadata.category ?? ''),
      h('td', { class: 'optional small soft' }, (metadata.tags ?? []).join(', ')),
      h('td', { class: 'number optional nowrap' }, bytes(metadata.size ?? 0)),
      h('td', { class: 'optional nowrap small' }, metadata.created_at ? moment(metadata.created_at) : ''),
      h('td', { class: 'nowrap' },
        h('button', { class: 'button plain small', 'aria-label': t('editOne', { title }), onclick: () => edit(hash) }, icon('edit')),
        h('button', { class: 'button plain small', 'aria-label': t('removeOne', { title }), onclick: () => {
          hide([hash]);
          removePicture(hit, () => bring([hash]));
        } }, icon('remove'))));
    element.hidden = gone.has(hash);
    return element;
  }

  async function edit(hash) {
    const { editPicture } = await import('../picture/edit.js');
    editPicture(hash, again);
  }

  async function open(hit) {
    const { showPictureOf } = await import('../picture/detail.js');
    showPictureOf(hit, {
      similar: () => go('search', [['similar', hit.id]]), changed: again,
      removed: () => { hide([hit.hash]); return () => bring([hit.hash]); },
    });
  }

  async function load(path) {
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    const first = path === null;
    try {
      const answer = await call(path ?? `/api/images?${queryOf(state, PAGE)}`, { signal: mine.signal });
      if (asking !== mine) return;
      if (first) { rows.clear(); selected.clear(); gone.clear(); fill(body); }
      for (const image of answer.images) {
        const element = row(image);
        rows.set(image.hash, element);
        body.append(element);
      }
      total = answer.pagination.total;
      following = answer['@odata.nextLink'] ?? null;
      more.hidden = following === null;
      empty.hidden = total > 0;
      table.hidden = total === 0;
      told();
      say(t('shown', { n: count(rows.size), total: count(total) }));
    } catch (error) {
      if (asking !== mine || error.name === 'AbortError') return;
      // What an earlier query found is no answer to this one.
      if (first) { rows.clear(); selected.clear(); fill(body); fill(status); table.hidden = true; more.hidden = true; empty.hidden = true; bulk.show(0); }
      fault(error, state);
    }
  }

  // What waits to be deleted would be listed again.
  const again = () => flush().then(() => load(null));

  return {
    element, again,
    start(wanted) { state = wanted; return again(); },
    leave() { asking?.abort(); },
  };
}
