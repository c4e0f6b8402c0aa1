// Research with Google, played by a stand-in: the owner's decision first, then facts with their sources and Google's own
// suggestions beside them.
import { PASSWORD, aName, alive, expect, hasScript, open, tab, test } from './people';

test('nothing goes to Google before the owner decides; then leads are researched and weighed', async ({ page }) => {
  // the test's own tool tries to look into the frame, where no script runs
  test.info().annotations.push({ type: 'expected', description: 'Blocked script execution' });
  const project = test.info().project.name.replace(/\W+/g, '-').toLowerCase();
  await open(page, '/signup');
  await page.getByLabel('Your name').fill('Greta Owner');
  await page.getByLabel('Name of your startup').fill(aName('Searchers'));
  await page.getByLabel('E-mail').fill(`greta-${project}@search.test`);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create' }).click();
  await page.waitForURL(/\/$/);
  await open(page, '/accounts/new');
  await page.getByLabel('Name', { exact: true }).fill('Nordhavn Systems');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.locator('.panel h1')).toHaveText('Nordhavn Systems');
  await alive(page);
  await tab(page, 'Intelligence');
  const account = new URL(page.url()).pathname;
  await expect(page.locator('.intelligence')).toContainText('waits for your decision');

  await page.getByRole('link', { name: 'what may be sent to Google' }).click();
  await page.waitForURL('**/settings/research');
  await alive(page);
  await expect(page.locator('main')).toContainText('Nothing has been sent to Google');
  await page.getByLabel(/^On request/).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('main')).toContainText('an owner has decided');
  await page.screenshot({ path: `results/pictures/${project}-research-settings.png`, fullPage: true });

  await open(page, `${account}?tab=intelligence`);
  await page.getByRole('button', { name: 'Research now' }).click();
  const first = page.locator('.known .said').first();
  if (hasScript()) await expect(first).toBeVisible({ timeout: 20_000 });
  else
    await expect(async () => {
      await page.reload();
      await expect(first).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 20_000 });
  await expect(page.locator('.intelligence')).toContainText('only you');
  await expect(page.locator('.found').filter({ hasText: 'Series' }).first()).toBeVisible();
  const link = page.locator('.known a.src').first();
  expect(await link.getAttribute('href')).toMatch(/^https:\/\/vertexaisearch\.cloud\.google\.com\//);
  expect(await link.getAttribute('rel')).toContain('nofollow');
  const frame = page.locator('iframe.suggestions');
  await expect(frame).toHaveAttribute('sandbox', 'allow-popups allow-popups-to-escape-sandbox');
  // no script runs in it: what it says is read beside the page
  const inside = await page.request.get(new URL((await frame.getAttribute('src'))!, page.url()).href);
  expect(inside.headers()['content-security-policy']).toContain("default-src 'none'");
  expect(await inside.text()).toContain('class="chip"');
  await expect(page.locator('.runs')).toContainText('Google Search with Gemini');
  await page.screenshot({ path: `results/pictures/${project}-google.png`, fullPage: true });
});
