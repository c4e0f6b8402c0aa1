// What the board does alive, on a laptop and a phone.
import { boardOf, card, column, names, teammate, withDeals } from './deals';
import { EDITOR, OWNER, VIEWER, expect, open, signIn, test } from './people';

test('a card is moved by keyboard, and what happens is said', async ({ page, browser }) => {
  await signIn(page, EDITOR);
  const account = await withDeals(page, [{ name: 'Licence' }, { name: 'Support' }, { name: 'Pilot', stage: 'Proposal' }]);
  await open(page, boardOf(account));
  const other = await teammate(browser, boardOf(account), OWNER);
  const grip = (name: string) => card(page, name).locator('.grip');
  const said = page.locator('p[aria-live=assertive]');
  await grip('Support').focus();
  await page.keyboard.press('Space');
  await expect(said).toHaveText('Support lifted. Qualified, 1 of 2');
  await page.keyboard.press('ArrowDown');
  await expect(said).toHaveText('Qualified, 2 of 2');
  await expect(grip('Support')).toBeFocused();
  // given up: back where it was, nobody else saw anything
  await page.keyboard.press('ArrowRight');
  await expect(said).toHaveText('Proposal, 2 of 2');
  await page.keyboard.press('Escape');
  await expect(said).toHaveText('Support is back. Qualified, 1 of 2');
  expect(await names(page, 'Qualified')).toEqual(['Support', 'Licence']);
  await expect(column(page, 'Qualified').locator('.sum')).toHaveText('$2,000');

  await expect(grip('Support')).toBeFocused();
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowRight');
  await expect(grip('Support')).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(said).toHaveText('Negotiation, 1 of 1');
  await page.keyboard.press('Space');
  await expect(said).toHaveText('Support is in Negotiation');
  await expect(column(other, 'Negotiation').locator('.open')).toHaveText(['Support']);
  // the same handle opens the form
  await grip('Licence').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('form', { name: 'Move Licence' })).toBeVisible();
  await other.close();
});

