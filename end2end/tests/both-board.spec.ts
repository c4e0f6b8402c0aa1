// The pipeline, alive and without JavaScript.
import { addDeal, boardOf, card, column, names, withDeals } from './deals';
import { EDITOR, OWNER, VIEWER, alive, expect, hasScript, open, signIn, test } from './people';

test('a form moves a deal, asks for what is missing, and remembers', async ({ page }) => {
  await signIn(page, EDITOR);
  const account = await withDeals(page, [{ name: 'Licence', amount: '' }]);
  await open(page, boardOf(account));
  await card(page, 'Licence').locator('.grip').click();
  const form = page.getByRole('form', { name: 'Move Licence' });
  const move = async (stage: string) => {
    await form.getByLabel('Move to').selectOption(stage);
    await form.getByRole('button', { name: 'Move' }).click();
    await alive(page);
  };
  await move('Closed Lost');
  await expect(form.getByText('Choose why it was lost, or say it in your own words.')).toBeVisible();
  await move('Closed Won');
  await expect(form.getByText('Enter for how much it was won.')).toBeVisible();
  await form.getByLabel('Amount').fill('2,500');
  await move('Closed Won');
  await expect(form).toHaveCount(0);
  await expect(page.locator('.panel header')).toContainText('Closed Won');
  await expect(page.locator('.stages')).toContainText('after less than a day in Qualified');
  await page.getByRole('link', { name: 'Close the deal' }).click();
  await expect(column(page, 'Closed Won').locator('.sum')).toHaveText('$2,500');
  // on the account's timeline, too
  await card(page, 'Licence').locator('.open').click();
  await page.locator('.panel header').getByRole('link', { name: account }).click();
  // the health's parts lie over the tabs while the pointer is on it
  await page.mouse.move(5, 5);
  await page.locator('.tabs').getByRole('link', { name: 'Activity' }).click();
  await expect(page.locator('.timeline')).toContainText('Licence from Qualified to Closed Won');
});

test('filters, totals and the address go together', async ({ page }) => {
  await signIn(page, OWNER);
  const account = await withDeals(page, [
    { name: 'Small', amount: '100' },
    { name: 'Large', amount: '9000', stage: 'Proposal', close: '2027-03-31' },
    { name: 'Late', amount: '500', close: '2026-01-31' },
  ]);
  await open(page, boardOf(account));
  await expect(column(page, 'Qualified').locator('.sum')).toHaveText('$600');
  await expect(card(page, 'Late')).toContainText('overdue');
  const apply = async () => {
    if (!hasScript()) await page.getByRole('button', { name: 'Apply' }).click();
  };
  await page.locator('.chip summary', { hasText: 'Amount' }).click();
  await page.getByLabel('From', { exact: true }).fill('400');
  await page.getByLabel('From', { exact: true }).press('Enter');
  await expect(page).toHaveURL(/min=400/);
  await expect(column(page, 'Qualified').locator('.open')).toHaveText(['Late']);
  await page.locator('.chip summary', { hasText: 'Closing' }).click();
  await page.locator('select[name=close]').selectOption('overdue');
  await apply();
  await expect(page).toHaveURL(/close=overdue/);
  await expect(column(page, 'Proposal').locator('.open')).toHaveCount(0);
  await expect(column(page, 'Proposal').locator('.count')).toHaveText('0');
  // the address alone is the same board
  await page.goto(page.url());
  await alive(page);
  await expect(column(page, 'Qualified').locator('.open')).toHaveText(['Late']);
  await card(page, 'Late').locator('.open').click();
  await expect(page).toHaveURL(/deals\/.*close=overdue/);
  await page.getByRole('link', { name: 'Close the deal' }).click();
  await expect(page).toHaveURL(/pipeline\?.*close=overdue/);
  await page.getByRole('link', { name: 'Clear' }).click();
  await expect(page).toHaveURL(/\/pipeline$/);
});

test('a deal is made from the board, and edited in its drawer', async ({ page }) => {
  await signIn(page, EDITOR);
  const account = await withDeals(page, []);
  await open(page, boardOf(account));
  await page.getByRole('link', { name: 'New deal in Proposal' }).click();
  const panel = page.locator('.panel');
  await expect(panel.getByLabel('Stage')).toHaveValue('Proposal');
  await panel.getByLabel('Account').fill('No such account anywhere');
  await panel.getByLabel('Name', { exact: true }).fill('Licence');
  await panel.getByRole('button', { name: 'Add' }).click();
  await expect(panel.getByText('No account is called so.')).toBeVisible();
  await expect(panel.getByLabel('Name', { exact: true })).toHaveValue('Licence');
  await panel.getByLabel('Account').fill(account);
  await panel.getByRole('button', { name: 'Add' }).click();
  await alive(page);
  if (!hasScript()) await open(page, boardOf(account));
  if (!hasScript()) await card(page, 'Licence').locator('.open').click();
  await expect(panel.locator('h1')).toHaveText('Licence');
  await panel.getByRole('link', { name: 'Change amount' }).click();
  await panel.getByLabel('Amount').fill('7,700');
  await panel.getByLabel('Probability').fill('55');
  await panel.getByRole('button', { name: 'Save' }).click();
  await expect(panel.locator('dl')).toContainText('55 %, set by hand; Proposal stands for 40 %');
  await expect(panel.locator('dl')).toContainText('$7,700');
  await panel.getByLabel('About').fill('Sent the offer');
  await panel.getByRole('button', { name: 'Log', exact: true }).click();
  await expect(panel.locator('.timeline')).toContainText('Sent the offer');
  await expect(panel.locator('.stages')).toContainText('its first stage');
  await page.getByRole('link', { name: 'Close the deal' }).click();
  await page.goto(boardOf(account));
  await expect(card(page, 'Licence')).toContainText('55 %');
  await expect(column(page, 'Proposal').locator('.weighted')).toHaveText('weighted $4,235');
});

test('a viewer is offered no way to move, edit or add', async ({ page }) => {
  await signIn(page, OWNER);
  const account = await withDeals(page, []);
  await addDeal(page, account, { name: 'Licence' });
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('**/login');
  await signIn(page, VIEWER);
  await open(page, boardOf(account));
  expect(await names(page, 'Qualified')).toEqual(['Licence']);
  await expect(page.locator('.grip, .add-deal, .page > .add')).toHaveCount(0);
  await card(page, 'Licence').locator('.open').click();
  await expect(page.locator('.panel h1')).toHaveText('Licence');
  const address = page.url();
  await open(page, `${address}${address.includes('?') ? '&' : '?'}edit=move`);
  await expect(page.locator('.panel h1')).toHaveText('Licence');
  await expect(page.locator('.panel form, .panel .acts a, .panel .edit')).toHaveCount(0);
});
