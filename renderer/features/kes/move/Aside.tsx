import { Checkbox } from '@mantine/core';
import { Link } from 'wouter';
import type { MoveKey, MovePlan, MoveStanding } from '../../../../shared/kesMove.ts';
import { CopyAction } from '../../../components/CopyValue.tsx';
import { EvidenceLine } from '../../../components/EvidenceLine.tsx';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import styles from './move.module.css';

interface AsideProps {
  plan: MovePlan;
  standing: MoveStanding;
  abandon: readonly string[];
  onAbandon(names: readonly string[]): void;
}

/** What changes beside the file: keys, Vault's policy, MinIO's variables; and the line, in plain words. */
export function Aside({ plan, standing, abandon, onAbandon }: AsideProps) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const outside = plan.keys.filter(({ legal }) => !legal);
  const changing = standing.phase === 'planned' || standing.phase === 'prepared';
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.aside} aria-label={t('kesMove.aside.label')} tabIndex={0}>
      {standing.phase === 'moved' ? null : <NoReturn plan={plan} />}
      {plan.notes.length === 0 ? null : (
        <section>
          {plan.notes.map(({ level, text }) => (
            <EvidenceLine key={text.code + JSON.stringify(text.params ?? {})} mark={level === 'stop' ? 'fail' : level}>
              {sentence(text)}
            </EvidenceLine>
          ))}
        </section>
      )}
      <section>
        <h2>{t('kesMove.aside.keys', { count: plan.keys.length })}</h2>
        <ul className={styles.keys}>
          {plan.keys
            .filter(({ legal }) => legal)
            .slice(0, shownKeys)
            .map(({ name }) => (
              <li key={name} className="sd-mono">
                <StateIcon mark={tried(standing, name) ? 'ok' : 'absent'} size={14} />
                {name}
              </li>
            ))}
        </ul>
        {plan.keys.length > shownKeys ? (
          <p className={styles.why}>{t('kesMove.aside.more', { count: plan.keys.length - shownKeys })}</p>
        ) : null}
        {outside.map((key) => (
          <Outside
            key={key.name}
            of={key}
            off={!changing}
            left={abandon.includes(key.name)}
            onLeave={(left) => onAbandon(left ? [...abandon, key.name] : abandon.filter((one) => one !== key.name))}
          />
        ))}
      </section>
      {plan.policy === undefined ? null : (
        <section>
          <h2>{t('kesMove.aside.policy', { name: plan.policy.name })}</h2>
          <Policy before={plan.policy.before} after={plan.policy.after} />
        </section>
      )}
      {plan.variables.length === 0 ? null : (
        <section>
          <h2>{t('kesMove.aside.variables')}</h2>
          <dl className={styles.variables}>
            {plan.variables.map(({ name, now, why, must }) => (
              <div key={name}>
                <dt className="sd-mono">
                  <StateIcon mark={must ? 'warn' : 'info'} size={14} />
                  {name}
                </dt>
                {now === undefined ? null : (
                  <dd className={styles.now}>
                    <code>{now}</code>
                    <CopyAction value={now} label={t('kesMove.aside.copy', { name })} size={20} />
                  </dd>
                )}
                <dd className={styles.why}>{sentence(why)}</dd>
              </div>
            ))}
          </dl>
          <Link href="/minio-variables">{t('kesMove.aside.allVariables')}</Link>
        </section>
      )}
    </section>
  );
}

/** Said before it, in plain words. */
function NoReturn({ plan }: { plan: MovePlan }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  return (
    <section className={styles.noReturn} aria-labelledby="point-of-no-return">
      <h2 id="point-of-no-return">{t('kesMove.track.line')}</h2>
      {plan.line.map((text) => (
        <p key={text.code}>{sentence(text)}</p>
      ))}
    </section>
  );
}

const shownKeys = 12;

function tried({ evidence }: MoveStanding, name: string): boolean {
  return evidence.some(
    ({ text }) =>
      text.code === 'kesMoveOpened' &&
      String(text.params?.names ?? '')
        .split(', ')
        .includes(name),
  );
}

interface OutsideProps {
  of: MoveKey;
  off: boolean;
  left: boolean;
  onLeave(left: boolean): void;
}

/** A name that today’s servers refuse: what would be lost with it, and the way through the old server first. */
function Outside({ of: { name, objects, sample }, off, left, onLeave }: OutsideProps) {
  const { t } = useWords();
  if (objects === 0)
    return (
      <Checkbox
        disabled={off}
        checked={left}
        onChange={(event) => onLeave(event.currentTarget.checked)}
        label={
          <>
            <span className="sd-mono">{name}</span> {t('kesMove.aside.leave')}
          </>
        }
      />
    );
  return (
    <EvidenceLine mark="fail">
      <span className="sd-mono">{name}</span>{' '}
      {objects === undefined ? t('kesMove.aside.uncounted') : t('kesMove.aside.used', { count: objects, sample: sample ?? '-' })}{' '}
      <Link href="/audit">{t('kesMove.aside.find')}</Link>
    </EvidenceLine>
  );
}

/** The lines that go and come, as a diff. */
function Policy({ before, after }: { before: string; after: string }) {
  const gone = before.split('\n').filter((line) => !after.split('\n').includes(line));
  const come = after.split('\n').filter((line) => !before.split('\n').includes(line));
  return (
    <pre className={styles.diff}>
      {gone.map((line) => (
        <del key={line}>- {line.trim()}</del>
      ))}
      {come.map((line) => (
        <ins key={line}>+ {line.trim()}</ins>
      ))}
    </pre>
  );
}
