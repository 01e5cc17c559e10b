import { describe, expect, it } from 'vitest';
import { readListingPage } from './listingPage.ts';

const sse = 'X-Amz-Server-Side-Encryption';
const internal = '<Internal><K>1</K><M>0</M></Internal>';
const pair = (name: string, value: string): string => `<${name}>${value}</${name}>`;
const metadata = (...pairs: string[]): string => pair('UserMetadata', ['<content-type>text/plain</content-type>', ...pairs].join(''));

function object(key: string, rest: string): string {
  const standard = `<LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&#34;abc&#34;</ETag><Size>5</Size><StorageClass>STANDARD</StorageClass>`;
  return pair('Contents', `<Key>${key}</Key>${standard}${rest}`);
}

function page(entries: string[], { count = entries.length, head = '<IsTruncated>false</IsTruncated>' } = {}): string {
  const before = `<Name>b</Name><Prefix></Prefix><KeyCount>${count}</KeyCount><MaxKeys>1000</MaxKeys><Delimiter>%2F</Delimiter>${head}`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${before}${entries.join('')}<EncodingType>url</EncodingType></ListBucketResult>`;
}

const states = (xml: string) => readListingPage(xml)?.objects.map(({ key, encryption }) => [key, encryption?.state]);

describe('a listing page with metadata', () => {
  it('tells every state of the table', () => {
    const entries = [
      object('plain', metadata() + internal),
      object('s3', metadata(pair(sse, 'AES256')) + internal),
      object(
        'kms',
        metadata(pair(`${sse}-Aws-Kms-Key-Id`, 'arn:aws:kms:my-key'), pair(sse, 'aws:kms'), pair(`${sse}-Context`, 'e30=')) + internal,
      ),
      object('customer', metadata(pair(`${sse}-Customer-Algorithm`, 'AES256')) + internal),
    ];
    expect(states(page(entries))).toEqual([
      ['plain', 'plaintext'],
      ['s3', 'sse-s3'],
      ['kms', 'sse-kms'],
      ['customer', 'sse-c'],
    ]);
    expect(readListingPage(page(entries))?.objects[2]?.encryption).toEqual({ state: 'sse-kms', key: 'my-key' });
  });

  it.each([
    ['no permission for the metadata', ''],
    ['an old server, without Internal and without an entry', metadata()],
    ['SSE-KMS without a key, as older servers list it', metadata(pair(sse, 'aws:kms')) + internal],
    ['an algorithm that is not known', metadata(pair(sse, 'ROT13')) + internal],
    ['the entry in another spelling', metadata(pair(sse.toLowerCase(), 'AES256')) + internal],
    ['two kinds at once', metadata(pair(sse, 'AES256'), pair(`${sse}-Customer-Algorithm`, 'AES256')) + internal],
    ['the same entry twice', metadata(pair(sse, 'AES256'), pair(sse, 'aws:kms')) + internal],
    ['an illegal name', metadata('<X-Amz-Meta-A&b>v</X-Amz-Meta-A&b>') + internal],
    ['a name with a blank and an angle', metadata('<x-amz-meta-we ird<x>>v</x-amz-meta-we ird<x>>', pair(sse, 'AES256')) + internal],
    ['injected elements', metadata(`<a>v</a><${sse}>AES256</${sse}><b>value</a>v</a><${sse}>AES256</${sse}><b>`) + internal],
  ])('concludes nothing from %s', (_, rest) => {
    expect(states(page([object('one', rest), object('two', metadata() + internal)]))).toEqual([
      ['one', undefined],
      ['two', 'plaintext'],
    ]);
  });

  it('gives up the page when a name pretends more objects than there are', () => {
    const name = `a>v</a></UserMetadata></Contents><Contents><Key>fake</Key><Size>1</Size><UserMetadata><b`;
    expect(readListingPage(page([object('real', metadata(`<${name}>value</${name}>`) + internal)]))).toBeUndefined();
  });

  it.each([
    ['is cut', page([object('one', internal)]).slice(0, -40)],
    ['has another number of entries', page([object('one', internal)], { count: 2 })],
    ['has a key that no encoding makes', page([object('%ff', internal)])],
    ['is something else', '<html></html>'],
  ])('gives up a page that %s', (_, xml) => {
    expect(readListingPage(xml)).toBeUndefined();
  });

  it('decodes keys, prefixes and the token', () => {
    const prefixes = '<CommonPrefixes><Prefix>a+b%2F</Prefix></CommonPrefixes>';
    const head = '<IsTruncated>true</IsTruncated><NextContinuationToken>a2V5W21p&#43;</NextContinuationToken>';
    const read = readListingPage(page([object('%E4%B8%AD+%2B%0A', metadata() + internal), prefixes], { head: head.replace('&#43;', '=') }));
    expect(read?.objects[0]).toMatchObject({ key: '中 +\n', size: 5, modifiedAt: '2026-01-01T00:00:00.000Z' });
    expect(read?.prefixes).toEqual(['a b/']);
    expect(read?.next).toBe('a2V5W21p=');
  });
});
