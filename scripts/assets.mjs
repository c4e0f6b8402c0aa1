// Puts style and static files into the site folder and compresses what the server sends as it is.
// Usage: node scripts/assets.mjs SITE
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const site = process.argv[2];
const pkg = join(site, 'pkg');

// main.css is a list of imports; the browser gets one file
const main = readFileSync('style/main.css', 'utf8');
const bundle = main.replace(/^@import "(.+?)";$/gm, (_, file) => readFileSync(join('style', file), 'utf8').trimEnd());
const style = join(pkg, 'prospector.css');
if (!existsSync(style) || readFileSync(style, 'utf8') !== bundle) writeFileSync(style, bundle);

cpSync('public', site, { recursive: true });

for (const name of readdirSync(pkg).filter((name) => /\.(css|js|wasm)$/.test(name))) {
  const file = join(pkg, name);
  const fresh = (packed) => existsSync(packed) && statSync(packed).mtimeMs >= statSync(file).mtimeMs;
  if (fresh(`${file}.br`) && fresh(`${file}.gz`)) continue;
  const text = readFileSync(file);
  writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }));
  writeFileSync(`${file}.br`, brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length } }));
}
for (const name of readdirSync(pkg).filter((name) => /\.(br|gz)$/.test(name) && !existsSync(join(pkg, name.slice(0, -3))))) rmSync(join(pkg, name));
