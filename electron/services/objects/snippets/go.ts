import type { ObjectSnippet } from '../../../../shared/objects.ts';
import { contextHeader, customerNotes, localName, quotedText as q, type SnippetOrder } from './order.ts';

const sdk = 'github.com/aws/aws-sdk-go-v2';

/** AWS SDK for Go, version 2: the credential comes from the environment; of a customer's key it wants base64 and MD5 as they are sent. */
export function goSnippets(order: SnippetOrder): ObjectSnippet[] {
  const { bucket, key, versionId, encrypt } = order;
  const customer = encrypt.kind === 'sse-c';
  const place: Field[] = [
    ['Bucket', `aws.String(${q(bucket)})`],
    ['Key', `aws.String(${q(key)})`],
  ];
  const keyFields: Field[] = customer
    ? [
        ['SSECustomerAlgorithm', 'aws.String("AES256")'],
        ['SSECustomerKey', 'aws.String(key)'],
        ['SSECustomerKeyMD5', 'aws.String(keyMD5)'],
      ]
    : [];
  const upload: Field[] = [
    ...(encrypt.kind === 'sse-s3' ? [['ServerSideEncryption', 'types.ServerSideEncryptionAes256'] as const] : []),
    ...(encrypt.kind === 'sse-kms'
      ? [['ServerSideEncryption', 'types.ServerSideEncryptionAwsKms'] as const, ['SSEKMSKeyId', `aws.String(${q(encrypt.key)})`] as const]
      : []),
    ...(encrypt.kind === 'sse-kms' && encrypt.context
      ? [['SSEKMSEncryptionContext', `aws.String(${q(contextHeader(encrypt.context))})`] as const]
      : []),
    ...keyFields,
  ];
  /** What HEAD and GET ask for. */
  const asked: Field[] = [
    ...place,
    ...(versionId === undefined ? [] : [['VersionId', `aws.String(${q(versionId)})`] as const]),
    ['ChecksumMode', 'types.ChecksumModeEnabled'],
    ...keyFields,
  ];
  const show = '\tfmt.Println("ETag", aws.ToString(answer.ETag), answer.ServerSideEncryption, aws.ToString(answer.SSEKMSKeyId))';
  const notes = customerNotes(encrypt);
  const named = encrypt.kind === 'sse-s3' || encrypt.kind === 'sse-kms';
  return [
    {
      tool: 'go',
      what: 'upload',
      file: 'main.go',
      lines: program(order, { os: true, types: named }, [
        `\tfile, err := os.Open(${q(localName(key))})`,
        '\tcheck(err)',
        '\tanswer, err := client.PutObject(ctx, &s3.PutObjectInput{',
        ...fields([...place, ['Body', 'file'], ...upload]),
        '\t})',
        '\tcheck(err)',
        show,
      ]),
      run: goRun,
      notes,
    },
    {
      tool: 'go',
      what: 'head',
      file: 'main.go',
      lines: program(order, { os: false, types: true }, [
        '\tanswer, err := client.HeadObject(ctx, &s3.HeadObjectInput{',
        ...fields(asked),
        '\t})',
        '\tcheck(err)',
        show,
      ]),
      run: goRun,
      notes,
    },
    {
      tool: 'go',
      what: 'download',
      file: 'main.go',
      lines: program(order, { os: true, io: true, types: true }, [
        '\tanswer, err := client.GetObject(ctx, &s3.GetObjectInput{',
        ...fields(asked),
        '\t})',
        '\tcheck(err)',
        '\tdefer answer.Body.Close()',
        `\tfile, err := os.Create(${q(localName(key))})`,
        '\tcheck(err)',
        '\t_, err = io.Copy(file, answer.Body)',
        '\tcheck(err)',
        '\tcheck(file.Close())',
        show,
      ]),
      run: goRun,
      notes,
    },
  ];
}

type Field = readonly [name: string, value: string];

/** Values below each other, as `gofmt` wants them. */
function fields(all: readonly Field[]): string[] {
  const widest = Math.max(...all.map(([name]) => name.length));
  return all.map(([name, value]) => `\t\t${`${name}:`.padEnd(widest + 1)} ${value},`);
}

const goRun = ['go mod init example', `go get ${sdk}/config ${sdk}/service/s3`, 'go run main.go'];

function program(
  { endpoint, caFile, encrypt }: SnippetOrder,
  needs: { os: boolean; io?: boolean; types: boolean },
  work: readonly string[],
): string[] {
  const customer = encrypt.kind === 'sse-c';
  const standard = [
    'context',
    'fmt',
    'log',
    ...(needs.io ? ['io'] : []),
    ...(needs.os || customer || caFile !== undefined ? ['os'] : []),
    ...(customer ? ['crypto/md5', 'encoding/base64'] : []),
  ].sort();
  const ours = [`${sdk}/aws`, `${sdk}/config`, `${sdk}/service/s3`, ...(needs.types ? [`${sdk}/service/s3/types`] : [])];
  return [
    'package main',
    '',
    'import (',
    ...standard.map((name) => `\t"${name}"`),
    '',
    ...ours.map((name) => `\t"${name}"`),
    ')',
    '',
    'func main() {',
    '\tctx := context.Background()',
    ...(caFile === undefined
      ? ['\tcfg, err := config.LoadDefaultConfig(ctx, config.WithRegion("us-east-1"))']
      : [
          `\tca, err := os.Open(${q(caFile)})`,
          '\tcheck(err)',
          '\tcfg, err := config.LoadDefaultConfig(ctx, config.WithRegion("us-east-1"), config.WithCustomCABundle(ca))',
        ]),
    '\tcheck(err)',
    '\tclient := s3.NewFromConfig(cfg, func(o *s3.Options) {',
    `\t\to.BaseEndpoint = aws.String(${q(endpoint)})`,
    '\t\to.UsePathStyle = true',
    '\t})',
    ...(customer
      ? [
          '\tkey := os.Getenv("SSE_C_KEY")',
          '\tbytes, err := base64.StdEncoding.DecodeString(key)',
          '\tcheck(err)',
          '\tsum := md5.Sum(bytes)',
          '\tkeyMD5 := base64.StdEncoding.EncodeToString(sum[:])',
        ]
      : []),
    ...work,
    '}',
    '',
    'func check(err error) {',
    '\tif err != nil {',
    '\t\tlog.Fatal(err)',
    '\t}',
    '}',
  ];
}
