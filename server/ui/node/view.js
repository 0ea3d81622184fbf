// The node: its health, its indices, and what it is asked.
import { h } from '../base/dom.js';
import { icon } from '../base/icons.js';
import { t } from '../base/words.js';
import { makeIndices } from './indices.js';
import { makeOverview } from './overview.js';
import { makeSearches } from './searches.js';

/** How often what is shown is asked for anew, in milliseconds. */
const EVERY = 5_000;

/** Makes the view. */
export function make() {
  const parts = [makeOverview(), makeSearches(), makeIndices()];
  const refresh = () => Promise.all(parts.map((part) => part.load()));
  const element = h('div', { class: 'node' },
    h('div', { class: 'title-row' }, h('h1', {}, t('node')), h('button', { class: 'button small', onclick: refresh }, icon('again'), t('refresh'))),
    parts.map((part) => part.element));
  const timer = setInterval(() => {
    // Nobody looks, or somebody reads a part that would be made anew.
    if (!document.hidden) for (const part of parts) if (!part.element.contains(document.activeElement)) part.load();
  }, EVERY);
  return { element, shown: refresh, leave: () => clearInterval(timer) };
}
