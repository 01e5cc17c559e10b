import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { ObjectCard as Card, ObjectRow } from '../../../shared/objects.ts';
import { ruleWords } from '../../components/BucketRules.tsx';
import { CardState } from '../../components/CardState.tsx';
import { DrawerHead } from '../../components/DrawerHead.tsx';
import pane from '../../components/drawerPane.module.css';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatWhen } from '../../components/format.ts';
import { RowName } from '../../components/grid/RowName.tsx';
import { visibleText } from '../../components/grid/visibleName.ts';
import { ObjectChain } from '../../components/ObjectChain.tsx';
import facts from '../../components/objectFacts.module.css';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useLanguage, useSentence, useWords } from '../../locales/language.ts';
import { useCall } from '../../rpc/hooks.ts';
import { CardFoot } from './card/CardFoot.tsx';
import { ContentFacts } from './card/ContentFacts.tsx';
import { differsFrom, type Judged, judge } from './card/cardState.ts';
import { EncryptionFacts } from './card/EncryptionFacts.tsx';
import { KeepFacts } from './card/KeepFacts.tsx';
import { Snippets } from './card/Snippets.tsx';
import { AuditFacts, WhoFacts } from './card/WhoFacts.tsx';

interface ObjectCardProps {
  stackId: string;
  bucket: string;
  objectKey: string;
  /** Absent: the current one. */
  versionId?: string | undefined;
  /** As the listing said it, until the object itself was asked. */
  listed: ObjectRow | undefined;
  onVersion?: ((versionId: string) => void) | undefined;
  /** How the page downloads; absent: as a browser does. */
  onDownload?: ((row: ObjectRow) => void) | undefined;
  /** The page has its one filled button elsewhere. */
  quiet?: boolean;
  /** A number when somebody went into the card, another each time: it takes the focus then. Absent: it follows the row of a table, which keeps the focus. */
  entered?: number | undefined;
  onClose(): void;
}

/** Everything that is known of one object: state in a sentence, how far the way to its key goes, facts, and what can be done. */
export function ObjectCard({
  stackId,
  bucket,
  objectKey,
  versionId,
  listed,
  onVersion,
  onDownload,
  quiet = false,
  entered,
  onClose,
}: ObjectCardProps) {
  const { t } = useWords();
  const input = { stackId, bucket, key: objectKey, ...(versionId === undefined ? {} : { versionId }) };
  const asked = useCall('objects.card', input);
  const heading = useRef<HTMLHeadingElement>(null);
  const [commands, setCommands] = useState(false);
  useEffect(() => {
    if (entered !== undefined) heading.current?.focus({ preventScroll: true });
  }, [entered]);
  const card = asked.data;
  const row = card?.row ?? listed;
  const name = objectKey.split('/').findLast((part) => part !== '') ?? objectKey;
  const judged: Judged | undefined = card
    ? judge(card)
    : row && { state: row.deleteMarker ? undefined : row.encryption.state, cause: undefined, chain: undefined };

  return (
    <section className={pane.pane} aria-labelledby="object-card" onKeyDown={onKeyDown}>
      <DrawerHead
        id="object-card"
        heading={heading}
        title={<RowName name={name} tailLetters={16} />}
        label={visibleText(name)}
        hover={visibleText(objectKey)}
        close={t('objects.card.close')}
        onClose={onClose}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <div className={pane.body} tabIndex={0}>
        {judged ? (
          <CardState state={judged.state} at={card?.at} until={t(asked.error ? 'objects.card.asking' : 'objects.card.looking')} />
        ) : null}
        {asked.error ? <ErrorNotice error={asked.error} /> : null}
        {card && judged ? (
          <>
            <Says card={card} judged={judged} />
            <EncryptionFacts card={card} judged={judged} />
            <ContentFacts card={card} place={`${bucket}/${objectKey}`} />
            <KeepFacts card={card} onVersion={onVersion} />
            <WhoFacts card={card} />
            <AuditFacts card={card} />
            {commands ? <Snippets {...{ stackId, bucket, objectKey, versionId }} /> : null}
          </>
        ) : null}
      </div>
      {card && judged ? (
        <CardFoot
          stackId={stackId}
          bucket={bucket}
          card={card}
          judged={judged}
          onDownload={onDownload}
          quiet={quiet}
          commands={commands}
          onCommands={() => setCommands(!commands)}
        />
      ) : null}
    </section>
  );

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    onClose();
  }
}

/** Why these are not found among a person's own next steps: nothing here is broken, or only another credential helps. */
const withoutAdvice = ['denied', 'missing'];

function Says({ card, judged: { state, cause, chain } }: { card: Card; judged: Judged }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const language = useLanguage();
  const { row, rule, opens, etagKind, headError, at } = card;
  const { encryption } = row;
  const { details } = opens.error ?? {};
  // What HEAD was refused is told by the state itself, except where nothing is known.
  const unsaid = headError !== undefined && encryption.state === 'unknown';
  return (
    <>
      <p className={facts.says}>
        {says()}
        {row.latest === false && state !== undefined ? ` ${t('objects.card.older')}` : ''}
      </p>
      {chain ? <ObjectChain chain={chain} /> : null}
      {opens.answer === 'no' && details?.code !== undefined ? (
        <pre className={facts.answer} data-failed lang="en">
          {`${details.status ?? ''} ${details.code}`.trim()}
          {'\n'}
          <span>GET, {formatWhen(at, language, true)}</span>
        </pre>
      ) : null}
      {unsaid ? <ErrorNotice error={headError} /> : null}
      {!row.deleteMarker && rule.value && rule.value.kind !== 'none' && differsFrom(rule.value, encryption) ? (
        <p className="sd-note" data-mark="warn">
          <StateIcon mark="warn" silent /> {t('objects.card.differs', { rule: ruleWords(rule.value) })}
        </p>
      ) : null}
      {etagKind === 'sealed' && !row.key.endsWith('/') ? (
        <p className="sd-note" data-mark="warn">
          <StateIcon mark="warn" silent /> {t('objects.card.sealedTag')}
        </p>
      ) : null}
      {cause && !withoutAdvice.includes(cause) ? (
        <div className={facts.first}>
          <h3>{t('audit.card.first.title')}</h3>
          <p>{t(`audit.card.first.${cause}`)}</p>
        </div>
      ) : null}
    </>
  );

  function says(): string {
    if (state === undefined) return t('audit.card.says.deleteMarker');
    if (cause) return t(`audit.card.unreadable.${cause}`);
    const said = t(`objects.card.state.${state}`, { key: encryption.key ?? '' });
    return encryption.reason === undefined ? said : `${said} ${sentence(encryption.reason)}`;
  }
}
