// Numbers, sizes and times, as people of the page's language read them.
import { locale, t } from './words.js';

const whole = new Intl.NumberFormat(locale);
const some = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });

export const count = (number) => whole.format(number);
export const decimal = (number) => some.format(number);

/** A moment, or what was given where it is none. */
export function moment(text) {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? String(text ?? '') : day.format(date);
}

const hour = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });

/** The time of day. */
export const clock = (time) => hour.format(new Date(time));

/** Bytes in units of 1,024. */
export function bytes(number) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = Number(number);
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) { value /= 1024; unit += 1; }
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0 }).format(value)} ${units[unit]}`;
}

/** How long a loop is. */
export const seconds = (number) => t('seconds', { n: decimal(number) });

/** A span of time: the two largest units. */
export function span(number) {
  const units = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']];
  let left = Math.floor(number);
  const parts = [];
  for (const [size, name] of units) {
    if (left >= size || (size === 1 && parts.length === 0)) {
      parts.push(`${Math.floor(left / size)} ${name}`);
      left %= size;
    }
    if (parts.length === 2) break;
  }
  return parts.join(' ');
}

/** Milliseconds. */
export const millis = (number) => `${number < 10 ? decimal(number) : count(Math.round(number))} ms`;
