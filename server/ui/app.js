// The page: its frame, and the view that the address names.
import { fill, h, say } from './base/dom.js';
import { icon } from './base/icons.js';
import { askKey, forgetKey, key, watchKey } from './base/key.js';
import { here, to } from './base/router.js';
import { flush, toast } from './base/toast.js';
import { t } from './base/words.js';
import * as search from './search/view.js';

// Views but the first are loaded when they are wanted.
const VIEWS = {
  search: () => search,
  library: () => import('./library/view.js'),
  node: () => import('./node/view.js'),
  snapshots: () => import('./snapshots/view.js'),
  flags: () => import('./flags/view.js'),
  detect: () => import('./detect/view.js'),
};

const main = document.getElementById('main');
const nav = document.getElementById('nav');
let shown = null;

function frame() {
  document.getElementById('skip').textContent = t('skip');
  document.getElementById('skip').addEventListener('click', (event) => { event.preventDefault(); main.focus(); });
  document.getElementById('toasts').setAttribute('aria-label', t('messages'));
  nav.setAttribute('aria-label', t('nav'));
  fill(nav, Object.keys(VIEWS).map((view) => h('a', { href: to(view), 'data-view': view }, t(view))));
  drawKey();
  watchKey(drawKey);
}

function drawKey() {
  fill(document.getElementById('tools'),
    key()
      ? h('button', { class: 'button plain small', onclick: () => { forgetKey(); toast(t('keyForgotten')); } }, icon('key'), t('keyForget'))
      : h('button', { class: 'button plain small', onclick: () => askKey() }, icon('key'), t('key')),
    h('a', { class: 'button plain small', href: 'docs' }, t('docs')));
}

function style(name) {
  if (document.querySelector(`link[href="ui/style/${name}.css"]`)) return;
  document.head.append(h('link', { rel: 'stylesheet', href: `ui/style/${name}.css` }));
}

async function route() {
  const { view, parameters } = here();
  const name = VIEWS[view] ? view : 'search';
  for (const link of nav.children) {
    if (link.dataset.view === name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (shown?.name === name) { shown.view.update?.(parameters); return; }
  const first = shown === null;
  await flush();
  if (name !== 'search') style('manage');
  try {
    const module = await VIEWS[name]();
    if (here().view !== view) return;
    shown?.view.leave?.();
    shown = { name, view: module.make(parameters) };
    document.title = `${t(name)} · Pictor`;
    fill(main, shown.view.element);
    scrollTo(0, 0);
    shown.view.shown?.(first);
    if (!first) { main.focus(); say(t(name)); }
  } catch (error) {
    fill(main, h('div', { class: 'empty' }, h('h2', {}, t('offline')), h('p', {}, error.message)));
  }
}

frame();
addEventListener('hashchange', route);
route();
