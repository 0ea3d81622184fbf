// A headless browser on the node's page, and what the stories need of it.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

/** Runs a story in a fresh profile; nothing may be asked of another host, and no script may fail. */
export async function inBrowser(address, options, story) {
  const profile = await mkdtemp(path.join(tmpdir(), 'page-story-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args: FLAGS, viewport: { width: 1280, height: 860 },
    locale: 'en-GB', timezoneId: 'UTC', ...options,
  });
  const faults = [];
  try {
    const page = context.pages()[0] ?? await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => faults.push(`a script failed: ${error.stack}`));
    page.on('console', (message) => { if (/Content Security Policy|Trusted Type/i.test(message.text())) faults.push(message.text()); });
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(address) && !/^(data|blob|about):/.test(url)) faults.push(`asked ${url}`);
    });
    await story(page, context);
    assert.deepEqual(faults, []);
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Goes to a view and waits until it is there. */
export async function visit(page, address, hash = '') {
  await page.goto('about:blank');
  await page.goto(`${address}/ui${hash}`);
  await page.locator('main h1').first().waitFor({ state: 'attached' });
}

/** Waits until the results say so many. */
export async function found(page, words) {
  await page.locator('.status strong', { hasText: words }).first().waitFor();
  await page.locator('section[aria-busy]').waitFor({ state: 'detached' });
}

/** The titles of the results. */
export const titles = (page) => page.locator('.card .title').allTextContents();

/** Waits until something holds. */
export async function until(what, check, limit = 15_000) {
  const end = Date.now() + limit;
  for (;;) {
    if (await check()) return;
    assert.ok(Date.now() < end, `not so within ${limit} ms: ${what}`);
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
}
