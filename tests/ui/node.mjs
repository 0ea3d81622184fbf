// The node, its snapshots, its flags and its detector.
import assert from 'node:assert/strict';
import { inBrowser, until, visit } from './browser.mjs';

/** `images`: pictures to inspect. */
export default async function node(address, { images }) {
  await inBrowser(address, {}, async (page) => {
    const api = async (path, init) => (await fetch(address + path, init)).json();
    await visit(page, address, '#/search?q=cat');
    await page.locator('.card').first().waitFor();
    await visit(page, address, '#/node');
    await page.getByText('Serving').waitFor();
    const tile = (name) => page.locator('.tile', { has: page.getByText(name, { exact: true }) }).locator('dd').textContent();
    const health = await api('/health');
    assert.equal(await tile('Pictures'), String(health.documents));
    assert.equal((await tile('Vectors')).replaceAll(',', ''), String(health.vectors));
    const row = page.getByRole('row', { name: /^images/ });
    const cells = await row.getByRole('cell').allTextContents();
    assert.equal(cells[1], String(health.documents));
    assert.equal(cells[3].replaceAll(',', ''), String(health.vectors));
    assert.match(cells[5], /MiB|KiB/);
    const charts = page.getByRole('img');
    assert.match(await charts.nth(0).getAttribute('aria-label'), /^Latency of the last \d+ searches: median .* ms/);
    assert.match(await charts.nth(1).getAttribute('aria-label'), /^Searches in each of the last 30 minutes: \d+ in all/);
    await page.locator('.searches summary').click();
    await page.getByRole('row', { name: /Words cat \d+/ }).first().waitFor();
    await row.getByRole('button', { name: 'Segments of images' }).click();
    await page.getByRole('dialog').getByRole('row').nth(1).waitFor();
    await page.keyboard.press('Escape');

    // Snapshots: a repository, verified; a snapshot, restored beside; deleted.
    await visit(page, address, '#/snapshots');
    await page.getByText('No repository yet.').waitFor();
    await page.getByRole('textbox', { name: 'Name of the repository' }).fill('backup');
    await page.getByRole('textbox', { name: 'Folder' }).fill('/nowhere/allowed');
    await page.getByRole('button', { name: 'Add a repository' }).click();
    await page.getByRole('alert').filter({ hasText: /nowhere/ }).waitFor();
    await page.getByRole('textbox', { name: 'Folder' }).fill('page-story');
    await page.getByRole('button', { name: 'Add a repository' }).click();
    const sheet = page.getByRole('region', { name: 'Repository backup' });
    await sheet.getByRole('button', { name: 'Verify' }).click();
    await page.getByText('backup can be read and written.').first().waitFor();
    await sheet.getByRole('textbox', { name: 'Name of the snapshot' }).fill('first');
    await sheet.getByRole('button', { name: 'Make a snapshot' }).click();
    await sheet.getByRole('row', { name: /^first SUCCESS/ }).waitFor();
    assert.equal((await api('/_snapshot/backup/first')).snapshots[0].state, 'SUCCESS');
    await sheet.getByRole('button', { name: 'Restore first' }).click();
    await page.getByRole('textbox', { name: 'Prefix of the restored indices' }).fill('');
    await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
    await page.getByRole('region', { name: 'Messages' }).getByText(/images/).first().waitFor();
    await sheet.getByRole('button', { name: 'Restore first' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
    await page.getByText('Restored: restored-images').first().waitFor();
    assert.equal((await api('/restored-images/_count')).count, health.documents);
    await sheet.getByRole('button', { name: 'Delete first' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await sheet.getByText('No snapshots in this repository.').waitFor();
    await fetch(`${address}/restored-images`, { method: 'DELETE' });

    // Flags: listed, narrowed, deleted with undo, exported.
    for (const [prompt, model] of [['a <b>bold</b> cat', 'alpha'], ['a dog', 'beta']]) {
      const flagged = await fetch(`${address}/flag-image`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ image_prompt: prompt, model_name: model, steps: 20 }) });
      assert.equal(flagged.status, 201);
    }
    await visit(page, address, '#/flags');
    await page.getByText('2 of 2 shown').waitFor();
    await page.getByRole('cell', { name: 'a <b>bold</b> cat' }).waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export as csv' }).click();
    assert.equal((await download).suggestedFilename(), 'flags.csv');
    await page.getByRole('textbox', { name: 'Model' }).fill('beta');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('1 of 1 shown').waitFor();
    await page.getByRole('button', { name: 'Delete 2' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('cell', { name: 'a dog' }).waitFor();
    await page.getByRole('button', { name: 'Delete 2' }).click();
    await page.getByRole('link', { name: 'Detection' }).click();
    await until('going elsewhere does it', async () => (await api('/flags')).total === 1);

    // Detection, where the node has a detector.
    const detector = (await fetch(`${address}/api/data/statByDate`)).status !== 404;
    if (!detector) { await page.getByText('This node has no detector.').waitFor(); return; }
    await page.getByRole('heading', { name: 'Defects a day' }).waitFor();
    await page.locator('#detect-files').setInputFiles(images);
    const results = page.getByRole('list', { name: 'Results' }).getByRole('listitem');
    await until('each has a result', async () => (await results.count()) === images.length, 60_000);
    await until('outlined', () => results.first().locator('img').evaluate((image) => image.naturalWidth > 0));
    const kept = page.getByRole('list', { name: 'Records' }).getByRole('listitem');
    await until('and they are kept', async () => (await kept.count()) >= images.length);
    assert.match(await page.getByRole('img', { name: /^Defects in each of the last 15 days/ }).getAttribute('aria-label'), new RegExp(`in ${images.length} records`));
  });
}
