// No serious fault of accessibility in any view, light or dark.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { inBrowser, until, visit } from './browser.mjs';

const SOURCE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function check(page, what) {
  // Through the debugger, since the page itself runs no foreign script.
  await page.evaluate(`if (!window.axe) { ${SOURCE} }`);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  assert.deepEqual(serious.map(({ id, nodes }) => `${what}: ${id}: ${nodes.slice(0, 4).map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' | ')}`), []);
}

export default async function access(address) {
  for (const colorScheme of ['light', 'dark']) {
    await inBrowser(address, { colorScheme }, async (page) => {
      const name = (view) => `${view}, ${colorScheme}`;
      await visit(page, address, '#/search?q=cat&category=animal');
      await page.locator('.card mark').first().waitFor();
      await check(page, name('search'));
      await page.getByRole('combobox', { name: 'Search pictures' }).fill('a red');
      await page.locator('[role=option]').first().waitFor();
      await check(page, name('suggestions'));
      await page.keyboard.press('Escape');
      await page.locator('.card').first().getByRole('button', { name: /similar/ }).click();
      await page.locator('.badge.alike').first().waitFor();
      await check(page, name('similar'));
      await page.locator('.card .open').first().click();
      await page.getByRole('dialog').getByText('Added').waitFor();
      await check(page, name('picture'));
      await page.getByRole('dialog').getByRole('button', { name: 'Edit' }).click();
      await page.getByRole('textbox', { name: 'Category' }).waitFor();
      await check(page, name('edit'));
      await visit(page, address, '#/search?q=nothingatall');
      await page.getByText('Nothing found').waitFor();
      await check(page, name('nothing'));
      await visit(page, address, '#/library');
      await page.locator('tr[data-hash] input').first().check();
      await check(page, name('library'));
      await visit(page, address, '#/library?where=like%20gee');
      await page.getByText(/^At character/).waitFor();
      await check(page, name('fault'));
      for (const view of ['node', 'snapshots', 'flags', 'detect']) {
        await visit(page, address, `#/${view}`);
        await page.waitForLoadState('networkidle');
        if (view === 'node') await until('the charts', async () => (await page.getByRole('img').count()) > 0);
        await check(page, name(view));
      }
    });
  }
}
