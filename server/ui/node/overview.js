// The node's health in numbers.
import { send } from '../base/api.js';
import { fill, h } from '../base/dom.js';
import { bytes, count, span } from '../base/format.js';
import { t } from '../base/words.js';

/** Makes the tiles. */
export function makeOverview() {
  const element = h('section', { 'aria-label': t('health') });
  const tile = (label, value, small = false) => h('div', { class: 'tile' }, h('dt', {}, label), h('dd', { class: small ? 'small' : null }, value));

  async function load() {
    try {
      // An unhealthy node answers 503 with the same body.
      const health = await (await send('/health')).json();
      const ok = health.status === 'ok';
      fill(element,
        ok ? null : h('p', { class: 'notice error', role: 'alert' }, health.reason ?? t('unavailable')),
        h('dl', { class: 'tiles' },
          tile(t('health'), [h('span', { class: ok ? 'dot' : 'dot bad' }), t(ok ? 'ok' : 'unavailable')], true),
          tile(t('pictures'), count(health.documents)), tile(t('vectors'), count(health.vectors)),
          tile(t('indices'), count(health.indices)), tile(t('segments'), count(health.segments)),
          tile(t('queued'), count(health.queued_searches)),
          health.storage?.free_bytes ? tile(t('free'), bytes(health.storage.free_bytes)) : null,
          tile(t('uptime'), span(health.uptime), true), tile(t('version'), health.version, true)));
    } catch {
      fill(element, h('p', { class: 'notice error', role: 'alert' }, t('offline')));
    }
  }
  return { element, load };
}
