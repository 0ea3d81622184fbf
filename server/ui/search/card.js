// A result: a still that plays on hover or focus.
import { calm, h } from '../base/dom.js';
import { seconds } from '../base/format.js';
import { icon } from '../base/icons.js';
import { contentPath, show, thumbPath } from '../base/pictures.js';
import { t } from '../base/words.js';
import { marked } from './marks.js';

/** How long the pointer rests before a picture plays, in milliseconds. */
const REST = 120;

/** The card of a hit. */
export function makeCard(hit, { open, similar }) {
  const title = hit.title || hit.name || t('untitled');
  const still = hit.hash && (hit.frame === undefined ? thumbPath(hit.hash) : thumbPath(hit.hash, { frame: hit.frame }));
  const image = hit.hash ? h('img', { alt: '', loading: 'lazy', decoding: 'async', draggable: 'false' })
    : h('span', { class: 'missing' }, icon('picture'), h('span', { class: 'unseen' }, t('noFile')));
  if (hit.hash) show(image, still);
  const plays = hit.hash && hit.duration > 0;
  const words = hit.highlight?.title?.[0] ? marked(hit.highlight.title[0]) : title;
  const uploader = hit.highlight?.uploader?.[0] ? marked(hit.highlight.uploader[0]) : [hit.uploader];
  const size = hit.width > 0 ? `${hit.width} × ${hit.height}` : null;
  const button = h('button', { class: 'open', onclick: () => open(hit) },
    h('span', { class: 'shot' }, image,
      plays && hit.similarity === undefined ? h('span', { class: 'badge' }, seconds(hit.duration)) : null,
      hit.similarity === undefined ? null
        : h('span', { class: 'badge alike' }, t('alike', { n: Math.round(hit.similarity * 100) }), hit.frame === undefined ? '' : ` · ${t('frame', { n: hit.frame + 1 })}`)),
    h('span', { class: 'words' }, h('span', { class: 'title' }, words),
      h('span', { class: 'facts' }, [hit.category, size].filter(Boolean).join(' · '), hit.category || size ? ' · ' : '', uploader)));
  const card = h('li', { class: 'card', 'data-id': hit.id }, button,
    hit.hash ? h('button', { class: 'also', 'aria-label': t('similarTo', { title }), onclick: () => similar(hit) }, icon('similar'), t('similar')) : null);
  if (plays) playing(card, image, still, contentPath(hit.hash));
  return card;
}

function playing(card, image, still, moving) {
  let timer = null;
  const play = () => {
    if (calm()) return;
    clearTimeout(timer);
    timer = setTimeout(() => { show(image, moving); card.dataset.plays = 'yes'; }, REST);
  };
  const rest = () => {
    clearTimeout(timer);
    if (card.dataset.plays && !card.matches(':hover') && !card.contains(document.activeElement)) {
      delete card.dataset.plays;
      show(image, still);
    }
  };
  card.addEventListener('pointerenter', play);
  card.addEventListener('pointerleave', rest);
  card.addEventListener('focusin', play);
  card.addEventListener('focusout', () => setTimeout(rest));
}
