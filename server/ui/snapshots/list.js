// The snapshots of a repository.
import { call } from '../base/api.js';
import { confirm, open } from '../base/dialog.js';
import { field, fill, h } from '../base/dom.js';
import { millis, moment } from '../base/format.js';
import { icon } from '../base/icons.js';
import { toast } from '../base/toast.js';
import { t } from '../base/words.js';
import { makeSnapshot, removeSnapshot, restoreSnapshot } from './make.js';

const fresh = () => `snapshot-${new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}`;

/** Makes the table of a repository's snapshots, with what can be done with them. */
export function makeSnapshots(repository) {
  const body = h('tbody');
  const work = h('div');
  const none = h('p', { class: 'soft', hidden: true }, t('snapshotNone'));
  const name = h('input', { type: 'text', required: true, 'aria-label': t('snapshotName'), value: fresh(), spellcheck: 'false' });
  const table = h('div', { class: 'scroll' }, h('table', {}, h('thead', {}, h('tr', {},
    h('th', { scope: 'col' }, t('snapshot')), h('th', { scope: 'col' }, t('state')), h('th', { scope: 'col' }, t('indices')),
    h('th', { scope: 'col' }, t('started')), h('th', { scope: 'col', class: 'number' }, t('took2')), h('th', { scope: 'col' }, h('span', { class: 'unseen' }, t('actions'))))), body));
  const form = h('form', { class: 'inline-form', onsubmit: async (event) => {
    event.preventDefault();
    const wanted = name.value.trim();
    const done = t('made', { name: wanted });
    if (await doing(() => makeSnapshot(work, repository, wanted, t('making', { name: wanted }), done))) toast(done);
    name.value = fresh();
    load();
  } }, h('div', { class: 'field' }, name), h('button', { class: 'button main' }, t('make')));
  const element = h('div', { class: 'stack' }, none, table, work, form);

  async function doing(run) {
    try {
      return (await run()) ?? true;
    } catch (error) {
      toast(error.message);
      return null;
    }
  }

  async function load() {
    try {
      const { snapshots } = await call(`/_snapshot/${encodeURIComponent(repository)}/_all`);
      none.hidden = snapshots.length > 0;
      table.hidden = snapshots.length === 0;
      fill(body, snapshots.toReversed().map(row));
    } catch (error) {
      table.hidden = true;
      none.hidden = false;
      none.textContent = error.message;
    }
  }

  function row(one) {
    return h('tr', {}, h('th', { scope: 'row', class: 'wide-text' }, one.snapshot), h('td', {}, one.state),
      h('td', {}, one.indices.join(', ')), h('td', { class: 'nowrap' }, one.start_time ? moment(one.start_time) : ''),
      h('td', { class: 'number nowrap' }, one.duration_in_millis === undefined ? '' : millis(one.duration_in_millis)),
      h('td', { class: 'nowrap' },
        h('button', { class: 'button small', onclick: () => restore(one), 'aria-label': t('restoreTitle', { name: one.snapshot }) }, t('restore')), ' ',
        h('button', { class: 'button plain small', 'aria-label': t('removeOne', { title: one.snapshot }), onclick: () => remove(one.snapshot) }, icon('remove'))));
  }

  function restore(one) {
    const prefix = h('input', { type: 'text', value: 'restored-', id: 'restore-prefix', spellcheck: 'false' });
    const boxes = one.indices.map((index) => h('input', { type: 'checkbox', value: index, checked: true }));
    const dialog = open(t('restoreTitle', { name: one.snapshot }), h('form', { class: 'stack', onsubmit: async (event) => {
      event.preventDefault();
      const indices = boxes.filter((box) => box.checked).map((box) => box.value);
      if (indices.length === 0) return;
      dialog.close();
      const names = await doing(() => restoreSnapshot(work, repository, one.snapshot, indices, prefix.value.trim(), t('restoring', { name: one.snapshot })));
      if (names) toast(t('restored', { names: names.join(', ') }));
    } },
    h('div', { class: 'stack', role: 'group', 'aria-label': t('indices') }, boxes.map((box) => h('label', { class: 'row' }, box, box.value))),
    field(t('restorePrefix'), prefix), h('p', { class: 'soft small' }, t('restoreHint')),
    h('div', { class: 'actions' }, h('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, t('cancel')), h('button', { class: 'button main' }, t('restore')))));
  }

  async function remove(wanted) {
    if (!(await confirm(t('snapshotRemove'), t('snapshotRemoveText', { name: wanted }), t('remove')))) return;
    await doing(() => removeSnapshot(repository, wanted));
    load();
  }

  return { element, load };
}
