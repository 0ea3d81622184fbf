// Pictures to search by: chosen, pasted or dropped.
import { say } from '../base/dom.js';
import { toast } from '../base/toast.js';
import { t } from '../base/words.js';

/** Pixels of a side in an address: what the node's descriptor looks at. */
const SIDE = 128;
/** Larger files are sent reduced. */
const MOST = 24 << 20;

/** Whole files by the small copy in the address; they live as long as the page. */
const originals = new Map();

export const original = (copy) => originals.get(copy);

/** A small copy for the address, as unpadded base64 that addresses may hold. */
export async function reduce(file) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext('2d');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const base64 = canvas.toDataURL('image/jpeg', 0.82).split(',')[1];
  return base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** The small copy as a picture to show. */
export const asData = (copy) => `data:image/jpeg;base64,${copy.replaceAll('-', '+').replaceAll('_', '/')}`;

function base64Of(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(',')[1]);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

/** Takes a file to search by; the copy for the address, or nothing where it is no picture. */
export async function take(file) {
  try {
    const copy = await reduce(file);
    if (file.size <= MOST) originals.set(copy, await base64Of(file));
    return copy;
  } catch {
    toast(t('pictureTooLarge'));
    return null;
  }
}

/** The first picture among what was dropped or pasted. */
export const pictureIn = (transfer) => [...(transfer?.files ?? [])].find((file) => file.type.startsWith('image/')) ?? null;

/** Lets pictures be dropped anywhere on the page; gives what ends that. */
export function watchDrops(words, taken) {
  const hasFiles = (event) => event.dataTransfer?.types.includes('Files');
  const over = (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    document.body.dataset.drop = words;
    document.body.classList.add('dropping');
  };
  const out = (event) => { if (!event.relatedTarget) document.body.classList.remove('dropping'); };
  const drop = (event) => {
    document.body.classList.remove('dropping');
    if (!hasFiles(event)) return;
    event.preventDefault();
    say(t('loading'));
    taken(event.dataTransfer);
  };
  addEventListener('dragover', over);
  addEventListener('dragleave', out);
  addEventListener('drop', drop);
  return () => {
    removeEventListener('dragover', over);
    removeEventListener('dragleave', out);
    removeEventListener('drop', drop);
  };
}
