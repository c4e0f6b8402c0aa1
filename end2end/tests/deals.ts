// Deals for a test of its own: an account that no other test has, and the board that shows only it.
import type { Browser, Locator, Page } from '@playwright/test';
import { EDITOR, addAccount, aName, expect, open, signIn } from './people';

export type Deal = { name: string; stage?: string; amount?: string; close?: string };

/** Adds an account with deals, the last one on top of its column; returns its name. */
export async function withDeals(page: Page, deals: Deal[]): Promise<string> {
  const account = await addAccount(page, aName('Konex'));
  for (const deal of deals) await addDeal(page, account, deal);
  return account;
}

export async function addDeal(page: Page, account: string, { name, stage = 'Qualified', amount = '1000', close = '2027-01-31' }: Deal) {
  const answer = await page.request.post('/api/pipeline/add', {
    headers: { accept: 'application/json' },
    form: { account, name, stage, amount, expected_close: close, lost_reason: stage === 'Closed Lost' ? 'Price' : '' },
  });
  expect(answer.status(), await answer.text()).toBe(200);
}

export const boardOf = (account: string) => `/pipeline?q=${encodeURIComponent(account)}`;
export const column = (page: Page, stage: string) => page.locator(`.col[data-stage="${stage}"]`);
export const card = (page: Page, name: string) => page.locator('.board .deal:not(.ghost)').filter({ has: page.locator('.open', { hasText: name }) });
export const names = (page: Page, stage: string) => column(page, stage).locator('.deal:not(.ghost) .open').allTextContents();

/** The same board in a teammate's browser. */
export async function teammate(browser: Browser, path: string, email = EDITOR): Promise<Page> {
  const other = await browser.newPage({ baseURL: process.env.BASE_URL, javaScriptEnabled: true });
  await signIn(other, email);
  await open(other, path);
  return other;
}

export async function middle(of: Locator): Promise<{ x: number; y: number }> {
  const box = (await of.boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
