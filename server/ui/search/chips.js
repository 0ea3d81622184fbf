// The modes of a search, and the words that are searched for most.
import { call } from '../base/api.js';
import { fill, h } from '../base/dom.js';
import { t } from '../base/words.js';
import { MODES } from './address.js';

/** The switch between the modes. */
export function makeModes(chosen) {
  const hint = h('span', { class: 'hint', id: 'mode-hint' });
  const inputs = MODES.map((mode) => h('input', {
    type: 'radio', name: 'mode', value: mode, 'aria-describedby': 'mode-hint', onchange: () => chosen(mode),
  }));
  const element = h('div', { class: 'modes' },
    h('div', { class: 'segments', role: 'radiogroup', 'aria-label': t('mode') },
      inputs.map((input) => h('label', {}, input, h('span', {}, t(input.value))))),
    hint);
  return {
    element,
    show(mode) {
      for (const input of inputs) input.checked = input.value === mode;
      hint.textContent = t(`${mode}Hint`);
    },
  };
}

/** The words that are searched for most; nothing where there are none. */
export function makeHot(chosen) {
  const element = h('div', { class: 'hot', hidden: true });
  return {
    element,
    async load() {
      try {
        const { data: words } = await call('/image/search/hotwords', { ask: false });
        const focused = element.contains(document.activeElement) ? document.activeElement.textContent : null;
        element.hidden = words.length === 0;
        fill(element, h('span', { class: 'label', id: 'hot-label' }, t('hot')),
          h('ul', { class: 'chips', 'aria-labelledby': 'hot-label' }, words.slice(0, 8).map((word) => h('li', {},
            h('button', { class: 'chip', onclick: () => chosen(word) }, h('span', {}, word))))));
        if (focused) [...element.querySelectorAll('button')].find((button) => button.textContent === focused)?.focus();
      } catch { element.hidden = true; }
    },
  };
}
