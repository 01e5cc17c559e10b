import { describe, expect, it } from 'vitest';
import { createListingTokenizer, type Listing } from './listingTokenizer.ts';

const sse = 'X-Amz-Server-Side-Encryption';
const internal = '<Internal><K>1</K><M>0</M></Internal>';
const pair = (name: string, value: string): string => `<${name}>${value}</${name}>`;
const metadata = (...pairs: string[]): string => pair('UserMetadata', ['<content-type>text/plain</content-type>', ...pairs].join(''));
const standard = `<LastModified>2026-01-01T00:00:00.123Z</LastModified><ETag>&#34;abc&#34;</ETag><Size>5</Size><StorageClass>STANDARD</StorageClass>`;
const object = (key: string, rest: string): string => pair('Contents', `<Key>${key}</Key>${standard}${rest}`);
const version = (key: string, id: string, rest: string, latest = true): string =>
  pair('Version', `<Key>${key}</Key>${standard}${rest}<IsLatest>${latest}</IsLatest><VersionId>${id}</VersionId>`);
const marker = (key: string, id: string): string =>
  pair(
    'DeleteMarker',
    `<Key>${key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag></ETag><Size>0</Size><Owner><ID>0</ID><DisplayName>minio</DisplayName></Owner><StorageClass>STANDARD</StorageClass><Internal><K>0</K><M>0</M></Internal><IsLatest>true</IsLatest><VersionId>${id}</VersionId>`,
  );

function page(
  entries: string[],
  { count = entries.length, head = '<IsTruncated>false</IsTruncated>', tail = '<EncodingType>url</EncodingType>' } = {},
): string {
  const before = `<Name>b</Name><Prefix></Prefix><KeyCount>${count}</KeyCount><MaxKeys>1000</MaxKeys><Delimiter>%2F</Delimiter>${head}`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${before}${entries.join('')}${tail}</ListBucketResult>`;
}

function versionsPage(entries: string[], head = '<IsTruncated>false</IsTruncated>'): string {
  const before = `<Name>b</Name><Prefix></Prefix><KeyMarker></KeyMarker><VersionIdMarker></VersionIdMarker><MaxKeys>${entries.length}</MaxKeys>${head}`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${before}${entries.join('')}<EncodingType>url</EncodingType></ListVersionsResult>`;
}

function read(xml: string, { versions = false, maxKeys = 1000, chunk = 16_384 } = {}): Listing {
  const tokenizer = createListingTokenizer({ host: 'h:1', bucket: 'b', versions, maxKeys });
  const bytes = Buffer.from(xml);
  for (let at = 0; at < bytes.length; at += chunk) tokenizer.push(bytes.subarray(at, at + chunk));
  return tokenizer.end();
}
const states = (xml: string) => read(xml).entries.map(({ key, state }) => [key, state]);
const refusal = (reason: string) =>
  expect.objectContaining({ code: 'answerNotUnderstood', details: { host: 'h:1', reason: expect.stringContaining(reason) } });

