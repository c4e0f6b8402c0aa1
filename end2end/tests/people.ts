import { test as base, expect, type Page } from '@playwright/test';

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
      expect(errors.filter((e) => !expected.some((x) => e.includes(x)))).toEqual([]);
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
