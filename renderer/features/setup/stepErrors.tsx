import { Button } from '@mantine/core';
import { useLocation } from 'wouter';
import { type PlaceInput, type StepId, stepIds } from '../../../shared/setup.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { StateIcon } from '../../components/StateIcon.tsx';
import { StoreUnlock } from '../../components/StoreForms.tsx';
import { useSentence, useWords } from '../../locales/language.ts';
import { useCall } from '../../rpc/hooks.ts';

interface Failure {
  readonly code: string;
  readonly details?: Readonly<Record<string, string | number>> | undefined;
}

interface Fixes {
  /** Puts another port into the place and goes on. */
  otherPort?(taken: number, free: number): void;
  /** Looks for a free port in place of one that was taken after the place was proven, and goes on. */
  freshPort?(taken: number): void;
  /** Agrees to get the servers and goes on. */
  getServers?(): void;
}

/** Ports of a place with one replaced. Pure. */
export function withPort(ports: PlaceInput['ports'], taken: number, free: number): PlaceInput['ports'] {
  const entries = Object.entries(ports).map(([name, port]) => [name, port === taken ? free : port] as const);
  return { ...ports, ...Object.fromEntries(entries) };
}

/** A port that is free by the engine's newest proposal and not given to another server of this place. Pure. */
export function freePort(ports: PlaceInput['ports'], proposed: PlaceInput['ports'], taken: number): number | undefined {
  const own = new Set<number>(Object.values(ports));
  const same = Object.entries(ports).flatMap(([name, port]) => (port === taken ? [proposed[name as keyof PlaceInput['ports']]] : []));
  return [...same, ...Object.values(proposed)].find((port) => !own.has(port));
}

/** Which step a failure is mended in, when it is another one. */
export function stepToMend(error: Failure): StepId | undefined {
  if (error.code === 'portInUse' || error.code === 'storageNotInBinary') return 'place';
  if (['keyStoreSecretMissing', 'keyStoreRefused', 'keyStoreTrust', 'keyStoreAway', 'keyStoreFails'].includes(error.code)) return 'place';
  if (error.code === 'serverMissing' || error.code === 'serverWrongBinary') return 'servers';
  if (error.code !== 'setupOrder') return undefined;
  const missing = String(error.details?.missing ?? '').replace('@setup.step.', '');
  return stepIds.find((id) => id === missing);
}

/** What failed with its next step; the fix as a button where this version has one. */
export function StepFailure({ error, step, fixes }: { error: Failure; step?: StepId; fixes: Fixes }) {
  const { t } = useWords();
  const { sentence, explain } = useSentence();
  const [, navigate] = useLocation();
  const store = useCall('store.status', {}).data;
  const { code, details = {} } = error;
  const mend = stepToMend(error);

  if (code === 'storeLocked' && store?.state === 'locked') {
    return (
      <div>
        <ErrorNotice error={error} />
        <StoreUnlock status={store} />
      </div>
    );
  }
  if (code === 'cancelled') {
    const { title, next } = explain(error);
    return (
      <p className="sd-note" data-mark="warn">
        <StateIcon mark="info" silent />
        <span>
          {title}. {next}
        </span>
      </p>
    );
  }
  let action = null;
  if (code === 'portTaken' && typeof details.port === 'number' && typeof details.free === 'number') {
    const { port, free } = details;
    const { otherPort } = fixes;
    if (otherPort) action = <Button onClick={() => otherPort(port, free)}>{t('setup.fix.usePort', { free: String(free) })}</Button>;
  } else if (code === 'portInUse' && typeof details.port === 'number' && fixes.freshPort) {
    const { port } = details;
    const { freshPort } = fixes;
    action = <Button onClick={() => freshPort(port)}>{t('setup.fix.freshPort')}</Button>;
  } else if (code === 'serversMissing' && fixes.getServers) {
    action = <Button onClick={fixes.getServers}>{t('setup.fix.getServers')}</Button>;
  } else if (mend !== undefined && mend !== step) {
    action = (
      <Button onClick={() => navigate(`/setup/${mend}`)}>
        {t('setup.fix.openStep', { step: sentence({ code: `setup.step.${mend}` }) })}
      </Button>
    );
  } else if (code === 'vaultSealed') {
    action = <Button onClick={() => navigate('/vault')}>{t('setup.fix.unseal')}</Button>;
  }
  return <ErrorNotice error={error} action={action ?? undefined} />;
}