test('won asks for the amount, lost for the reason, and a way back there is', async ({ page }) => {
  test.info().annotations.push({ type: 'expected', description: '422' });
  await signIn(page, OWNER);
  const account = await withDeals(page, [{ name: 'Licence', amount: '', stage: 'Negotiation' }, { name: 'Support', stage: 'Negotiation' }]);
  await open(page, boardOf(account));
  const right = async (name: string, times: number) => {
    await card(page, name).locator('.grip').focus();
    await page.keyboard.press('Space');
    for (let n = 0; n < times; n++) {
      await page.keyboard.press('ArrowRight');
      await expect(card(page, name).locator('.grip')).toBeFocused();
    }
    await page.keyboard.press('Space');
  };
  const dialog = page.getByRole('dialog');
  await right('Licence', 1);
  await expect(dialog.getByRole('heading')).toHaveText('Won: Licence');
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  expect(await names(page, 'Negotiation')).toContain('Licence');
  await right('Licence', 1);
  await dialog.getByRole('button', { name: 'Close the deal' }).click();
  await expect(dialog.getByText('Enter for how much it was won.')).toBeVisible();
  await dialog.getByLabel('Amount').fill('12,000');
  await dialog.getByRole('button', { name: 'Close the deal' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(column(page, 'Closed Won').locator('.sum')).toHaveText('$12,000');
  await expect(card(page, 'Licence')).toContainText('won');

  await right('Support', 2);
  await expect(dialog.getByRole('heading')).toHaveText('Lost: Support');
  await dialog.getByRole('button', { name: 'Put it back' }).click();
  expect(await names(page, 'Negotiation')).toEqual(['Support']);
  await right('Support', 2);
  await dialog.getByLabel('Why it was lost').selectOption('Competitor');
  await dialog.getByLabel('In your own words').fill('they had it already');
  await dialog.getByRole('button', { name: 'Close the deal' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(card(page, 'Support')).toContainText('Competitor: they had it already');
  await page.reload();
  await expect(card(page, 'Support')).toContainText('Competitor: they had it already');
});

test('a network that is lost during a drop puts the card back, says so, and goes on', async ({ page, context, browser }, info) => {
  info.setTimeout(60_000);
  info.annotations.push({ type: 'expected', description: 'ERR_INTERNET_DISCONNECTED' });
  await signIn(page, OWNER);
  const account = await withDeals(page, [{ name: 'Licence' }, { name: 'Support' }]);
  await open(page, boardOf(account));
  const other = await teammate(browser, boardOf(account));
  const move = async () => {
    await card(page, 'Licence').locator('.grip').focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowRight');
    await expect(column(page, 'Proposal').locator('.open')).toHaveText(['Licence']);
    await page.keyboard.press('Space');
  };
  await context.setOffline(true);
  await move();
  await expect(page.locator('.trouble')).toContainText('Licence is back where it was. The server could not be reached.');
  expect(await names(page, 'Qualified')).toEqual(['Support', 'Licence']);
  await expect(page.locator('.lost')).toBeVisible();
  // what a teammate does meanwhile is caught up on
  await card(other, 'Support').locator('.grip').focus();
  await other.keyboard.press('Space');
  await other.keyboard.press('ArrowRight');
  await other.keyboard.press('ArrowRight');
  await other.keyboard.press('Space');
  await expect(other.locator('p[aria-live=assertive]')).toHaveText('Support is in Negotiation');
  await other.close();
  await context.setOffline(false);
  await expect(page.locator('.lost')).toBeHidden({ timeout: 15_000 });
  await expect(column(page, 'Negotiation').locator('.open')).toHaveText(['Support'], { timeout: 15_000 });
  await move();
  await expect(page.locator('p[aria-live=assertive]')).toHaveText('Licence is in Proposal');
  await expect(page.locator('.trouble')).toBeHidden();
});

test('a move whose answer is lost shows in the end what is so', async ({ page }) => {
  test.info().annotations.push({ type: 'expected', description: 'ERR_FAILED' });
  await signIn(page, OWNER);
  const account = await withDeals(page, [{ name: 'Licence' }]);
  await open(page, boardOf(account));
  await page.route('**/api/pipeline/move', async (route) => {
    await route.fetch();
    await route.abort();
  });
  await card(page, 'Licence').locator('.grip').focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Space');
  await expect(page.locator('.trouble')).toContainText('could not be reached');
  await expect(column(page, 'Proposal').locator('.open')).toHaveText(['Licence']);
});

test('whoever comes second is told, and sees the card where it is', async ({ page, browser }) => {
  test.info().annotations.push({ type: 'expected', description: '409' });
  await signIn(page, EDITOR);
  const account = await withDeals(page, [{ name: 'Licence' }]);
  // a page that hears nothing: its stream is never answered (one that is refused makes it read the board every few seconds)
  await page.route('**/live*', () => {});
  await open(page, boardOf(account));
  const other = await teammate(browser, boardOf(account), OWNER);
  const move = async (who: typeof page, times: number) => {
    await card(who, 'Licence').locator('.grip').focus();
    await who.keyboard.press('Space');
    for (let n = 0; n < times; n++) {
      await who.keyboard.press('ArrowRight');
      await expect(card(who, 'Licence').locator('.grip')).toBeFocused();
    }
    await who.keyboard.press('Space');
  };
  await move(other, 2);
  await expect(other.locator('p[aria-live=assertive]')).toHaveText('Licence is in Negotiation');
  await other.close();
  await move(page, 1);
  await expect(page.locator('.trouble')).toContainText('moved it to Negotiation meanwhile');
  await expect(column(page, 'Negotiation').locator('.open')).toHaveText(['Licence']);
});

test('columns go on while somebody scrolls', async ({ page }) => {
  await signIn(page, OWNER);
  await open(page, '/pipeline');
  const won = column(page, 'Closed Won');
  const count = Number(await won.locator('.count').textContent());
  expect(count).toBeGreaterThan(100);
  const first = (await names(page, 'Closed Won'))[0];
  // of a long column only what can be seen stands in the page, with some around it: somebody scrolls through all of it
  const list = won.locator('.deals');
  const seen = await list.evaluate(async (e, count) => {
    const ids = new Set<string | null>();
    for (const end = Date.now() + 20_000; ids.size < count && Date.now() < end; ) {
      e.scrollBy(0, e.clientHeight);
      await new Promise(requestAnimationFrame);
      e.querySelectorAll('[data-card]').forEach((c) => ids.add(c.getAttribute('data-card')));
    }
    return ids.size;
  }, count);
  expect(seen).toBe(count);
  expect(await won.locator('.deal').count()).toBeLessThan(130);
  // and all the way back: the cards that it began with
  await list.evaluate((e) => e.scrollTo(0, 0));
  await expect.poll(() => names(page, 'Closed Won').then((all) => all[0])).toBe(first);
  expect(await list.evaluate((e) => e.querySelector('[data-card]')!.getBoundingClientRect().top - e.getBoundingClientRect().top)).toBeLessThan(20);
});

test('a card that is given up goes back, within its column, too, and keys elsewhere are keys', async ({ page }) => {
  await signIn(page, OWNER);
  const account = await withDeals(page, [{ name: 'Licence' }, { name: 'Support' }, { name: 'Pilot' }]);
  await open(page, boardOf(account));
  const grip = card(page, 'Pilot').locator('.grip');
  await grip.focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => names(page, 'Qualified')).toEqual(['Support', 'Licence', 'Pilot']);
  await page.keyboard.press('Escape');
  await expect.poll(() => names(page, 'Qualified')).toEqual(['Pilot', 'Support', 'Licence']);
  await expect(grip).toBeFocused();
  // whoever goes on elsewhere lets go of the card
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowRight');
  await page.getByRole('searchbox').click();
  await expect.poll(() => names(page, 'Qualified')).toEqual(['Pilot', 'Support', 'Licence']);
  await page.getByRole('searchbox').press('End');
  await page.getByRole('searchbox').pressSequentially(' x y');
  await expect(page.getByRole('searchbox')).toHaveValue(`${account} x y`);
});

test('an answer from before a move is not taken', async ({ page, browser }) => {
  await signIn(page, OWNER);
  const account = await withDeals(page, [{ name: 'Licence' }, { name: 'Support' }]);
  await open(page, boardOf(account));
  // a teammate's change is being read while the card is moved
  let held: (() => void) | undefined;
  await page.route('**/api/pipeline/changed', async (route) => {
    const answer = await route.fetch();
    if (!held) await new Promise<void>((go) => (held = go));
    await route.fulfill({ response: answer });
  });
  const other = await teammate(browser, boardOf(account));
  await card(other, 'Support').locator('.open').click();
  await other.getByRole('link', { name: 'Change amount' }).click();
  await other.locator('.panel').getByLabel('Amount').fill('5000');
  await other.locator('.panel').getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => held !== undefined).toBe(true);
  await card(page, 'Licence').locator('.grip').focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Space');
  await expect(page.locator('p[aria-live=assertive]')).toHaveText('Licence is in Proposal');
  held!();
  await expect(column(page, 'Qualified').locator('.sum')).toHaveText('$5,000');
  await expect(column(page, 'Proposal').locator('.sum')).toHaveText('$1,000');
  expect(await names(page, 'Proposal')).toEqual(['Licence']);
  await other.close();
});

test('a viewer looks, and moves nothing', async ({ page }) => {
  await signIn(page, VIEWER);
  await open(page, '/pipeline');
  await expect(page.locator('.deal').first()).toBeVisible();
  await expect(page.locator('.grip, .add-deal, .page > .add')).toHaveCount(0);
  const before = await names(page, 'Qualified');
  const box = (await page.locator('.deal').first().boundingBox())!;
  await page.mouse.move(box.x + 40, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + 40, box.y + 240, { steps: 5 });
  await expect(page.locator('.deal.ghost')).toHaveCount(0);
  await page.mouse.up();
  expect(await names(page, 'Qualified')).toEqual(before);
});
