// Runs after everything else: the sample data are gone afterwards.
import { OWNER, expect, signIn, test } from './people';

test('sample data go with one click', async ({ page }) => {
  await signIn(page, OWNER);
  await page.getByRole('button', { name: 'Remove sample data' }).click();
  await expect(page.locator('main')).toContainText('No accounts yet');
  await expect(page.getByRole('button', { name: 'Remove sample data' })).toHaveCount(0);
});
