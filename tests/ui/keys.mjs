// A private node: the key is asked for, kept for the tab, and shown for pictures too.
import assert from 'node:assert/strict';
import { found, inBrowser, titles, until, visit } from './browser.mjs';

export default async function keys(address, { key, count, file }) {
  await inBrowser(address, {}, async (page, context) => {
    const asked = (other = page) => other.getByRole('dialog', { name: 'The node wants its key' });
    await visit(page, address);
    await asked().waitFor();
    await asked().getByLabel('Key').fill('wrong');
    await page.keyboard.press('Enter');
    await asked().getByText('That key was refused.').waitFor();
    await asked().getByLabel('Key').fill(key);
    await page.keyboard.press('Enter');
    await found(page, `${count} pictures`);
    // Pictures are fetched with the key.
    await until('pictures are shown', () => page.locator('.card img').first().evaluate((image) => image.src.startsWith('blob:') && image.naturalWidth > 0));
    assert.deepEqual(await page.evaluate(() => [sessionStorage.getItem('pictor.key'), localStorage.length, document.cookie]), [key, 0, '']);
    await page.reload();
    await found(page, `${count} pictures`);
    await page.locator('.card .open').first().click();
    await until('large ones as well', () => page.locator('dialog .big img').evaluate((image) => image.src.startsWith('blob:') && image.naturalWidth > 0));
    await page.keyboard.press('Escape');
    // What writes is done with it.
    await visit(page, address, '#/library');
    await page.locator('#upload-files').setInputFiles([file]);
    await page.getByText(/^Added as picture/).waitFor();
    await visit(page, address, '#/node');
    await page.getByRole('img', { name: /^Latency/ }).waitFor();
    // Another tab knows nothing of it.
    const other = await context.newPage();
    await other.goto(`${address}/ui#/flags`);
    await asked(other).waitFor();
    await other.keyboard.press('Escape');
    await other.getByText('This needs the key of the node.').waitFor();
    await other.close();
    await page.getByRole('button', { name: 'Forget the key' }).click();
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
    await visit(page, address);
    await asked().waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('alert').filter({ hasText: 'This needs the key of the node.' }).waitFor();
    assert.equal((await titles(page)).length, 0);
  });
}
