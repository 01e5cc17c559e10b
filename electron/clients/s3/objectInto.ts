import { factsOf } from './objectFacts.ts';
import { customerHeaders } from './objectHeaders.ts';
import { pathOf } from './objectReads.ts';
import type { ObjectSender } from './objectSender.ts';
import type { ContentSink, Got, ObjectClient } from './objectTypes.ts';

/** The quick way where the server goes along; else the usual one, whose failures say what is wrong. */
export function intoCall(sender: ObjectSender, get: ObjectClient['get']): ObjectClient['getInto'] {
  return async (at, { bytes, from, customerKey, signal }, sink) => {
    const range = from === undefined ? undefined : `${from}-${from + bytes - 1}`;
    const headers = { ...customerHeaders(customerKey), ...(range === undefined ? {} : { range: `bytes=${range}` }) };
    const wanted = {
      bytes,
      range,
      begin: (said: Record<string, string>) => sink.begin(factsOf(said)),
    };
    if (bytes > 0 && (await sender.into({ ...pathOf(at), headers, signal }, wanted, sink))) return;

    await takeAll(await get(at, { customerKey, range: headers.range, signal }), sink);
  };
}

/** What comes as a stream. */
export async function takeAll({ facts, body }: Got, sink: ContentSink): Promise<void> {
  try {
    sink.begin(facts);
    for await (const chunk of body as AsyncIterable<Buffer>)
      for (let taken = 0; taken < chunk.length; ) {
        const copied = chunk.copy(sink.room(), 0, taken);
        taken += copied;
        await sink.took(copied);
      }
  } finally {
    body.on('error', () => undefined).destroy();
  }
}
