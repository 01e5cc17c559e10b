import { Duplex, duplexPair, PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Pipe } from '../../shared/rpc/frames.ts';
import { joinPipes, linePipe } from './pipes.ts';

/** One end of a socket: what is written to it can be read, what is pushed to it arrives as data. */
function socket(): { stream: Duplex; arrive(text: string | Buffer): void; written(): string } {
  const out: Buffer[] = [];
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      out.push(chunk);
      done();
    },
  });
  return { stream, arrive: (text) => stream.push(text), written: () => Buffer.concat(out).toString() };
}
const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 20));
function collect(pipe: Pipe): unknown[] {
  const heard: unknown[] = [];
  pipe.onFrame((frame) => heard.push(frame));
  return heard;
}

describe('a line pipe', () => {
  it('reads frames whatever the pieces they come in, also inside a character', async () => {
    const { stream, arrive } = socket();
    const heard = collect(linePipe(stream));
    const bytes = Buffer.from('{"a":"证明"}\n{"b":2}\n\n{"c"');
    for (const byte of bytes) arrive(Buffer.from([byte]));
    arrive(':3}\n');
    await settled();
    expect(heard).toEqual([{ a: '证明' }, { b: 2 }, { c: 3 }]);
  });

  it('keeps frames that come before anybody listens', async () => {
    const { stream, arrive } = socket();
    const pipe = linePipe(stream);
    arrive('1\n2\n');
    await settled();
    expect(collect(pipe)).toEqual([1, 2]);
  });

  it('writes one line a frame and nothing after the end', async () => {
    const { stream, written } = socket();
    const pipe = linePipe(stream);
    pipe.send({ text: 'a\nb' });
    pipe.close();
    pipe.send('late');
    await settled();
    expect(written()).toBe('{"text":"a\\nb"}\n');
  });

  it('ends the connection on a line that is no JSON or has no end', async () => {
    for (const bad of ['{nope\n', 'x'.repeat(17 * 1024 * 1024)]) {
      const { stream, arrive } = socket();
      let closed = false;
      linePipe(stream).onClose(() => {
        closed = true;
      });
      arrive(bad);
      await settled();
      expect(closed).toBe(true);
    }
  });

  it('cuts a reader that has stopped instead of filling memory for it', async () => {
    const stuck = new PassThrough({ highWaterMark: 1 });
    const stream = Duplex.from({ readable: new PassThrough(), writable: stuck });
    const pipe = linePipe(stream);
    const frame = 'x'.repeat(8 * 1024 * 1024);
    for (let count = 0; count < 12; count++) pipe.send(frame);
    await settled();
    expect(stream.destroyed).toBe(true);
  });
});

function connected(): [Pipe, Pipe] {
  const [one, other] = duplexPair();
  return [linePipe(one), linePipe(other)];
}

describe('joined pipes', () => {
  it('hand frames through both ways and end together', async () => {
    const [here, one] = connected();
    const [other, there] = connected();
    joinPipes(one, other);
    const heard = [collect(here), collect(there)];
    here.send({ to: 'there' });
    there.send({ to: 'here' });
    await settled();
    expect(heard).toEqual([[{ to: 'here' }], [{ to: 'there' }]]);
    let closed = false;
    there.onClose(() => {
      closed = true;
    });
    here.close();
    await settled();
    expect(closed).toBe(true);
  });
});
