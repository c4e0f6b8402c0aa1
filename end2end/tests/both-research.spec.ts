// Research of leads: asked for, watched, read, corrected; with the company's own site, in a live page and without JavaScript.
import { EDITOR, OWNER, VIEWER, aName, addAccount, addContact, alive, comes, expect, hasScript, open, partsAddUp, signIn, tab, test } from './people';
import type { Page } from '@playwright/test';

/** A new account of one of the sample companies. */
const addCompany = (page: Page, domain: string) => addAccount(page, aName('Watched'), domain);

const known = (page: Page, label: string) => page.locator('.known > dt', { hasText: label }).locator('xpath=following-sibling::dd[1]');

const found = (page: Page) => comes(page, page.locator('.known .said').first());

test('a contact is added, and its company fills the tab with facts, sources and a score', async ({ page }) => {
  await signIn(page, EDITOR);
  await addCompany(page, 'steinbach-logistik.example');
  await addContact(page, 'Ingrid');
  await tab(page, 'Intelligence');
  await found(page);
  await expect(page.locator('.intelligence')).toContainText('A made-up company');
  await expect(known(page, 'Chief executive').locator('.said')).not.toHaveText('unknown');
  await expect(page.locator('.technologies li').nth(2)).toBeVisible();

  // one click to where it stands
  const source = known(page, 'Chief executive').locator('a.src').first();
  const name = await known(page, 'Chief executive').locator('.said').first().textContent();
  const [page2] = await Promise.all([page.context().waitForEvent('page'), source.click()]);
  await page2.waitForLoadState();
  await expect(page2.locator('body')).toContainText(name!);
  await expect(page2.locator('body')).toContainText(/made-up/i);
  await page2.close();

  // the parts add up to the score
  const card = page.locator('.score-card').first();
  await comes(page, card);
  await partsAddUp(card);
  await page.screenshot({ path: `results/pictures/${test.info().project.name.replace(/ /g, '-')}-intelligence.png`, fullPage: true });
});

test('a person’s word stands first, and can be taken back', async ({ page }) => {
  await signIn(page, EDITOR);
  await addCompany(page, 'harrow-analytics.example');
  await tab(page, 'Intelligence');
  await page.getByRole('link', { name: 'Set employees' }).click();
  await page.getByRole('textbox', { name: 'Employees' }).fill('a few');
  await page.getByRole('button', { name: 'Set', exact: true }).click();
  await expect(page.locator('.problem').filter({ hasText: 'whole number' })).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Employees' })).toHaveValue('a few');
  await page.getByRole('textbox', { name: 'Employees' }).fill('1,250');
  await page.getByRole('button', { name: 'Set', exact: true }).click();
  await expect(known(page, 'Employees')).toContainText('1,250');
  await expect(known(page, 'Employees')).toContainText('set by hand');
  await alive(page);
  await page.getByRole('link', { name: 'Set employees' }).click();
  await page.getByRole('button', { name: 'Take it back' }).click();
  await expect(known(page, 'Employees')).toContainText('unknown');
});

test('a site that is out of order says so, and is tried again or cancelled', async ({ page }) => {
  await signIn(page, EDITOR);
  await addCompany(page, 'grunwald-optik.example');
  await tab(page, 'Intelligence');
  await page.getByRole('button', { name: 'Research now' }).click();
  const said = page.locator('.doing');
  if (hasScript()) await expect(said).toContainText('answered with 503', { timeout: 15_000 });
  else
    await expect(async () => {
      await page.reload();
      await expect(said).toContainText('answered with 503', { timeout: 500 });
    }).toPass({ timeout: 15_000 });
  await page.getByRole('button', { name: 'Cancel: research' }).or(page.getByRole('button', { name: 'Cancel' })).first().click();
  await expect(said).toContainText('cancelled');
  await expect(page.getByRole('button', { name: 'Research now' })).toBeVisible();
});

test('an old record says that it is stale, until it is researched again', async ({ page }) => {
  await signIn(page, EDITOR);
  await open(page, '/?stale=1');
  await page.locator('main tbody tr').first().getByRole('link').first().click();
  await expect(page.locator('.panel h1')).toBeVisible();
  await alive(page);
  const flag = page.locator('.panel header').getByText(/^Stale/);
  await expect(flag).toBeVisible();
  await tab(page, 'Intelligence');
  await page.getByRole('button', { name: /^Research (now|again)/ }).click();
  await found(page);
  await expect(flag).toHaveCount(0);
});

test('a viewer reads and is offered nothing', async ({ page }) => {
  await signIn(page, VIEWER);
  await open(page, '/insights');
  await page.locator('main tbody tr a').first().click();
  await expect(page.locator('.panel h1')).toBeVisible();
  await alive(page);
  await tab(page, 'Intelligence');
  await expect(page.locator('.intelligence')).toBeVisible();
  await expect(page.locator('.intelligence form')).toHaveCount(0);
  await expect(page.locator('.intelligence .edit')).toHaveCount(0);
  await open(page, '/settings/research');
  await expect(page.locator('main')).toContainText('What is sent, and to whom');
  await expect(page.locator('main form')).toHaveCount(0);
});

test('leads are sorted by priority, and so is the list', async ({ page }) => {
  await signIn(page, OWNER);
  await open(page, '/insights');
  const numbers = async (selector: string) => (await page.locator(selector).allTextContents()).map((t) => Number(t.match(/\d+/)?.[0]));
  await expect(page.locator('main tbody tr').nth(5)).toBeVisible();
  const leads = await numbers('main tbody tr .prio');
  expect(leads.length).toBeGreaterThan(5);
  expect(leads).toEqual([...leads].sort((a, b) => b - a));
  await page.screenshot({ path: `results/pictures/${test.info().project.name.replace(/ /g, '-')}-leads.png` });
  await open(page, '/?sort=priority');
  const listed = await numbers('main tbody tr .prio');
  expect(listed.length).toBeGreaterThan(5);
  expect(listed).toEqual([...listed].sort((a, b) => b - a));
});

test('another ideal customer is previewed before it is saved', async ({ page }) => {
  await signIn(page, OWNER);
  await open(page, '/settings/icp');
  const sizes = page.getByLabel(/^Employees/);
  const before = await sizes.inputValue();
  await sizes.fill('about ten');
  await page.getByRole('button', { name: 'Preview' }).click();
  await expect(page.locator('.problem:not(:empty)').first()).toBeVisible();
  await alive(page);
  await sizes.fill('1-10');
  await page.getByRole('button', { name: 'Preview' }).click();
  await expect(page.locator('.spread')).toBeVisible();
  await expect(page.locator('.spread tbody tr')).toHaveCount(10);
  await open(page, '/settings/icp');
  await expect(sizes).toHaveValue(before);
  await page.getByRole('button', { name: 'Save and score anew' }).click();
  await expect(sizes).toHaveValue(before);
});

test('a key for events is shown once, takes an event, and is revoked', async ({ page, request }) => {
  await signIn(page, OWNER);
  await open(page, '/settings/events');
  await page.getByRole('button', { name: /Make a key/ }).click();
  const line = page.locator('.made').first();
  await expect(line).toBeVisible();
  const key = (await page.content()).match(/\/e\/([A-Za-z0-9_-]{22})/)![1];
  const send = () => request.post(`/e/${key}`, { form: { email: 'nobody@known.test', kind: 'site_visit' } });
  expect((await send()).status()).toBe(204);
  await open(page, '/settings/events');
  expect(await page.content()).not.toContain(key);
  await page.getByRole('button', { name: /^Revoke/ }).first().click();
  await expect(async () => expect((await send()).status()).toBe(404)).toPass();
});
