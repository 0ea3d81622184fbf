// The search box: a combobox with suggestions, the fields to search in, and a picture.
import { data } from '../base/api.js';
import { fill, h, say } from '../base/dom.js';
import { icon } from '../base/icons.js';
import { t } from '../base/words.js';
import { pictureIn } from './picture.js';

/** Makes the box. `search` is called with the words; `picture` with a file. */
export function makeBox({ search, picture, retarget }) {
  let asking = null;
  let active = -1;
  let typed = '';

  const list = h('ul', { class: 'suggestions', id: 'suggestions', role: 'listbox', 'aria-label': t('suggestions'), hidden: true });
  const input = h('input', {
    type: 'text', id: 'query', role: 'combobox', 'aria-label': t('query'), 'aria-autocomplete': 'list', 'aria-expanded': 'false',
    'aria-controls': 'suggestions', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', placeholder: t('queryHint'), maxlength: '1000',
  });
  const target = h('select', { 'aria-label': t('target'), onchange: () => retarget(target.value) },
    h('option', { value: 'title' }, t('title')), h('option', { value: 'uploader' }, t('uploader')));
  const file = h('input', { type: 'file', accept: 'image/*', hidden: true, id: 'picture-file', onchange: () => {
    if (file.files[0]) picture(file.files[0]);
    file.value = '';
  } });
  const like = h('span', { class: 'like', hidden: true });
  const form = h('form', { role: 'search', onsubmit: (event) => { event.preventDefault(); accept(input.value); } },
    icon('search'), like, input, target,
    h('button', { type: 'button', class: 'button plain', 'aria-label': t('byPicture'), title: t('byPicture'), onclick: () => file.click() }, icon('picture')),
    h('button', { class: 'button main' }, t('search')), file);
  const element = h('div', { class: 'box' }, form, list);

  const options = () => [...list.children];

  function close() {
    asking?.abort();
    asking = null;
    list.hidden = true;
    active = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  }

  function accept(words) {
    input.value = words;
    close();
    search(words.trim());
  }

  function mark(index) {
    active = index;
    options().forEach((option, at) => option.setAttribute('aria-selected', String(at === active)));
    if (active < 0) { input.removeAttribute('aria-activedescendant'); input.value = typed; return; }
    const option = options()[active];
    input.setAttribute('aria-activedescendant', option.id);
    input.value = option.textContent;
    option.scrollIntoView({ block: 'nearest' });
  }

  async function suggest() {
    asking?.abort();
    typed = input.value;
    if (typed.trim() === '') { close(); return; }
    const mine = new AbortController();
    asking = mine;
    try {
      const { suggestions } = await data('/image/search/suggest', { query: typed, target: target.value }, { signal: mine.signal });
      if (asking !== mine) return;
      if (suggestions.length === 0) { close(); return; }
      fill(list, suggestions.map((words, index) => h('li', {
        id: `suggestion-${index}`, role: 'option', 'aria-selected': 'false',
        // The input keeps the focus.
        onpointerdown: (event) => event.preventDefault(), onclick: () => accept(words),
      }, words)));
      active = -1;
      list.hidden = false;
      input.setAttribute('aria-expanded', 'true');
      input.removeAttribute('aria-activedescendant');
      say(t('suggested', { n: suggestions.length }));
    } catch (error) {
      if (error.name !== 'AbortError') close();
    }
  }

  input.addEventListener('input', suggest);
  input.addEventListener('blur', close);
  input.addEventListener('paste', (event) => {
    const pasted = pictureIn(event.clipboardData);
    if (pasted) { event.preventDefault(); picture(pasted); }
  });
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    const count = list.hidden ? 0 : options().length;
    if (event.key === 'ArrowDown' && count === 0) { suggest(); event.preventDefault(); }
    else if (event.key === 'ArrowDown') { mark(active + 1 >= count ? -1 : active + 1); event.preventDefault(); }
    else if (event.key === 'ArrowUp' && count > 0) { mark(active < 0 ? count - 1 : active - 1); event.preventDefault(); }
    else if (event.key === 'Escape' && count > 0) { input.value = typed; close(); event.preventDefault(); }
  });

  return {
    element,
    input,
    /** Shows the search of the address. */
    show(state, likeParts) {
      if (document.activeElement !== input || list.hidden) input.value = state.q;
      target.value = state.target;
      like.hidden = likeParts === null;
      fill(like, likeParts ?? []);
    },
  };
}
