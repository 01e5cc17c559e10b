import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { KeyCard as Card, KeyOpens, ListedKey } from '../../../../shared/kesKeys.ts';
import { Age } from '../../../components/Age.tsx';
import { CommandBlock } from '../../../components/CommandBlock.tsx';
import { CopyValue } from '../../../components/CopyValue.tsx';
import { DrawerHead } from '../../../components/DrawerHead.tsx';
import pane from '../../../components/drawerPane.module.css';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EvidenceLine } from '../../../components/EvidenceLine.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { Fact } from '../../../components/Fact.tsx';
import { formatBytes, formatFull, formatNumber, formatWhen } from '../../../components/format.ts';
import { RowName } from '../../../components/grid/RowName.tsx';
import facts from '../../../components/objectFacts.module.css';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import { shownOpens } from './answer.ts';
import styles from './keys.module.css';

interface KeyCardProps {
  stackId: string;
  name: string;
  listed: ListedKey | undefined;
  /** A number when somebody went into the card: it takes the focus then. Else it follows the table, which keeps it. */
  entered: number | undefined;
  onChanged(): void;
  onDelete(): void;
  onClose(): void;
}

/** One key: whether every node opens it and which key it really is, who made it, what uses it, and what can be done. */
export function KeyCard({ stackId, name, listed, entered, onChanged, onDelete, onClose }: KeyCardProps) {
  const { t } = useWords();
  const card = useCall('kes.keyCard', { stackId, name });
  const accept = useAction('kes.acceptKey');
  const [accepting, setAccepting] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (entered !== undefined) heading.current?.focus({ preventScroll: true });
  }, [entered]);
  const opens = card.data?.row.opens;

  async function acceptIt(): Promise<void> {
    if (!(await accept.run({ stackId, name }))) return;
    setAccepting(false);
    onChanged();
  }

  return (
    <section className={pane.pane} aria-label={t('kesKeys.card.label')} onKeyDown={onKeyDown}>
      <DrawerHead
        heading={heading}
        title={<RowName name={name} tailLetters={16} />}
        label={name}
        hover={name}
        close={t('kesKeys.card.close')}
        onClose={onClose}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <div className={pane.body} tabIndex={0}>
        {card.error ? <ErrorNotice error={card.error} /> : null}
        {card.isPending ? <p className={styles.quiet}>{t('kesKeys.card.asking')}</p> : null}
        {card.data && opens ? (
          <>
            <Says card={card.data} opens={opens} />
            <Facts card={card.data} listed={listed} />
            <Nodes card={card.data} />
            <Audited card={card.data} />
            <div className={facts.first}>
              <h3>{t('kesKeys.card.commands')}</h3>
              <CommandBlock commands={card.data.commands} />
            </div>
          </>
        ) : null}
      </div>
      {card.data ? (
        <div className={pane.foot}>
          {accepting ? (
            <>
              <p className={styles.quiet}>{t('kesKeys.card.acceptWhy')}</p>
              <div className={pane.buttons}>
                <EngineButton onClick={() => setAccepting(false)}>{t('kesKeys.card.acceptNot')}</EngineButton>
                <EngineButton loading={accept.pending} onClick={() => void acceptIt()}>
                  {t('kesKeys.card.acceptDo')}
                </EngineButton>
              </div>
            </>
          ) : (
            <div className={pane.buttons}>
              <EngineButton loading={card.isFetching} onClick={() => void card.refetch()}>
                {t('kesKeys.card.test')}
              </EngineButton>
              {opens?.answer === 'otherKey' ? (
                <EngineButton onClick={() => setAccepting(true)}>{t('kesKeys.card.accept')}</EngineButton>
              ) : null}
              {opens?.answer === 'missing' || listed?.unreachable ? null : (
                <ChangeButton color="red" variant="outline" onClick={onDelete}>
                  {t('kesKeys.card.delete')}
                </ChangeButton>
              )}
            </div>
          )}
          {accept.error ? <ErrorNotice error={accept.error} /> : null}
        </div>
      ) : null}
    </section>
  );

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    onClose();
  }
}

