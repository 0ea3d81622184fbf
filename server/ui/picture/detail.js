// A picture by itself: large, with all that is known of it.
import { call } from '../base/api.js';
import { open } from '../base/dialog.js';
import { calm, fill, h } from '../base/dom.js';
import { bytes, count, moment, seconds } from '../base/format.js';
import { icon } from '../base/icons.js';
import { contentPath, show, thumbPath } from '../base/pictures.js';
import { toast } from '../base/toast.js';
import { t } from '../base/words.js';
import { removePicture } from './remove.js';

/** Fields that are shown by name, or not at all. */
const OWN = new Set(['id', 'hash', 'title', 'name', 'uploader', 'uploader_id', 'category', 'tags', 'width', 'height', 'duration',
  'frames', 'size', 'format', 'like', 'pub_time', 'created_at', 'keys', 'task_id']);

/** Shows a hit. `changed` is called when it was edited, `removed` when it was deleted; the latter gives what undoes it. */
export function showPictureOf(hit, { similar, changed, removed }) {
  const title = hit.title || hit.name || t('untitled');
  const facts = h('dl', { class: 'facts-list' });
  const content = h('div', { class: 'detail' },
    h('figure', {}, large(hit), moments(hit)),
    h('div', { class: 'stack' }, facts, buttons()));
  const dialog = open(title, content, { wide: true });
  fill(facts, rows(hit));
  if (hit.hash) call(`/api/images/${hit.hash}`).then((record) => fill(facts, rows(record))).catch((error) => toast(error.message));

  function buttons() {
    const act = (run) => () => { dialog.close(); run(); };
    if (!hit.hash) return null;
    return h('div', { class: 'row' },
      h('button', { class: 'button main', onclick: act(() => similar(hit)) }, icon('similar'), t('similar')),
      h('button', { class: 'button', onclick: act(async () => {
        const { editPicture } = await import('./edit.js');
        editPicture(hit.hash, changed);
      }) }, icon('edit'), t('edit')),
      h('button', { class: 'button', onclick: () => link(hit.id, 'download_link').then((url) => { location.href = url; }, failed) }, icon('save'), t('download')),
      h('button', { class: 'button', onclick: () => link(hit.id, 'preview_link').then(copy, failed) }, icon('link'), t('copyLink')),
      h('button', { class: 'button bad', onclick: act(() => removePicture(hit, removed(hit.id))) }, icon('remove'), t('remove')));
  }
}

const failed = (error) => toast(error.message);

const link = async (id, kind) => (await call(`/image/createlink/${id}`)).data[kind];

async function copy(url) {
  try {
    await navigator.clipboard.writeText(url);
    toast(t('copied'));
  } catch {
    toast(t('linkIs', { link: url }));
  }
}

function large(hit) {
  if (!hit.hash) return h('div', { class: 'big' }, h('span', { class: 'missing' }, icon('picture'), t('noFile')));
  const image = h('img', { alt: hit.title ?? '' });
  const moves = hit.duration > 0;
  show(image, moves && calm() ? thumbPath(hit.hash, { size: 960 }) : contentPath(hit.hash));
  const play = h('button', { class: 'button', onclick: () => { show(image, contentPath(hit.hash)); play.remove(); } }, icon('play'), t('play'));
  return h('div', { class: 'stack' }, h('div', { class: 'big' }, image), moves && calm() ? h('div', {}, play) : null);
}

/** The frame that looks most like the picture that was looked for. */
function moments(hit) {
  if (hit.frame === undefined || !hit.hash) return null;
  const image = h('img', { alt: '', class: 'matched' });
  show(image, thumbPath(hit.hash, { size: 200, frame: hit.frame }));
  return h('figcaption', { class: 'moment' }, image, t('matched', { n: hit.frame + 1, time: seconds(hit.time ?? 0) }));
}

function rows(record) {
  const list = [];
  const row = (label, value) => { if (value !== '' && value !== null && value !== undefined) list.push(h('dt', {}, label), h('dd', {}, value)); };
  row(t('category'), record.category);
  row(t('tags'), (record.tags ?? []).join(', '));
  row(t('uploader'), record.uploader);
  row(t('size'), record.width ? `${record.width} × ${record.height}` : '');
  row(t('duration'), record.duration > 0 ? seconds(record.duration) : t('still'));
  row(t('like'), count(record.like ?? 0));
  row(t('published'), record.pub_time && moment(record.pub_time));
  row(t('added'), record.created_at && moment(record.created_at));
  row(t('file'), [record.name, record.format?.toUpperCase(), record.size && bytes(record.size)].filter(Boolean).join(' · '));
  for (const [name, value] of Object.entries(record)) {
    if (!OWN.has(name) && !name.startsWith('tag_') && !['score', 'highlight', 'similarity', 'frame', 'time'].includes(name)) {
      row(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
    }
  }
  return list;
}