describe('a listing page with metadata', () => {
  it('tells every state of the table', () => {
    const entries = [
      object('plain', metadata() + internal),
      object('none', internal),
      object('s3', metadata(pair(sse, 'AES256')) + internal),
      object('s3-old', metadata(pair(sse, 'AES256'))),
      object('kms', metadata(pair(`${sse}-Aws-Kms-Key-Id`, 'arn:aws:kms:my-key'), pair(sse, 'aws:kms')) + internal),
      object(
        'context',
        metadata(pair(sse, 'aws:kms'), pair(`${sse}-Context`, 'e30='), pair(`${sse}-Aws-Kms-Key-Id`, 'arn:aws:kms:k&amp;2')) + internal,
      ),
      object('customer', metadata(pair(`${sse}-Customer-Algorithm`, 'AES256')) + internal),
    ];
    const { entries: found } = read(page(entries));
    expect(found.map(({ key, state, kmsKey, context }) => [key, state, kmsKey, context])).toEqual([
      ['plain', 'plaintext', undefined, false],
      ['none', 'plaintext', undefined, false],
      ['s3', 'sse-s3', undefined, false],
      ['s3-old', 'sse-s3', undefined, false],
      ['kms', 'sse-kms', 'my-key', false],
      ['context', 'sse-kms', 'k&2', true],
      ['customer', 'sse-c', undefined, false],
    ]);
    expect(found[0]).toEqual({
      ...{ key: 'plain', size: 5, modifiedAt: Date.UTC(2026, 0, 1, 0, 0, 0, 123), etag: 'abc' },
      ...{ latest: true, deleteMarker: false, context: false, state: 'plaintext' },
    });
  });

  it.each([
    ['no permission for the metadata', ''],
    ['an old server, without Internal and without an entry', metadata()],
    ['SSE-KMS without a key, as older servers list it', metadata(pair(sse, 'aws:kms')) + internal],
    ['a key without an algorithm', metadata(pair(`${sse}-Aws-Kms-Key-Id`, 'arn:aws:kms:k')) + internal],
    ['SSE-S3 with a key', metadata(pair(sse, 'AES256'), pair(`${sse}-Aws-Kms-Key-Id`, 'arn:aws:kms:k')) + internal],
    ['an algorithm that is not known', metadata(pair(sse, 'ROT13')) + internal],
    ['the entry in another spelling', metadata(pair(sse.toLowerCase(), 'AES256')) + internal],
    ['an entry that is not known', metadata(pair(`${sse}-New`, 'x')) + internal],
    ['two kinds at once', metadata(pair(sse, 'AES256'), pair(`${sse}-Customer-Algorithm`, 'AES256')) + internal],
    ['the same entry twice', metadata(pair(sse, 'AES256'), pair(sse, 'aws:kms')) + internal],
    ['the same user name twice', metadata(pair('X-Amz-Meta-A', '1'), pair(sse, 'AES256'), pair('X-Amz-Meta-A', '2')) + internal],
    ['an illegal name', metadata('<X-Amz-Meta-A&b>v</X-Amz-Meta-A&b>', pair(sse, 'AES256')) + internal],
    ['every sign of a header name', metadata("<X-Amz-Meta-A!b#c$d%e'f*g+h.i^j_k~n>v</X-Amz-Meta-A!b#c$d%e'f*g+h.i^j_k~n>") + internal],
    ['a name with a blank and an angle', metadata('<x-amz-meta-we ird<x>>v</x-amz-meta-we ird<x>>', pair(sse, 'AES256')) + internal],
    ['injected elements', metadata(`<a>v</a><${sse}>AES256</${sse}><b>value</a>v</a><${sse}>AES256</${sse}><b>`) + internal],
    ['a name that closes the metadata', metadata(`<a></UserMetadata>${internal}<b>v</a></UserMetadata>${internal}<b>`) + internal],
    ['a pair named as the metadata itself', metadata('<UserMetadata></UserMetadata><b>v</UserMetadata></UserMetadata><b>') + internal],
  ])('concludes nothing from %s', (_, rest) => {
    expect(states(page([object('one', rest), object('two', metadata() + internal)]))).toEqual([
      ['one', undefined],
      ['two', 'plaintext'],
    ]);
  });

  it('reads metadata that is the same everywhere, and other in each entry', () => {
    const kinds = [
      metadata(pair(sse, 'AES256')),
      metadata(),
      metadata(pair(`${sse}-Customer-Algorithm`, 'AES256')),
      metadata('<X-Amz-Meta-A&b>v</X-Amz-Meta-A&b>'),
    ];
    const told = ['sse-s3', 'plaintext', 'sse-c', undefined];
    const own = (index: number) => metadata(pair('X-Amz-Meta-Mtime', String(index)), ...(index % 2 ? [pair(sse, 'AES256')] : []));
    const entries = Array.from({ length: 1600 }, (_, index) =>
      object(`k${index}`, (index % 800 < 400 ? (kinds[index % 4] ?? '') : own(index)) + internal),
    );
    const expected = entries.map((_, index) => (index % 800 < 400 ? told[index % 4] : index % 2 ? 'sse-s3' : 'plaintext'));
    expect(states(page(entries)).map(([, state]) => state)).toEqual(expected);
  });

  it('keeps names that look like encryption apart', () => {
    const rest =
      metadata(pair('X-Amz-Meta-X-Amz-Server-Side-Encryption', 'AES256'), pair('X-Amz-Meta-', 'v'), pair('X-Amz-Meta-1', 'v')) + internal;
    expect(states(page([object('one', rest)]))).toEqual([['one', 'plaintext']]);
  });

  it.each([
    ['pretends an object', '</UserMetadata></Contents><Contents><Key>fake</Key><Size>1</Size><UserMetadata><b'],
    [
      'pretends a whole encrypted one',
      `</UserMetadata></Contents>${object('fake', metadata(pair(sse, 'AES256')) + internal)}<Contents><Key>f2</Key>${standard}<UserMetadata><b`,
    ],
    ['ends its entry and begins nothing', '</UserMetadata></Contents><b'],
    ['ends the page', '</UserMetadata></Contents></ListBucketResult><b'],
    ['opens something that swallows', '</UserMetadata></Contents><Contents><Key>fake</Key><Internal><b'],
    ['writes another number of entries', '</UserMetadata></Contents><KeyCount>2</KeyCount><b'],
  ])('is in doubt about a page with a name that %s', (_, injected) => {
    const name = `a>v</a>${injected}`;
    const evil = object('evil', metadata(`<${name}>value</${name}>`) + internal);
    const xml = page([object('first', metadata() + internal), evil, object('last', metadata() + internal)]);
    for (const chunk of [1, 7, 1e6]) {
      const listing = read(xml, { chunk });
      expect(listing).toMatchObject({ doubtful: true, entries: [] });
    }
  });

  it('reads the same, wherever its bytes are cut', () => {
    const name = `a>v</a><${sse}>AES256</${sse}><b`;
    const xml = page([
      object('%E4%B8%AD+%2B%0A', metadata(pair('X-Amz-Meta-N', 'grün中')) + internal),
      object('odd', metadata(`<${name}>value</${name}>`) + internal),
      object('kms', metadata(pair(sse, 'aws:kms'), pair(`${sse}-Aws-Kms-Key-Id`, 'arn:aws:kms:k')) + internal),
      '<CommonPrefixes><Prefix>z%2F</Prefix></CommonPrefixes>',
    ]);
    const bytes = Buffer.from(xml);
    const once = read(xml, { chunk: bytes.length });
    expect(once.entries.map(({ key, state }) => [key, state])).toEqual([
      ['中 +\n', 'plaintext'],
      ['odd', undefined],
      ['kms', 'sse-kms'],
    ]);
    for (let cut = 0; cut <= bytes.length; cut++) {
      // The first part is long enough to be read before the second one comes.
      const padded = Buffer.concat([
        bytes.subarray(0, bytes.indexOf('<Contents>')),
        Buffer.alloc(70_000, ' '),
        bytes.subarray(bytes.indexOf('<Contents>')),
      ]);
      const tokenizer = createListingTokenizer({ host: 'h:1', bucket: 'b', versions: false, maxKeys: 1000 });
      const at = cut + padded.length - bytes.length;
      tokenizer.push(padded.subarray(0, at));
      tokenizer.push(padded.toString('latin1', at));
      expect({ ...tokenizer.end(), bytes: 0 }).toEqual({ ...once, bytes: 0 });
    }
  });

  it.each([
    ['is cut', page([object('one', internal)]).slice(0, -40), 'cut'],
    ['is cut in an entry', page([object('one', internal), object('two', internal)]).slice(0, 500), 'cut'],
    ['has another number of entries', page([object('one', internal)], { count: 2 }), 'says 2 entries and holds 1'],
    ['has a key that no encoding makes', page([object('%zz', internal)]), 'key of entry 1'],
    ['has a key that is no UTF-8', page([object('%ff', internal)]), 'key of entry 1'],
    ['has an entity of its own in a key', page([object('&bomb;', internal)]), 'key of entry 1'],
    ['is something else', '<html></html>', 'it is <html>'],
    ['is empty', '', 'does not begin as a listing'],
    ['is no XML', '{"a":1}', 'does not begin as a listing'],
    ['declares entities', `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>${page([])}`, 'does not begin as a listing'],
    ['declares entities behind its first line', page([]).replace('\n', '<!DOCTYPE x [<!ENTITY a "b">]>'), 'does not begin as a listing'],
    ['holds a comment', page(['<!-- x -->'], { count: 0 }), 'no listing'],
    ['holds CDATA', page([`<Contents><![CDATA[x]]></Contents>`]), 'entry 1'],
    ['goes on behind its end', `${page([])}<Contents>`, 'follows its end'],
    ['has a size that is no number', page([object('one', internal).replace('<Size>5', '<Size>-5')]), 'entry 1'],
    ['has a time that is none', page([object('one', internal).replace('2026-01-01T00:00:00.123Z', '2026-01-01T99:00:00.123Z')]), 'entry 1'],
    ['has an entry without a key', page([pair('Contents', standard)]), 'entry 1'],
    ['has an entry with two keys', page([object('one', '<Key>two</Key>')]), 'entry 1'],
    ['has an entry inside another', page([object('one', `<X>${object('two', '')}</X>`)]), 'entry 1'],
    ['goes on without saying where', page([], { head: '<IsTruncated>true</IsTruncated>' }), 'does not say where'],
  ])('refuses a page that %s', (_, xml, reason) => {
    expect(() => read(xml)).toThrow(refusal(reason));
    expect(() => read(xml, { chunk: 1 })).toThrow(refusal(reason));
  });

  it('refuses what is too long, and does not keep it', () => {
    const tokenizer = createListingTokenizer({ host: 'h:1', bucket: 'b', versions: false, maxKeys: 1000 });
    tokenizer.push(page([]).split('<Name>')[0] ?? '');
    tokenizer.push('<Contents><Key>');
    expect(() => {
      for (;;) tokenizer.push('a'.repeat(100_000));
    }).toThrow(refusal('longer than 1 MiB'));
    const blanks = createListingTokenizer({ host: 'h:1', bucket: 'b', versions: false, maxKeys: 1000 });
    blanks.push(page([]).split('<Name>')[0] ?? '');
    expect(() => {
      for (;;) blanks.push(' '.repeat(100_000));
    }).toThrow(refusal('longer than 64 MiB'));
    expect(() => read(page(Array.from({ length: 5 }, () => object('a', ''))), { maxKeys: 2 })).toThrow(refusal('twice the 2 entries'));
  });

  it('decodes keys, prefixes and the token', () => {
    const prefixes = '<CommonPrefixes><Prefix>a+b%2F</Prefix></CommonPrefixes>';
    const head = '<IsTruncated>true</IsTruncated><NextContinuationToken>a2V5W21p&#43;&#x3D;</NextContinuationToken>';
    const listing = read(page([object('%E4%B8%AD+%2B%0A%7E', metadata() + internal), prefixes], { head }));
    expect(listing.entries[0]).toMatchObject({ key: '中 +\n~', size: 5 });
    expect(listing).toMatchObject({ prefixes: ['a b/'], truncated: true, nextToken: 'a2V5W21p+=' });
  });

  it('reads the pages of other servers: other order, blanks, more elements, keys that are not encoded', () => {
    const entry = `<Contents>\n  <ETag>"abc"</ETag>\n  <Key>a+b%20&amp;中</Key>\n  <LastModified>2026-01-01T00:00:00Z</LastModified><Size>7</Size>
      <Owner><ID>x</ID><DisplayName/></Owner><RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress></RestoreStatus><ChecksumType/></Contents>\n`;
    const listing = read(page([entry], { tail: '\n' }));
    expect(listing.entries).toMatchObject([{ key: 'a+b%20&中', size: 7, etag: 'abc', modifiedAt: Date.UTC(2026, 0, 1) }]);
    expect(listing.entries[0]?.state).toBeUndefined();
  });
});

