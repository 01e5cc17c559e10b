import type { Pipe } from '../../shared/rpc/frames.ts';
export function openSamplePipe(): Pipe {
  throw new Error('later');
}
