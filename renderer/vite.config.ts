import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { makeFirstFont } from './vite.firstFont.ts';

/** zod and all of shared/ that the first screen may need. What stands in shared/contract.ts beside shared/firstContract.ts comes with pages. */
const later =
  'contract|certificateBoard|certificateFiles|kesConfig|kesGlob|kesKeys|kesMove|kesRules|keyStoreCalls|lineDiff|minioCopy|minioVariables|vaultAccess|vaultCluster|vaultConfig';
const firstContract = new RegExp(`node_modules[\\\\/]zod[\\\\/]|[\\\\/]shared[\\\\/](?!.*[mM]essages\\.|(?:${later})\\.)|jitless`);

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * The one window build that both hosts serve. `SEALDECK_DEV_ENGINE=sample` builds the development stand-in engine in,
 * for screenshots without servers; no script of package.json sets it.
 */
export default defineConfig({
  root: here('.'),
  base: './',
  plugins: [react()],
  resolve: { alias: { 'first-font.css': await makeFirstFont() } },
  define: { __SAMPLE_ENGINE__: JSON.stringify(process.env.SEALDECK_DEV_ENGINE === 'sample') },
  build: {
    outDir: here('../dist/window'),
    emptyOutDir: true,
    target: 'chrome140',
    modulePreload: { polyfill: false },
    // A data: font or picture would need another CSP source than the one file list that hosts serve.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // One chunk, in the order of the imports: rpc/jitless.ts must run between zod and the first schema.
            { name: 'contract', test: firstContract, priority: 3 },
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/, priority: 2 },
          ],
        },
      },
    },
  },
});
