// A day's work on a laptop, without the mouse.
import type { Locator, Page } from '@playwright/test';
import { OWNER, aName, addAccount, expect, open, signIn, test } from './people';

/** Goes to something as a keyboard does: with Tab. */
async function tabTo(page: Page, target: Locator) {
  for (let n = 0; n < 120; n++) {
    if (await target.evaluate((e) => e === document.activeElement).catch(() => false)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('Tab does not get there');
}

const panel = (page: Page) => page.locator('.panel');

test('a day without the mouse', async ({ page }, info) => {
  info.setTimeout(60_000);
  await signIn(page, OWNER);
  const name = await addAccount(page, aName('Wunderkammer'));
  const field = (label: string) => panel(page).getByLabel(label, { exact: true });
  const go = async (target: Locator) => {
    await tabTo(page, target);
    await page.keyboard.press('Enter');
  };
  await open(page, '/');

  // find a misspelt account
  await page.keyboard.press('/');
  await page.keyboard.type(name.replace('Wunderkammer', 'Wnderkamer'));
  await page.keyboard.press('Enter');
  await expect(page.locator('main tbody tr').first()).toContainText(name);
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(panel(page).locator('h1')).toHaveText(name);
  await expect(panel(page)).toBeFocused();

  // edit it
  await page.keyboard.press('e');
  await expect(field('Name')).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.type('wunder.example');
  await page.keyboard.press('Enter');
  await expect(panel(page).locator('dl')).toContainText('wunder.example');
  await page.keyboard.press('e');
  await expect(field('Name')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(panel(page).locator('dl')).toBeVisible();

  // what health is made of
  await tabTo(page, panel(page).getByRole('button', { name: /Health/ }));
  await expect(page.getByRole('tooltip')).toContainText('Recency');

  // a contact
  await go(panel(page).getByRole('link', { name: 'Contacts' }));
  await go(panel(page).getByRole('link', { name: 'Add a contact' }));
  await expect(field('First name')).toBeFocused();
  await page.keyboard.type('Ingrid');
  await page.keyboard.press('Enter');
  await expect(panel(page).locator('.contacts li')).toContainText('Ingrid');

  // a call
  await go(panel(page).getByRole('link', { name: 'Activity' }));
  await tabTo(page, field('About'));
  await page.keyboard.type('Asked for an offer');
  await go(panel(page).getByRole('button', { name: 'Log', exact: true }));
  await expect(panel(page).locator('.timeline li').first()).toContainText('Asked for an offer');

  // a deal
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
  await go(panel(page).getByRole('link', { name: 'Deals' }));
  await go(panel(page).getByRole('link', { name: 'Add a deal' }));
  await expect(field('Name')).toBeFocused();
  await page.keyboard.type('Licence');
  await page.keyboard.press('Enter');
  await expect(panel(page).locator('.deals li')).toContainText('Licence');

  // into the bin and back
  await go(panel(page).getByRole('button', { name: `Move ${name} to the bin` }));
  await expect(panel(page)).toHaveCount(0);
  await go(page.locator('.rail').getByRole('link', { name: 'Bin' }));
  await go(page.getByRole('button', { name: `Restore ${name}` }));
  await expect(page.getByRole('button', { name: `Restore ${name}` })).toHaveCount(0);
  await go(page.locator('.rail').getByRole('link', { name: 'Accounts' }));
  await expect(page.locator('main tbody tr').first()).toContainText(name);

  // the keys say what they are, and close again
  await page.locator('body').focus();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toContainText('the next account');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('a panel is left to where one came from', async ({ page }) => {
  await signIn(page, OWNER);
  await page.keyboard.press('j');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('k');
  const second = page.locator('main tbody tr').nth(1);
  await expect(second.locator('a.open')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(panel(page)).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(panel(page)).toHaveCount(0);
  await expect(second.locator('a.open')).toBeFocused();
});
