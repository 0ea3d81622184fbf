// A search, its address and its request.

export const MODES = ['partial', 'perfect', 'fuzzy', 'related', 'regex'];
export const RANGES = ['width', 'height', 'duration'];
/** Results that are asked for at once. */
export const PAGE = 48;

/** The search that an address describes. What is odd in it is left out. */
export function read(parameters) {
  const mode = parameters.get('mode');
  const similar = Number(parameters.get('similar'));
  const search = {
    q: parameters.get('q') ?? '',
    mode: MODES.includes(mode) ? mode : 'partial',
    target: parameters.get('in') === 'uploader' ? 'uploader' : 'title',
    category: parameters.get('category') ?? '',
    tags: parameters.getAll('tag').filter((tag) => tag !== ''),
    similar: Number.isSafeInteger(similar) && similar > 0 ? similar : null,
    picture: parameters.get('picture'),
  };
  for (const range of RANGES) {
    const [, least, most] = /^([\d.]*)-([\d.]*)$/.exec(parameters.get(range) ?? '') ?? [];
    search[range] = [number(least), number(most)];
  }
  return search;
}

const number = (text) => (text && Number.isFinite(Number(text)) ? Number(text) : null);

/** The address of a search: only what differs from an empty one. */
export function write(search) {
  const parameters = [];
  const add = (name, value) => { if (value) parameters.push([name, String(value)]); };
  add('q', search.q);
  add('mode', search.mode !== 'partial' && search.mode);
  add('in', search.target !== 'title' && search.target);
  add('category', search.category);
  for (const tag of search.tags) add('tag', tag);
  for (const range of RANGES) {
    const [least, most] = search[range];
    add(range, (least !== null || most !== null) && `${least ?? ''}-${most ?? ''}`);
  }
  add('similar', search.similar);
  add('picture', !search.similar && search.picture);
  return parameters;
}

/** The request for a page of a search; `original` is the picture of the address in full. */
export function body(search, page, original) {
  const text = search.q === '' ? { target: search.mode === 'regex' ? 'title' : '', keyword: '' }
    : { target: search.target, keyword: search.q };
  const like = search.similar ? { similar_to: search.similar }
    : search.picture ? { picture: original ?? search.picture } : {};
  const filter = RANGES.flatMap((range) => {
    const [least, most] = search[range];
    if (least === null && most === null) return [];
    const bounds = { ...(least === null ? {} : { gte: least }), ...(most === null ? {} : { lte: most }) };
    return [{ range: { [range]: bounds } }];
  });
  return {
    ...text, type: search.mode, category: search.category, tags: search.tags, filter, ...like,
    page, page_size: PAGE, facets: page === 1,
  };
}

/** Whether a search has no condition at all. */
export const isEmpty = (search) => write({ ...search, mode: 'partial', target: 'title' }).length === 0;
