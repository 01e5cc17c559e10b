import { createHash } from 'node:crypto';

const longestBytes = 255;
/** Room for " (12)" and the like. */
const keptBytes = 200;
/** MinIO's have 36 characters. */
const longestId = 100;
const reserved = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?$/i;
/** Also what turns a line around: a program would look like a picture. */
const control = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu;
const notOnWindows = /[<>:"\\|?*]/g;

/**
 * The folders and the name under which an object is kept on this machine: nothing that leads out of a folder, means a device,
 * or cannot be typed. What is changed is percent-encoded, so that it can be read. `folder`: the key ends with a slash.
 */
export function safePath(
  key: string,
  platform: NodeJS.Platform = process.platform,
): { parts: string[]; folder: boolean; changed: boolean } {
  const folder = key.endsWith('/');
  const raw = (folder ? key.slice(0, -1) : key).split('/');
  const parts = raw.map((part) => safePart(part, platform));
  return { parts, folder, changed: parts.some((part, at) => part !== raw[at]) };
}

function safePart(part: string, platform: NodeJS.Platform): string {
  if (part === '') return '_';
  if (/^\.{1,2}$/.test(part)) return part.replaceAll('.', '%2E');
  let safe = part.toWellFormed().replace(control, percent);
  if (platform === 'win32') {
    safe = safe.replace(notOnWindows, percent).replace(/[. ]$/, percent);
    if (reserved.test(safe)) safe = `_${safe}`;
  }
  return Buffer.byteLength(safe) > longestBytes ? shortened(safe, part, keptBytes) : safe;
}

function percent(letter: string): string {
  return [...Buffer.from(letter)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

/** Its beginning, and a mark of the whole. */
function shortened(safe: string, whole: string, bytes: number): string {
  return `${beginning(safe, bytes)}~${createHash('sha256').update(whole).digest('hex').slice(0, 12)}`;
}

function beginning(text: string, bytes: number): string {
  let kept = '';
  let size = 0;
  for (const letter of text) {
    size += Buffer.byteLength(letter);
    if (size > bytes) break;
    kept += letter;
  }
  return kept;
}

/** "report (2).pdf": the same name once more. */
export const numbered = (name: string, count: number): string => marked(name, `${count}`);

/**
 * "report (version 6e1b…).pdf": with the whole id, so that no two versions have one name, and none that of the current one.
 * What a name cannot hold is percent-encoded.
 */
export const versionName = (name: string, versionId: string): string =>
  marked(name, `version ${briefly(versionId.toWellFormed().replace(/[^A-Za-z0-9._~+=-]/gu, percent))}`);

const briefly = (id: string): string => (id.length > longestId ? shortened(id, id, longestId - 20) : id);

function marked(name: string, words: string): string {
  const dot = name.lastIndexOf('.');
  const [stem, ending] = dot > 0 && name.length - dot <= 20 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  const mark = ` (${words})${ending}`;
  return `${beginning(stem, longestBytes - Buffer.byteLength(mark))}${mark}`;
}
