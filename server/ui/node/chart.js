// Small charts, drawn; each says in words what it shows.
import { s } from '../base/dom.js';

const WIDE = 560;
const HIGH = 132;
const LEFT = 58;
const FOOT = 18;
const TOP = 10;

const frame = (label, ...parts) => s('svg', { class: 'chart', viewBox: `0 0 ${WIDE} ${HIGH}`, role: 'img', 'aria-label': label }, ...parts);

function rule(y, text) {
  const label = s('text', { x: LEFT - 6, y: y + 4, 'text-anchor': 'end' });
  label.textContent = text;
  return [s('line', { class: 'rule', x1: LEFT, x2: WIDE, y1: y, y2: y }), label];
}

function foot(x, text, anchor) {
  const label = s('text', { x, y: HIGH - 3, 'text-anchor': anchor });
  label.textContent = text;
  return label;
}

/** Bars from left to right, with the largest value at the side. */
export function bars(label, values, { first, last, format = String }) {
  const most = Math.max(1, ...values);
  const step = (WIDE - LEFT) / Math.max(1, values.length);
  const high = HIGH - FOOT - TOP;
  return frame(label,
    ...rule(TOP, format(most)), ...rule(HIGH - FOOT, '0'),
    ...values.map((value, at) => {
      const height = value === 0 ? 0 : Math.max(2, (value / most) * high);
      return s('rect', { class: 'bar', x: LEFT + at * step + step * 0.12, y: HIGH - FOOT - height, width: step * 0.76, height, rx: 1.5 });
    }),
    foot(LEFT, first, 'start'), foot(WIDE, last, 'end'));
}

/** Points from left to right on a logarithmic scale, with a guide at one value. */
export function points(label, values, { first, last, guide, format }) {
  const low = Math.log10(Math.max(0.01, Math.min(...values)));
  const top = Math.max(low + 0.5, Math.log10(Math.max(0.01, ...values)));
  const y = (value) => TOP + (1 - (Math.log10(Math.max(0.01, value)) - low) / (top - low)) * (HIGH - FOOT - TOP);
  const x = (at) => LEFT + 6 + (at / Math.max(1, values.length - 1)) * (WIDE - LEFT - 12);
  return frame(label,
    ...rule(TOP, format(10 ** top)), ...rule(HIGH - FOOT, format(10 ** low)),
    s('line', { class: 'guide', x1: LEFT, x2: WIDE, y1: y(guide), y2: y(guide) }),
    ...values.map((value, at) => s('circle', { class: 'point', cx: x(at), cy: y(value), r: 3 })),
    foot(LEFT, first, 'start'), foot(WIDE, last, 'end'));
}
