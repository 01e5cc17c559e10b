import { expect, it } from 'vitest';
import { uploadMeant } from './uploadCommands.ts';

it('an upload whose start was cut off by a kill hides none that can be resumed', () => {
  const uploads = (['staged', 'paused', 'ended'] as const).map((phase) => ({ id: phase, phase }));
  expect(uploadMeant(uploads, 'resume', undefined)?.id).toBe('paused');
  expect(uploadMeant(uploads, 'cancel', undefined)?.id).toBe('staged');
  expect(uploadMeant(uploads, 'resume', 'ended')?.id).toBe('ended');
  expect(uploadMeant(uploads.slice(0, 1), 'resume', undefined)?.id).toBe('staged');
  expect(uploadMeant(uploads.slice(2), 'resume', undefined)).toBeUndefined();
});
