// Must stay first: zod reads it when the first schema is made.
import './rpc/jitless.ts';
import '@fontsource-variable/inter/wght.css';
import 'first-font.css';
import '@fontsource/jetbrains-mono/400.css';
import './app/mantine.css';
import '@mantine/spotlight/styles.css';
import './app/global.css';
import { QueryClient } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';
import { changeLanguage, chosenLanguage } from './locales/language.ts';
import { createClient } from './rpc/client.ts';
import { openPipe } from './rpc/openPipe.ts';
import { keepFresh } from './rpc/refresh.ts';

const meta = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;
// Served without a host (development) the placeholder is still there, and there is no CSP either.
const nonce = meta === undefined || meta === '' || meta.startsWith('__') ? undefined : meta;
if (nonce !== undefined) window.__webpack_nonce__ = nonce;

const client = createClient(openPipe);
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // The engine is on this machine: being offline says nothing about it.
      networkMode: 'always',
      retry: false,
      staleTime: 5_000,
      refetchIntervalInBackground: false,
    },
  },
});
// The map of each place that one looked into may hold 10,000 cells: it is kept for the way back, not for five minutes.
queries.setQueryDefaults(['audit.map'], { gcTime: 30_000 });
// What a tray says before it sends is of that moment: a rule, a key or versioning may be another one since the last tray.
for (const name of ['uploads.choices', 'uploads.tryKey']) queries.setQueryDefaults([name], { staleTime: 0, gcTime: 0 });
keepFresh(client, queries);

const root = document.getElementById('root');
// Not a top-level await: lazy pages import from this very chunk.
void changeLanguage(chosenLanguage('system', navigator.languages)).then(() => {
  if (root) createRoot(root).render(<App client={client} queries={queries} nonce={nonce} />);
});
