import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** The released server on a database of its own, with the demo startup; the real files' startup is imported by its test. */
export default async function start() {
  const root = resolve(import.meta.dirname, '..');
  const program = join(process.env.CARGO_TARGET_DIR ?? join(root, 'target'), 'release/prospector');
  const data = mkdtempSync(join(tmpdir(), 'prospector-pages-'));
  const home = join(data, 'data');
  mkdirSync(home);
  // the database's own user must get through to it where tests run as root
  chmodSync(data, 0o755);
  const google = await standIn(root);
  const env = { ...process.env, ...google.env, DATA_DIR: home, LISTEN_ADDR: '127.0.0.1:0', SITE_DIR: join(root, 'target/site') };
  delete env.DATABASE_URL;
  const server = spawn(program, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface(server.stdout!);
  const address = await new Promise<string>((found, failed) => {
    lines.on('line', (line) => line.startsWith('Prospector is at ') && found(line.slice('Prospector is at '.length)));
    server.on('exit', (code) => failed(new Error(`the server ended with ${code}`)));
  });
  process.env.BASE_URL = address;
  process.env.SERVER_DATA = home;
  process.env.PROGRAM = program;
  return async () => {
    const ended = new Promise((done) => server.on('exit', done));
    server.kill('SIGINT');
    await ended;
    google.process.kill();
    rmSync(data, { recursive: true, force: true });
  };
}

/** Google's stand-in, and how the server reaches it. */
async function standIn(root: string) {
  const program = join(process.env.CARGO_TARGET_DIR ?? join(root, 'target'), 'debug/fake-gemini');
  const google = spawn(program, ['--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface(google.stdout!);
  const said = await new Promise<string>((found, failed) => {
    lines.on('line', found);
    google.on('error', failed);
    google.on('exit', (code) => failed(new Error(`the stand-in for Google ended with ${code}`)));
  });
  return { process: google, env: Object.fromEntries(said.split(' ').map((pair) => pair.split('=', 2))) };
}
