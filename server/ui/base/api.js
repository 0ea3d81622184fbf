// The node's HTTP API, with its key where it wants one.
import { askKey, key, markPrivate } from './key.js';

/** Where the node is: the page's files lie below its `ui/`. */
export const root = new URL('../../', import.meta.url);

/** What went wrong, in the words of whichever family answered. */
export class ApiError extends Error {
  constructor(status, message, body) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

/** The whole address of a path of the node. */
export const address = (path) => new URL(path.replace(/^\//, ''), root);

/** Headers that show the key. */
export const keyed = () => (key() ? { authorization: `Bearer ${key()}` } : {});

/** The reason in an error's body: GIF search, OData, Elasticsearch and the rest each have their own. */
export function reason(status, body) {
  const error = body?.error;
  return body?.data?.error ?? (typeof error === 'string' ? error : error?.message ?? error?.reason)
    ?? body?.info ?? body?.reason ?? `HTTP ${status}`;
}

/** Sends a request, asking for the key where one is missing; the response, whatever its status. */
export async function send(path, { method = 'GET', json, body, headers = {}, signal, ask = true, keepalive } = {}) {
  const options = () => ({
    method, signal, keepalive,
    headers: { accept: 'application/json', ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers, ...keyed() },
    body: json === undefined ? body : JSON.stringify(json),
  });
  let response = await fetch(address(path), options());
  while (response.status === 401 && ask) {
    if (!(await askKey())) break;
    if (method === 'GET' || path.startsWith('/image/search')) markPrivate();
    response = await fetch(address(path), options());
  }
  return response;
}

/** The JSON of an answer. */
export async function call(path, options) {
  let response;
  try {
    response = await send(path, options);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new ApiError(0, error.message);
  }
  const text = await response.text();
  let body = null;
  try { body = text ? JSON.parse(text) : null; } catch { body = { error: text.slice(0, 300) }; }
  if (!response.ok) throw new ApiError(response.status, reason(response.status, body), body);
  return body;
}

export const post = (path, json, more) => call(path, { method: 'POST', json, ...more });

/** The data of GIF search's envelope. */
export const data = async (path, json, more) => (await post(path, json, more)).data;

/** Saves what a path answers as a file, showing the key. */
export async function save(path, name) {
  const response = await send(path, { headers: { accept: '*/*' } });
  if (!response.ok) {
    const body = await response.json().catch(() => null);
    throw new ApiError(response.status, reason(response.status, body), body);
  }
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
