import forge from 'node-forge';

type Asn1 = forge.asn1.Asn1;
const { asn1 } = forge;

/** The parts of a constructed value; none for a primitive one. */
export const partsOf = (value: Asn1 | undefined): Asn1[] => (Array.isArray(value?.value) ? value.value : []);
/** The content of a primitive value. */
export const contentOf = (value: Asn1 | undefined): Buffer => Buffer.from(typeof value?.value === 'string' ? value.value : '', 'binary');

const universal = (type: number, constructed: boolean, value: string | Asn1[]): Asn1 =>
  asn1.create(asn1.Class.UNIVERSAL, type, constructed, value as string);

export const sequence = (...parts: Asn1[]): Asn1 => universal(asn1.Type.SEQUENCE, true, parts);
export const set = (...parts: Asn1[]): Asn1 => universal(asn1.Type.SET, true, parts);
export const oid = (dotted: string): Asn1 => universal(asn1.Type.OID, false, asn1.oidToDer(dotted).getBytes());
export const int = (value: Buffer): Asn1 => universal(asn1.Type.INTEGER, false, value.toString('binary'));
export const bool = (value: boolean): Asn1 => universal(asn1.Type.BOOLEAN, false, value ? '\xff' : '\x00');
export const nul = (): Asn1 => universal(asn1.Type.NULL, false, '');
export const octets = (value: Buffer): Asn1 => universal(asn1.Type.OCTETSTRING, false, value.toString('binary'));
export const utf8 = (value: string): Asn1 => universal(asn1.Type.UTF8, false, forge.util.encodeUtf8(value));
export const explicit = (tag: number, value: Asn1): Asn1 => asn1.create(asn1.Class.CONTEXT_SPECIFIC, tag, true, [value]);
/** Reads DER and keeps bit strings as they are, so that writing it again gives the same bytes. The types know only the older second argument. */
export const parse = (der: Buffer): Asn1 => asn1.fromDer(der.toString('binary'), { decodeBitStrings: false } as unknown as boolean);
export const bytes = (value: Asn1): Buffer => Buffer.from(asn1.toDer(value).getBytes(), 'binary');

export const bits = (value: Buffer, unused = 0): Asn1 =>
  universal(asn1.Type.BITSTRING, false, Buffer.concat([Buffer.from([unused]), value]).toString('binary'));

/** UTCTime through 2049, GeneralizedTime after (RFC 5280 4.1.2.5). */
export function time(date: Date): Asn1 {
  const digits = `${date.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
  return date.getUTCFullYear() < 2050
    ? universal(asn1.Type.UTCTIME, false, digits.slice(2))
    : universal(asn1.Type.GENERALIZEDTIME, false, digits);
}
