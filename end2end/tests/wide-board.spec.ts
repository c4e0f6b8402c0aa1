// The board with a mouse.
import { boardOf, card, column, middle, names, teammate, withDeals } from './deals';
import { OWNER, alive, expect, open, signIn, test } from './people';

test('a card is dragged to another column by one request, and a teammate sees it', async ({ page, browser }) => {
  await signIn(page, OWNER);
  const account = await withDeals(page, [{ name: 'Licence' }, { name: 'Support' }, { name: 'Pilot', stage: 'Proposal' }]);
  await open(page, boardOf(account));
  const other = await teammate(browser, boardOf(account));
  await expect(card(other, 'Licence')).toBeVisible();
  const sent: string[] = [];
  page.on('request', (r) => r.url().includes('/api/') && sent.push(new URL(r.url()).pathname));

  const [from, to] = [await middle(card(page, 'Licence')), await middle(card(page, 'Pilot'))];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 30, from.y + 4, { steps: 4 });
  await expect(page.locator('.deal.ghost')).toHaveCount(1);
  await page.mouse.move(to.x, to.y + 25, { steps: 6 });
  await expect(column(page, 'Proposal')).toHaveClass(/over/);
  const dropped = Date.now();
  await page.mouse.up();
  expect(await names(page, 'Proposal')).toEqual(['Pilot', 'Licence']);
  await expect(page.locator('.deal.ghost')).toHaveCount(0);
  await expect(column(other, 'Proposal').locator('.open')).toHaveText(['Pilot', 'Licence']);
  await expect(column(other, 'Proposal').locator('.count')).toHaveText('2');
  await expect(column(other, 'Proposal').locator('.sum')).toHaveText('$2,000');
  await expect(column(page, 'Proposal').locator('.weighted')).toHaveText('weighted $800');
  // the stream tells of the own move, too: it is known already
  await page.waitForTimeout(500);
  expect(sent).toEqual(['/api/pipeline/move']);
  await page.reload();
  await alive(page);
  expect(await names(page, 'Proposal')).toEqual(['Pilot', 'Licence']);

  // and back the other way, into the place between
  const [here, there] = [await middle(card(other, 'Pilot')), await middle(card(other, 'Support'))];
  await other.mouse.move(here.x, here.y);
  await other.mouse.down();
  await other.mouse.move(there.x, there.y + 30, { steps: 8 });
  await other.mouse.up();
  await expect(column(page, 'Qualified').locator('.open')).toHaveText(['Support', 'Pilot']);
  await other.close();
});

test('a drag that is given up changes nothing, and a click still opens', async ({ page }) => {
  await signIn(page, OWNER);
  const account = await withDeals(page, [{ name: 'Licence' }]);
  await open(page, boardOf(account));
  const from = await middle(card(page, 'Licence').locator('.open'));
  const away = await middle(column(page, 'Negotiation'));
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(away.x, away.y, { steps: 5 });
  await page.keyboard.press('Escape');
  await expect(page.locator('.deal.ghost')).toHaveCount(0);
  await page.mouse.up();
  expect(await names(page, 'Qualified')).toEqual(['Licence']);
  await expect(page).not.toHaveURL(/deals\//);
  // dropped where nothing takes it
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(60, 400, { steps: 5 });
  await page.mouse.up();
  expect(await names(page, 'Qualified')).toEqual(['Licence']);
  await card(page, 'Licence').locator('.open').click();
  await expect(page.locator('.panel h1')).toHaveText('Licence');
});

test('near the edge the column scrolls under the card', async ({ page }) => {
  await signIn(page, OWNER);
  await open(page, '/pipeline');
  const list = column(page, 'Closed Won').locator('.deals');
  const box = (await list.boundingBox())!;
  const from = await middle(column(page, 'Closed Lost').locator('.deal').first());
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(box.x + 90, box.y + box.height - 12, { steps: 5 });
  await expect.poll(() => list.evaluate((e) => e.scrollTop)).toBeGreaterThan(150);
  await page.keyboard.press('Escape');
  await page.mouse.up();
});

test('deep in a long column a card falls where it is dropped', async ({ page }) => {
  await signIn(page, OWNER);
  await open(page, '/pipeline');
  const list = column(page, 'Closed Won').locator('.deals');
  const ids = () => list.locator('[data-card]').evaluateAll((all) => all.map((e) => e.getAttribute('data-card')));
  const first = (await ids())[0];
  // far enough that the first cards no longer stand in the page
  const onwards = async () => {
    await list.evaluate((e) => e.scrollBy(0, 2000));
    return ids();
  };
  await expect.poll(onwards, { timeout: 60_000 }).not.toContain(first);
  await list.evaluate((e) => e.scrollBy(0, -300));
  await page.waitForTimeout(200);
  const visible = await list.locator('[data-card]').evaluateAll((all, box) => {
    const inside = all.map((e) => ({ id: e.getAttribute('data-card')!, box: e.getBoundingClientRect() })).filter((c) => c.box.top > box.y);
    return inside.map((c) => ({ id: c.id, x: c.box.x, y: c.box.y, height: c.box.height }));
  }, (await list.boundingBox())!);
  // not at the edge, where the column would scroll under the card
  const [, moved, above, below] = visible;
  const sent = page.waitForRequest('**/api/pipeline/move');
  await page.mouse.move(moved.x + 60, moved.y + 40);
  await page.mouse.down();
  await page.mouse.move(moved.x + 60, moved.y + 60, { steps: 4 });
  await page.mouse.move(above.x + 60, above.y + above.height - 8, { steps: 4 });
  await page.mouse.up();
  const form = new URLSearchParams((await sent).postData()!);
  expect([form.get('id'), form.get('above'), form.get('below')]).toEqual([moved.id, above.id, below.id]);
  await expect.poll(async () => (await ids()).filter((id) => [moved.id, above.id, below.id].includes(id!))).toEqual([above.id, moved.id, below.id]);
});
