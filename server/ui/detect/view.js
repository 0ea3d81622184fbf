// Detection: pictures are inspected, and what was found is kept and looked through.
import { call } from '../base/api.js';
import { open } from '../base/dialog.js';
import { field, fill, h, say } from '../base/dom.js';
import { count, decimal } from '../base/format.js';
import { icon } from '../base/icons.js';
import { show } from '../base/pictures.js';
import { go } from '../base/router.js';
import { t } from '../base/words.js';
import { watchDrops } from '../search/picture.js';
import { makeDaily } from './chart.js';

const PAGE = 24;
const CONDITIONS = ['name', 'startDate', 'endDate'];

/** Makes the view for an address. */
export function make(parameters) {
  let from = parameters;
  let page = 0;
  const daily = makeDaily();
  const results = h('ul', { class: 'inspections', 'aria-label': t('results') });
  const gallery = h('ul', { class: 'inspections', 'aria-label': t('records') });
  const notice = h('p', { class: 'notice', role: 'status', hidden: true });
  const busy = h('span', { class: 'row', role: 'status' });
  const file = h('input', { type: 'file', multiple: true, accept: 'image/*', hidden: true, id: 'detect-files', onchange: () => { inspect([...file.files]); file.value = ''; } });
  const inputs = { name: h('input', { type: 'text' }), startDate: h('input', { type: 'date' }), endDate: h('input', { type: 'date' }) };
  const labels = { name: 'name', startDate: 'since', endDate: 'until' };
  const form = h('form', { class: 'inline-form', onsubmit: (event) => {
    event.preventDefault();
    go('detect', CONDITIONS.filter((name) => inputs[name].value).map((name) => [name, inputs[name].value]));
  } }, CONDITIONS.map((name) => field(t(labels[name]), inputs[name])), h('button', { class: 'button main' }, t('apply')));
  const found = h('p', { class: 'status soft' });
  const more = h('button', { class: 'button', hidden: true, onclick: () => load(false) }, t('more'));
  const inner = h('div', { class: 'stack' },
    h('section', { class: 'sheet', 'aria-label': t('detectChoose') },
      h('div', { class: 'drop' }, icon('upload'), h('span', {}, t('detectHint')), h('button', { class: 'button', onclick: () => file.click() }, t('detectChoose')), file, busy),
      results),
    daily.element,
    h('section', { class: 'sheet stack', 'aria-label': t('records') }, form, found, gallery, h('div', { class: 'table-foot' }, more)));
  const element = h('div', {}, h('div', { class: 'title-row' }, h('h1', {}, t('detect'))), notice, inner);
  const endDrops = watchDrops(t('detectChoose'), (transfer) => inspect([...transfer.files]));

  function fault(error) {
    notice.hidden = false;
    notice.className = error.status === 404 ? 'notice' : 'notice error';
    notice.textContent = error.status === 404 ? t('detectNone') : error.message;
    if (error.status === 404) inner.hidden = true;
  }

  async function inspect(files) {
    if (files.length === 0 || inner.hidden) return;
    const body = new FormData();
    for (const one of files) body.append('images', one, one.name);
    notice.hidden = true;
    fill(busy, h('span', { class: 'busy' }), t('detecting'));
    try {
      const answer = await call('/api/detect', { method: 'POST', body });
      fill(results, answer.map((one) => {
        const image = h('img', { alt: t('resultOf', { name: one.name }) });
        image.src = `data:image/jpeg;base64,${one.result_image}`;
        return card(one.name, image, one.labels, one.defect_count, one.dice, one.regions);
      }));
      say(answer.map((one) => `${one.name}: ${t('defects', { n: one.defect_count })}`).join(', '));
      await Promise.all([daily.load(), load(true)]);
    } catch (error) {
      fault(error);
    }
    fill(busy);
  }

  function card(name, image, labels, number, dice, regions) {
    const names = [...new Set(labels)].filter(Boolean);
    return h('li', {}, image, h('div', { class: 'words' }, h('strong', { class: 'wide-text' }, name),
      h('span', { class: 'labels' }, names.length === 0 ? h('span', { class: 'label-chip clean' }, t('clean')) : names.map((label) => h('span', { class: 'label-chip' }, label))),
      h('span', { class: 'soft small' }, `${t('defects', { n: count(number) })} · ${t('confidence')} ${decimal(dice)}`),
      regions?.length > 0 ? h('button', { class: 'button small', onclick: () => open(name, table(regions)) }, t('regions')) : null));
  }

  const table = (regions) => h('table', {}, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('kind')), ['confidence', 'size'].map((label) => h('th', { scope: 'col', class: 'number' }, t(label))))),
    h('tbody', {}, regions.map((region) => h('tr', {}, h('td', {}, region.label), h('td', { class: 'number' }, decimal(region.confidence)), h('td', { class: 'number' }, `${region.bbox[2]} × ${region.bbox[3]}`)))));

  async function load(fresh) {
    page = fresh ? 1 : page + 1;
    const query = new URLSearchParams([...from].filter(([name]) => CONDITIONS.includes(name)));
    query.set('limit', PAGE);
    query.set('page', page);
    const answer = await call(`/api/data/search?${query}`);
    if (fresh) fill(gallery);
    gallery.append(...answer.data.map((one) => {
      const image = h('img', { alt: t('resultOf', { name: one.name }), loading: 'lazy' });
      show(image, `/api/data/result/${one.figId}`);
      return card(one.name, image, (one.label ?? '').split(','), one.num, one.dice);
    }));
    found.textContent = answer.total === 0 ? t('detectEmpty') : t('recordsFound', { n: count(answer.total) });
    more.hidden = gallery.children.length >= answer.total;
  }

  function start() {
    for (const name of CONDITIONS) inputs[name].value = from.get(name) ?? '';
    return Promise.all([daily.load(), load(true)]).catch(fault);
  }

  return { element, shown: start, update(changed) { from = changed; start(); }, leave: endDrops };
}
