import { AppShell, Button } from '@mantine/core';
import { useHotkeys, useMediaQuery } from '@mantine/hooks';
import { spotlight } from '@mantine/spotlight';
import { useIsFetching } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, use, useCallback, useEffect, useRef, useState } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { useCurrentStack } from '../components/currentStack.ts';
import { DrawerFallback, DrawerProvider } from '../components/drawer.tsx';
import { useLostSince } from '../components/engine/useLost.ts';
import { ReadOnlyBanner } from '../components/readOnly/ReadOnlyBanner.tsx';
import { StateIcon } from '../components/StateIcon.tsx';
import { SampleBanner } from '../components/sample/SampleBanner.tsx';
import { useHops } from '../components/useHops.ts';
import { pageWords, useLanguage, useWords } from '../locales/language.ts';
import { useAction, useCall, useClient, useClusterScope, useConnection } from '../rpc/hooks.ts';
import { FirstClusterBanner } from './ClusterSwitch.tsx';
import { FileDrops } from './FileDrops.tsx';
import { PageBoundary } from './PageBoundary.tsx';
import { Rail } from './Rail.tsx';
import { addressOf, shownRoutes } from './routes.tsx';
import styles from './shell.module.css';
import { TopBar } from './TopBar.tsx';
import { useActivity } from './useActivity.ts';

// Not needed for the first picture.
const NarrowDrawer = lazy(async () => ({ default: (await import('./NarrowDrawer.tsx')).NarrowDrawer }));
const Palette = lazy(async () => ({ default: (await import('./Palette.tsx')).Palette }));

const railWidth = 184;
const narrowRailWidth = 52;
const drawerWidth = 340;
const wideDrawerWidth = 432;

/** The frame: rail, top bar, page, drawer. */
export function Shell({ dark }: { dark: boolean }) {
  const { t } = useWords();
  const narrow = useMediaQuery('(max-width: 1199px)', false, { getInitialValueInEffect: false });
  const settings = useCall('settings.read', {}).data;
  const { run } = useAction('settings.write');
  const { stack } = useCurrentStack();
  // A sample has no servers that could be asked.
  const { hops } = useHops(stack?.origin === 'sample' ? undefined : stack);
  const palette = usePalette();
  useActivity();
  const keep = useCallback((drawerOpen: boolean) => void run({ drawerOpen }), [run]);
  return (
    <DrawerProvider open={settings?.drawerOpen ?? false} onOpenChange={keep} overlay={narrow}>
      {(drawer) => (
        <AppShell
          layout="alt"
          padding={0}
          transitionDuration={0}
          withBorder={false}
          header={{ height: 44 }}
          navbar={{ width: narrow ? narrowRailWidth : railWidth, breakpoint: 0 }}
          aside={{
            width: drawer.wide ? wideDrawerWidth : drawerWidth,
            breakpoint: 0,
            collapsed: { desktop: narrow || !drawer.open, mobile: narrow || !drawer.open },
          }}
        >
          <AppShell.Navbar className={styles.navbar ?? ''} component="div">
            <button type="button" className={styles.skip} onClick={skipToPage}>
              {t('frame.skip')}
            </button>
            <Rail hops={hops} narrow={narrow} dark={dark} />
          </AppShell.Navbar>
          <AppShell.Header className={styles.header ?? ''} component="div">
            <TopBar hops={hops} drawer={drawer} openPalette={palette.open} />
          </AppShell.Header>
          <AppShell.Main className={styles.main ?? ''}>
            <ConnectionBanner />
            <ReadOnlyBanner />
            <SampleBanner />
            <FirstClusterBanner />
            <Page />
          </AppShell.Main>
          {narrow ? (
            <Suspense>
              <NarrowDrawer
                opened={drawer.open}
                width={drawer.wide ? wideDrawerWidth : drawerWidth}
                closes={drawer.closes}
                onClose={drawer.close}
                setSlot={drawer.setSlot}
              />
            </Suspense>
          ) : (
            <AppShell.Aside className={styles.aside ?? ''} aria-label={t('frame.drawer')}>
              {drawer.open ? <div ref={drawer.setSlot} className={styles.slot} /> : null}
            </AppShell.Aside>
          )}
          {drawer.filled ? null : <DrawerFallback />}
          <FileDrops />
          <DrawerKey toggle={drawer.toggle} />
          {palette.there ? (
            <Suspense>
              <WithWords>
                <Palette dark={dark} />
              </WithWords>
            </Suspense>
          ) : null}
        </AppShell>
      )}
    </DrawerProvider>
  );
}

