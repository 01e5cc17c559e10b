import { SegmentedControl, TextInput } from '@mantine/core';
import { serverKinds, serverNames } from '../../../../shared/servers.ts';
import type { PlaceInput, ServerPlace } from '../../../../shared/setup.ts';
import type { ServerKind } from '../../../../shared/stacks.ts';
import { completed, usualPorts } from '../../../components/connect/address.ts';
import { HopIcon } from '../../../components/HopPicture.tsx';
import { useWords } from '../../../locales/language.ts';
import { TextField } from '../fields.tsx';
import type { FormProps } from '../form.ts';
import { More } from '../More.tsx';
import styles from './ways.module.css';

type Part = Pick<FormProps<'place'>, 'values' | 'change' | 'wrong'>;

/** Where each of the three servers is. Closed while all are here, as for most who begin. */
export function WaysFields({ values, change, wrong }: Part) {
  const { t } = useWords();
  const kinds = serverKinds.filter((kind) => kind !== 'vault' || values.keyStore.kind === 'vault');
  const elsewhere = kinds.filter((kind) => values.servers[kind].way !== 'here');
  const label =
    elsewhere.length === 0
      ? t('setup.ways.allHere')
      : t('setup.ways.elsewhere', { servers: elsewhere.map((kind) => serverNames[kind]).join(', ') });
  return (
    <More label={label} bad={elsewhere.length > 0}>
      <p className={styles.why}>{t('setup.ways.why')}</p>
      {kinds.map((kind) => (
        <WayOf
          key={kind}
          kind={kind}
          place={values.servers[kind]}
          wrong={wrong}
          onChange={(place) => change({ servers: { ...values.servers, [kind]: place } as PlaceInput['servers'] })}
        />
      ))}
    </More>
  );
}

interface WayOfProps {
  kind: ServerKind;
  place: ServerPlace;
  wrong: Part['wrong'];
  onChange(place: ServerPlace): void;
}

function WayOf({ kind, place, wrong, onChange }: WayOfProps) {
  const { t } = useWords();
  const url = place.way === 'api' || place.way === 'handedOver' ? place.url : '';
  const folder = place.way === 'handedOver' ? place.folder : '';
  const server = serverNames[kind];

  function choose(way: string): void {
    if (way === 'api') onChange({ way, url });
    else if (way === 'handedOver') onChange({ way, url, folder: folder === '' ? `/etc/${kind}` : folder });
    else onChange({ way: 'here' });
  }

  return (
    <div className={styles.way}>
      <div className={styles.head}>
        <span className={styles.name}>
          <HopIcon id={kind} size={16} />
          {server}
        </span>
        <SegmentedControl
          aria-label={t('setup.ways.of', { server })}
          value={place.way === 'none' ? '' : place.way}
          onChange={choose}
          data={(['here', 'api', 'handedOver'] as const).map((way) => ({ value: way, label: t(`setup.ways.way.${way}`) }))}
        />
      </div>
      {place.way === 'api' || place.way === 'handedOver' ? (
        <div className={styles.fields}>
          <TextInput
            label={t('setup.ways.address', { server })}
            description={t(`setup.ways.addressWhy.${place.way}`)}
            error={url === '' ? undefined : wrong(`servers.${kind}.url`, t('connect.addressWrong'))}
            placeholder={`https://${kind}.example.net:${usualPorts[kind]}`}
            value={url}
            onChange={(event) => onChange({ ...place, url: event.currentTarget.value })}
            onBlur={(event) => onChange({ ...place, url: completed(kind, event.currentTarget.value) })}
            autoComplete="off"
            spellCheck={false}
            classNames={{ input: 'sd-mono' }}
          />
          {place.way === 'handedOver' ? (
            <TextField
              label={t('setup.ways.folder')}
              why={t('setup.ways.folderWhy')}
              error={wrong(`servers.${kind}.folder`, t('setup.ways.folderWrong'))}
              value={folder}
              onChange={(typed) => onChange({ ...place, folder: typed })}
              mono
            />
          ) : null}
        </div>
      ) : null}
    </div>
  );
}
