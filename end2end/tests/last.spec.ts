// Runs after everything else: the sample data are gone afterwards.
import { OWNER, expect, open, signIn, test } from './people';

test('sample data go with one click', async ({ page }) => {
  await signIn(page, OWNER);
  await page.getByRole('button', { name: 'Remove sample data' }).click();
  await expect(page.getByRole('button', { name: 'Remove sample data' })).toHaveCount(0);
  // what the other tests added is nobody's sample
  await open(page, '/?q=kowalski');
  await expect(page.locator('main')).toContainText('Nothing found');
  await open(page, '/bin');
  await expect(page.locator('main tbody tr').filter({ hasText: 'Kowalski' }).first()).toBeVisible();
});