/** Waits for the words that the first screen did without. */
function WithWords({ children }: { children: ReactNode }) {
  use(pageWords(useLanguage()));
  return children;
}

/** Whether the palette may come: once all that the first picture asked for is answered, or when somebody wants it. */
function usePalette(): { there: boolean; open(): void } {
  const [there, setThere] = useState(false);
  const asking = useIsFetching() > 0;
  useEffect(() => {
    if (there || asking) return;
    const waiting = requestIdleCallback(() => setThere(true), { timeout: 1_000 });
    return () => cancelIdleCallback(waiting);
  }, [there, asking]);
  const open = useCallback(() => {
    setThere(true);
    spotlight.open();
  }, []);
  // Until then its own key is not listened to.
  useHotkeys(there ? [] : [['mod+K', open]], []);
  return { there, open };
}

function DrawerKey({ toggle }: { toggle(): void }) {
  useHotkeys([['mod+.', toggle]], []);
  return null;
}

/** A button, not a link: the hash holds the route. */
function skipToPage(): void {
  document.querySelector<HTMLElement>('#page')?.focus();
}

function Page() {
  const { t } = useWords();
  const [location] = useLocation();
  const page = useRef<HTMLDivElement>(null);
  const first = useRef(true);
  const section = location.split('/')[1];
  const { stack, known } = useCurrentStack();
  // Another cluster, another page: nothing of the one that was left stays.
  const chosen = useClusterScope().cluster ?? '';
  const shown = shownRoutes(stack).find((route) => addressOf(route).split('/')[1] === section);
  useEffect(() => {
    document.title = [shown ? t(`frame.page.${shown.name}`) : '', stack?.name ?? '', 'Sealdeck'].filter(Boolean).join(' · ');
  }, [shown, stack?.name, t]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when another page is opened
  useEffect(() => {
    if (first.current) first.current = false;
    else page.current?.focus({ preventScroll: true });
    page.current?.scrollTo(0, 0);
  }, [section]);
  return (
    <div id="page" ref={page} tabIndex={-1} className={styles.page}>
      <PageBoundary key={`${section} ${chosen}`}>
        <Suspense fallback={<div className={styles.loading}>{t('frame.loading')}</div>}>
          <Switch>
            {shownRoutes(stack).map(({ path, name, page: Content }) => (
              <Route key={path} path={path}>
                {name === 'overview' ? (
                  <Content />
                ) : (
                  <WithWords>
                    <Content />
                  </WithWords>
                )}
              </Route>
            ))}
            {/* An address of a stack's page is kept until it is known whether there is a stack. */}
            {known ? <Redirect to="/" replace /> : null}
          </Switch>
        </Suspense>
      </PageBoundary>
    </div>
  );
}

function ConnectionBanner() {
  const { t } = useWords();
  const state = useConnection();
  const client = useClient();
  const at = useLostSince();
  const lost = at !== undefined;
  // What turns and moves stands still, in dialogs too.
  useEffect(() => void document.documentElement.toggleAttribute('data-lost', lost), [lost]);
  if (state !== 'lost') return null;
  return (
    <div role="alert" className={styles.banner}>
      <StateIcon mark="fail" own />
      <strong>{t('frame.lost.title')}</strong>
      <span>
        {at === undefined ? '' : t('frame.lost.shown', { at })} {t('frame.lost.next')}
      </span>
      <Button size="xs" onClick={client.retry}>
        {t('frame.lost.retry')}
      </Button>
    </div>
  );
}
