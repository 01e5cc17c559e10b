import {
  IconBuildingBank,
  IconCertificate,
  IconChartTreemap,
  IconFiles,
  IconKey,
  IconLayoutDashboard,
  IconListCheck,
  IconNotebook,
  IconServer2,
} from '@tabler/icons-react';
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import type { StackSummary } from '../components/currentStack.ts';
import type { HopId } from '../components/hops.ts';
import type { en } from '../locales/en.ts';

type PageName = keyof typeof en.frame.page;

export interface Route {
  /** wouter pattern; what follows the first part belongs to the page. */
  readonly path: string;
  readonly name: PageName;
  readonly page: LazyExoticComponent<ComponentType>;
  /** Place in the rail; absent: reached by links, palette or the foot. */
  readonly rail?: { readonly icon: typeof IconFiles; readonly group: number; readonly health?: HopId };
  /** Only with a stack; without one the page is absent. */
  readonly needsStack: boolean;
  /** It has something to show of a generated sample, behind which there are no servers. */
  readonly forSample?: true;
}

/** One table of all pages. The first one is the first screen; the others load when they are opened. */
export const routes: readonly Route[] = [
  {
    path: '/',
    name: 'overview',
    needsStack: false,
    rail: { icon: IconLayoutDashboard, group: 0 },
    page: lazy(async () => ({ default: (await import('../features/overview/OverviewPage.tsx')).OverviewPage })),
  },
  {
    path: '/setup/*?',
    name: 'setup',
    needsStack: false,
    rail: { icon: IconListCheck, group: 0 },
    page: lazy(async () => ({ default: (await import('../features/setup/SetupPage.tsx')).SetupPage })),
  },
  {
    path: '/connect/*?',
    name: 'connect',
    needsStack: false,
    page: lazy(async () => ({ default: (await import('../features/connect/ConnectPage.tsx')).ConnectPage })),
  },
  {
    path: '/certificates/*?',
    name: 'certificates',
    needsStack: true,
    rail: { icon: IconCertificate, group: 1, health: 'certificates' },
    page: lazy(async () => ({ default: (await import('../features/certificates/CertificatesPage.tsx')).CertificatesPage })),
  },
  {
    path: '/vault/*?',
    name: 'vault',
    needsStack: true,
    rail: { icon: IconBuildingBank, group: 1, health: 'vault' },
    page: lazy(async () => ({ default: (await import('../features/vault/VaultPage.tsx')).VaultPage })),
  },
  {
    path: '/kes/*?',
    name: 'kes',
    needsStack: true,
    rail: { icon: IconKey, group: 1, health: 'kes' },
    page: lazy(async () => ({ default: (await import('../features/kes/KesPage.tsx')).KesPage })),
  },
  {
    path: '/old-kes',
    name: 'oldKes',
    needsStack: false,
    page: lazy(async () => ({ default: (await import('../features/kes/move/StartPage.tsx')).StartPage })),
  },
  {
    path: '/minio-copy',
    name: 'minioCopy',
    needsStack: true,
    page: lazy(async () => ({ default: (await import('../features/minio/CopyPage.tsx')).CopyPage })),
  },
  {
    path: '/minio-variables/*?',
    name: 'minioVariables',
    needsStack: false,
    page: lazy(async () => ({ default: (await import('../features/minio/VariablesPage.tsx')).VariablesPage })),
  },
  {
    path: '/minio/*?',
    name: 'minio',
    needsStack: true,
    rail: { icon: IconServer2, group: 1, health: 'minio' },
    page: lazy(async () => ({ default: (await import('../features/buckets/BucketsPage.tsx')).BucketsPage })),
  },
  {
    path: '/clusters/*?',
    name: 'clusters',
    needsStack: true,
    page: lazy(async () => ({ default: (await import('../features/clusters/ClustersPage.tsx')).ClustersPage })),
  },
  {
    path: '/in-place/*?',
    name: 'inPlace',
    needsStack: true,
    page: lazy(async () => ({ default: (await import('../features/inPlace/InPlacePage.tsx')).InPlacePage })),
  },
  {
    path: '/objects/*?',
    name: 'objects',
    needsStack: true,
    rail: { icon: IconFiles, group: 2 },
    page: lazy(async () => ({ default: (await import('../features/objects/ObjectsPage.tsx')).ObjectsPage })),
  },
  {
    path: '/customer-keys',
    name: 'customerKeys',
    needsStack: true,
    page: lazy(async () => ({ default: (await import('../features/objects/keys/KeysPage.tsx')).KeysPage })),
  },
  {
    path: '/audit/*?',
    name: 'audit',
    needsStack: true,
    forSample: true,
    rail: { icon: IconChartTreemap, group: 2 },
    page: lazy(async () => ({ default: (await import('../features/audit/AuditPage.tsx')).AuditPage })),
  },
  {
    path: '/proof/*?',
    name: 'proof',
    needsStack: true,
    page: lazy(async () => ({ default: (await import('../features/proof/ProofPage.tsx')).ProofPage })),
  },
  {
    path: '/wizard/*?',
    name: 'wizard',
    needsStack: true,
    page: lazy(async () => ({ default: (await import('./WizardPage.tsx')).WizardPage })),
  },
  {
    path: '/stack',
    name: 'stack',
    needsStack: true,
    forSample: true,
    page: lazy(async () => ({ default: (await import('../features/stacks/StackPage.tsx')).StackPage })),
  },
  {
    path: '/restore',
    name: 'restore',
    needsStack: false,
    page: lazy(async () => ({ default: (await import('../features/stacks/RestorePage.tsx')).RestorePage })),
  },
  {
    path: '/journal',
    name: 'journal',
    needsStack: false,
    rail: { icon: IconNotebook, group: 3 },
    page: lazy(async () => ({ default: (await import('../features/journal/JournalPage.tsx')).JournalPage })),
  },
  {
    path: '/settings',
    name: 'settings',
    needsStack: false,
    page: lazy(async () => ({ default: (await import('../features/settings/SettingsPage.tsx')).SettingsPage })),
  },
];

/** The address that a link to a page uses. */
export function addressOf(route: Route): string {
  return route.path.replace(/\/\*\?$/, '');
}

export function shownRoutes(stack: Pick<StackSummary, 'origin'> | undefined): readonly Route[] {
  return routes.filter((route) => !route.needsStack || (stack !== undefined && (stack.origin !== 'sample' || route.forSample === true)));
}
