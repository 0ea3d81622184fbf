// The TypeScript client that openapi-typescript makes of openapi.yaml: upload, search, list, update, delete.
// Arguments: the node's address, three GIFs. The compiler checks every name and type that is used here.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

const [address, ...files] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl: address });
type Metadata = Record<string, unknown>;
type Search = components["schemas"]["GifSearchBody"];

/** What an operation answered, which is no error. */
function good<T>(answer: { data?: T; error?: unknown }): NonNullable<T> {
  assert.equal(answer.error, undefined, JSON.stringify(answer.error));
  assert.ok(answer.data !== undefined && answer.data !== null);
  return answer.data;
}

function form(fields: object): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value instanceof Blob) form.append(name, value, "picture.gif");
    else form.append(name, String(value));
  }
  return form;
}

// Upload.
const titles = ["a castle at night", "a castle by day", "a boat"] as const;
const hashes: string[] = [];
for (const [n, title] of titles.entries()) {
  const bytes = readFileSync(files[n]!);
  const file = new Blob([bytes], { type: "image/gif" });
  const answer = good(
    await client.POST("/image/upload", {
      body: {
        // The specification's binary strings are blobs in a form.
        file: file as unknown as string,
        title,
        tags: n === 0 ? "night,stone" : "stone",
        metadata: JSON.stringify({ rating: 4 + n / 2, model: "flux-dev" }),
      },
      bodySerializer: form,
    }),
  );
  assert.equal(answer.code, 0);
  assert.equal(answer.info, "SUCCESS");
  const hash = createHash("sha256").update(bytes).digest("hex");
  assert.deepEqual(answer.data, { id: n + 1, hash, created: true });
  hashes.push(hash);
}
const [night, day, boat] = hashes as [string, string, string];

// GIF search, with a filter on the width.
const search: Search = { target: "title", keyword: "castle", type: "partial", page: 1 };
const within = async (width: components["schemas"]["GifBounds"]) =>
  good(await client.POST("/image/search", { body: { ...search, filter: [{ range: { width } }] } })).data;
const found = await within({ gte: 1 });
assert.equal(found.total, 2);
assert.deepEqual(found.page_data.map((hit) => hit.title).sort(), [titles[0], titles[1]]);
assert.equal((await within({ gt: 100_000 })).total, 0);

// Listing, with a filter, an order, a count and a page.
const list = async (query: paths["/api/images"]["get"]["parameters"]["query"]) =>
  good(await client.GET("/api/images", { params: { query } }));
const stone = await list({
  $filter: "rating ge 4.5 and tags/any(t: t eq 'stone')",
  $orderby: "rating desc",
  $count: "true",
});
assert.deepEqual(stone.images.map((image) => image.hash), [boat, day]);
assert.equal(stone["@odata.count"], 2);
assert.equal(stone.pagination.has_more, false);
assert.equal((stone.images[0]!.metadata as Metadata)["title"], "a boat");
const page = await list({ $orderby: "id", $top: "1", $skip: "1", $select: "title" });
assert.deepEqual(page.images.map((image) => image.metadata), [{ title: titles[1] }]);
assert.deepEqual(page.pagination, { total: 3, skip: 1, take: 1, has_more: true });
const token = new URL(page["@odata.nextLink"]!, address).searchParams.get("$skiptoken")!;
const next = await list({ $orderby: "id", $top: "1", $select: "title", $skiptoken: token });
assert.deepEqual(next.images.map((image) => image.metadata), [{ title: titles[2] }]);
const wrong = await client.GET("/api/images", { params: { query: { $filter: "rating ge" } } });
assert.equal(wrong.response.status, 400);
assert.equal(wrong.error?.error.code, "InvalidFilter");

// Update, one and several.
const one = { params: { path: { hash: night } } };
const updated = good(
  await client.POST("/api/images/{hash}", { ...one, body: { rating: 5, is_favorite: true } }),
);
assert.deepEqual(updated, { success: true, updated_fields: ["rating", "is_favorite"] });
const stale = await client.POST("/api/images/{hash}", {
  params: { path: { hash: night }, header: { "If-Match": '"another"' } },
  body: { rating: 1 },
});
assert.equal(stale.response.status, 412);
assert.equal(stale.error?.error.code, "PreconditionFailed");
const record = good(await client.GET("/api/images/{hash}", one)) as Metadata;
assert.equal(record["rating"], 5);
assert.equal(record["is_favorite"], true);
const unknown = "0".repeat(64);
const bulk = good(
  await client.POST("/api/images", { body: { [day]: { seen: 7 }, [unknown]: { seen: 7 } } }),
);
assert.deepEqual(bulk, { success: [day], failed: [{ hash: unknown, error: "Image not found" }] });
const seen = await list({ $filter: "seen eq 7 or is_favorite", $orderby: "id" });
assert.deepEqual(seen.images.map((image) => image.hash), [night, day]);

// Deletion, one and several.
assert.deepEqual(good(await client.DELETE("/api/images/{hash}", one)), {
  success: true,
  message: "Image deleted successfully",
});
const missing = await client.DELETE("/api/images/{hash}", one);
assert.equal(missing.response.status, 404);
assert.equal(missing.error?.error.code, "NotFound");
const both = good(await client.DELETE("/api/images", { body: { hashes: [day, unknown] } }));
assert.deepEqual(both, {
  deleted: [day],
  failed: [{ hash: unknown, reason: "File not found" }],
  count: 1,
});
assert.deepEqual((await list({})).images.map((image) => image.hash), [boat]);
assert.equal((await within({ gte: 1 })).total, 0);
console.log("OK");
