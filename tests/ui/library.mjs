// Pictures come in, are changed and go.
import assert from 'node:assert/strict';
import { found, inBrowser, titles, until, visit } from './browser.mjs';

const EVIL = '<img src=x onerror="document.title=1">';

/** `files`: two new GIFs, one that is no picture. */
export default async function library(address, { files, broken }) {
  await inBrowser(address, {}, async (page) => {
    const api = async (path, init) => (await fetch(address + path, init)).json();
    await visit(page, address, '#/library');
    await found(page, '217 pictures');
    // Uploads, each with its outcome; the same bytes are the same picture.
    await page.locator('#upload-files').setInputFiles([...files, broken]);
    const rows = page.locator('.uploads li');
    await until('all are done', async () => (await page.locator('.uploads li[data-done]').count()) === 3);
    const outcomes = await rows.locator('span:last-child').allTextContents();
    assert.match(outcomes[0], /^Added as picture \d+$/);
    assert.match(outcomes[1], /^Added as picture \d+$/);
    assert.match(outcomes[2], /^Refused: .+/);
    await found(page, '219 pictures');
    await page.evaluate(async (bytes) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(bytes)], 'again.gif', { type: 'image/gif' }));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true }));
    }, [...(await import('node:fs')).readFileSync(files[0])]);
    await until('the same picture', async () => /^Already there: picture \d+$/.test(await rows.nth(3).locator('span:last-child').textContent()));

    // Edited: a title that is no markup, category, tags, metadata of several types.
    const mine = page.locator('tr[data-hash]').first();
    await mine.getByRole('button', { name: /^Edit/ }).click();
    await page.getByRole('textbox', { name: 'Title' }).fill(EVIL);
    await page.getByRole('textbox', { name: 'Category' }).fill('odd');
    await page.getByRole('textbox', { name: 'Tags' }).fill('one, two，two');
    for (const [name, value] of [['rating', '4.5'], ['note', 'a <b> of it'], ['done', 'true']]) {
      await page.getByRole('button', { name: 'Add a field' }).click();
      await page.getByRole('textbox', { name: 'Name' }).last().fill(name);
      await page.getByRole('textbox', { name: 'Value' }).last().fill(value);
    }
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved', { exact: true }).first().waitFor();
    const stored = async () => (await api('/api/images?$filter=rating%20eq%204.5')).images[0];
    const { hash, metadata } = await stored();
    assert.deepEqual([metadata.title, metadata.category, metadata.tags, metadata.note, metadata.done], [EVIL, 'odd', ['one', 'two'], 'a <b> of it', true]);
    // A field is taken away again.
    await page.locator(`tr[data-hash="${hash}"]`).getByRole('button', { name: /^Edit/ }).click();
    await page.getByRole('button', { name: 'Remove field note' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await until('the field is gone', async () => (await stored()).metadata.note === undefined);

    // The title is text, wherever it stands.
    for (const hash_ of ['#/library', `#/search?q=onerror`, '#/search?mode=regex&q=onerror', '#/search?mode=fuzzy&q=onerror']) {
      await visit(page, address, hash_);
      await page.getByText(EVIL).first().waitFor();
      assert.equal(await page.locator('img[src="x"]').count(), 0);
    }
    await page.locator('.card .open').first().click();
    await page.getByRole('dialog').getByRole('heading', { name: EVIL }).waitFor();
    // Who types on at once after closing it keeps the focus, and gets suggestions.
    await page.evaluate(() => {
      document.querySelector('dialog').close();
      const box = document.querySelector('#query');
      box.focus();
      box.value = '<img';
      box.dispatchEvent(new Event('input'));
    });
    await until('as a suggestion too', async () => (await page.locator('[role=option]').allTextContents()).includes(EVIL));
    assert.equal(await page.evaluate(() => document.activeElement.id), 'query');
    assert.match(await page.title(), /Pictor$/);
    assert.equal(await page.locator('img[src="x"]').count(), 0);

    // Conditions in both languages, with the place of a mistake.
    await visit(page, address, '#/library');
    await found(page, '219 pictures');
    const line = page.getByRole('textbox', { name: 'Conditions on metadata' });
    await line.fill("like ge 29 and tags/any(t: t eq 'rocket')");
    await line.press('Enter');
    await found(page, '1 picture');
    await line.fill("like ge 2 andd title ne '猫'");
    await line.press('Enter');
    const fault = page.locator('#where-fault');
    await fault.getByText(/^At character 11: expected/).waitFor();
    const mark = (await fault.locator('pre').textContent()).split('\n');
    assert.equal(mark[1].indexOf('^'), 10);
    assert.equal(await line.getAttribute('aria-invalid'), 'true');
    assert.equal(await line.evaluate((input) => input.selectionStart), 10);
    await page.getByRole('combobox', { name: 'Language' }).selectOption('shorthand');
    await line.fill('tag_rocket&like>=29');
    await line.press('Enter');
    await found(page, '1 picture');
    assert.ok(page.url().includes('language=shorthand'));
    await line.fill('title~rocket&width>=10&!tag_red');
    await line.press('Enter');
    await until('the shorthand', async () => {
      const shown = await page.locator('.pictures .name').allTextContents();
      return shown.length > 3 && shown.every((title) => /rocket/i.test(title)) && (await line.getAttribute('aria-invalid')) === null;
    });
    await page.getByRole('combobox', { name: 'Order' }).selectOption('byTitle');
    await until('in order', async () => {
      const shown = await page.locator('.pictures .name').allTextContents();
      return page.url().includes('order=byTitle') && shown.length > 3 && JSON.stringify(shown) === JSON.stringify([...shown].sort());
    });

    // Several at once.
    await visit(page, address, `#/library?where=${encodeURIComponent("tags/any(t: t eq 'rocket')")}`);
    await page.locator('tr[data-hash]').nth(1).waitFor();
    await page.locator('tr[data-hash] input').nth(0).check();
    await page.locator('tr[data-hash] input').nth(1).check();
    await page.getByText('2 selected').waitFor();
    await page.getByRole('button', { name: 'Edit selected' }).click();
    await page.getByRole('textbox', { name: 'Category' }).fill('space');
    await page.getByRole('textbox', { name: 'Add tags' }).fill('bulk');
    await page.getByRole('textbox', { name: 'Take tags away' }).fill('rocket');
    await page.getByRole('textbox', { name: 'Name' }).fill('batch');
    await page.getByRole('textbox', { name: 'Value' }).fill('7');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('2 pictures changed').first().waitFor();
    const changed = (await api('/api/images?batch=7&tag_bulk&!tag_rocket')).images;
    assert.deepEqual(changed.map(({ metadata: { category } }) => category), ['space', 'space']);

    // A deletion that is undone, one that is not, and several when the page is left.
    await visit(page, address, '#/library?where=batch%20eq%207');
    await found(page, '2 pictures');
    await page.locator('tr[data-hash]').first().getByRole('button', { name: /^Delete/ }).click();
    await found(page, '1 picture');
    await page.getByRole('button', { name: 'Undo' }).click();
    await found(page, '2 pictures');
    await page.locator(`tr[data-hash]`).first().getByRole('button', { name: /^Delete/ }).click();
    await until('it is deleted in the end', async () => (await api('/api/images?batch=7')).pagination.total === 1, 20_000);
    await visit(page, address, '#/library?where=rating%20eq%204.5%20or%20batch%20eq%207');
    await found(page, '2 pictures');
    await page.getByRole('checkbox', { name: 'Select all that are shown' }).check();
    await page.getByRole('button', { name: 'Delete selected' }).click();
    await page.getByText('2 pictures deleted').first().waitFor();
    assert.equal((await api('/api/images?batch=7')).pagination.total, 1, 'not yet');
    await page.goto('about:blank');
    await until('leaving the page does it', async () => (await api('/api/images?$filter=batch%20eq%207%20or%20rating%20eq%204.5')).pagination.total === 0);

    // From the search view as well.
    const total = (await api('/api/images?$top=1')).pagination.total;
    await visit(page, address, '#/search?q=cat');
    await found(page, '5 pictures');
    await page.locator('.card .open').first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await until('it is out of sight', async () => (await page.locator('.card:visible').count()) === 4);
    await page.getByRole('button', { name: 'Undo' }).click();
    await until('and back', async () => (await page.locator('.card:visible').count()) === 5);
    assert.equal((await api('/api/images?$top=1')).pagination.total, total);
    assert.equal((await titles(page)).length, 5);
  });
}
