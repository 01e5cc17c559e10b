import { runsHere } from '../../shared/servers.ts';
import { useWords } from '../locales/language.ts';
import { useClusterScope } from '../rpc/hooks.ts';
import { useStackDocument } from './cluster.tsx';
import { useCurrentStack } from './currentStack.ts';

/** MinIO's own variables, and those that S3 tools read. */
export type SecretNames = 'MINIO_ROOT' | 'AWS';

/** Where the access key and secret key stand that variables of commands are to hold: one secret under two names. */
export function SecretSource({ names, className }: { names: SecretNames; className?: string | undefined }) {
  const { t } = useWords();
  const { stack } = useCurrentStack();
  const { cluster } = useClusterScope();
  const document = useStackDocument(stack?.id);
  if (!stack || !document || stack.origin === 'sample') return null;
  return (
    <p className={className}>
      {runsHere(document, 'minio')
        ? t(`components.secretSource.${names}`, {
            file: `${stack.folder}/${cluster === undefined ? '' : `clusters/${cluster}/`}minio/minio.env`,
          })
        : t(`components.secretSource.${names}theirs`)}
    </p>
  );
}
