// Pictures of the library in the page: straight where the node is open, fetched with the key where it is not.
import { address, keyed } from './api.js';
import { isPrivate, key, markPrivate } from './key.js';

/** The most fetched pictures that are kept. */
const KEPT = 300;
const fetched = new Map();

export const contentPath = (hash) => `/api/images/${hash}/content`;
export const thumbPath = (hash, { size = 360, frame } = {}) => `${contentPath(hash)}?w=${size}&h=${size}${frame === undefined ? '' : `&frame=${frame}`}`;

async function blobUrl(path) {
  const kept = fetched.get(path);
  if (kept) { fetched.delete(path); fetched.set(path, kept); return kept; }
  const response = await fetch(address(path), { headers: keyed() });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const url = URL.createObjectURL(await response.blob());
  fetched.set(path, url);
  for (const [oldest, old] of fetched) {
    if (fetched.size <= KEPT) break;
    fetched.delete(oldest);
    URL.revokeObjectURL(old);
  }
  return url;
}

/** Shows the picture of a path in an `img`. */
export function show(image, path) {
  image.dataset.path = path;
  image.classList.remove('failed');
  const keyedShow = () => blobUrl(path).then((url) => {
    markPrivate();
    if (image.dataset.path === path) image.src = url;
  }).catch(() => image.classList.add('failed'));
  image.onerror = () => {
    image.onerror = null;
    if (key() && !image.src.startsWith('blob:')) keyedShow();
    else image.classList.add('failed');
  };
  if (isPrivate() && key()) whenNear(image, keyedShow);
  else image.src = address(path);
}

// Pictures that are fetched by hand have to wait by hand until they are near.
const near = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    near.unobserve(entry.target);
    entry.target.whenNear?.();
  }
}, { rootMargin: '400px' });

function whenNear(image, run) {
  if (image.loading !== 'lazy') { run(); return; }
  image.whenNear = run;
  near.observe(image);
}
