// What two people, a reload and a lost connection do to a form that is being filled in.
import { EDITOR, OWNER, PASSWORD, addAccount, alive, expect, open, signIn, tab, test } from './people';

test('the second of two people is shown what changed, field by field, and keeps what they typed', async ({ page, browser }) => {
  test.info().annotations.push({ type: 'expected', description: '409' });
  await signIn(page, EDITOR);
  await addAccount(page);
  const address = page.url();
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await page.getByLabel('Domain', { exact: true }).fill('mine.example');
  await page.getByLabel('MRR').fill('300');

  const other = await browser.newPage({ baseURL: process.env.BASE_URL });
  await signIn(other, OWNER, PASSWORD);
  await open(other, address);
  await other.getByRole('link', { name: 'Edit', exact: true }).click();
  await other.getByLabel('Domain', { exact: true }).fill('theirs.example');
  await other.locator('.panel').getByLabel('Status').selectOption('Active');
  await other.getByRole('button', { name: 'Save' }).click();
  await expect(other.locator('.panel dl')).toContainText('theirs.example');
  await other.close();

  await page.getByRole('button', { name: 'Save' }).click();
  const problem = (text: string) => page.locator('.panel .problem').filter({ hasText: text });
  await expect(problem('Somebody else saved this')).toBeVisible();
  await expect(problem('Meanwhile changed to “theirs.example”. What you typed is kept')).toBeVisible();
  await expect(problem('Meanwhile changed to “Active”, which is taken over here')).toBeVisible();
  await expect(page.getByLabel('Domain', { exact: true })).toHaveValue('mine.example');
  await expect(page.getByLabel('MRR')).toHaveValue('300');
  await expect(page.locator('.panel').getByLabel('Status')).toHaveValue('Active');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('.panel dl')).toContainText('mine.example');
  await expect(page.locator('.panel dl')).toContainText('Active');
});

test('a reload brings back what was typed, and saving ends it', async ({ page }) => {
  await signIn(page, EDITOR);
  await addAccount(page);
  await tab(page, 'Deals');
  await page.getByRole('link', { name: 'Add a deal' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Typed before the reload');
  await page.getByLabel('Stage').selectOption('Proposal');
  await page.reload();
  await alive(page);
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Typed before the reload');
  await expect(page.getByLabel('Stage')).toHaveValue('Proposal');
  await expect(page.locator('.panel').getByText('What you had typed is back.')).toBeVisible();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('.deals li').filter({ hasText: 'Typed before the reload' })).toBeVisible();
  await page.getByRole('link', { name: 'Add a deal' }).click();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('');
  await page.getByLabel('Name', { exact: true }).fill('Not meant');
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.getByRole('link', { name: 'Add a deal' }).click();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('');
});

test('an edit survives a lost connection', async ({ page, context }) => {
  test.info().annotations.push({ type: 'expected', description: 'ERR_INTERNET_DISCONNECTED' });
  await signIn(page, EDITOR);
  await addAccount(page);
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await page.getByLabel('Domain', { exact: true }).fill('tunnel.example');
  await context.setOffline(true);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('.panel .problem').first()).toContainText('could not be reached');
  await expect(page.getByLabel('Domain', { exact: true })).toHaveValue('tunnel.example');
  await context.setOffline(false);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('.panel dl')).toContainText('tunnel.example');
});

test('a list that cannot be read again says so and recovers', async ({ page, context }) => {
  test.info().annotations.push({ type: 'expected', description: 'ERR_INTERNET_DISCONNECTED' });
  await signIn(page, OWNER);
  const first = page.locator('main tbody tr').first();
  const before = await first.textContent();
  await context.setOffline(true);
  await page.getByRole('columnheader', { name: 'Account' }).getByRole('link').click();
  await expect(page.getByText('The server is out of reach')).toBeVisible();
  await expect(first).toHaveText(before!);
  await context.setOffline(false);
  await expect(page.getByText('The server is out of reach')).toBeHidden({ timeout: 10_000 });
  await expect(first).not.toHaveText(before!);
});

test('a late answer to an earlier question is none', async ({ page }) => {
  await signIn(page, OWNER);
  let first = true;
  const late = async (route: import('@playwright/test').Route) => {
    const wait = first;
    first = false;
    if (wait) await new Promise((go) => setTimeout(go, 1500));
    await route.continue();
  };
  await page.route('**/api/accounts/list', late);
  const search = async (text: string) => {
    await page.getByRole('searchbox').fill(text);
    await page.getByRole('searchbox').press('Enter');
  };
  await search('skargard');
  await page.waitForTimeout(200);
  await search('kowalski');
  const rows = page.locator('main tbody tr');
  await expect(rows.first()).toContainText('Kowalski');
  await page.waitForTimeout(1800);
  await expect(rows.first()).toContainText('Kowalski');
  await expect(rows.filter({ hasText: 'Skärgård' })).toHaveCount(0);
});

test('who sends an entry and leaves before the answer is told, coming back', async ({ page }, info) => {
  await signIn(page, EDITOR);
  await addAccount(page);
  await tab(page, 'Activity');
  await page.route('**/api/interactions/log', async (route) => {
    await new Promise((go) => setTimeout(go, 800));
    await route.continue().catch(() => {});
  });
  await page.getByLabel('About').fill('Sent on the way out');
  await page.getByRole('button', { name: 'Log', exact: true }).click();
  await tab(page, 'Overview');
  await page.waitForTimeout(1000);
  await tab(page, 'Activity');
  await expect(page.locator('.panel').getByText('left before the answer')).toBeVisible();
  info.annotations.push({ type: 'expected', description: 'aborted' });
});

test('Escape leaves a form and keeps what was typed; Cancel lets it go', async ({ page }) => {
  await signIn(page, EDITOR);
  await addAccount(page);
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await page.getByLabel('Domain', { exact: true }).fill('half.typed.example');
  await page.keyboard.press('Escape');
  await expect(page.locator('.panel dl')).toBeVisible();
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await expect(page.getByLabel('Domain', { exact: true })).toHaveValue('half.typed.example');
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await expect(page.getByLabel('Domain', { exact: true })).toHaveValue('');
});
