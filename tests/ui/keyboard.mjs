// From the address to a changed picture without a pointer.
import assert from 'node:assert/strict';
import { found, inBrowser, titles, until, visit } from './browser.mjs';

export default async function keyboard(address) {
  await inBrowser(address, { reducedMotion: 'reduce' }, async (page) => {
    const focused = () => page.evaluate(() => {
      const element = document.activeElement;
      return `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 60) ?? ''}`;
    });
    /** Presses Tab until something has the focus. */
    const tabTo = async (wanted, key = 'Tab') => {
      for (let step = 0; step < 120; step += 1) {
        if (wanted.test(await focused())) return;
        await page.keyboard.press(key);
      }
      assert.fail(`the focus never came to ${wanted}`);
    };
    await visit(page, address);
    await found(page, '217 pictures');
    // The box has the focus from the start.
    await page.keyboard.type('pikn cat');
    await page.getByRole('option', { name: 'pink cat', exact: true }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await found(page, '1 picture');
    assert.deepEqual(await titles(page), ['cute pink cat blinking']);
    // A mode by the arrows.
    await tabTo(/^INPUT/);
    await tabTo(/^BUTTON Search$/);
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowRight');
    await until('the next mode', () => page.url().includes('mode=perfect'));
    await page.keyboard.press('ArrowLeft');
    await until('and back', () => !page.url().includes('mode='));
    await found(page, '1 picture');
    // A visible focus, wherever it is.
    await tabTo(/^BUTTON pink1/);
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.equal(outline, 'solid');
    // The card: it opens, closes, and gives the focus back. With reduced motion nothing plays by itself.
    await tabTo(/s ?cute pink cat blinking/);
    const still = await page.locator('.card img').first().getAttribute('src');
    assert.match(still, /w=360/);
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Play' }).waitFor();
    assert.match(await dialog.locator('.big img').getAttribute('src'), /w=960/);
    await page.keyboard.press('Escape');
    await until('the focus is back', async () => /cute pink cat blinking/.test(await focused()));
    assert.equal(await page.locator('.card img').first().getAttribute('src'), still);
    // Edit from there: the focus is trapped, the change is stored.
    await page.keyboard.press('Enter');
    await tabTo(/^BUTTON Edit$/);
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Category' }).waitFor();
    await tabTo(/^BUTTON Add a field$/);
    await page.keyboard.press('Enter');
    await page.keyboard.type('mood');
    await page.keyboard.press('Tab');
    await page.keyboard.type('sleepy');
    await page.keyboard.press('Enter');
    await page.getByText('Saved', { exact: true }).first().waitFor();
    await page.locator('dialog').waitFor({ state: 'detached' });
    // The skip link, and cards by arrows.
    await visit(page, address, '#/search?q=cat');
    await found(page, '5 pictures');
    await tabTo(/^A Skip to content/, 'Shift+Tab');
    await page.keyboard.press('Enter');
    assert.match(await focused(), /^MAIN/);
    await tabTo(/^BUTTON .*cute green cat blinking/);
    await page.keyboard.press('ArrowRight');
    assert.match(await focused(), /yellow cat/);
    await page.keyboard.press('ArrowLeft');
    assert.match(await focused(), /green cat/);
    // Another view by its link: its words are said, its content has the focus.
    await tabTo(/^A Library$/, 'Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Library' }).waitFor();
    await until('the view has the focus', async () => /^MAIN/.test(await focused()));
    await until('it is said', async () => (await page.locator('#live').textContent()) !== '');
    await tabTo(/Conditions on metadata/);
    await page.keyboard.type("mood eq 'sleepy'");
    await page.keyboard.press('Enter');
    await found(page, '1 picture');
    await tabTo(/^BUTTON Delete cute pink cat/);
    await page.keyboard.press('Enter');
    await tabTo(/^BUTTON Undo$/);
    await page.keyboard.press('Enter');
    await until('it is back', () => page.locator('tr[data-hash]').first().isVisible());
  });
}
