// A day's work from end to end: on a laptop without the mouse, on a phone by touch.
import type { Locator, Page } from '@playwright/test';
import { OWNER, aName, addAccount, alive, expect, open, signIn, test } from './people';

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
  if (info.project.name !== 'desktop') return;
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

test('a panel is left to where one came from', async ({ page }, info) => {
  if (info.project.name !== 'desktop') return;
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

test('a day by touch', async ({ page }, info) => {
  if (info.project.name !== 'phone') return;
  info.setTimeout(60_000);
  await signIn(page, OWNER);
  const name = await addAccount(page, aName('Kabinett'));
  await open(page, '/');
  await page.getByRole('searchbox').tap();
  await page.getByRole('searchbox').fill(name.replace('Kabinett', 'Kabinet'));
  await page.getByRole('searchbox').press('Enter');
  const row = page.locator('main tbody tr').filter({ hasText: name });
  // anywhere on the row
  const box = (await row.boundingBox())!;
  await page.touchscreen.tap(box.x + box.width - 20, box.y + box.height - 8);
  await expect(panel(page).locator('h1')).toHaveText(name);
  await panel(page).getByRole('link', { name: 'Edit', exact: true }).tap();
  await panel(page).getByLabel('Domain', { exact: true }).fill('kabinett.example');
  await panel(page).getByRole('button', { name: 'Save' }).tap();
  await expect(panel(page).locator('dl')).toContainText('kabinett.example');
  await panel(page).getByRole('link', { name: 'Contacts' }).tap();
  await panel(page).getByRole('link', { name: 'Add a contact' }).tap();
  await panel(page).getByLabel('First name').fill('Ingrid');
  await panel(page).getByRole('button', { name: 'Save' }).tap();
  await expect(panel(page).locator('.contacts li')).toContainText('Ingrid');
  await panel(page).getByRole('link', { name: 'Activity' }).tap();
  await panel(page).getByLabel('About').fill('Asked for an offer');
  await panel(page).getByRole('button', { name: 'Log', exact: true }).tap();
  await expect(panel(page).locator('.timeline li').first()).toContainText('Asked for an offer');
  await panel(page).getByRole('link', { name: 'Deals' }).tap();
  await panel(page).getByRole('link', { name: 'Add a deal' }).tap();
  await panel(page).getByLabel('Name', { exact: true }).fill('Licence');
  await panel(page).getByRole('button', { name: 'Save' }).tap();
  await expect(panel(page).locator('.deals li')).toContainText('Licence');
  await panel(page).getByRole('button', { name: `Move ${name} to the bin` }).tap();
  await expect(panel(page)).toHaveCount(0);
  await page.locator('.rail').getByRole('link', { name: 'Bin' }).tap();
  await page.getByRole('button', { name: `Restore ${name}` }).tap();
  await expect(page.getByRole('button', { name: `Restore ${name}` })).toHaveCount(0);
});

test('an address opens the same for a teammate: tab, title, description, startup', async ({ page }) => {
  await signIn(page, OWNER);
  await page.locator('main tbody tr').nth(4).locator('a.open').click();
  const name = await panel(page).locator('h1').textContent();
  await panel(page).getByRole('link', { name: 'Deals' }).click();
  const link = await panel(page).getByRole('link', { name: 'Copy link' }).getAttribute('href');
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
  await expect(panel(page).locator('h1')).toHaveText(name!);
  await expect(panel(page).getByRole('link', { name: 'Deals' })).toHaveAttribute('aria-current', 'page');
  await expect(page).toHaveTitle(`${name} · Prospector`);
  await expect(page.locator('meta[name=description]')).toHaveAttribute('content', new RegExp(`^${name}: .* account, health \\d+$`));
});
