// Deletions, which can be undone for a while because they have not happened yet.
import { call, reason, send } from '../base/api.js';
import { count } from '../base/format.js';
import { later, toast } from '../base/toast.js';
import { t } from '../base/words.js';

/** Deletes a picture in a while; `undo` brings it back into sight. */
export function removePicture(hit, undo) {
  later(t('deleted', { title: hit.title || hit.name || t('untitled') }), async (leaving) => {
    if (leaving) { leave([hit.hash]); return; }
    await call(`/api/images/${hit.hash}`, { method: 'DELETE' }).catch((error) => {
      undo();
      toast(t('notDeleted', { why: error.message }));
    });
  }, undo);
}

/** Deletes several; `undo` gets the hashes to bring back. */
export function removePictures(hashes, undo, done) {
  later(t('deletedMany', { n: count(hashes.length) }), async (leaving) => {
    if (leaving) { leave(hashes); return; }
    try {
      const answer = await call('/api/images', { method: 'DELETE', json: { hashes } });
      if (answer.failed.length > 0) {
        undo(answer.failed.map(({ hash }) => hash));
        toast(t('notDeleted', { why: answer.failed[0].reason }));
      }
      done?.();
    } catch (error) {
      undo(hashes);
      toast(t('notDeleted', { why: error.message }));
    }
  }, () => undo(hashes));
}

/** The page goes: the request outlives it, and nobody is there to be asked. */
function leave(hashes) {
  send('/api/images', { method: 'DELETE', json: { hashes }, keepalive: true, ask: false }).catch((error) => reason(0, { error: error.message }));
}
