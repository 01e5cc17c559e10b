import { type MantineColorSchemeManager, MantineProvider } from '@mantine/core';
import { useColorScheme } from '@mantine/hooks';
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Router } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { InCluster } from '../components/cluster.tsx';
import { changeLanguage, chosenLanguage, useLanguage } from '../locales/language.ts';
import type { Client } from '../rpc/client.ts';
import { ClientProvider, useCall, useClient, useConnection, useEvent } from '../rpc/hooks.ts';
import { AddressNeeded, EngineEnded } from './NoticePage.tsx';
import { Shell } from './Shell.tsx';
import { resolveVariables, theme } from './theme.ts';

// Settings live in the engine, never in browser storage.
const forgetfulManager: MantineColorSchemeManager = {
  get: (fallback) => fallback,
  set: () => undefined,
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  clear: () => undefined,
};

/** Providers, then the frame. */
export function App({ client, queries, nonce }: { client: Client; queries: QueryClient; nonce: string | undefined }) {
  return (
    <QueryClientProvider client={queries}>
      <ClientProvider value={client}>
        <Router hook={useHashLocation}>
          <Window nonce={nonce} />
        </Router>
      </ClientProvider>
    </QueryClientProvider>
  );
}

function Window({ nonce }: { nonce: string | undefined }) {
  const connection = useConnection();
  const client = useClient();
  const [ended, setEnded] = useState(false);
  // The first picture waits for the settings, so that it does not change language or theme at once; later ones do not.
  const [ready, setReady] = useState(false);
  useEvent('app.closing', () => setEnded(true));
  const answer = useCall('settings.read', {}, { enabled: connection === 'open' });
  const settings = answer.data;
  const system = useColorScheme('light', { getInitialValueInEffect: false });
  const scheme = settings === undefined || settings.theme === 'system' ? system : settings.theme;
  const language = chosenLanguage(settings?.language ?? 'system', navigator.languages);
  useEffect(() => void changeLanguage(language), [language]);
  const spoken = useLanguage();
  const settled = connection === 'lost' || answer.isError || (settings !== undefined && spoken === language);
  useEffect(() => {
    if (settled) setReady(true);
  }, [settled]);
  useEffect(() => {
    if (connection === 'open') setEnded(false);
  }, [connection]);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={resolveVariables}
      forceColorScheme={scheme}
      colorSchemeManager={forgetfulManager}
      {...(nonce === undefined ? {} : { getStyleNonce: () => nonce })}
    >
      {connection === 'needsAddress' ? (
        <AddressNeeded problem={client.problem() ?? 'missing'} />
      ) : ended && connection === 'lost' ? (
        <EngineEnded />
      ) : connection === 'connecting' || !ready ? null : (
        <InCluster>
          <Shell dark={scheme === 'dark'} />
        </InCluster>
      )}
    </MantineProvider>
  );
}
