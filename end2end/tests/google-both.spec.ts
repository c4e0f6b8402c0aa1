// Research with Google, played by a stand-in: the owner's decision first, then facts with their sources and Google's own
// suggestions beside them.
import { PASSWORD, aName, addAccount, addContact, alive, comes, expect, open, partsAddUp, tab, test } from './people';
import type { Page } from '@playwright/test';

async function signUp(page: Page, who: string) {
  // the test's own tool tries to look into the frame, where no script runs
  test.info().annotations.push({ type: 'expected', description: 'Blocked script execution' });
  await open(page, '/signup');
  await page.getByLabel('Your name').fill('Greta Owner');
  await page.getByLabel('Name of your startup').fill(aName('Searchers'));
  await page.getByLabel('E-mail').fill(`${who}-${test.info().project.name.replace(/\W+/g, '-').toLowerCase()}@search.test`);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create' }).click();
  await page.waitForURL(/\/$/);
}

async function decide(page: Page, choice: RegExp) {
  await open(page, '/settings/research');
  await page.getByLabel(choice).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('main')).toContainText('an owner has decided');
}

test('nothing goes to Google before the owner decides; then who asks is shown it', async ({ page }) => {
  const project = test.info().project.name.replace(/\W+/g, '-').toLowerCase();
  await signUp(page, 'greta');
  await open(page, '/accounts/new');
  await page.getByLabel('Name', { exact: true }).fill('Nordhavn Systems');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.locator('.panel h1')).toHaveText('Nordhavn Systems');
  await alive(page);
  await tab(page, 'Intelligence');
  const account = new URL(page.url()).pathname;
  await expect(page.locator('.intelligence')).toContainText('waits for your decision');

  await page.getByRole('link', { name: 'what may be sent to Google' }).click();
  await page.waitForURL('**/settings/research');
  await alive(page);
  await expect(page.locator('main')).toContainText('Nothing has been sent to Google');
  await page.getByLabel(/^On request/).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('main')).toContainText('an owner has decided');
  await page.screenshot({ path: `results/pictures/${project}-research-settings.png`, fullPage: true });

  await open(page, `${account}?tab=intelligence`);
  await page.getByRole('button', { name: 'Research now' }).click();
  await comes(page, page.locator('.known .said').first());
  await expect(page.locator('.intelligence')).toContainText('only you');
  await expect(page.locator('.found').filter({ hasText: 'Series' }).first()).toBeVisible();
  const link = page.locator('.known a.src').first();
  expect(await link.getAttribute('href')).toMatch(/^https:\/\/vertexaisearch\.cloud\.google\.com\//);
  expect(await link.getAttribute('rel')).toContain('nofollow');
  const frame = page.locator('iframe.suggestions');
  await expect(frame).toHaveAttribute('sandbox', 'allow-popups allow-popups-to-escape-sandbox');
  // no script runs in it: what it says is read beside the page
  const inside = await page.request.get(new URL((await frame.getAttribute('src'))!, page.url()).href);
  expect(inside.headers()['content-security-policy']).toContain("default-src 'none'");
  expect(await inside.text()).toContain('class="chip"');
  await expect(page.locator('.runs')).toContainText('Google Search with Gemini');
  await page.screenshot({ path: `results/pictures/${project}-google.png`, fullPage: true });
});

test('for the team it runs by itself: a contact is added, and its lead is researched, weighed and sorted', async ({ page }) => {
  await signUp(page, 'gerda');
  await decide(page, /^By itself/);
  await addAccount(page, 'Quiet Company');
  await addAccount(page, 'Nordhavn Systems');
  await addContact(page, 'Ingrid');
  await tab(page, 'Intelligence');
  await comes(page, page.locator('.known .said').first());
  const card = page.locator('.score-card').filter({ hasText: 'Fit and intent by gemini' });
  await comes(page, card.first());
  await partsAddUp(card.first());
  await expect(page.locator('.intelligence')).not.toContainText('only you');
  await open(page, '/insights');
  await expect(page.locator('main tbody tr').first()).toContainText('Nordhavn Systems');
  await open(page, '/?sort=priority');
  await expect(page.locator('main tbody tr').first()).toContainText('Nordhavn Systems');
});

test('many are researched after it was said what that costs', async ({ page }) => {
  await signUp(page, 'gesa');
  await addAccount(page, 'Quiet Company');
  await decide(page, /^By itself/);
  await expect(page.locator('main')).toContainText('1 account has no research');
  await expect(page.locator('main')).toContainText(/a run costs about \d+ US cents/);
  await page.getByLabel('How many').fill('none');
  await page.getByRole('button', { name: 'Queue them' }).click();
  await expect(page.locator('.problem').filter({ hasText: 'how many accounts' })).toBeVisible();
  await page.getByLabel('How many').fill('1');
  await page.getByRole('button', { name: 'Queue them' }).click();
  await expect(async () => {
    await page.reload();
    await expect(page.locator('main')).toContainText('Every account was researched within 30 days', { timeout: 500 });
  }).toPass({ timeout: 20_000 });
});
