"""The Python client that openapi-python-client makes of openapi.yaml: upload, search, list, update, delete.

Arguments: the folder of the generated package, the node's address, three GIFs.
"""

import hashlib
import json
import sys
from io import BytesIO

folder, address, *files = sys.argv[1:]
sys.path.insert(0, folder)

from pictor_client import Client
from pictor_client.api.gif_search import search_gifs
from pictor_client.api.image_management import (
    delete_image,
    delete_images,
    get_image,
    get_image_content,
    list_images,
    update_image,
    update_images,
)
from pictor_client.api.library import upload_image
from pictor_client.api.node import health
from pictor_client.models.gif_bounds import GifBounds
from pictor_client.models.gif_filter import GifFilter
from pictor_client.models.gif_filter_range import GifFilterRange
from pictor_client.models.gif_search_body import GifSearchBody
from pictor_client.models.gif_search_type import GifSearchType
from pictor_client.models.gif_target import GifTarget
from pictor_client.models.hashes_body import HashesBody
from pictor_client.models.update_images_fields_by_the_hash_of_their_picture import (
    UpdateImagesFieldsByTheHashOfTheirPicture,
)
from pictor_client.models.upload_image_body import UploadImageBody
from pictor_client.types import File

client = Client(base_url=address, raise_on_unexpected_status=True)
assert health.sync_detailed(client=client).status_code == 200

# Upload.
titles = ["a castle at night", "a castle by day", "a boat"]
hashes = []
for n, (title, path) in enumerate(zip(titles, files)):
    with open(path, "rb") as file:
        content = file.read()
    body = UploadImageBody(
        file=File(payload=BytesIO(content), file_name=f"{n}.gif", mime_type="image/gif"),
        title=title,
        tags="night,stone" if n == 0 else "stone",
        metadata=json.dumps({"rating": 4.0 + n / 2, "model": "flux-dev"}),
    )
    answer = upload_image.sync(client=client, body=body)
    assert (answer.code, answer.info) == (0, "SUCCESS"), answer
    data = answer.data
    assert data.created is True and data.id == n + 1, data
    hashes.append(hashlib.sha256(content).hexdigest())
    assert data.hash_ == hashes[n]

# GIF search, with a filter on the width.
wide = GifFilterRange()
wide.additional_properties["width"] = GifBounds(gte=1.0)
search = GifSearchBody(
    target=GifTarget.TITLE,
    keyword="castle",
    type_=GifSearchType.PARTIAL,
    filter_=[GifFilter(range_=wide)],
    page=1,
)
found = search_gifs.sync(client=client, body=search)
assert found.code == 0 and found.data.total == 2 and found.data.page_count == 1, found
assert sorted(hit.title for hit in found.data.page_data) == sorted(titles[:2])
assert all(hit.id in (1, 2) for hit in found.data.page_data)
wide.additional_properties["width"] = GifBounds(gt=100_000.0)
none = search_gifs.sync_detailed(client=client, body=search).parsed
assert none.data.total == 0 and none.data.page_data == [], none

# Listing, with a filter, an order, a count and a page.
listed = list_images.sync(
    client=client, filter_="rating ge 4.5 and tags/any(t: t eq 'stone')", orderby="rating desc", count="true"
)
assert [image.hash_ for image in listed.images] == [hashes[2], hashes[1]], listed
assert listed.odata_count == 2 and listed.pagination.total == 2
assert listed.pagination.has_more is False
assert listed.images[0].metadata["title"] == "a boat" and listed.images[0].metadata["tag_stone"] is True
page = list_images.sync(client=client, orderby="id", top="1", skip="1", select="title")
assert page.pagination.has_more is True and page.pagination.skip == 1 and page.pagination.total == 3
assert [image.metadata for image in page.images] == [{"title": titles[1]}]
assert "$skiptoken=" in page.odata_next_link
wrong = list_images.sync_detailed(client=client, filter_="rating ge")
assert wrong.status_code == 400 and wrong.parsed.error.code == "InvalidFilter", wrong

# Update, one and several.
updated = update_image.sync(hashes[0], client=client, body={"rating": 5, "is_favorite": True})
assert updated.success is True and updated.updated_fields == ["rating", "is_favorite"], updated
record = json.loads(get_image.sync_detailed(hashes[0], client=client).content)
assert record["rating"] == 5 and record["is_favorite"] is True and record["hash"] == hashes[0]
got = get_image.sync_detailed(hashes[0], client=client)
tag = got.headers["etag"]
same = get_image.sync_detailed(hashes[0], client=client, if_none_match=tag)
assert same.status_code == 304 and same.content == b"", same
stale = update_image.sync_detailed(hashes[0], client=client, body={"seen": 1}, if_match='"another"')
assert stale.status_code == 412 and stale.parsed.error.code == "PreconditionFailed", stale
changed = update_image.sync(hashes[0], client=client, body={"seen": 1}, if_match=tag)
assert changed.updated_fields == ["seen"], changed
refused = update_image.sync_detailed(hashes[0], client=client, body={"width": 1})
assert refused.status_code == 400 and refused.parsed.error.code == "ReadOnlyField", refused
unknown = "0" * 64
many = UpdateImagesFieldsByTheHashOfTheirPicture.from_dict({hashes[1]: {"seen": 7}, unknown: {"seen": 7}})
bulk = update_images.sync(client=client, body=many)
assert bulk.success == [hashes[1]], bulk
assert [(one.hash_, one.error) for one in bulk.failed] == [(unknown, "Image not found")]
listed = list_images.sync(client=client, filter_="seen eq 7 or is_favorite", orderby="id")
assert [image.hash_ for image in listed.images] == hashes[:2]

# The file, then deletion.
part = get_image_content.sync_detailed(hashes[0], client=client, range_="bytes=0-5")
assert part.status_code == 206 and part.content in (b"GIF89a", b"GIF87a"), part
content = get_image_content.sync_detailed(hashes[0], client=client)
assert hashlib.sha256(content.content).hexdigest() == hashes[0]
gone = delete_image.sync(hashes[0], client=client)
assert gone.success is True and gone.message == "Image deleted successfully"
missing = delete_image.sync_detailed(hashes[0], client=client)
assert missing.status_code == 404 and missing.parsed.error.code == "NotFound", missing
both = delete_images.sync(client=client, body=HashesBody(hashes=[hashes[1], unknown]))
assert both.deleted == [hashes[1]] and both.count == 1, both
assert [(one.hash_, one.reason) for one in both.failed] == [(unknown, "File not found")]
left = list_images.sync(client=client)
assert [image.hash_ for image in left.images] == [hashes[2]]
assert search_gifs.sync(client=client, body=GifSearchBody(keyword="castle", type_=GifSearchType.PARTIAL)).data.total == 0
print("OK")
