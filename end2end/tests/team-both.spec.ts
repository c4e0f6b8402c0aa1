// The team: a link brings somebody in, roles, a new password; in a live page and with JavaScript off alike.
import type { Browser, Page } from '@playwright/test';
import { EDITOR, OWNER, PASSWORD, VIEWER, alive, expect, hasScript, open, signIn, test } from './people';

const errors: string[] = [];
test.afterEach(() => expect(errors.splice(0)).toEqual([]));

/** Somebody else's browser, in which nothing may go wrong either. */
async function another(browser: Browser) {
  const { viewport, javaScriptEnabled } = test.info().project.use;
  const context = await browser.newContext({ baseURL: process.env.BASE_URL, viewport, javaScriptEnabled });
  const page = await context.newPage();
  page.on('console', (m) => m.type() === 'error' && !m.text().includes('status of 403') && errors.push(m.text()));
  page.on('pageerror', (e) => errors.push(e.message));
  return page;
}

const memberOf = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });
const fits = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);

test('an invitation, a role, a new password, and out again', async ({ page, browser }) => {
  const name = `Nia ${test.info().project.name}`;
  const email = `nia-${test.info().project.name.replace(/ /g, '-').toLowerCase()}@new.test`;
  await signIn(page, OWNER);
  await page.getByRole('link', { name: 'Team' }).click();
  await expect(memberOf(page, EDITOR)).toBeVisible();
  await page.getByLabel('Role of who is invited').selectOption('viewer');
  await page.getByRole('button', { name: 'Make a link' }).click();
  const link = await page.getByLabel('Link', { exact: true }).inputValue();
  expect(link).toContain('/join/');
  await alive(page);
  await expect(page.getByRole('button', { name: 'Copy' })).toBeVisible({ visible: hasScript() });
  if (hasScript()) {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy' }).click();
    await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
  }
  expect(await fits(page)).toBe(true);
  await page.screenshot({ path: `results/pictures/${test.info().project.name.replace(/ /g, '-')}-team.png`, fullPage: true });

  const nia = await another(browser);
  await open(nia, link);
  await expect(nia.getByRole('heading')).toContainText('Join Northwind Labs as viewer');
  await nia.getByLabel('Your name').fill(name);
  await nia.getByLabel('E-mail').fill(EDITOR);
  await nia.getByLabel('Password').fill(PASSWORD);
  await nia.getByRole('button', { name: /^Join/ }).click();
  await expect(nia.getByText('has an account already')).toBeVisible();
  await expect(nia.getByLabel('Your name')).toHaveValue(name);
  await nia.getByLabel('E-mail').fill(email);
  await nia.getByLabel('Password').fill(PASSWORD);
  await nia.getByRole('button', { name: /^Join/ }).click();
  await expect(nia).toHaveURL(/\/$/);
  await open(nia, '/team');
  await expect(memberOf(nia, email)).toContainText('you');
  await expect(nia.getByRole('button', { name: 'Change', exact: true })).toHaveCount(0);

  await open(page, '/team');
  await page.getByLabel(`Role of ${name}`).selectOption('admin');
  await memberOf(page, name).getByRole('button', { name: 'Change' }).click();
  await expect(page.getByLabel(`Role of ${name}`)).toHaveValue('admin');
  await open(nia, '/team');
  await expect(nia.getByRole('button', { name: 'Make a link' })).toBeVisible();

  await memberOf(page, name).getByRole('button', { name: 'Password reset link' }).click();
  const reset = await page.getByLabel('Link', { exact: true }).inputValue();
  await open(nia, reset);
  await nia.getByLabel('New password').fill('another good phrase');
  await nia.getByRole('button', { name: 'Set it' }).click();
  await expect(nia.getByText('Your new password is set')).toBeVisible();
  await signIn(nia, email, 'another good phrase');

  await open(page, '/team');
  await memberOf(page, name).locator('summary').click();
  await memberOf(page, name).getByRole('button', { name: 'Remove from the startup' }).click();
  await expect(memberOf(page, name)).toHaveCount(0);
  await nia.goto('/');
  await expect(nia.getByText('no longer a member').first()).toBeVisible();
  await nia.context().close();
});

test('a last owner stays, and is told why', async ({ page }) => {
  await signIn(page, OWNER);
  await open(page, '/team');
  await memberOf(page, OWNER).getByLabel(/Role of/).selectOption('viewer');
  await memberOf(page, OWNER).getByRole('button', { name: 'Change' }).click();
  await expect(memberOf(page, OWNER)).toContainText('Make somebody else owner first');
});

test('settings, and who may change them', async ({ page }) => {
  await signIn(page, OWNER);
  await open(page, '/settings');
  await page.getByLabel('Time zone').fill('Nowhere');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('such as Europe/Berlin')).toBeVisible();
  await expect(page.getByLabel('Time zone')).toHaveValue('Nowhere');
  await page.getByLabel('Time zone').fill('UTC');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByLabel('Time zone')).toHaveValue('UTC');
  expect(await fits(page)).toBe(true);
});

test('a viewer sees the team and no controls', async ({ page }) => {
  await signIn(page, VIEWER);
  await page.getByRole('link', { name: 'Team' }).click();
  await expect(memberOf(page, OWNER)).toBeVisible();
  await expect(page.locator('main form')).toHaveCount(0);
});

test('somebody with two startups goes from one to the other', async ({ page, browser }) => {
  const other = await another(browser);
  await open(other, '/signup');
  const project = test.info().project.name.replace(/ /g, '-');
  await other.getByLabel('Your name').fill('Otto Owner');
  await other.getByLabel('Name of your startup').fill(`Second ${project}`);
  await other.getByLabel('E-mail').fill(`otto-${project}@second.test`);
  await other.getByLabel('Password').fill(PASSWORD);
  await other.getByRole('button', { name: 'Create' }).click();
  await other.waitForURL(/\/$/);
  await open(other, '/team');
  await other.getByRole('button', { name: 'Make a link' }).click();
  const link = await other.getByLabel('Link', { exact: true }).inputValue();
  await other.context().close();

  await signIn(page, VIEWER);
  await open(page, link);
  await page.getByRole('button', { name: `Join Second ${project} as editor` }).click();
  await page.waitForURL(/\/$/);
  await alive(page);
  await page.locator('.switch > summary').click();
  const back = page.getByRole('button', { name: 'Northwind Labs' });
  await expect(back).toBeInViewport();
  await page.screenshot({ path: `results/pictures/${project}-switch.png` });
  await back.click();
  await expect(page.getByRole('row').nth(5)).toBeVisible();
  await page.goto(`/team?team=second-${project.toLowerCase()}`);
  await expect(page).toHaveURL(/\/team$/);
  await expect(memberOf(page, 'Otto Owner')).toBeVisible();
});
