import type { ObjectSnippet } from '../../../../shared/objects.ts';
import { customerNotes, localName, quotedText as q, type SnippetOrder } from './order.ts';

/** boto3 reads the credential from the environment, and makes base64 and MD5 of a customer's key by itself. */
export function boto3Snippets(order: SnippetOrder): ObjectSnippet[] {
  const { endpoint, caFile, bucket, key, versionId, encrypt } = order;
  const customer =
    encrypt.kind === 'sse-c' ? ['    SSECustomerAlgorithm="AES256",', '    SSECustomerKey=base64.b64decode(os.environ["SSE_C_KEY"]),'] : [];
  const context = encrypt.kind === 'sse-kms' ? encrypt.context : undefined;
  const head = (modules: readonly string[]): string[] => [
    `import ${[...modules, ...(customer.length > 0 ? ['base64', 'os'] : [])].sort().join(', ')}`,
    'import boto3',
    'from botocore.config import Config',
    '',
    's3 = boto3.client(',
    '    "s3",',
    `    endpoint_url=${q(endpoint)},`,
    '    region_name="us-east-1",',
    ...(caFile === undefined ? [] : [`    verify=${q(caFile)},`]),
    '    config=Config(s3={"addressing_style": "path"}),',
    ')',
  ];
  const place = [`    Bucket=${q(bucket)},`, `    Key=${q(key)},`];
  const upload = [
    ...(encrypt.kind === 'sse-s3' ? ['    ServerSideEncryption="AES256",'] : []),
    ...(encrypt.kind === 'sse-kms' ? ['    ServerSideEncryption="aws:kms",', `    SSEKMSKeyId=${q(encrypt.key)},`] : []),
    ...(context ? ['    SSEKMSEncryptionContext=context,'] : []),
    ...customer,
  ];
  /** What HEAD and GET ask for. */
  const asked = [
    ...place,
    ...(versionId === undefined ? [] : [`    VersionId=${q(versionId)},`]),
    '    ChecksumMode="ENABLED",',
    ...customer,
  ];
  const show = 'print(json.dumps(answer["ResponseMetadata"]["HTTPHeaders"], indent=2))';
  const notes = customerNotes(encrypt);
  const pip = 'python3 -m pip install boto3';
  return [
    {
      tool: 'boto3',
      what: 'upload',
      file: 'upload.py',
      lines: [
        ...head(context ? ['json', 'base64'] : ['json']),
        ...(context ? [`context = base64.b64encode(json.dumps(${python(context)}).encode()).decode()`] : []),
        `body = open(${q(localName(key))}, "rb")`,
        'answer = s3.put_object(',
        ...place,
        '    Body=body,',
        ...upload,
        ')',
        show,
      ],
      run: [pip, 'python3 upload.py'],
      notes,
    },
    {
      tool: 'boto3',
      what: 'head',
      file: 'head.py',
      lines: [...head(['json']), 'answer = s3.head_object(', ...asked, ')', show],
      run: [pip, 'python3 head.py'],
      notes,
    },
    {
      tool: 'boto3',
      what: 'download',
      file: 'download.py',
      lines: [
        ...head(['json']),
        'answer = s3.get_object(',
        ...asked,
        ')',
        `with open(${q(localName(key))}, "wb") as file:`,
        '    for chunk in answer["Body"].iter_chunks(1024 * 1024):',
        '        file.write(chunk)',
        show,
      ],
      run: [pip, 'python3 download.py'],
      notes,
    },
  ];
}

function python(context: Readonly<Record<string, string>>): string {
  return `{${Object.entries(context)
    .map(([name, value]) => `${q(name)}: ${q(value)}`)
    .join(', ')}}`;
}
