// The library: pictures come in, are found by their metadata, changed and deleted.
import { h } from '../base/dom.js';
import { t } from '../base/words.js';
import { pictureIn, watchDrops } from '../search/picture.js';
import { makeConditions, readAddress } from './conditions.js';
import { makeList } from './list.js';
import { makeUploads } from './upload.js';

/** Makes the view for an address. */
export function make(parameters) {
  const list = makeList({ fault: (error, state) => conditions.fault(error, state) });
  const conditions = makeConditions();
  const uploads = makeUploads({ added: () => list.again() });
  const element = h('div', {},
    h('div', { class: 'title-row' }, h('h1', {}, t('library'))),
    h('div', { class: 'stack' }, uploads.element, h('section', { class: 'sheet', 'aria-label': t('library') }, conditions.element, list.element)));
  const endDrops = watchDrops(t('dropUpload'), (transfer) => uploads.add([...transfer.files]));
  const paste = (event) => { if (pictureIn(event.clipboardData)) uploads.add([...event.clipboardData.files]); };
  document.addEventListener('paste', paste);

  function show(from) {
    const state = readAddress(from);
    conditions.show(state);
    list.start(state);
  }

  return {
    element,
    shown: () => show(parameters),
    update: show,
    leave() { endDrops(); document.removeEventListener('paste', paste); list.leave(); },
  };
}
