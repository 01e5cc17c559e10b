import type { CommandLine } from '../../../shared/setup.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { folderLines, mcLines, quoted } from '../../components/serverLines.ts';

/** The rules of all buckets, asked by mc; of many, the first three. Pure. */
export function bucketCommands(stack: Stack, names: readonly string[]): CommandLine[] {
  return [
    ...folderLines(stack),
    ...mcLines(stack),
    { line: `mc ls ${stack.id}` },
    ...names.slice(0, 3).map((name) => ({ line: `mc encrypt info ${stack.id}/${name}` })),
  ];
}

interface Shown {
  bucket: string;
  prefix: string;
  versions: boolean;
  /** Whose card is open. */
  object: { readonly key: string; readonly versionId?: string | undefined } | undefined;
  /** Option of Sealdeck's own lines that names the data folder, with a blank before it. */
  data?: string;
  /** Those that are selected. */
  objects: readonly { readonly key: string; readonly versionId?: string | undefined; readonly deleteMarker?: boolean | undefined }[];
}

const shownLines = 3;
/** More names are too long for a line that is read: then it takes all below the prefix. */
const namedAtMost = 50;

/** What is shown, asked by mc; an upload without headers, so that the rule decides; what would be done with what is selected. Pure. */
export function objectCommands(stack: Stack, { bucket, prefix, versions, object, objects, data = '' }: Shown): CommandLine[] {
  const target = quoted(`${stack.id}/${bucket}/${prefix}`);
  const version = (id: string | undefined): string => (id === undefined ? '' : `--version-id ${quoted(id)} `);
  const named = (one: Shown['objects'][number]): string => `${version(one.versionId)}${quoted(`${stack.id}/${bucket}/${one.key}`)}`;
  const readable = objects.filter(({ deleteMarker }) => !deleteMarker);
  return [
    ...folderLines(stack),
    ...mcLines(stack),
    { line: `mc encrypt info ${stack.id}/${bucket}` },
    { line: `mc ls ${versions ? '--versions ' : ''}${target}` },
    ...(object ? [{ line: `mc stat ${named(object)}` }] : []),
    ...(readable.length === 0 ? [{ line: `mc cp ./file ${target}` }] : []),
    ...readable.slice(0, shownLines).map((one) => ({ line: `mc cp ${named(one)} ./` })),
    ...(readable.length > shownLines ? [{ line: downloadLine(stack.id, { bucket, prefix, readable, data }) }] : []),
  ];
}

interface Downloaded {
  bucket: string;
  prefix: string;
  readable: readonly { readonly key: string }[];
  data: string;
}

function downloadLine(stackId: string, { bucket, prefix, readable, data }: Downloaded): string {
  const below = prefix === '' ? '' : ` --prefix ${quoted(prefix)}`;
  const names = readable.length > namedAtMost ? '' : [...new Set(readable.map(({ key }) => ` ${quoted(key)}`))].join('');
  return `npx --no-install sealdeck download --stack ${stackId} --bucket ${bucket}${below}${names} --to ./downloads${data}`;
}
