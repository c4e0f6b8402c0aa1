import { test as base, expect, type Locator, type Page } from '@playwright/test';

export { expect };

export const PASSWORD = 'prospector-demo';
export const OWNER = 'ada@northwind.example';
export const EDITOR = 'emil@northwind.example';
export const VIEWER = 'vera@northwind.example';

/** Every test fails on an error in the console, an uncaught one, or a refused policy; shifts of the layout are counted. */
export const test = base.extend<{ strict: void }>({
  baseURL: async ({}, use) => use(process.env.BASE_URL),
  strict: [
    async ({ page }, use, info) => {
      const errors: string[] = [];
      // without JavaScript the browser warns of a module that it was told to load and never used
      const counted = hasScript() ? ['error', 'warning'] : ['error'];
      page.on('console', (m) => counted.includes(m.type()) && errors.push(m.text()));
      page.on('pageerror', (e) => errors.push(e.message));
      await use();
      const expected = info.annotations.filter((a) => a.type === 'expected').map((a) => a.description!);
      // a refused form is an answer like another; the browser counts it as an error
      expect(errors.filter((e) => !e.includes('status of 422') && !expected.some((x) => e.includes(x)))).toEqual([]);
    },
    { auto: true },
  ],
});

export const hasScript = () => test.info().project.use.javaScriptEnabled !== false;

/** Goes to a page and waits until it is alive. */
export async function open(page: Page, path: string) {
  await page.goto(path);
  await alive(page);
}

export async function alive(page: Page) {
  if (hasScript()) await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
}

export async function signIn(page: Page, email: string, password = PASSWORD) {
  await open(page, '/login');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/');
  await alive(page);
}

let made = 0;

/** A name that no other test has. */
export const aName = (what: string) => `${what} ${test.info().project.name.replace(/\W+/g, '-')} ${Date.now() % 100_000}${++made}`;

/** Adds an account by its form and stays in its panel. Returns its name. */
export async function addAccount(page: Page, name = aName('Probe'), domain = ''): Promise<string> {
  await open(page, '/accounts/new');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Domain', { exact: true }).fill(domain);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  // names of probes are alike on purpose: each is another one
  await page.locator('.panel h1', { hasText: name }).or(page.getByLabel('Add it anyway')).first().waitFor();
  if (await page.getByLabel('Add it anyway').isVisible()) {
    await page.getByLabel('Add it anyway').check();
    await page.getByRole('button', { name: 'Add', exact: true }).click();
  }
  await expect(page.locator('.panel h1')).toHaveText(name);
  await alive(page);
  return name;
}

/** Opens a tab of the panel. */
export async function tab(page: Page, name: string) {
  await page.locator('.tabs').getByRole('link', { name }).click();
  await expect(page.locator('.tabs').getByRole('link', { name })).toHaveAttribute('aria-current', 'page');
  await alive(page);
}

/** Adds a contact to the account whose panel is open. */
export async function addContact(page: Page, first: string) {
  await tab(page, 'Contacts');
  await page.getByRole('link', { name: 'Add a contact' }).click();
  await page.getByLabel('First name').fill(first);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('.contacts')).toContainText(first);
}

/** What comes by itself in a live page, and without JavaScript after looking again. */
export async function comes(page: Page, what: Locator) {
  if (hasScript()) return expect(what).toBeVisible({ timeout: 20_000 });
  await expect(async () => {
    await page.reload();
    await expect(what).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 20_000 });
}

/** That the lines of a score add up to what it shows. */
export async function partsAddUp(card: Locator) {
  const total = Number(await card.locator('.total b').textContent());
  const points = (await card.locator('.score-lines .num').allTextContents()).map((text) => Number(text.replace('−', '-').split(' of ')[0]));
  expect(points.length).toBeGreaterThan(5);
  expect(points.reduce((a, b) => a + b, 0)).toBe(total);
}
