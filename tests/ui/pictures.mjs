// Pictures of the page for the documents.
import { inBrowser, until, visit } from './browser.mjs';

export default async function pictures(address, { folder }) {
  const shots = [
    ['search-light', {}, '#/search', '.card'],
    ['search-dark', { colorScheme: 'dark' }, '#/search?q=cat&mode=related', '.card'],
    ['similar', {}, '#/search?similar=196', '.badge.alike'],
    ['chinese', { locale: 'zh-CN' }, '#/search?q=%E7%BA%A2%E8%89%B2', '.card'],
    ['library', {}, '#/library', 'tr[data-hash]'],
    ['node', { colorScheme: 'dark' }, '#/node', '.chart'],
  ];
  for (const [name, options, hash, there] of shots) {
    await inBrowser(address, { viewport: { width: 1120, height: 720 }, ...options }, async (page) => {
      await visit(page, address, hash);
      await page.locator(there).first().waitFor();
      await page.waitForLoadState('networkidle');
      await until('pictures are there', () => page.locator('img:visible').evaluateAll((images) => images.slice(0, 12).every((image) => image.complete)));
      await page.screenshot({ path: `${folder}/${name}.png` });
    });
  }
}
