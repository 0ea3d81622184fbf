// The node's key: asked for when a request is refused, and kept for this tab only.
import { open } from './dialog.js';
import { field, h } from './dom.js';
import { t } from './words.js';

const KEY = 'pictor.key';
const PRIVATE = 'pictor.private';
let asking = null;
let wrong = false;
const watchers = new Set();

export const key = () => sessionStorage.getItem(KEY);
/** Whether pictures have to be fetched with the key. */
export const isPrivate = () => sessionStorage.getItem(PRIVATE) === 'yes';
export const markPrivate = () => sessionStorage.setItem(PRIVATE, 'yes');

/** Calls back whenever there is another key, or none. */
export function watchKey(callback) { watchers.add(callback); }

function keep(value) {
  if (value) sessionStorage.setItem(KEY, value);
  else { sessionStorage.removeItem(KEY); sessionStorage.removeItem(PRIVATE); }
  for (const callback of watchers) callback();
}

export const forgetKey = () => keep(null);

/** Asks for the key, once for all requests that wait for it; whether one was given. */
export function askKey() {
  wrong = key() !== null;
  asking ??= ask().finally(() => { asking = null; });
  return asking;
}

function ask() {
  return new Promise((resolve) => {
    const input = h('input', { type: 'password', autocomplete: 'off', required: true, id: 'key', spellcheck: 'false' });
    let given = false;
    const form = h('form', { class: 'stack', onsubmit: (event) => {
      event.preventDefault();
      given = input.value.trim() !== '';
      if (given) keep(input.value.trim());
      dialog.close();
    } },
    h('p', {}, t(wrong ? 'keyWrong' : 'keyWanted')),
    field(t('key'), input),
    h('p', { class: 'small soft' }, t('keyKept')),
    h('div', { class: 'actions' },
      h('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, t('cancel')),
      h('button', { class: 'button main' }, t('keyUse'))));
    const dialog = open(t('keyTitle'), form, { closed: () => resolve(given) });
    input.focus();
  });
}
