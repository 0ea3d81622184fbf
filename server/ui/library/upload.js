// Uploads: several at once, each with its progress and what became of it.
import { address, keyed, reason } from '../base/api.js';
import { h, say } from '../base/dom.js';
import { icon } from '../base/icons.js';
import { askKey } from '../base/key.js';
import { t } from '../base/words.js';

/** Uploads that run at the same time. */
const LANES = 3;

/** Sends a form; progress is only told by this kind of request. */
function send(form, progress) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('POST', address('/image/upload'));
    for (const [name, value] of Object.entries(keyed())) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => { if (event.lengthComputable) progress(event.loaded / event.total); };
    request.onload = () => {
      let body = null;
      try { body = JSON.parse(request.responseText); } catch { /* Its status says enough. */ }
      resolve({ status: request.status, body });
    };
    request.onerror = () => resolve({ status: 0, body: { error: t('offline') } });
    request.send(form);
  });
}

/** Makes the place where pictures come in; `added` is called when all that was given is done. */
export function makeUploads({ added }) {
  const waiting = [];
  let running = 0;
  let done = 0;
  let all = 0;
  const list = h('ul', { class: 'uploads', 'aria-label': t('uploads'), hidden: true });
  const clear = h('button', { class: 'button small', hidden: true, onclick: () => {
    for (const item of [...list.children]) if (item.dataset.done) item.remove();
    list.hidden = list.children.length === 0;
    clear.hidden = list.hidden;
  } }, t('uploadClear'));
  const file = h('input', { type: 'file', multiple: true, accept: 'image/gif,image/png,image/jpeg,image/webp', hidden: true, id: 'upload-files', onchange: () => {
    add([...file.files]);
    file.value = '';
  } });
  const category = h('input', { type: 'text', 'aria-label': t('category'), placeholder: t('category') });
  const tags = h('input', { type: 'text', 'aria-label': t('tags'), placeholder: `${t('tags')}, ${t('tagsHint')}` });
  const element = h('section', { class: 'sheet', 'aria-label': t('uploadTitle') },
    h('div', { class: 'drop' }, icon('upload'), h('span', {}, t('uploadHint')),
      h('button', { class: 'button', onclick: () => file.click() }, t('choose')), file),
    h('details', {}, h('summary', {}, t('uploadWith')), h('div', { class: 'inline-form' }, h('div', { class: 'field' }, category), h('div', { class: 'field' }, tags))),
    list, clear);

  function add(files) {
    for (const item of files) {
      const bar = h('progress', { max: '1', value: 0, 'aria-label': item.name });
      const words = h('span', { class: 'soft' }, t('uploadWaits'));
      const row = h('li', {}, h('span', { class: 'name', title: item.name }, item.name), bar, words);
      list.append(row);
      waiting.push({ file: item, bar, words, row, fields: { category: category.value.trim(), tags: tags.value } });
      all += 1;
    }
    list.hidden = list.children.length === 0;
    clear.hidden = list.hidden;
    next();
  }

  function next() {
    while (running < LANES && waiting.length > 0) {
      running += 1;
      one(waiting.shift()).finally(() => {
        running -= 1;
        done += 1;
        if (running === 0 && waiting.length === 0) {
          say(t('uploadDone', { done, all }));
          done = 0;
          all = 0;
          added();
        }
        next();
      });
    }
  }

  async function one({ file: picture, bar, words, row, fields }) {
    const form = () => {
      const made = new FormData();
      made.append('file', picture, picture.name);
      for (const [name, value] of Object.entries(fields)) if (value) made.append(name, value);
      return made;
    };
    words.textContent = t('loading');
    const progress = (share) => { bar.value = share; };
    let answer = await send(form(), progress);
    while (answer.status === 401 && await askKey()) answer = await send(form(), progress);
    const { status, body } = answer;
    row.dataset.done = 'yes';
    if (status === 200) {
      bar.value = 1;
      words.className = body.data.created ? 'good' : 'soft';
      words.textContent = t(body.data.created ? 'uploadNew' : 'uploadKnown', { id: body.data.id });
    } else {
      bar.value = 0;
      words.className = 'error';
      words.textContent = t('uploadFailed', { why: status === 401 ? t('keyNeeded') : reason(status, body) });
    }
  }

  return { element, add };
}
