// What is only so on a phone.
import type { Page } from '@playwright/test';
import { OWNER, aName, addAccount, alive, expect, open, signIn, test } from './people';

const panel = (page: Page) => page.locator('.panel');

test('a day by touch', async ({ page }, info) => {
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

test('every order is offered', async ({ page }) => {
  await signIn(page, OWNER);
  for (const order of ['Account', 'Status', 'Segment', 'MRR', 'Health', 'Last contact', 'Added']) {
    const head = page.getByRole('columnheader', { name: order });
    const before = await head.getAttribute('aria-sort');
    await head.getByRole('link').tap();
    await expect(head).toHaveAttribute('aria-sort', before === 'descending' ? 'ascending' : /ascending|descending/);
  }
});

test('what a thumb presses is 44 pixels high', async ({ page }, info) => {
  info.setTimeout(60_000);
  await signIn(page, OWNER);
  await addAccount(page);
  const account = page.url();
  const states = ['/', account, `${account}?tab=contacts&edit=new`, `${account}?tab=activity`, `${account}?edit=name`, '/accounts/new', '/bin', '/team', '/settings', '/pipeline', '/pipeline/deals/new'];
  await open(page, '/pipeline');
  for (const link of ['.open', '.grip']) states.push((await page.locator(`.deal ${link}`).first().getAttribute('href'))!);
  for (const state of states) {
    await open(page, state);
    await alive(page);
    const small = await page.locator('a, button, input:not([type=hidden]), select, textarea, summary').evaluateAll((all) =>
      all
        .filter((e) => (e as HTMLElement).checkVisibility({ visibilityProperty: true }) && !e.closest('.skip, [hidden]'))
        // a link within a line of text is as high as its line; a box counts with its label
        .filter((e) => !(e.matches('a') && getComputedStyle(e).display === 'inline'))
        .map((e) => ({ e, box: (e.matches('[type=checkbox]') ? (e.closest('label') ?? e) : e).getBoundingClientRect() }))
        // a row's link covers its row
        .filter(({ e, box }) => box.height > 1 && box.height < 43.5 && !e.matches('.list a.open, .deal a.open'))
        .map(({ e, box }) => `${e.outerHTML.slice(0, 90)} ${Math.round(box.height)}`),
    );
    expect.soft(small, state).toEqual([]);
  }
});