describe('a page of versions', () => {
  it('tells versions and delete markers', () => {
    const xml = versionsPage(
      [marker('a', 'd1'), version('a', 'v2', metadata() + internal, false), version('b', 'null', metadata(pair(sse, 'AES256')) + internal)],
      '<IsTruncated>true</IsTruncated><NextKeyMarker>b%5Bminio_cache%3Av2%2Creturn%3A%5D</NextKeyMarker><NextVersionIdMarker>null</NextVersionIdMarker>',
    );
    const listing = read(xml, { versions: true });
    expect(
      listing.entries.map(({ key, versionId, latest, deleteMarker, state, size }) => [key, versionId, latest, deleteMarker, state, size]),
    ).toEqual([
      ['a', 'd1', true, true, undefined, 0],
      ['a', 'v2', false, false, 'plaintext', 5],
      ['b', 'null', true, false, 'sse-s3', 5],
    ]);
    expect(listing).toMatchObject({ truncated: true, nextKey: 'b[minio_cache:v2,return:]', nextVersion: 'null' });
  });

  const name = 'a>v</a><c';
  const entries = [
    version('a', 'v1', metadata() + internal),
    version('b', 'v2', metadata(`<${name}>v</${name}>`) + internal, false),
    version('c', 'v3', metadata() + internal),
  ];
  const more = '<IsTruncated>true</IsTruncated><NextKeyMarker>c</NextKeyMarker><NextVersionIdMarker>v3</NextVersionIdMarker>';

  it('counts a page that goes on against what was asked for, when names broke it', () => {
    const listing = read(versionsPage(entries, more), { versions: true, maxKeys: 3 });
    expect(listing.doubtful).toBe(false);
    expect(listing.entries.map(({ key, versionId, latest, state }) => [key, versionId, latest, state])).toEqual([
      ['a', 'v1', true, 'plaintext'],
      ['b', 'v2', false, undefined],
      ['c', 'v3', true, 'plaintext'],
    ]);
  });

  it.each([
    ['is the last one, whose number nobody knows', versionsPage(entries), 1000],
    ['has another number than was asked for', versionsPage(entries, more), 2],
    ['has a forged version', versionsPage([entries[0] ?? '', forged(), entries[2] ?? ''], more), 3],
    ['has a forged version on its last page', versionsPage([entries[0] ?? '', forged(), entries[2] ?? '']), 1000],
  ])('is in doubt when a name broke a page that %s', (_, xml, maxKeys) => {
    const listing = read(xml, { versions: true, maxKeys });
    expect(listing).toMatchObject({ doubtful: true, entries: [] });
  });

  function forged(): string {
    const fake = `a>v</a></UserMetadata></Version>${version('fake', 'f', internal)}<Version><Key>f</Key>${standard}<IsLatest>true</IsLatest><VersionId>f</VersionId><UserMetadata><c`;
    return version('evil', 'v9', metadata(`<${fake}>v</${fake}>`) + internal);
  }
});
