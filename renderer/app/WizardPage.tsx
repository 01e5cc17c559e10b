import { useQueryClient } from '@tanstack/react-query';
import { type ComponentType, type LazyExoticComponent, lazy, Suspense, useEffect } from 'react';
import { Redirect, useLocation } from 'wouter';
import type { Stack } from '../../shared/stacks.ts';
import { useCurrentStack } from '../components/currentStack.ts';
import type { ProcedureName } from '../rpc/client.ts';
import { useCall } from '../rpc/hooks.ts';
import { type WizardName, wizardIn } from '../wizard/wizards.ts';

/** Each wizard belongs to the feature whose forms it shows. */
const pages: Record<WizardName, LazyExoticComponent<ComponentType<{ stack: Stack }>>> = {
  check: lazy(async () => ({ default: (await import('../features/objects/CheckWizard.tsx')).CheckWizard })),
  bucket: lazy(async () => ({ default: (await import('../features/setup/wizards/BucketWizard.tsx')).BucketWizard })),
  key: lazy(async () => ({ default: (await import('../features/setup/wizards/KeyWizard.tsx')).KeyWizard })),
  unseal: lazy(async () => ({ default: (await import('../features/vault/UnsealWizard.tsx')).UnsealWizard })),
  certificates: lazy(async () => ({ default: (await import('../features/setup/wizards/CertificatesWizard.tsx')).CertificatesWizard })),
};

const begins: readonly ProcedureName[] = ['minio.buckets', 'kes.keys', 'certificates.list', 'vault.status', 'setup.planAlone'];

/** One wizard by its address, `/wizard/<name>/<what it begins with>`, on the stack that is open. */
export function WizardPage() {
  const { stack } = useCurrentStack();
  // Only to be rendered again when the address changes; names are read from the fragment as it is.
  const [location] = useLocation();
  const document = useCall('stacks.get', { id: stack?.id ?? '' }, { enabled: stack !== undefined }).data;
  const { name } = wizardIn(window.location.hash);
  const queries = useQueryClient();
  // A wizard begins with what the servers say now: others make buckets and keys, too.
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when another one is opened
  useEffect(() => {
    void queries.invalidateQueries({ predicate: ({ queryKey: [asked] }) => begins.some((one) => one === asked) });
  }, [queries, location]);
  if (name === undefined) return <Redirect to="/" replace />;
  if (document === undefined) return null;
  const Page = pages[name];
  return (
    <Suspense>
      <Page key={`${document.id} ${location}`} stack={document} />
    </Suspense>
  );
}
