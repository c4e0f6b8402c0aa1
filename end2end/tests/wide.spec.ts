// The list beside the panel, as on a wide screen only.
import { EDITOR, expect, signIn, test } from './people';

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
