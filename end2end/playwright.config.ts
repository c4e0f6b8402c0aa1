import { existsSync } from 'node:fs';
import { defineConfig, devices } from '@playwright/test';

/** Debian's Chromium, or the one that CHROMIUM names; a test browser of Playwright's own is not needed. */
const executablePath = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

const chromium = {
  executablePath,
  // no sandbox: Chromium refuses it to root, as which containers run their tests
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
};

export default defineConfig({
  testDir: 'tests',
  outputDir: 'results',
  globalSetup: './server.ts',
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 30_000,
  reporter: 'list',
  use: { launchOptions: chromium, trace: 'retain-on-failure' },
  projects: [
    { name: 'desktop', use: { ...devices['Desktop Chrome'], viewport: { width: 1440, height: 900 } }, testIgnore: /last|touch|plain/ },
    { name: 'phone', use: { ...devices['Pixel 7'], viewport: { width: 390, height: 844 } }, testIgnore: /last|wide|plain/ },
    { name: 'without JavaScript', use: { ...devices['Desktop Chrome'], javaScriptEnabled: false }, testMatch: /both|plain/ },
    { name: 'last', use: devices['Desktop Chrome'], testMatch: /last/, dependencies: ['desktop', 'phone', 'without JavaScript'] },
  ],
});
