// What was searched for lately, and how long it took.
import { call } from '../base/api.js';
import { fill, h } from '../base/dom.js';
import { clock, count, millis, moment } from '../base/format.js';
import { askKey } from '../base/key.js';
import { t } from '../base/words.js';
import { bars, points } from './chart.js';

/** Minutes of the rate's chart. */
const MINUTES = 30;
/** Searches of the table. */
const LISTED = 25;

/** Makes the charts. */
export function makeSearches() {
  const latency = h('div');
  const rate = h('div');
  const table = h('tbody');
  const details = h('details', {}, h('summary', {}, t('recent')), h('div', { class: 'scroll' }, h('table', {},
    h('thead', {}, h('tr', {}, ['when', 'kind', 'text'].map((name) => h('th', { scope: 'col' }, t(name))),
      h('th', { scope: 'col', class: 'number' }, t('hits')), h('th', { scope: 'col', class: 'number' }, t('time')))), table)));
  const inner = h('div', {}, h('div', { class: 'columns' },
    h('div', {}, h('h3', {}, t('latency')), latency), h('div', {}, h('h3', {}, t('rate')), rate)), details);
  const notice = h('div', { hidden: true });
  const element = h('section', { class: 'sheet', 'aria-label': t('recent') }, h('h2', {}, t('recent')), notice, inner);
  element.classList.add('searches');

  const tell = (...words) => { notice.hidden = false; inner.hidden = true; fill(notice, ...words); };

  async function load() {
    try {
      const { searches } = await call('/_pictor/searches', { ask: false });
      if (searches.length === 0) { tell(h('p', { class: 'soft' }, t('recentNone'))); return; }
      notice.hidden = true;
      inner.hidden = false;
      draw(searches);
    } catch (error) {
      if (error.status !== 401) { tell(h('p', { class: 'error' }, error.message)); return; }
      tell(h('div', { class: 'row' }, h('p', { class: 'soft' }, t('keyNeeded')),
        h('button', { class: 'button small', onclick: async () => { if (await askKey()) load(); } }, t('keyGive'))));
    }
  }

  function draw(searches) {
    const times = searches.map((search) => search.took_ms);
    const sorted = [...times].sort((a, b) => a - b);
    const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    const [p50, p95, max] = [at(0.5), at(0.95), at(1)].map(millis);
    const oldest = searches[searches.length - 1];
    const label = t('latencyOf', { n: count(times.length), p50, p95, max });
    fill(latency, points(label, times.toReversed(), { first: when(oldest.at), last: when(searches[0].at), guide: at(0.5), format: millis }),
      h('p', { class: 'legend' }, legend(t('median'), p50), legend(t('p95'), p95), legend(t('slowest'), max)));
    const now = Date.now();
    const minutes = new Array(MINUTES).fill(0);
    for (const search of searches) {
      const ago = Math.floor((now - Date.parse(search.at)) / 60_000);
      if (ago >= 0 && ago < MINUTES) minutes[MINUTES - 1 - ago] += 1;
    }
    const all = minutes.reduce((sum, number) => sum + number, 0);
    fill(rate, bars(t('rateOf', { n: MINUTES, all: count(all), peak: count(Math.max(...minutes)) }), minutes,
      { first: clock(now - (MINUTES - 1) * 60_000), last: clock(now), format: count }));
    fill(table, searches.slice(0, LISTED).map((search) => h('tr', {},
      h('td', { class: 'nowrap small' }, moment(search.at)), h('td', { class: 'nowrap' }, t(`kind.${search.kind}`)),
      h('td', { class: 'wide-text' }, search.text ?? ''), h('td', { class: 'number' }, count(search.found)),
      h('td', { class: 'number nowrap' }, millis(search.took_ms)))));
  }

  // The day only where it is another one.
  const when = (at) => (Date.now() - Date.parse(at) < 86_400_000 ? clock(at) : moment(at));
  const legend = (name, value) => h('span', {}, `${name} `, h('b', {}, value));
  return { element, load };
}
