// How long it takes from a key to its suggestions, and how evenly 1,000 results scroll.
import { found, inBrowser, until, visit } from './browser.mjs';

const PHRASES = ['a man is dancing', 'two girls are laughing', 'the cat jumps', 'a young woman smiles', 'someone plays the guitar'];
const PACE = 120;

const summary = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => Number(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(1));
  return { n: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
};

export default async function measure(address) {
  const result = {};
  await inBrowser(address, {}, async (page) => {
    await visit(page, address);
    await page.locator('.card').first().waitFor();
    await page.evaluate(() => {
      window.typed = [];
      let at = null;
      document.querySelector('#query').addEventListener('input', () => { at = performance.now(); }, true);
      new MutationObserver(() => {
        if (at === null) return;
        const from = at;
        at = null;
        // Until it is painted.
        requestAnimationFrame(() => setTimeout(() => window.typed.push(performance.now() - from)));
      }).observe(document.querySelector('#suggestions'), { childList: true });
    });
    const box = page.getByRole('combobox', { name: 'Search pictures' });
    for (const phrase of PHRASES) {
      await box.fill('');
      await box.pressSequentially(phrase, { delay: PACE });
    }
    result.suggestions_ms = summary(await page.evaluate(() => window.typed));
  });
  await inBrowser(address, {}, async (page) => {
    await visit(page, address, '#/search?category=squares');
    await found(page, '1,000 pictures');
    result.scroll = await page.evaluate(async () => {
      const frames = [];
      const long = [];
      new PerformanceObserver((list) => long.push(...list.getEntries().map((entry) => entry.duration))).observe({ entryTypes: ['longtask'] });
      let last = performance.now();
      const began = last;
      while (document.querySelectorAll('.card').length < 1000 || scrollY + innerHeight < document.documentElement.scrollHeight - 4) {
        await new Promise((resolve) => { requestAnimationFrame(resolve); });
        const now = performance.now();
        frames.push(now - last);
        last = now;
        // Some 2,400 pixels a second: a brisk pull.
        scrollBy(0, 40);
        if (now - began > 120_000) break;
      }
      return { cards: document.querySelectorAll('.card').length, seconds: (last - began) / 1000, frames, long };
    });
    const { frames, long, cards, seconds } = result.scroll;
    result.scroll = { cards, seconds: Number(seconds.toFixed(1)), frame_ms: summary(frames), over_50_ms: frames.filter((time) => time > 50).length, long_tasks: long.length };
    await until('all pictures', () => page.locator('.card').last().isVisible());
  });
  return result;
}
