// What is only so without JavaScript: alive a column reads on by itself (board.spec.ts).
import { column } from './deals';
import { OWNER, expect, open, signIn, test } from './people';

test('more deals than a page are reached', async ({ page }) => {
  await signIn(page, OWNER);
  await open(page, '/pipeline');
  const won = column(page, 'Closed Won');
  await won.getByRole('link', { name: 'More deals' }).click();
  await expect(won.locator('.deal')).toHaveCount(100);
});
