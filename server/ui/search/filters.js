// Filters: category and tags with counts, bounds on size and duration.
import { fill, h } from '../base/dom.js';
import { icon } from '../base/icons.js';
import { count } from '../base/format.js';
import { t } from '../base/words.js';
import { RANGES } from './address.js';

/** The categories that are offered at once. */
const CATEGORIES = 10;
/** The tags that are offered at once. */
const TAGS = 24;

/** Makes the filters; `change` gets what is to be other in the search. */
export function makeFilters(change) {
  let state = null;
  const categories = h('ul', { class: 'options' });
  const tags = h('ul', { class: 'chips' });
  const bounds = RANGES.map((range) => [0, 1].map((end) => h('input', {
    type: 'number', min: '0', step: range === 'duration' ? '0.1' : '1', inputmode: 'decimal', 'data-range': range,
    'aria-label': t(end === 0 ? 'least' : 'most', { field: t(range) }),
    onchange: () => change({ [range]: RANGES.includes(range) ? ends(range) : [null, null] }),
  })));
  const ends = (range) => bounds[RANGES.indexOf(range)].map((input) => {
    const value = Number(input.value);
    return input.value !== '' && Number.isFinite(value) && value >= 0 ? value : null;
  });
  const clear = h('button', { class: 'button small', onclick: () => change({
    category: '', tags: [], width: [null, null], height: [null, null], duration: [null, null] }) }, t('clear'));

  const group = (title, ...content) => h('fieldset', {}, h('legend', {}, title), ...content);
  const inner = h('div', { class: 'stack' },
    group(t('category'), categories),
    group(t('tags'), tags),
    group(t('size'), ...RANGES.map((range, at) => h('div', { class: 'range' },
      h('span', {}, t(range)), bounds[at][0], h('span', { 'aria-hidden': 'true' }, '–'), bounds[at][1]))),
    h('div', {}, clear));
  const wide = matchMedia('(min-width: 861px)');
  const element = h('aside', { class: 'filters', 'aria-label': t('filters') });
  const toggle = h('button', { class: 'button small', 'aria-expanded': 'false', onclick: () => open(inner.hidden) }, t('filters'));
  function open(yes) {
    inner.hidden = !yes;
    toggle.setAttribute('aria-expanded', String(yes));
  }
  const fit = () => { toggle.hidden = wide.matches; open(wide.matches); };
  wide.addEventListener('change', fit);
  fill(element, toggle, inner);
  fit();

  function option(value, label, number) {
    return h('li', {}, h('button', {
      'aria-pressed': String(state.category === value), onclick: () => change({ category: state.category === value ? '' : value }),
    }, h('span', {}, label), number === null ? null : h('span', { class: 'count' }, count(number))));
  }

  return {
    element,
    /** Shows the search of the address. */
    show(search) {
      state = search;
      bounds.forEach((pair, at) => pair.forEach((input, end) => {
        if (document.activeElement !== input) input.value = state[RANGES[at]][end] ?? '';
      }));
      clear.parentElement.hidden = !(state.category || state.tags.length || RANGES.some((range) => state[range].some((end) => end !== null)));
    },
    /** Shows how many results have which value. */
    count(facets) {
      const focused = document.activeElement?.closest?.('.filters li button')?.dataset.value;
      const chosen = facets.category.some(({ value }) => value === state.category) || state.category === ''
        ? [] : [option(state.category, state.category, 0)];
      const offered = facets.category.map(({ value, count: number }) => option(value, value, number));
      const rest = offered.slice(CATEGORIES);
      const all = rest.length > 0 && !rest.some((entry) => entry.firstChild.getAttribute('aria-pressed') === 'true');
      if (all) for (const entry of rest) entry.hidden = true;
      const further = all && h('li', {}, h('button', { class: 'further', onclick: () => {
        for (const entry of rest) entry.hidden = false;
        further.remove();
        rest[0].firstChild.focus();
      } }, t('moreOf', { n: rest.length })));
      fill(categories, option('', t('allCategories'), null), chosen, offered, further);
      fill(tags,
        state.tags.map((tag) => h('li', {}, h('button', {
          class: 'chip', 'aria-pressed': 'true', 'data-value': tag, 'aria-label': t('tagRemove', { tag }),
          onclick: () => change({ tags: state.tags.filter((other) => other !== tag) }),
        }, h('span', {}, tag), icon('close')))),
        facets.tags.slice(0, TAGS).map(({ value, count: number }) => h('li', {}, h('button', {
          class: 'chip', 'aria-pressed': 'false', 'data-value': value, onclick: () => change({ tags: [...state.tags, value] }),
        }, h('span', {}, value), h('span', { class: 'count' }, count(number))))));
      if (focused) [...tags.querySelectorAll('button')].find((button) => button.dataset.value === focused)?.focus();
    },
  };
}