/** The state in a sentence, and how that is known. */
function Says({ card, opens }: { card: Card; opens: KeyOpens }) {
  const { t, language } = useWords();
  const { explain } = useSentence();
  const { answer, how, since, error } = opens;
  const { mark, says } = shownOpens(opens);
  return (
    <>
      <p className={facts.state}>
        <StateIcon mark={mark} size={16} silent />
        <strong role="status">{t(`kesKeys.opens.${says}`)}</strong>
        <span className={facts.checked}>
          <Age at={opens.at} />
        </span>
      </p>
      <p className={facts.says}>
        {answer === 'yes' && how === 'kept' && since !== undefined
          ? t('kesKeys.card.sameSince', { at: formatWhen(since, language) })
          : answer === 'yes'
            ? t('kesKeys.card.knownFromNow')
            : answer === 'no' && error
              ? `${explain(error).title}. ${t('kesKeys.card.stops', { hop: t(`kesKeys.hop.${opens.hop ?? 'key'}`) })}`
              : t(`kesKeys.opensLong.${answer}`)}
        {says === 'notAsked' ? ` ${t('kesKeys.opensLong.notAsked')}` : null}
      </p>
      {answer === 'missing' && card.kept ? (
        <p className="sd-note" data-mark="ok">
          <StateIcon mark="ok" silent />
          {t('kesKeys.card.copyKept')}
        </p>
      ) : null}
    </>
  );
}

function Facts({ card: { row, mayDecrypt }, listed }: { card: Card; listed: ListedKey | undefined }) {
  const { t, language } = useWords();
  const { createdAt, createdBy, algorithm } = row;
  return (
    <dl className={facts.facts}>
      {listed?.default ? <Fact label={t('kesKeys.card.role')}>{t('kesKeys.card.defaultLong')}</Fact> : null}
      <Fact label={t('kesKeys.card.made')}>{createdAt === undefined ? t('kesKeys.notKnown') : formatFull(createdAt, language)}</Fact>
      <Fact label={t('kesKeys.card.by')}>
        {createdBy === undefined ? (
          t('kesKeys.notKnown')
        ) : (
          <>
            {createdBy.known ? `${t(`kesKeys.card.who.${createdBy.known}`)} ` : null}
            <CopyValue value={createdBy.hash} longest={14} />
            {createdBy.public ? ` ${t('kesKeys.publicMaker')}` : null}
          </>
        )}
      </Fact>
      <Fact label={t('kesKeys.card.algorithm')}>{algorithm ?? t('kesKeys.notKnown')}</Fact>
      <Fact label={t('kesKeys.card.rules')}>{listed && listed.rules.length > 0 ? listed.rules.join(', ') : t('kesKeys.card.noRule')}</Fact>
      <Fact label={t('kesKeys.card.may')}>
        {mayDecrypt === undefined ? t('kesKeys.card.mayUnknown') : mayDecrypt.join(', ') || t('kesKeys.card.mayNobody')}
      </Fact>
      {listed && !listed.sources.includes('kes') ? (
        <Fact label={t('kesKeys.card.knownFrom')}>{listed.sources.map((source) => t(`kesKeys.source.${source}`)).join(', ')}</Fact>
      ) : null}
    </dl>
  );
}

/** The same key asked of every node. */
function Nodes({ card: { nodes } }: { card: Card }) {
  const { t } = useWords();
  const { explain } = useSentence();
  return (
    <div className={facts.first}>
      <h3>{t('kesKeys.card.nodes', { count: nodes.length })}</h3>
      {nodes.map(({ node, opens }) => (
        <EvidenceLine key={node} mark={shownOpens(opens).mark} at={opens.at}>
          <span className="sd-mono">{node}</span> {t(`kesKeys.opens.${shownOpens(opens).says}`)}
          {opens.answer === 'yes' && opens.ms !== undefined ? `, ${t('kesKeys.ms', { ms: opens.ms })}` : ''}
          {opens.answer === 'yes' || !opens.error ? null : `: ${explain(opens.error).title} (${t(`kesKeys.hop.${opens.hop ?? 'key'}`)})`}
        </EvidenceLine>
      ))}
    </div>
  );
}

/** Objects of the newest audits, bucket by bucket. */
function Audited({ card: { audited } }: { card: Card }) {
  const { t, language } = useWords();
  return (
    <div className={facts.first}>
      <h3>{t('kesKeys.card.objects')}</h3>
      {audited.length === 0 ? <p>{t('kesKeys.card.noObjects')}</p> : null}
      {audited.map(({ bucket, state, objects, bytes, at, opens, newest }) => (
        <EvidenceLine
          key={`${bucket} ${state}`}
          mark={opens === 'no' ? 'fail' : opens === 'differs' ? 'warn' : opens === 'yes' ? 'ok' : 'info'}
          at={at}
        >
          {t('kesKeys.card.inBucket', {
            bucket,
            count: objects,
            number: formatNumber(objects, language),
            size: formatBytes(bytes, language),
          })}{' '}
          {newest === undefined ? null : t('kesKeys.card.newest', { at: formatWhen(newest, language) })}{' '}
          {opens === 'yes' ? null : t(`kesKeys.card.audit.${opens}`)}
        </EvidenceLine>
      ))}
    </div>
  );
}
