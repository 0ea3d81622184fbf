// The search view: what the address says is what is searched.
import { h } from '../base/dom.js';
import { icon } from '../base/icons.js';
import { show as showPicture, thumbPath } from '../base/pictures.js';
import { go } from '../base/router.js';
import { flush } from '../base/toast.js';
import { t } from '../base/words.js';
import { call } from '../base/api.js';
import { read, write } from './address.js';
import { makeBox } from './box.js';
import { makeHot, makeModes } from './chips.js';
import { makeFilters } from './filters.js';
import { makeGrid } from './grid.js';
import { asData, pictureIn, take, watchDrops } from './picture.js';

/** Makes the view for an address. */
export function make(parameters) {
  let search = read(parameters);
  const change = (more) => go('search', write({ ...search, ...more }));
  const similar = (hit) => change({ similar: hit.id, picture: null });
  const byFile = async (file) => {
    const copy = await take(file);
    if (copy) change({ picture: copy, similar: null });
  };

  const box = makeBox({ search: (q) => change({ q }), picture: byFile, retarget: (target) => change({ target }) });
  const modes = makeModes((mode) => change({ mode, q: box.input.value.trim() }));
  const hot = makeHot((q) => change({ q }));
  const filters = makeFilters(change);
  const grid = makeGrid({ counted: filters.count, open, similar });
  const element = h('div', {},
    h('h1', { class: 'unseen' }, t('search')),
    h('div', { class: 'finder' }, box.element, modes.element, hot.element),
    h('div', { class: 'found' }, filters.element, grid.element));

  async function open(hit) {
    const { showPictureOf } = await import('../picture/detail.js');
    showPictureOf(hit, { similar, changed: () => grid.again(), removed: (id) => removed(id) });
  }

  function removed(id) {
    const card = grid.card(id);
    if (card) card.hidden = true;
    return () => { if (card) card.hidden = false; };
  }

  function like() {
    if (!search.similar && !search.picture) return null;
    const image = h('img', { alt: t('likeThis') + ' ' + (search.similar ? t('likeRecord', { id: search.similar }) : t('likePicture')) });
    if (search.picture) image.src = asData(search.picture);
    else shownSimilar(image, search.similar);
    const remove = h('button', { type: 'button', class: 'button plain small', 'aria-label': t('likeRemove'), onclick: () => change({ similar: null, picture: null }) }, icon('close'));
    return [image, remove];
  }

  async function shownSimilar(image, id) {
    const found = await call(`/images/_source/${id}`, { ask: false }).catch(() => null);
    if (found?.hash) showPicture(image, thumbPath(found.hash, { size: 120 }));
  }

  function show() {
    box.show(search, like());
    modes.show(search.mode);
    filters.show(search);
    grid.start(search).then(() => hot.load());
  }

  const endDrops = watchDrops(t('drop'), (transfer) => {
    const file = pictureIn(transfer);
    if (file) byFile(file);
  });
  const paste = (event) => {
    const file = event.target === box.input ? null : pictureIn(event.clipboardData);
    if (file) byFile(file);
  };
  document.addEventListener('paste', paste);

  return {
    element,
    shown() {
      show();
      box.input.focus({ preventScroll: true });
    },
    update(changed) {
      search = read(changed);
      // What waits to be deleted would be found again.
      flush().then(show);
    },
    leave() { endDrops(); document.removeEventListener('paste', paste); grid.leave(); },
  };
}
