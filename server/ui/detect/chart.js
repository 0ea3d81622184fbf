// Defects a day.
import { call } from '../base/api.js';
import { fill, h } from '../base/dom.js';
import { count } from '../base/format.js';
import { t } from '../base/words.js';
import { bars } from '../node/chart.js';

/** Makes the daily chart. */
export function makeDaily() {
  const place = h('div');
  const element = h('section', { class: 'sheet', 'aria-label': t('daily') }, h('h2', {}, t('daily')), place);
  return {
    element,
    async load() {
      const days = await call('/api/data/statByDate');
      const all = days.reduce((sum, day) => sum + day.total_num, 0);
      const records = days.reduce((sum, day) => sum + day.record_count, 0);
      fill(place, bars(t('dailyOf', { n: days.length, all: count(all), records: count(records) }), days.map((day) => day.total_num),
        { first: days[0]?.stat_date ?? '', last: days[days.length - 1]?.stat_date ?? '', format: count }));
    },
  };
}
