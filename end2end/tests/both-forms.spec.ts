// Every form of the dashboard and the panel, in a live page and with JavaScript off alike.
import { EDITOR, OWNER, aName, addAccount, alive, expect, hasScript, open, signIn, tab, test } from './people';

const rows = 'main tbody tr';

test('a new account that may be there already is pointed out first', async ({ page }) => {
  await signIn(page, EDITOR);
  const name = await addAccount(page, aName('Zwillingshaus'));
  await open(page, '/accounts/new');
  await page.getByLabel('Name', { exact: true }).fill(`${name}x`);
  await page.getByLabel('Domain', { exact: true }).fill('https://www.Zwilling.example/about');
  if (hasScript()) await expect(page.locator('.similar')).toContainText(name);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.locator('#anyway-problem')).toContainText(name);
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue(`${name}x`);
  await page.getByLabel('Add it anyway').check();
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.locator('.panel h1')).toHaveText(`${name}x`);
  await expect(page.locator('.panel dl')).toContainText('zwilling.example');
});

test('fields are changed in place, in the panel and in the list', async ({ page }) => {
  await signIn(page, EDITOR);
  const name = await addAccount(page);
  await page.getByRole('link', { name: 'Change mrr' }).click();
  await expect(page.getByLabel('MRR')).toBeFocused();
  await page.getByLabel('MRR').fill('a lot');
  await page.locator('.panel').getByLabel('Status').selectOption('Trial');
  await page.getByLabel('A further field').fill('Sector');
  await page.getByLabel('Its text').fill('Energy <b>');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('.panel .problem').filter({ hasText: 'Enter an amount' })).toBeVisible();
  await expect(page.getByLabel('MRR')).toHaveValue('a lot');
  await expect(page.locator('.panel').getByLabel('Status')).toHaveValue('Trial');
  await page.getByLabel('MRR').fill('1,250.50');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('.panel dl')).toContainText('$1,250.50');
  await expect(page.locator('.panel dl')).toContainText('Energy <b>');
  await expect(page.locator('.panel header')).toContainText('Trial');

  await open(page, `/?q=${encodeURIComponent(name)}`);
  const row = page.locator(rows).first();
  await expect(row).toContainText(name);
  // on a phone the panel is the place to change things; the address works there, too
  const edit = await row.locator('a.edit').getAttribute('href');
  await open(page, edit!);
  const form = page.locator('.editing');
  await form.getByLabel('Segment').selectOption('Enterprise');
  await form.getByLabel('Owner').selectOption({ label: 'nobody' });
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('.editing')).toHaveCount(0);
  await row.getByRole('link', { name }).first().click();
  await expect(page.locator('.panel dl')).toContainText('Enterprise');
  await expect(page.locator('.panel header')).toContainText('no owner');
});

test('contacts are added, checked, changed and put away', async ({ page }) => {
  await signIn(page, OWNER);
  await addAccount(page);
  await tab(page, 'Contacts');
  await expect(page.locator('.contacts')).toContainText('No contacts yet');
  await page.getByRole('link', { name: 'Add a contact' }).click();
  await page.getByLabel('First name').fill('Ingrid');
  await page.getByLabel('Last name').fill('Solheim');
  await page.getByLabel('E-mail').fill('ingrid@konex');
  await page.getByLabel('LinkedIn').fill('https://evil.example/in/ingrid');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('.problem').filter({ hasText: 'Enter an e-mail address' })).toBeVisible();
  await expect(page.getByLabel('First name')).toHaveValue('Ingrid');
  await page.getByLabel('E-mail').fill('Ingrid@Konex.example');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('.problem').filter({ hasText: 'linkedin.com/in/' })).toBeVisible();
  await page.getByLabel('LinkedIn').fill('linkedin.com/in/ingrid?trk=1');
  await page.getByRole('button', { name: 'Save' }).click();
  const card = page.locator('.contacts li').filter({ hasText: 'Ingrid Solheim' });
  await expect(card).toContainText('ingrid@konex.example');
  await expect(card.getByRole('link', { name: 'LinkedIn' })).toHaveAttribute('href', 'https://www.linkedin.com/in/ingrid');
  await alive(page);
  await card.getByRole('link', { name: 'Edit Ingrid Solheim' }).click();
  await page.getByLabel('Role').fill('Chief executive');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(card).toContainText('Chief executive');
  await alive(page);
  await card.getByRole('button', { name: 'Move Ingrid Solheim to the bin' }).click();
  await expect(page.locator('.contacts')).toContainText('No contacts yet');
  await open(page, '/bin');
  await page.locator(rows).filter({ hasText: 'Ingrid Solheim' }).first().getByRole('button', { name: 'Restore' }).click();
  await expect(page.locator(rows).filter({ hasText: 'Ingrid Solheim' })).toHaveCount(0);
});

