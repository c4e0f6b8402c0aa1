// The board by finger.
import type { CDPSession, Page } from '@playwright/test';
import { boardOf, card, column, middle, names, withDeals } from './deals';
import { OWNER, expect, open, signIn, test } from './people';

type Point = { x: number; y: number };

/** Fingers as the browser itself takes them: it decides between scrolling and dragging. */
class Finger {
  constructor(private cdp: CDPSession) {}
  static on = async (page: Page) => new Finger(await page.context().newCDPSession(page));
  private send = (type: string, points: Point[]) => this.cdp.send('Input.dispatchTouchEvent', { type: type as 'touchStart', touchPoints: points });
  down = (at: Point) => this.send('touchStart', [at]);
  up = () => this.send('touchEnd', []);
  async move(from: Point, to: Point, steps = 10) {
    for (let n = 1; n <= steps; n++) {
      await this.send('touchMove', [{ x: from.x + ((to.x - from.x) * n) / steps, y: from.y + ((to.y - from.y) * n) / steps }]);
      await new Promise((go) => setTimeout(go, 16));
    }
  }
}

test('a card is dragged by its handle, and by resting on it', async ({ page }) => {
  await signIn(page, OWNER);
  const account = await withDeals(page, [{ name: 'Licence' }, { name: 'Support' }, { name: 'Pilot', stage: 'Proposal' }]);
  await open(page, boardOf(account));
  const finger = await Finger.on(page);
  // by the handle at once: under its neighbour
  const grip = await middle(card(page, 'Support').locator('.grip'));
  const below = await middle(card(page, 'Licence'));
  await finger.down(grip);
  await finger.move(grip, { x: below.x, y: below.y + 30 });
  await finger.up();
  await expect(column(page, 'Qualified').locator('.open')).toHaveText(['Licence', 'Support']);
  // after a rest anywhere: at the edge the board scrolls to the next column
  const from = await middle(card(page, 'Support'));
  await finger.down(from);
  await expect(page.locator('.deal.ghost')).toHaveCount(1);
  const edge = { x: 366, y: from.y };
  await finger.move(from, edge);
  await expect.poll(async () => (await column(page, 'Proposal').boundingBox())!.x, { intervals: [30] }).toBeLessThan(230);
  await finger.move(edge, { x: 330, y: from.y }, 2);
  const target = { x: 330, y: (await middle(card(page, 'Pilot'))).y + 30 };
  await finger.move({ x: 330, y: from.y }, target);
  await finger.up();
  await expect.poll(() => names(page, 'Proposal')).toEqual(['Pilot', 'Support']);
  await page.reload();
  await expect.poll(() => names(page, 'Proposal')).toEqual(['Pilot', 'Support']);
});

test('a swipe over cards scrolls and moves none', async ({ page }) => {
  await signIn(page, OWNER);
  await open(page, '/pipeline');
  const list = column(page, 'Qualified').locator('.deals');
  const before = await names(page, 'Qualified');
  const from = await middle(column(page, 'Qualified').locator('.deal').nth(3));
  const finger = await Finger.on(page);
  await finger.down(from);
  await finger.move(from, { x: from.x, y: from.y - 200 });
  await finger.up();
  await expect.poll(() => list.evaluate((e) => e.scrollTop)).toBeGreaterThan(100);
  await expect(page.locator('.deal.ghost')).toHaveCount(0);
  expect(await names(page, 'Qualified')).toEqual(before);
});
