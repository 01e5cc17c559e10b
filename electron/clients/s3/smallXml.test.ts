import { expect, it } from 'vitest';
import { readXml } from './smallXml.ts';

const refused = (reason: string) => expect.objectContaining({ code: 'answerNotUnderstood', details: { host: 'h', reason } });

it('an answer of millions of empty elements is refused before it fills the memory', () => {
  expect(readXml(`<a>${'<b/>'.repeat(20_000)}</a>`, 'h').children).toHaveLength(20_000);
  expect(() => readXml(`<a>${'<b/>'.repeat(300_000)}</a>`, 'h')).toThrow(refused('its XML has too many elements'));
});

it('entities of its own are none, and depth has an end', () => {
  expect(() => readXml('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 'h')).toThrow(refused('its XML is not understood at character 0'));
  expect(() => readXml('<a>&b;</a>', 'h')).toThrow(refused('an entity in its XML is not known'));
  expect(() => readXml('<a>'.repeat(1000), 'h')).toThrow(refused('its XML is too deep'));
});
