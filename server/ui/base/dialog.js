// Dialogs: modal, closed by Escape, with the focus back where it was.
import { h } from './dom.js';
import { icon } from './icons.js';
import { t } from './words.js';

let number = 0;

/** Shows a dialog with a title. */
export function open(title, content, { wide = false, closed } = {}) {
  number += 1;
  const id = `dialog-${number}`;
  const before = document.activeElement;
  const close = h('button', { type: 'button', class: 'button plain', 'aria-label': t('close'), onclick: () => dialog.close() }, icon('close'));
  const dialog = h('dialog', { class: wide ? 'wide' : '', 'aria-labelledby': id },
    h('div', { class: 'head' }, h('h2', { id, tabindex: '-1' }, title), close),
    h('div', { class: 'body' }, content));
  dialog.addEventListener('close', () => {
    dialog.remove();
    // The event comes later than the closing, which gave the focus back: somebody may be typing elsewhere by now.
    if (document.activeElement === document.body && before?.isConnected) before.focus();
    closed?.();
  });
  // A click beside it closes it; one that began inside does not.
  dialog.addEventListener('pointerdown', (event) => { if (event.target === dialog) dialog.close(); });
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector(`#${id}`).focus();
  return dialog;
}

/** Asks whether to do something that cannot be undone. */
export function confirm(title, text, verb) {
  return new Promise((resolve) => {
    let sure = false;
    const dialog = open(title, h('div', { class: 'stack' }, h('p', {}, text),
      h('div', { class: 'actions' },
        h('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, t('cancel')),
        h('button', { type: 'button', class: 'button main', onclick: () => { sure = true; dialog.close(); } }, verb))),
    { closed: () => resolve(sure) });
  });
}
