// Icons, drawn; they say nothing to those who do not see them.
import { s } from './dom.js';

const PATHS = {
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14Zm5-2 4.5 4.5',
  picture: 'M4 5h16v14H4zM4 16l4.5-4.5 4 4 2.5-2.5L20 18M15.5 9.5h.01',
  close: 'm6 6 12 12M18 6 6 18',
  key: 'M14.5 13.5a4.5 4.5 0 1 0-4-4L4 16v4h4v-2h2v-2h2l2.5-2.5ZM16 8h.01',
  upload: 'M12 16V4m0 0L7 9m5-5 5 5M4 17v3h16v-3',
  similar: 'M4 4h9v9H4zM11 11h9v9h-9z',
  play: 'M8 5v14l11-7z',
  edit: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
  remove: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  save: 'M12 4v12m0 0 5-5m-5 5-5-5M4 20h16',
  link: 'M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1m2 4a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1',
  plus: 'M12 5v14M5 12h14',
  again: 'M20 12a8 8 0 1 1-2.5-5.8M20 4v4h-4',
};

/** The icon of a name. */
export function icon(name) {
  return s('svg', { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true' }, s('path', { d: PATHS[name] }));
}