test('deals are added and changed; a lost one says why', async ({ page }) => {
  await signIn(page, EDITOR);
  await addAccount(page);
  await tab(page, 'Deals');
  await page.getByRole('link', { name: 'Add a deal' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Licence');
  await page.getByLabel('Amount').fill('12,000');
  await page.getByLabel('Expected close').fill('2027-03-31');
  await page.getByRole('button', { name: 'Save' }).click();
  const card = page.locator('.deals li').filter({ hasText: 'Licence' });
  await expect(card).toContainText('$12,000');
  await expect(card).toContainText('10 %, expected 31 Mar 2027');
  await alive(page);
  await card.getByRole('link', { name: 'Edit Licence' }).click();
  await page.getByLabel('Stage').selectOption('Closed Lost');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('.problem').filter({ hasText: 'why it was lost' })).toBeVisible();
  await page.getByLabel('Why it was lost').fill('Price');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(card).toContainText('lost: Price');
});

test('an e-mail of last week is logged under its day, with whom and on what', async ({ page }) => {
  await signIn(page, EDITOR);
  await addAccount(page);
  await tab(page, 'Contacts');
  await page.getByRole('link', { name: 'Add a contact' }).click();
  await page.getByLabel('First name').fill('Björn');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('.contacts li').filter({ hasText: 'Björn' })).toBeVisible();
  await alive(page);
  await tab(page, 'Activity');
  await page.getByLabel('What').selectOption('Email');
  await page.getByLabel('Who').selectOption('in');
  await page.getByLabel('About').fill('Wants the offer again');
  await page.getByText('With whom, which deal, when').click();
  await page.getByLabel('Contact', { exact: true }).selectOption({ label: 'Björn' });
  await page.getByLabel('When').fill('2099-01-01T10:00');
  await page.getByRole('button', { name: 'Log', exact: true }).click();
  await expect(page.locator('.problem').filter({ hasText: 'still to come' })).toHaveCount(1);
  await expect(page.getByLabel('About')).toHaveValue('Wants the offer again');
  await alive(page);
  if (!(await page.getByLabel('When').isVisible())) await page.getByText('With whom, which deal, when').click();
  await page.getByLabel('When').fill('2026-11-16T14:05');
  await page.getByRole('button', { name: 'Log', exact: true }).click();
  const day = page.locator('.day').filter({ hasText: '16 Nov 2026' });
  await expect(day).toContainText('Email in');
  await expect(day).toContainText('14:05');
  await expect(day).toContainText('with Björn');
  await expect(day.getByRole('button')).toHaveCount(0);
});

test('filters are addresses; what nobody is like says so', async ({ page }) => {
  await signIn(page, OWNER);
  await open(page, '/?status=Lead&status=Trial&kind=Customer&sort=name');
  for (const tag of await page.locator(`${rows} .tag:not(.warn)`).allTextContents()) expect(['Lead', 'Trial']).toContain(tag);
  const all = await page.locator('.totals b').first().textContent();
  await expect(page.locator('.totals')).toContainText('Average health');
  await open(page, '/?status=Lead&status=Trial&kind=Customer&sort=name&health_min=50');
  expect(Number(await page.locator('.totals b').first().textContent())).toBeLessThan(Number(all));
  await open(page, '/?health_min=100&status=Churned');
  await expect(page.locator('main')).toContainText('No account is like that');
  await open(page, '/?owner=none');
  await expect(page.locator(`${rows} .who`)).toHaveCount(0);
  // by the form
  await open(page, '/');
  await page.getByText('Segment', { exact: true }).first().click();
  await page.getByLabel('SMB').check();
  if (!hasScript()) await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page).toHaveURL(/segment=SMB/);
  await expect(page.locator(rows).first()).toBeVisible();
  await page.getByRole('searchbox').fill('skargard');
  await page.getByRole('searchbox').press('Enter');
  await expect(page.locator(rows).first()).toContainText('Skärgård');
  await expect(page).toHaveURL(/segment=SMB/);
});

test('several accounts at once: owner, status, file, bin and back', async ({ page }) => {
  await signIn(page, OWNER);
  const one = await addAccount(page, aName('=Several'));
  const two = await addAccount(page, aName('=Several'));
  await open(page, '/?q=several');
  const tick = async () => {
    for (const name of [one, two]) await page.getByLabel(`Select ${name}`, { exact: true }).check();
  };
  const bar = page.getByRole('form', { name: 'Selected accounts' });
  await expect(bar).toBeHidden();
  await tick();
  await expect(bar).toBeVisible();
  await bar.getByLabel('Status').selectOption('Active');
  await bar.getByRole('button', { name: 'Set status' }).click();
  await expect(page.locator(rows).filter({ hasText: one })).toContainText('Active');
  await expect(page.locator(rows).filter({ hasText: two })).toContainText('Active');
  await alive(page);
  await tick();
  const [download] = await Promise.all([page.waitForEvent('download'), bar.getByRole('button', { name: 'Export CSV' }).click()]);
  const file = (await (await download.createReadStream()).toArray()).join('');
  expect(file.split('\n')[0]).toContain('name,domain,kind,status');
  expect(file).toContain(`'${one},`);
  expect(file).not.toMatch(/^=/m);
  await bar.getByRole('button', { name: 'Move to the bin' }).click();
  await expect(page.locator(rows).filter({ hasText: one })).toHaveCount(0);
  await open(page, '/bin');
  for (const name of [one, two]) {
    await page.locator(rows).filter({ hasText: name }).getByRole('button', { name: 'Restore' }).click();
    await expect(page.locator(rows).filter({ hasText: name })).toHaveCount(0);
    await alive(page);
  }
  await open(page, '/?q=several');
  await expect(page.locator(rows).filter({ hasText: one })).toBeVisible();
});

test('the theme is a choice that stays', async ({ page }) => {
  await signIn(page, OWNER);
  await page.getByRole('button', { name: /^Theme: system/ }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await open(page, '/?sort=name');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.getByRole('button', { name: /^Theme: dark/ }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  await page.getByRole('button', { name: /^Theme: light/ }).click();
  await expect(page.locator('html')).not.toHaveAttribute('data-theme', /./);
});
