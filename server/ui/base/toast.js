// Short messages at the foot of the page, and deletions that can still be undone.
import { h, say } from './dom.js';
import { t } from './words.js';

const SHOWN = 5_000;
/** How long something can be undone. */
const UNDO = 7_000;
const waiting = new Set();

/** Shows a message for a while. */
export function toast(text, action) {
  const button = action && h('button', { class: 'button small', onclick: () => { remove(); action.run(); } }, action.label);
  const box = h('div', { class: 'toast' }, h('p', {}, text), button);
  const remove = () => { clearTimeout(timer); box.remove(); };
  document.getElementById('toasts').append(box);
  say(action ? `${text} ${action.label}` : text);
  const timer = setTimeout(remove, action?.time ?? SHOWN);
  return { remove, focus: () => button?.focus() };
}

/** Does something in a while, unless it is undone; at once when the page is left. */
export function later(text, run, undo) {
  const pending = { run: async (leaving) => { settle(); await run(leaving); } };
  const settle = () => { waiting.delete(pending); clearTimeout(timer); shown.remove(); };
  const shown = toast(text, { label: t('undo'), time: UNDO + 500, run: () => { settle(); undo(); say(t('undone')); } });
  const timer = setTimeout(() => pending.run(false), UNDO);
  waiting.add(pending);
}

/** Does all that waits. */
export function flush(leaving = false) {
  return Promise.all([...waiting].map((pending) => pending.run(leaving)));
}

addEventListener('pagehide', () => { flush(true); });
