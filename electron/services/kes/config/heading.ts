/** The first line of a file that Sealdeck wrote: by the set-up, or edited since. */
const heading = /^# (Written|Edited) (?:by|in) Sealdeck for certificates ([0-9a-f]{16});.*\n/;

/** KES reads certificates at its start: other ones change the file, and with it KES is restarted. */
export function headingOf(certificates: string, edited: boolean): string {
  const begin = certificates.slice(0, 16);
  return edited
    ? `Edited in Sealdeck for certificates ${begin}; step KES keeps what is not its own.`
    : `Written by Sealdeck for certificates ${begin}; KES is restarted when this file changes.`;
}

/** The certificates that a file of ours was written for. Undefined: it is none of ours. */
export function certificatesOf(text: string): string | undefined {
  return heading.exec(text)?.[2];
}

export function isEdited(text: string): boolean {
  return heading.exec(text)?.[1] === 'Edited';
}

export function withoutHeading(text: string): string {
  return text.replace(heading, '');
}
