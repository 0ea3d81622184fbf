// Searching the demo library in every way.
import assert from 'node:assert/strict';
import { found, inBrowser, titles, until, visit } from './browser.mjs';

/** A GIF of the demo whose scenes differ. */
const SCENES = 2;

/** A GIF of the library with a still of one of its later scenes. */
async function scene(address, id) {
  const bytesOf = async (path) => Buffer.from(await (await fetch(address + path)).arrayBuffer());
  const { hash, title, frames } = await (await fetch(`${address}/images/_source/${id}`)).json();
  const content = `/api/images/${hash}/content`;
  for (let frame = frames - 1; frame > 0; frame -= 1) {
    const still = await bytesOf(`${content}?format=png&frame=${frame}`);
    const body = JSON.stringify({ picture: still.toString('base64') });
    const answer = await fetch(`${address}/image/search/explore`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const [first] = (await answer.json()).data.page_data;
    if (first.id === id && first.frame > 0) return { title, bytes: await bytesOf(content), still };
  }
  throw new Error(`picture ${id} has one scene only`);
}

export default async function search(address) {
  const gif = await scene(address, SCENES);
  await inBrowser(address, {}, async (page) => {
    await visit(page, address);
    await found(page, '217 pictures');
    assert.equal(await page.title(), 'Search · Pictor');

    // Suggestions while one types; the arrows choose.
    const box = page.getByRole('combobox', { name: 'Search pictures' });
    await box.pressSequentially('a red b');
    const options = page.getByRole('option');
    await until('suggestions', async () => (await options.allTextContents()).includes('a red bird flapping its wings'));
    assert.equal(await box.getAttribute('aria-expanded'), 'true');
    await box.press('ArrowDown');
    assert.equal(await box.getAttribute('aria-activedescendant'), 'suggestion-0');
    await box.press('Escape');
    assert.equal(await box.getAttribute('aria-expanded'), 'false');
    assert.equal(await box.inputValue(), 'a red b');

    // The five modes, each with an address of its own.
    const cases = [
      ['Exact', 'cute pink cat blinking', ['cute pink cat blinking']],
      ['Words', '红色 rock', ['红色火箭发射升空 a red rocket launching into space']],
      // What the search before it found is not enough: this one has to have answered.
      ['Typos', 'rokcet', (titles) => titles.length > 1 && titles.some((title) => /rocket/.test(title))],
      ['Meaning', 'kitten', (titles) => titles.some((title) => /cat|猫/.test(title)) && !titles.some((title) => /rocket/.test(title))],
      ['Regex', '^an? (red|blue) (?=fish|snake)', ['a red snake crawling through the grass', 'a blue fish swimming in a bowl']],
    ];
    for (const [mode, words, expected] of cases) {
      await box.fill(words);
      await box.blur();
      await page.getByRole('radio', { name: mode }).check();
      await until(`${mode} has an address`, () => new URLSearchParams(new URL(page.url()).hash.split('?')[1]).get('q') === words);
      const found = typeof expected === 'function' ? expected : (shown) => shown.join('|') === expected.join('|');
      await until(`${mode} finds ${expected}`, async () => found(await titles(page)));
    }
    await box.fill('ca(t');
    await box.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'invalid regular expression at position 2' }).waitFor();

    // Highlights, facets and their counts, bounds; all of it in the address.
    await visit(page, address, '#/search?q=cat');
    await found(page, '5 pictures');
    assert.deepEqual(await page.locator('.card mark').allTextContents(), ['cat', 'cat', 'cat', 'cat', 'cat']);
    await page.getByRole('complementary', { name: 'Filters' }).getByRole('button', { name: 'pink 1' }).click();
    await found(page, '1 picture');
    assert.deepEqual(await titles(page), ['cute pink cat blinking']);
    assert.ok(page.url().endsWith('#/search?q=cat&tag=pink'));
    await page.getByRole('button', { name: 'Remove tag pink' }).click();
    await found(page, '5 pictures');
    await page.getByRole('spinbutton', { name: 'Width, at least' }).fill('135');
    await page.keyboard.press('Enter');
    await until('fewer', async () => (await titles(page)).length < 5 && page.url().includes('width=135-'));
    await page.goBack();
    await found(page, '5 pictures');
    const categories = page.getByRole('group', { name: 'Category' });
    await categories.getByRole('button', { name: 'animal 5' }).click();
    await until('a category in the address', () => page.url().includes('category=animal'));
    await until('it is chosen', async () => (await categories.getByRole('button', { name: 'animal 5' }).getAttribute('aria-pressed')) === 'true');

    // What is popular is offered.
    await page.locator('.hot .chip', { hasText: /^cat$/ }).waitFor();

    // A still first; it plays while the pointer or the focus is there.
    const card = page.locator('.card').first();
    const source = () => card.locator('img').getAttribute('src');
    assert.match(await source(), /content\?w=360&h=360$/);
    await card.locator('.open').focus();
    await until('it plays on focus', async () => /content$/.test(await source()));
    await page.getByRole('combobox', { name: 'Search pictures' }).focus();
    await until('it rests', async () => /w=360/.test(await source()));
    await card.hover();
    await until('it plays below the pointer', async () => /content$/.test(await source()));

    // Similar to a result, together with words.
    await card.getByRole('button', { name: /^Find pictures similar/ }).click();
    await page.getByRole('button', { name: 'Search without the picture' }).waitFor();
    await until('similar, words and category at once', () => /q=cat.*category=animal.*similar=\d+/.test(page.url()));
    await found(page, '4 pictures');
    assert.match(await page.locator('.badge.alike').first().textContent(), /^\d+ % alike · frame \d+$/);

    // A picture is chosen; the GIF that it is a frame of comes first, with that frame.
    await visit(page, address);
    await found(page, '217 pictures');
    await page.locator('#picture-file').setInputFiles({ name: 'still.png', mimeType: 'image/png', buffer: gif.still });
    await until('a picture in the address', () => page.url().includes('picture='));
    await until('its GIF is first', async () => (await titles(page))[0]?.includes(gif.title));
    const badge = await page.locator('.badge.alike').first().textContent();
    const frame = Number(/frame (\d+)$/.exec(badge)[1]);
    assert.ok(frame > 1, badge);
    assert.match(await page.locator('.card img').first().getAttribute('src'), new RegExp(`frame=${frame - 1}$`));
    await page.locator('.card .open').first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(`The closest moment: frame ${frame}`).waitFor();
    await until('the frame is shown', () => dialog.locator('img.matched').evaluate((image) => image.naturalWidth > 0));
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    // Whoever gets the address finds the same.
    const shared = page.url();
    await visit(page, address, new URL(shared).hash);
    await until('the shared search', async () => (await titles(page))[0]?.includes(gif.title));

    // A picture is dropped, and one is pasted.
    for (const kind of ['drop', 'paste']) {
      await visit(page, address);
      await found(page, '217 pictures');
      await page.evaluate(async ({ kind: how, bytes }) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(bytes)], 'a.gif', { type: 'image/gif' }));
        document.body.dispatchEvent(how === 'drop' ? new DragEvent('drop', { dataTransfer: transfer, bubbles: true })
          : new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true }));
      }, { kind, bytes: [...gif.bytes] });
      await until(`a search by a picture that was given by ${kind}`, async () => (await titles(page))[0]?.includes(gif.title));
      assert.match(await page.locator('.badge.alike').first().textContent(), /^100 % alike/);
    }

    // Pages follow one another to the end.
    await visit(page, address);
    await found(page, '217 pictures');
    await until('all are there', async () => {
      await page.mouse.wheel(0, 4000);
      return (await titles(page)).length === 217;
    }, 30_000);
    assert.equal(new Set(await page.locator('.card').evaluateAll((cards) => cards.map((one) => one.dataset.id))).size, 217);

    // Uploaders are found as well.
    await visit(page, address, '#/search?in=uploader&q=Alice&mode=partial');
    await until('an uploader', async () => (await page.locator('.card .facts mark').first().textContent()) === 'Alice');
  });

  await inBrowser(address, { locale: 'zh-CN', colorScheme: 'dark' }, async (page) => {
    await visit(page, address, '#/search?q=%E7%8C%AB&mode=related');
    assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
    await page.getByRole('radio', { name: '语义' }).waitFor({ state: 'attached' });
    await until('猫', async () => (await titles(page)).some((title) => title.includes('猫')));
    await page.getByRole('combobox', { name: '搜索图片' }).fill('红色');
    await until('建议', async () => (await page.getByRole('option').allTextContents()).some((words) => words.startsWith('红色')));
    await page.getByRole('link', { name: '图库' }).click();
    await page.getByText('共 217 张图片').waitFor();
    await page.getByRole('link', { name: '节点' }).click();
    await page.getByText('运行正常').waitFor();
    await page.getByRole('link', { name: '快照' }).click();
    await page.getByRole('heading', { name: '添加仓库' }).waitFor();
    await page.getByRole('link', { name: '举报' }).click();
    await page.getByText('没有举报。').waitFor();
  });
}
