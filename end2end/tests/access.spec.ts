// Every page and state by the rules of WCAG 2.2 AA that can be checked by machine.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { OWNER, VIEWER, addAccount, expect, open, signIn, tab, test } from './people';

async function clean(page: Page, state: string) {
  const found = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
  const said = found.violations.map((v) => `${state}: ${v.id} (${v.impact}): ${v.nodes.map((n) => `${n.target} ${n.failureSummary}`).join('; ')}`);
  expect.soft(said).toEqual([]);
}

test('pages and states are clean: light on a laptop, dark on a phone', async ({ page }, info) => {
  info.setTimeout(400_000);
  const scheme = info.project.name === 'phone' ? 'dark' : 'light';
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
  for (const path of ['/login', '/signup', '/join/nothing', '/reset/nothing']) {
    if (path.startsWith('/join') || path.startsWith('/reset')) info.annotations.push({ type: 'expected', description: '404' });
    await open(page, path);
    await clean(page, `${scheme} ${path}`);
  }
  await signIn(page, OWNER);
  await clean(page, `${scheme} list`);
  await page.locator('.chip summary').first().click();
  await clean(page, `${scheme} filter menu`);
  for (const path of ['/?q=zzzzzz', '/?status=Churned&health_min=100', '/accounts/01890000-0000-7000-8000-000000000000', '/bin', '/team', '/settings', '/nowhere']) {
    await open(page, path);
    await clean(page, `${scheme} ${path}`);
  }
  await addAccount(page);
  const account = page.url();
  await clean(page, `${scheme} overview`);
  await page.getByRole('button', { name: /Health/ }).focus();
  await clean(page, `${scheme} health`);
  // the parts lie over the tabs until one is done with them
  await page.keyboard.press('Escape');
  for (const name of ['Contacts', 'Deals', 'Activity', 'Intelligence']) {
    await tab(page, name);
    await clean(page, `${scheme} ${name}`);
  }
  for (const state of ['edit=name', 'tab=contacts&edit=new', 'tab=deals&edit=new']) {
    await open(page, `${account.split('?')[0]}?${state}`);
    await clean(page, `${scheme} ${state}`);
    await page.locator('.panel form [name=name], .panel form [name=email]').first().fill(' ');
    await page.locator('.panel').getByRole('button', { name: 'Save' }).click();
    await expect(page.locator('.panel .problem:not(:empty)').first()).toBeVisible();
    await clean(page, `${scheme} ${state} refused`);
  }
  await open(page, '/accounts/new');
  await page.getByLabel('Name', { exact: true }).fill('Probe');
  await clean(page, `${scheme} new account`);
  await open(page, '/');
  await page.locator('main .tick input').first().check();
  await clean(page, `${scheme} selected`);
  await open(page, (await page.locator('main a.edit').first().getAttribute('href'))!);
  await clean(page, `${scheme} row in place`);
  // a board of some cards is checked like one of many, and sooner
  const board = '/pipeline?min=100000';
  await open(page, board);
  await clean(page, `${scheme} board`);
  await page.locator('.chip summary', { hasText: 'Closing' }).click();
  await clean(page, `${scheme} closing menu`);
  const [deal, move] = await Promise.all(['.open', '.grip'].map((link) => page.locator(`.deal ${link}`).first().getAttribute('href')));
  for (const path of ['/pipeline/deals/new?min=100000', '/pipeline/calendar?min=100000', '/pipeline?q=zzzzzz', deal!, move!]) {
    await open(page, path);
    await clean(page, `${scheme} ${path}`);
  }
  await open(page, board);
  await page.locator('.col[data-stage=Negotiation] .grip').first().focus();
  await page.keyboard.press('Space');
  await clean(page, `${scheme} lifted`);
  for (const _ of ['Closed Won', 'Closed Lost']) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Space');
  await expect(page.getByRole('dialog')).toBeVisible();
  await clean(page, `${scheme} asking`);
  await page.getByRole('button', { name: 'Put it back' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('**/login');
  await signIn(page, VIEWER);
  await clean(page, `${scheme} viewer's list`);
  await open(page, board);
  await clean(page, `${scheme} viewer's board`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('**/login');
});

test('the pages of research are clean: light on a laptop, dark on a phone', async ({ page }, info) => {
  info.setTimeout(200_000);
  const scheme = info.project.name === 'phone' ? 'dark' : 'light';
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
  await signIn(page, OWNER);
  for (const path of ['/insights', '/settings/research', '/settings/icp', '/settings/events', '/?sort=priority']) {
    await open(page, path);
    await clean(page, `${scheme} ${path}`);
  }
  await open(page, '/insights');
  const lead = (await page.locator('main tbody tr a').first().getAttribute('href'))!;
  await open(page, lead);
  await expect(page.locator('.score-card').first()).toBeVisible();
  await page.locator('.score-part > summary').evaluateAll((all) => all.forEach((one) => (one as HTMLElement).click()));
  await clean(page, `${scheme} intelligence`);
  await page.getByRole('link', { name: 'Set chief executive' }).click();
  await clean(page, `${scheme} a person's word`);
  await page.getByRole('textbox', { name: 'Chief executive' }).fill(' ');
  await page.getByRole('button', { name: 'Set', exact: true }).click();
  await expect(page.locator('.panel .problem:not(:empty)').first()).toBeVisible();
  await clean(page, `${scheme} a person's word refused`);
});
