// Snapshots: repositories, what is in them, and what is made of them.
import { call, post } from '../base/api.js';
import { fill, h } from '../base/dom.js';
import { toast } from '../base/toast.js';
import { t } from '../base/words.js';
import { field } from '../base/dom.js';
import { makeSnapshots } from './list.js';

/** Makes the view. */
export function make() {
  const list = h('div', { class: 'stack' });
  const name = h('input', { type: 'text', required: true, pattern: '[a-z0-9][a-z0-9_\\-]*', id: 'repository-name', spellcheck: 'false' });
  const folder = h('input', { type: 'text', required: true, id: 'repository-folder', placeholder: t('repositoryFolderHint'), spellcheck: 'false' });
  const fault = h('p', { class: 'error', role: 'alert', hidden: true });
  const add = h('form', { class: 'sheet', onsubmit: async (event) => {
    event.preventDefault();
    fault.hidden = true;
    try {
      await call(`/_snapshot/${encodeURIComponent(name.value)}`, { method: 'PUT', json: { type: 'fs', settings: { location: folder.value } } });
      name.value = '';
      folder.value = '';
      await load();
    } catch (error) {
      fault.hidden = false;
      fault.textContent = error.message;
    }
  } },
  h('h2', {}, t('repositoryAdd')),
  h('div', { class: 'inline-form' }, field(t('repositoryName'), name), field(t('repositoryFolder'), folder), h('button', { class: 'button main' }, t('repositoryAdd'))), fault);
  const element = h('div', {}, h('div', { class: 'title-row' }, h('h1', {}, t('snapshots'))), h('div', { class: 'stack' }, list, add));

  async function load() {
    try {
      const found = Object.entries(await call('/_snapshot')).sort(([a], [b]) => a.localeCompare(b));
      fill(list, found.length === 0 ? h('p', { class: 'notice' }, t('repositoryNone')) : found.map(([repository, about]) => sheet(repository, about)));
    } catch (error) {
      fill(list, h('p', { class: 'notice error' }, error.message));
    }
  }

  function sheet(repository, about) {
    const snapshots = makeSnapshots(repository);
    const place = about.settings?.location ?? [about.settings?.bucket, about.settings?.base_path].filter(Boolean).join('/');
    const verify = h('button', { class: 'button small', onclick: async () => {
      verify.disabled = true;
      fill(verify, h('span', { class: 'busy' }), t('verifying'));
      try {
        await post(`/_snapshot/${encodeURIComponent(repository)}/_verify`);
        toast(t('verified', { name: repository }));
      } catch (error) {
        toast(error.message);
      }
      verify.disabled = false;
      fill(verify, t('verify'));
    } }, t('verify'));
    snapshots.load();
    return h('section', { class: 'sheet', 'aria-label': `${t('repository')} ${repository}` },
      h('div', { class: 'row apart' }, h('div', {}, h('h2', {}, repository), h('p', { class: 'soft small' }, `${about.type} · ${place}`)), verify),
      snapshots.element);
  }

  return { element, shown: load, leave() {} };
}
