// Work on snapshots that takes a while, with how far it is.
import { call } from '../base/api.js';
import { fill, h, say } from '../base/dom.js';
import { bytes } from '../base/format.js';

/** How often it is asked how far the work is, in milliseconds. */
const EVERY = 400;

const path = (repository, name) => `/_snapshot/${encodeURIComponent(repository)}/${encodeURIComponent(name)}`;

/** Runs something while a line shows how far it is; `status` gives a share and words. */
async function during(place, words, run, status) {
  const bar = h('progress', { 'aria-label': words });
  const told = h('span', { class: 'soft' });
  fill(place, h('div', { class: 'progress-line', role: 'status' }, h('span', {}, words, ' ', told), bar));
  let over = false;
  const watch = (async () => {
    while (!over) {
      const state = await status().catch(() => null);
      if (over) break;
      if (state) { bar.max = 1; bar.value = state.share; told.textContent = state.words; }
      await new Promise((resolve) => { setTimeout(resolve, EVERY); });
    }
  })();
  try {
    return await run();
  } finally {
    over = true;
    fill(place);
    watch.catch(() => {});
  }
}

/** Makes a snapshot and waits for it. */
export function makeSnapshot(place, repository, name, words, done) {
  return during(place, words, async () => {
    await call(`${path(repository, name)}?wait_for_completion=false`, { method: 'PUT', json: {} });
    for (;;) {
      const { snapshots } = await call(path(repository, name));
      if (snapshots[0]?.state !== 'IN_PROGRESS') break;
      await new Promise((resolve) => { setTimeout(resolve, EVERY); });
    }
    say(done);
  }, async () => {
    const { snapshots } = await call(`${path(repository, name)}/_status`, { ask: false });
    const { processed, total } = snapshots[0].stats;
    return { share: total.size_in_bytes > 0 ? processed.size_in_bytes / total.size_in_bytes : 0, words: `${bytes(processed.size_in_bytes)} / ${bytes(total.size_in_bytes)}` };
  });
}

/** Restores indices of a snapshot, under names with a prefix; the names of what came back. */
export function restoreSnapshot(place, repository, name, indices, prefix, words) {
  const json = { indices: indices.join(','), include_aliases: prefix === '', ...(prefix === '' ? {} : { rename_pattern: '(.+)', rename_replacement: `${prefix}$1` }) };
  // Its size is not known to the page: the bar only says that it goes on.
  return during(place, words, async () => {
    const answer = await call(`${path(repository, name)}/_restore?wait_for_completion=true`, { method: 'POST', json });
    return answer.snapshot.indices;
  }, async () => null);
}

export const removeSnapshot = (repository, name) => call(path(repository, name), { method: 'DELETE' });
