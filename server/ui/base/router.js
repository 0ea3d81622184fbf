// Addresses: a view and its parameters, behind the hash, so that every one can be shared.

/** What the address says: `#/search?q=cat` is the view `search` with a parameter. */
export function here() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  return { view: path || 'search', parameters: new URLSearchParams(query) };
}

/** The address of a view. */
export function to(view, parameters) {
  const query = new URLSearchParams(parameters).toString();
  return `#/${view}${query ? `?${query}` : ''}`;
}

/** Goes to an address; `replace` leaves no step to go back to. */
export function go(view, parameters, { replace = false } = {}) {
  const address = to(view, parameters);
  if (address === location.hash) { dispatchEvent(new HashChangeEvent('hashchange')); return; }
  if (replace) { history.replaceState(null, '', address); dispatchEvent(new HashChangeEvent('hashchange')); }
  else location.hash = address;
}
