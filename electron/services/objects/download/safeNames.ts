import { createHash } from 'node:crypto';

const longestBytes = 255;
/** Room for " (12)" and the like. */
const keptBytes = 200;
const reserved = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?$/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u001f\u007f]/g;
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
  return Buffer.byteLength(safe) > longestBytes ? shortened(safe, part) : safe;
}

function percent(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/** Its beginning, and a mark of the whole. */
function shortened(safe: string, whole: string): string {
  return `${beginning(safe, keptBytes)}~${createHash('sha256').update(whole).digest('hex').slice(0, 12)}`;
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
export function numbered(name: string, count: number): string {
  const dot = name.lastIndexOf('.');
  const [stem, ending] = dot > 0 && name.length - dot <= 20 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  const mark = ` (${count})${ending}`;
  return `${beginning(stem, longestBytes - Buffer.byteLength(mark))}${mark}`;
}
