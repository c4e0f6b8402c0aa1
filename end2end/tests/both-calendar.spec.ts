// The calendar feed, alive and without JavaScript: made, read by a calendar, taken back.
import { boardOf, withDeals } from './deals';
import { EDITOR, OWNER, alive, expect, hasScript, open, signIn, test } from './people';

test('an address is made, read without signing in, and revoked', async ({ page, playwright }) => {
  await signIn(page, EDITOR);
  const account = await withDeals(page, [{ name: 'Licence', amount: '1200', close: '2027-03-31' }]);
  await open(page, boardOf(account));
  await page.getByRole('link', { name: 'Calendar' }).click();
  const drawer = page.locator('.panel');
  await expect(drawer.getByRole('heading', { name: 'Calendar', exact: true })).toBeVisible();
  await drawer.getByLabel('All deals').check();
  await drawer.getByRole('button', { name: 'Make an address' }).click();
  await expect(page).toHaveURL(/calendar\?q=.*link=/);
  await alive(page);
  const address = await drawer.getByLabel('Address', { exact: true }).inputValue();
  expect(address).toMatch(/\/calendar\/[\w-]{22}\.ics$/);
  await expect(drawer.getByRole('button', { name: 'Copy' })).toBeVisible({ visible: hasScript() });
  if (hasScript()) {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await drawer.getByRole('button', { name: 'Copy' }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(address);
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await page.screenshot({ path: `results/pictures/${test.info().project.name.replace(/ /g, '-')}-calendar.png` });

  // a calendar has no cookies
  const calendar = await playwright.request.newContext();
  const file = await calendar.get(address);
  expect(file.headers()['content-type']).toBe('text/calendar; charset=utf-8');
  const lines = (await file.text()).replaceAll('\r\n ', '').split('\r\n');
  const at = lines.indexOf(`SUMMARY:Licence\\, ${account}\\, $1\\,200 (Qualified)`);
  expect(lines.slice(at - 2, at)).toEqual(['DTSTART;VALUE=DATE:20270331', 'DTEND;VALUE=DATE:20270401']);

  // the address is shown once
  await open(page, boardOf(account).replace('/pipeline', '/pipeline/calendar'));
  await expect(drawer.getByLabel('Address', { exact: true })).toHaveCount(0);
  await drawer.getByRole('button', { name: /^Revoke the address of all deals, made .* by you/ }).first().click();
  await expect(page).toHaveURL(/calendar\?q=/);
  await alive(page);
  expect((await calendar.get(address)).status()).toBe(404);
  await page.getByRole('link', { name: 'Close' }).click();
  await expect(page).toHaveURL(/pipeline\?q=/);
  await calendar.dispose();
});

test('an owner revokes a colleague\'s', async ({ page }) => {
  await signIn(page, EDITOR);
  await open(page, '/pipeline/calendar');
  const drawer = page.locator('.panel');
  await drawer.getByRole('button', { name: 'Make an address' }).click();
  await expect(page).toHaveURL(/link=/);
  await alive(page);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('**/login');
  await signIn(page, OWNER);
  await open(page, '/pipeline/calendar');
  const revoke = drawer.getByRole('button', { name: /^Revoke the address of deals of emil/i });
  const before = await revoke.count();
  await revoke.first().click();
  await alive(page);
  await expect(revoke).toHaveCount(before - 1);
});
