import type { ObjectSnippet } from '../../../../shared/objects.ts';
import { contextHeader, customerNotes, localName, quotedText, type SnippetOrder } from './order.ts';

/** AWS SDK for Java, version 2, as one file that `java` runs without a build: the credential comes from the environment. */
export function javaSnippets(order: SnippetOrder): ObjectSnippet[] {
  const { bucket, key, versionId, encrypt } = order;
  const customer = encrypt.kind === 'sse-c';
  const place = [`          .bucket(${q(bucket)})`, `          .key(${q(key)})`];
  const keyFields = customer
    ? ['          .sseCustomerAlgorithm("AES256")', '          .sseCustomerKey(key)', '          .sseCustomerKeyMD5(keyMD5)']
    : [];
  const upload = [
    ...(encrypt.kind === 'sse-s3' ? ['          .serverSideEncryption(ServerSideEncryption.AES256)'] : []),
    ...(encrypt.kind === 'sse-kms'
      ? ['          .serverSideEncryption(ServerSideEncryption.AWS_KMS)', `          .ssekmsKeyId(${q(encrypt.key)})`]
      : []),
    ...(encrypt.kind === 'sse-kms' && encrypt.context ? [`          .ssekmsEncryptionContext(${q(contextHeader(encrypt.context))})`] : []),
    ...keyFields,
  ];
  /** What HEAD and GET ask for. */
  const asked = [
    ...place,
    ...(versionId === undefined ? [] : [`          .versionId(${q(versionId)})`]),
    '          .checksumMode(ChecksumMode.ENABLED)',
    ...keyFields,
  ];
  const notes = customerNotes(encrypt);
  return [
    {
      tool: 'java',
      what: 'upload',
      file: 'Upload.java',
      lines: program(
        order,
        'Upload',
        ['software.amazon.awssdk.core.sync.RequestBody'],
        [
          '      var answer = s3.putObject(PutObjectRequest.builder()',
          ...place,
          ...upload,
          `          .build(), RequestBody.fromFile(Path.of(${q(localName(key))})));`,
          '      System.out.println(answer);',
        ],
      ),
      run: runOf('Upload.java'),
      notes,
    },
    {
      tool: 'java',
      what: 'head',
      file: 'Head.java',
      lines: program(
        order,
        'Head',
        [],
        [
          '      var answer = s3.headObject(HeadObjectRequest.builder()',
          ...asked,
          '          .build());',
          '      System.out.println(answer);',
        ],
      ),
      run: runOf('Head.java'),
      notes,
    },
    {
      tool: 'java',
      what: 'download',
      file: 'Download.java',
      lines: program(
        order,
        'Download',
        ['java.nio.file.StandardCopyOption'],
        [
          '      try (var answer = s3.getObject(GetObjectRequest.builder()',
          ...asked,
          '          .build())) {',
          `        Files.copy(answer, Path.of(${q(localName(key))}), StandardCopyOption.REPLACE_EXISTING);`,
          '        System.out.println(answer.response());',
          '      }',
        ],
      ),
      run: runOf('Download.java'),
      notes,
    },
  ];
}

const version = '2.33.0';
const needs = `<dependency><groupId>software.amazon.awssdk</groupId><artifactId>s3</artifactId><version>${version}</version></dependency>`;
const pom = `<project><modelVersion>4.0.0</modelVersion><groupId>example</groupId><artifactId>example</artifactId><version>1</version><dependencies>${needs}</dependencies></project>`;

/** The last line runs it, those before get its libraries into `lib`. */
export function runOf(file: string): string[] {
  return [`echo '${pom}' > pom.xml`, 'mvn -q dependency:copy-dependencies -DoutputDirectory=lib', `java -cp 'lib/*' ${file}`];
}

/** Java reads a source in the system's encoding, so letters beyond ASCII are written as numbers. */
function q(text: string): string {
  return quotedText(text).replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function program({ endpoint, caFile, encrypt }: SnippetOrder, name: string, more: readonly string[], work: readonly string[]): string[] {
  const customer = encrypt.kind === 'sse-c';
  const imports = [
    'java.net.URI',
    'java.nio.file.Files',
    'java.nio.file.Path',
    ...(customer ? ['java.security.MessageDigest', 'java.util.Base64'] : []),
    ...(caFile === undefined
      ? []
      : [
          'java.security.KeyStore',
          'java.security.cert.CertificateFactory',
          'javax.net.ssl.TrustManagerFactory',
          'software.amazon.awssdk.http.apache.ApacheHttpClient',
        ]),
    'software.amazon.awssdk.regions.Region',
    'software.amazon.awssdk.services.s3.S3Client',
    'software.amazon.awssdk.services.s3.model.*',
    ...more,
  ].sort();
  return [
    ...imports.map((each) => `import ${each};`),
    '',
    `public class ${name} {`,
    '  public static void main(String[] args) throws Exception {',
    ...(caFile === undefined
      ? []
      : [
          '    var store = KeyStore.getInstance(KeyStore.getDefaultType());',
          '    store.load(null, null);',
          `    try (var file = Files.newInputStream(Path.of(${q(caFile)}))) {`,
          '      for (var ca : CertificateFactory.getInstance("X.509").generateCertificates(file))',
          '        store.setCertificateEntry("ca" + store.size(), ca);',
          '    }',
          '    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());',
          '    trust.init(store);',
        ]),
    ...(customer
      ? [
          '    var key = System.getenv("SSE_C_KEY");',
          '    var md5 = MessageDigest.getInstance("MD5").digest(Base64.getDecoder().decode(key));',
          '    var keyMD5 = Base64.getEncoder().encodeToString(md5);',
        ]
      : []),
    '    try (var s3 = S3Client.builder()',
    `        .endpointOverride(URI.create(${q(endpoint)}))`,
    '        .region(Region.US_EAST_1)',
    '        .forcePathStyle(true)',
    ...(caFile === undefined
      ? []
      : ['        .httpClient(ApacheHttpClient.builder().tlsTrustManagersProvider(trust::getTrustManagers).build())']),
    '        .build()) {',
    ...work,
    '    }',
    '  }',
    '}',
  ];
}
