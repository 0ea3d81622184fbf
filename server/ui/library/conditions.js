// The query line: OData or the shorthand, with what is wrong shown where it is.
import { fill, h } from '../base/dom.js';
import { go } from '../base/router.js';
import { t } from '../base/words.js';

const ORDERS = { newest: 'created_at desc', oldest: 'created_at asc', byTitle: 'title asc', largest: 'size desc', mostLiked: 'like desc' };

/** What an address of the library says. */
export function readAddress(parameters) {
  const order = parameters.get('order');
  return {
    language: parameters.get('language') === 'shorthand' ? 'shorthand' : 'odata',
    conditions: parameters.get('where') ?? '',
    order: ORDERS[order] ? order : 'newest',
  };
}

/** The query string for the node. Characters that end a condition or a query stay apart from their text. */
export function queryOf({ language, conditions, order }, top) {
  const parts = [`$top=${top}`, '$count=true', `$orderby=${encodeURIComponent(ORDERS[order])}`];
  if (conditions.trim() !== '') {
    if (language === 'odata') parts.push(`$filter=${encodeURIComponent(conditions)}`);
    else {
      parts.push(...conditions.trim().split('&').map((part) => encodeURIComponent(part.trim())
        .replace(/%3D/g, '=').replace(/%21/g, '!').replace(/%7E/g, '~')));
    }
  }
  return parts.join('&');
}

/** Makes the query line. */
export function makeConditions() {
  const line = h('input', { type: 'text', id: 'where', 'aria-label': t('conditions'), spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off', 'aria-describedby': 'where-fault' });
  const language = h('select', { 'aria-label': t('language'), onchange: () => hint() },
    h('option', { value: 'odata' }, t('odata')), h('option', { value: 'shorthand' }, t('shorthand')));
  const order = h('select', { 'aria-label': t('order'), onchange: () => apply() }, Object.keys(ORDERS).map((name) => h('option', { value: name }, t(name))));
  const fault = h('div', { id: 'where-fault', class: 'fault', role: 'alert' });
  const form = h('form', { class: 'conditions', onsubmit: (event) => { event.preventDefault(); apply(); } },
    language, line, order, h('button', { class: 'button main' }, t('apply')));
  const hint = () => { line.placeholder = t(`${language.value}Hint`); };

  function apply() {
    const parameters = [];
    if (line.value.trim()) parameters.push(['where', line.value.trim()]);
    if (language.value !== 'odata') parameters.push(['language', language.value]);
    if (order.value !== 'newest') parameters.push(['order', order.value]);
    go('library', parameters);
  }

  return {
    element: h('div', {}, form, fault),
    show(state) {
      line.value = state.conditions;
      language.value = state.language;
      order.value = state.order;
      line.removeAttribute('aria-invalid');
      fill(fault);
      hint();
    },
    /** Shows what the node refused, with a mark below the place. */
    fault(error, state) {
      const details = error.body?.error?.details ?? {};
      const { position } = details;
      line.setAttribute('aria-invalid', 'true');
      if (!Number.isInteger(position) || typeof details.expression !== 'string') {
        fill(fault, h('p', { class: 'error' }, error.message));
        return;
      }
      // Positions count characters, not the units of scripts' strings.
      const letters = [...details.expression];
      const before = letters.slice(0, position).join('');
      const at = letters.slice(position);
      fill(fault,
        h('pre', { class: 'mono', 'aria-hidden': 'true' }, before, h('span', { class: 'spot' }, at.join('') || ' '), `\n${' '.repeat(width(before))}`, h('span', { class: 'spot' }, '^')),
        h('p', { class: 'error' }, `${t('errorAt', { n: position + 1 })}: ${error.message}`));
      const start = state.conditions.indexOf(details.expression);
      if (start >= 0) {
        const from = start + before.length;
        line.focus();
        line.setSelectionRange(from, Math.max(from, start + details.expression.length));
      }
    },
  };
}

/** Columns of a fixed pitch: letters of Chinese take two. */
const width = (text) => [...text].reduce((sum, letter) => sum + (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/.test(letter) ? 2 : 1), 0);
