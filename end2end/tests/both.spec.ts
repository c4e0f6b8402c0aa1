// The main path, in a live page and with JavaScript off alike.
import { EDITOR, OWNER, VIEWER, alive, expect, hasScript, open, signIn, test } from './people';

const rows = 'main tbody tr';

test('signing in, reading the list, opening an account, logging a call', async ({ page }) => {
  await page.goto('/');
  await expect(page).toHaveURL(/\/login$/);
  await signIn(page, EDITOR);
  await expect(page.locator(rows)).toHaveCount(50);
  const account = page.locator(rows).nth(7).getByRole('link').first();
  const name = (await account.textContent())!;
  await account.click();
  await expect(page.locator('.panel h1')).toHaveText(name);
  await page.getByRole('link', { name: 'Activity' }).click();
  await expect(page.getByLabel('About')).toBeVisible();
  await alive(page);
  const said = `Asked about the roll-out </textarea> (${test.info().project.name})`;
  await page.getByLabel('About').fill(said);
  await page.getByRole('button', { name: 'Log', exact: true }).click();
  await expect(page.locator('.timeline li').first()).toContainText(said);
  await page.getByRole('link', { name: 'Close the account' }).click();
  await expect(page.locator(rows).first()).toContainText(name);
  await expect(page.locator(rows).first()).toContainText('just now');
});

test('sorting, paging and searching are addresses', async ({ page }) => {
  await signIn(page, OWNER);
  const first = page.locator(rows).first();
  const mrr = page.getByRole('columnheader', { name: 'MRR' });
  await mrr.getByRole('link').click();
  await expect(mrr).toHaveAttribute('aria-sort', 'descending');
  await expect(page).toHaveURL(/sort=mrr/);
  const largest = await first.textContent();
  await page.getByRole('link', { name: 'Next' }).click();
  await expect(first).not.toHaveText(largest!);
  await expect(page).toHaveURL(/after=/);
  await page.getByRole('link', { name: 'Previous' }).click();
  await expect(first).toHaveText(largest!);
  await mrr.getByRole('link').click();
  await expect(mrr).toHaveAttribute('aria-sort', 'ascending');

  await open(page, '/');
  await page.getByRole('searchbox').fill('nordfjal');
  await page.getByRole('searchbox').press('Enter');
  await expect(first).toContainText('Nordfjäll');
  await expect(page).toHaveURL(/q=nordfjal/);
  await page.getByRole('searchbox').fill('no such name at all');
  await page.getByRole('searchbox').press('Enter');
  await expect(page.locator('main')).toContainText('Nothing found');
});

test('a viewer reads and is offered no change', async ({ page }) => {
  test.info().annotations.push({ type: 'expected', description: '403' });
  await signIn(page, VIEWER);
  await expect(page.getByRole('button', { name: 'Remove sample data' })).toHaveCount(0);
  await page.locator(rows).first().getByRole('link').first().click();
  await expect(page.locator('.panel h1')).toBeVisible();
  for (const offered of ['Edit', 'Add a contact', 'Add a deal', 'New account', 'Bin']) await expect(page.getByRole('link', { name: offered, exact: true }).or(page.getByRole('button', { name: offered, exact: true }))).toHaveCount(0);
  for (const tab of ['Contacts', 'Deals', 'Activity', 'Overview']) {
    await page.getByRole('link', { name: tab }).click();
    await expect(page.getByRole('link', { name: tab })).toHaveAttribute('aria-current', 'page');
    await expect(page.locator('.panel form')).toHaveCount(0);
  }
  // an address made by hand does not open a form either
  await open(page, page.url() + '?edit=name');
  await expect(page.locator('.panel h1')).toBeVisible();
  await expect(page.locator('.panel form')).toHaveCount(0);
  await open(page, '/accounts/new');
  await expect(page.locator('.panel')).toContainText('Your role does not allow this');
  await expect(page.locator('main input[type=checkbox][name="ids[]"]')).toHaveCount(0);
  await open(page, '/bin');
  await expect(page.locator('main')).toContainText('Your role does not allow this');
});

test('another startup sees none of it', async ({ page }) => {
  await signIn(page, OWNER);
  const address = await page.locator(rows).first().getByRole('link').first().getAttribute('href');
  const signOut = page.getByRole('button', { name: 'Sign out' });
  await signOut.click();
  await page.waitForURL('**/login');
  await open(page, '/signup');
  const name = test.info().project.name.replaceAll(' ', '-').toLowerCase();
  await page.getByLabel('Your name').fill('Otto Other');
  await page.getByLabel('Name of your startup').fill('Other');
  await page.getByLabel('E-mail').fill(`otto-${name}@other.example`);
  await page.getByLabel('Password').fill('a long enough one');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.waitForURL('**/');
  await expect(page.locator('main')).toContainText('No accounts yet');
  test.info().annotations.push({ type: 'expected', description: '404' });
  const answer = await page.goto(address!);
  expect(answer!.status()).toBe(404);
  await expect(page.locator('.panel')).toContainText('There is no such record');
});

test('a refused form says why beside the field and keeps what was typed', async ({ page }) => {
  await open(page, '/signup');
  await page.getByLabel('Your name').fill('Ada <b>');
  await page.getByLabel('Name of your startup').fill('Konex & Söhne');
  await page.getByLabel('E-mail').fill('ada@konex.example');
  await page.getByLabel('Password').fill('short');
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page.locator('#sign-up-password-problem')).toContainText('at least 10 characters');
  await expect(page.getByLabel('Your name')).toHaveValue('Ada <b>');
  await expect(page.getByLabel('Name of your startup')).toHaveValue('Konex & Söhne');
  await expect(page.getByLabel('E-mail')).toHaveValue('ada@konex.example');
  await open(page, '/login');
  await page.getByLabel('E-mail').fill('nobody@konex.example');
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert').first()).toContainText('do not belong together');
  await expect(page.getByLabel('E-mail')).toHaveValue('nobody@konex.example');
});

test('an address opens again as it was copied', async ({ page }) => {
  await signIn(page, OWNER);
  await page.goto('/?sort=name');
  await page.locator(rows).nth(2).getByRole('link').first().click();
  await expect(page.locator('.panel h1')).toBeVisible();
  const copied = page.url();
  expect(copied).toContain('sort=name');
  const name = await page.locator('.panel h1').textContent();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('**/login');
  await page.goto(copied);
  await page.getByLabel('E-mail').fill(OWNER);
  await page.getByLabel('Password').fill('prospector-demo');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(copied);
  await expect(page.locator('.panel h1')).toHaveText(name!);
  await expect(page).toHaveTitle(`${name} · Prospector`);
  if (hasScript()) await alive(page);
});
