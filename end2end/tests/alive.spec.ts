// What only a live page can do, on a laptop and on a phone.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EDITOR, OWNER, alive, expect, open, signIn, test } from './people';

const rows = 'main tbody tr';

test('a row opens its panel without a new page, and nothing shifts', async ({ page }) => {
  await page.addInitScript(() => {
    const seen: number[] = [];
    Object.assign(window, { shifts: seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) if (!entry.hadRecentInput) seen.push(entry.value);
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await signIn(page, OWNER);
  await page.evaluate(() => Object.assign(window, { same: true }));
  await page.locator(rows).nth(3).getByRole('link').first().click();
  await expect(page.locator('.panel dl')).toBeVisible();
  expect(await page.evaluate(() => 'same' in window)).toBe(true);
  await page.goBack();
  await expect(page.locator('.panel')).toHaveCount(0);
  expect(await page.evaluate(() => 'same' in window)).toBe(true);
  await open(page, '/');
  const shifted = await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts.reduce((a, b) => a + b, 0));
  expect(shifted).toBeLessThan(0.01);
});

test('the page fits its screen', async ({ page }) => {
  await signIn(page, OWNER);
  await page.locator(rows).first().getByRole('link').first().click();
  await expect(page.locator('.panel dl')).toBeVisible();
  for (const path of [page.url(), '/', '/?q=zzzz', '/login', '/signup']) {
    await page.goto(path);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wide, path).toBe(0);
  }
});

test('a list is worked by keyboard', async ({ page }) => {
  await signIn(page, OWNER);
  await page.keyboard.press('Tab');
  await expect(page.locator('.skip')).toBeFocused();
  const link = page.locator(rows).first().getByRole('link').first();
  await link.focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('.panel h1')).toBeVisible();
});

test('a lost connection is said and nothing typed is lost', async ({ page, context }) => {
  test.info().annotations.push({ type: 'expected', description: 'ERR_INTERNET_DISCONNECTED' });
  await signIn(page, EDITOR);
  await page.locator(rows).first().getByRole('link').first().click();
  await page.getByRole('link', { name: 'Activity' }).click();
  await page.getByLabel('About').fill('Typed before the train went into the tunnel');
  await context.setOffline(true);
  await page.getByRole('button', { name: 'Log', exact: true }).click();
  await expect(page.locator('.activity form .problem').first()).toContainText('could not be reached');
  await expect(page.getByLabel('About')).toHaveValue('Typed before the train went into the tunnel');
  await context.setOffline(false);
  await page.getByRole('button', { name: 'Log', exact: true }).click();
  await expect(page.locator('.timeline li').first()).toContainText('the tunnel');
  await expect(page.getByLabel('About')).toHaveValue('');
});

test('the real files become a signed-in list', async ({ page }) => {
  const folder = join(process.env.REAL_DATA ?? resolve(import.meta.dirname, '../../../shared/data'), 'maven-crm');
  const files = ['accounts.csv', 'sales_pipeline.csv', 'sales_teams.csv'].map((f) => join(folder, f));
  if (!files.every(existsSync)) {
    console.log('the real files are not here (REAL_DATA): their list was not tested');
    return;
  }
  const name = test.info().project.name;
  await open(page, '/signup');
  await page.getByLabel('Your name').fill('Rosa Real');
  await page.getByLabel('Name of your startup').fill(`Real ${name}`);
  await page.getByLabel('E-mail').fill(`rosa-${name}@real.example`);
  await page.getByLabel('Password').fill('a long enough one');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.waitForURL('**/');
  // beside the running server, as an operator does it
  const said = execFileSync(process.env.PROGRAM!, ['import', '--startup', `real-${name}`, ...files], { env: { ...process.env, DATA_DIR: process.env.SERVER_DATA }, encoding: 'utf8' });
  expect(said).toContain('8800 rows of deals: 7375 added');
  await open(page, '/?sort=name');
  await expect(page.locator(rows)).toHaveCount(50);
  await expect(page.locator(rows).first()).toContainText('Acme Corporation');
  await page.getByRole('searchbox').fill('Hottechi');
  await page.getByRole('searchbox').press('Enter');
  await expect(page.locator(rows)).toHaveCount(1);
  await page.locator(rows).first().getByRole('link').first().click();
  await expect(page.locator('.panel dl')).toContainText('Korea');
  await page.getByRole('link', { name: 'Deals' }).click();
  await expect(page.locator('.deals li').first()).toBeVisible();
  await page.getByRole('link', { name: 'Activity' }).click();
  await page.getByLabel('About').fill('First call');
  await page.getByRole('button', { name: 'Log', exact: true }).click();
  await expect(page.locator('.timeline li').first()).toContainText('First call');
  await open(page, '/');
  await expect(page.locator(rows).first()).toContainText('Hottechi');
});

test('pictures of the pages, light and dark', async ({ page }) => {
  const folder = resolve(import.meta.dirname, '../results/pictures');
  const name = test.info().project.name;
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await open(page, '/login');
    await page.screenshot({ path: `${folder}/${name}-${scheme}-login.png` });
    await signIn(page, OWNER);
    await page.screenshot({ path: `${folder}/${name}-${scheme}-list.png` });
    await page.locator(rows).nth(2).getByRole('link').first().click();
    await expect(page.locator('.panel dl')).toBeVisible();
    await page.mouse.move(0, 0);
    await page.screenshot({ path: `${folder}/${name}-${scheme}-panel.png` });
    await page.getByRole('button', { name: 'Sign out' }).click({ force: true }).catch(() => {});
  }
});

test('an address opens the same for a teammate: tab, title, description, startup', async ({ page }) => {
  await signIn(page, OWNER);
  await page.locator('main tbody tr').nth(4).locator('a.open').click();
  const name = await page.locator('.panel').locator('h1').textContent();
  await page.locator('.panel').getByRole('link', { name: 'Deals' }).click();
  const link = await page.locator('.panel').getByRole('link', { name: 'Copy link' }).getAttribute('href');
  expect(link).toContain('tab=deals');
  expect(link).toContain('team=northwind');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('**/login');
  await page.goto(link!);
  await page.getByLabel('E-mail').fill('vera@northwind.example');
  await page.getByLabel('Password').fill('prospector-demo');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(/tab=deals/);
  expect(page.url()).not.toContain('team=');
  await alive(page);
  await expect(page.locator('.panel').locator('h1')).toHaveText(name!);
  await expect(page.locator('.panel').getByRole('link', { name: 'Deals' })).toHaveAttribute('aria-current', 'page');
  await expect(page).toHaveTitle(`${name} · Prospector`);
  await expect(page.locator('meta[name=description]')).toHaveAttribute('content', new RegExp(`^${name}: .* account, health \\d+$`));
});
