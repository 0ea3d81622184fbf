// The results: pages that follow one another as one goes on, light however many there are.
import { data } from '../base/api.js';
import { fill, h, say } from '../base/dom.js';
import { count, millis } from '../base/format.js';
import { t } from '../base/words.js';
import { body, isEmpty } from './address.js';
import { makeCard } from './card.js';
import { original } from './picture.js';

/** How far below the screen the next page is asked for. */
const AHEAD = '1400px';

/** Makes the results; `counted` gets the facets of each search. */
export function makeGrid({ counted, open, similar }) {
  let search = null;
  let page = 0;
  let pages = 0;
  let total = 0;
  let asking = null;

  const status = h('div', { class: 'status' });
  const list = h('ul', { class: 'grid', 'aria-label': t('results') });
  const more = h('button', { class: 'button', onclick: () => next(true) }, t('more'));
  const foot = h('div', { class: 'more', hidden: true }, more);
  const element = h('section', { 'aria-label': t('results') }, status, list, foot);
  const watch = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) next(false);
  }, { rootMargin: AHEAD });

  function fault(error) {
    foot.hidden = true;
    fill(status);
    fill(list);
    element.querySelector('.empty')?.remove();
    const where = error.status === 401 ? t('keyNeeded') : error.message;
    list.after(h('div', { class: 'empty', role: 'alert' }, h('h2', {}, error.status === 0 ? t('offline') : where),
      h('p', {}, h('button', { class: 'button', onclick: () => start(search) }, t('again')))));
  }

  function told(took) {
    const found = total === 1 ? t('foundOne') : t('found', { n: count(total) });
    fill(status, h('strong', {}, found), h('span', { class: 'soft small' }, t('took', { time: millis(took) })));
    say(found);
  }

  function nothing() {
    const empty = isEmpty(search);
    list.after(h('div', { class: 'empty' }, h('h2', {}, t(empty ? 'emptyLibrary' : 'nothing')), h('p', {}, t(empty ? 'emptyHint' : 'nothingHint'))));
  }

  async function load(wanted) {
    const mine = new AbortController();
    asking?.abort();
    asking = mine;
    try {
      const answer = await data('/image/search/explore', body(search, wanted, original(search.picture)), { signal: mine.signal });
      return asking === mine ? answer : null;
    } catch (error) {
      if (asking === mine && error.name !== 'AbortError') fault(error);
      return null;
    } finally {
      if (asking === mine) asking = null;
    }
  }

  function add(hits) {
    list.append(...hits.map((hit) => makeCard(hit, { open, similar })));
    foot.hidden = page >= pages;
    // Observed anew, so that it is heard of again where it is still in sight.
    watch.unobserve(foot);
    if (!foot.hidden) watch.observe(foot);
  }

  async function next(asked) {
    if (asking || page >= pages) return;
    const before = list.children.length;
    const answer = await load(page + 1);
    if (!answer) return;
    page += 1;
    add(answer.page_data);
    if (asked) {
      list.children[before]?.querySelector('button').focus();
      say(t('shown', { n: count(list.children.length), total: count(total) }));
    }
  }

  async function start(wanted) {
    search = wanted;
    page = 0;
    pages = 0;
    element.setAttribute('aria-busy', 'true');
    const answer = await load(1);
    // A later search may be under way.
    if (!asking) element.removeAttribute('aria-busy');
    if (!answer) return;
    element.querySelector('.empty')?.remove();
    fill(list);
    page = 1;
    pages = answer.page_count;
    total = answer.total;
    told(answer.took_ms);
    counted(answer.facets);
    add(answer.page_data);
    if (total === 0) nothing();
  }

  // Arrows go from card to card, beside Tab.
  list.addEventListener('keydown', (event) => {
    const card = event.target.closest('.card');
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns(), ArrowUp: -columns() }[event.key];
    if (!card || !step) return;
    const cards = [...list.children];
    const to = cards[cards.indexOf(card) + step];
    if (to) { to.querySelector('.open').focus(); event.preventDefault(); }
  });
  const columns = () => getComputedStyle(list).gridTemplateColumns.split(' ').length;

  return {
    element, start,
    again: () => start(search),
    leave() { asking?.abort(); watch.disconnect(); },
    card: (id) => list.querySelector(`[data-id="${Number(id)}"]`),
  };
}
