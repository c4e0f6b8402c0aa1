// The list beside the panel, as on a wide screen only.
import { EDITOR, OWNER, addAccount, expect, signIn, tab, test } from './people';

const rows = 'main tbody tr';

test('a draft stays with its account', async ({ page }) => {
  await signIn(page, EDITOR);
  await page.locator(rows).nth(0).getByRole('link').first().click();
  await page.getByRole('link', { name: 'Activity' }).click();
  await page.getByLabel('About').fill('Meant for the first');
  const first = await page.locator('.panel h1').textContent();
  await page.locator(rows).nth(1).getByRole('link').first().click();
  await expect(page.locator('.panel h1')).not.toHaveText(first!);
  await page.getByRole('link', { name: 'Activity' }).click();
  await expect(page.getByLabel('About')).toHaveValue('');
  await page.getByLabel('About').fill('Meant for the second');
  // what is typed while the answer is under way is not lost
  await page.route('**/api/interactions/log', async (route) => {
    await new Promise((go) => setTimeout(go, 600));
    await route.continue();
  });
  await page.getByRole('button', { name: 'Log', exact: true }).click();
  await page.getByLabel('About').fill('Typed meanwhile');
  await expect(page.locator('.timeline li').first()).toContainText('Meant for the second');
  await expect(page.getByLabel('About')).toHaveValue('Typed meanwhile');
  await page.locator(rows).filter({ hasText: first! }).getByRole('link').first().click();
  await expect(page.locator('.panel h1')).toHaveText(first!);
  await page.getByRole('link', { name: 'Activity' }).click();
  await expect(page.getByLabel('About')).toHaveValue('Meant for the first');
});

test('the list is asked for something else beside the same tab and form', async ({ page }) => {
  await signIn(page, OWNER);
  await addAccount(page);
  await tab(page, 'Deals');
  await page.getByRole('link', { name: 'Add a deal' }).click();
  await page.locator('.panel').getByLabel('Name', { exact: true }).fill('Still here');
  await page.getByRole('columnheader', { name: 'Account' }).getByRole('link').click();
  await expect(page).toHaveURL(/sort=name/);
  await page.getByLabel('Owner', { exact: true }).first().selectOption({ label: 'Mine' });
  await expect(page).toHaveURL(/owner=/);
  await expect(page).toHaveURL(/tab=deals&edit=new/);
  await expect(page.locator('.panel').getByLabel('Name', { exact: true })).toHaveValue('Still here');
});

test('the bin takes the account that is shown, however slow the next one is', async ({ page }) => {
  await signIn(page, OWNER);
  const shown = await addAccount(page);
  await page.route('**/api/accounts/get', async (route) => {
    await new Promise((go) => setTimeout(go, 2500));
    await route.continue().catch(() => {});
  });
  await page.locator('main .list a.open').filter({ hasNotText: shown }).first().click();
  await page.getByRole('button', { name: `Move ${shown} to the bin` }).click();
  await expect(page.locator('.panel')).toHaveCount(0);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.goto('/bin');
  await expect(page.getByRole('button', { name: `Restore ${shown}` })).toBeVisible();
});
