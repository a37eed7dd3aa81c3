import { format, formatWithOptions, inspect } from 'node:util';

import { Opened } from './opened.js';

const TEXT = 'hunter2-Secret';
const opened = new Opened(TEXT);

describe('Opened', () => {
  it('gives its text to who has a reason', () => {
    expect(opened.reveal('to test it')).toBe(TEXT);
    expect(new Opened('').reveal('to test it')).toBe('');
  });

  it.each<[string, string]>([
    ['String', String(opened)],
    ['a template', String.raw({ raw: ['', ''] }, opened)],
    ['toString', opened.toString()],
    ['join', [opened].join()],
    ['inspect', inspect(opened)],
    ['format %s', format('%s', opened)],
    ['format %o', format('%o', opened)],
    ['format %O', format('%O', opened)],
    ['format without a place', format(opened)],
  ])('shows a placeholder in %s', (_where, shown) => {
    expect(shown).toBe('[secret]');
  });

  it.each<[string, string]>([
    ['JSON', JSON.stringify(opened)],
    ['format %j', format('%j', opened)],
  ])('shows a quoted placeholder in %s', (_where, shown) => {
    expect(shown).toBe('"[secret]"');
  });

  it.each<[string, string]>([
    ['nested JSON', JSON.stringify({ a: [{ opened }] })],
    [
      'nested inspect',
      inspect({ a: [{ opened }], map: new Map([['k', opened]]), set: new Set([opened]) }, { depth: 9 }),
    ],
    ['inspect with everything shown', inspect(opened, { showHidden: true, customInspect: false, getters: true })],
    ['nested with everything shown', inspect({ opened }, { showHidden: true, customInspect: false, depth: 9 })],
    ['coloured format', formatWithOptions({ colors: true }, '%o %O', { opened }, { opened })],
    ['a number', format('%d %i', opened, opened)],
    ['an error that carries it', inspect(Object.assign(new Error('x', { cause: opened }), { opened }))],
    ['its own keys', JSON.stringify([Object.entries(opened), Reflect.ownKeys(opened)])],
    ['a copy', JSON.stringify([Object.assign({}, opened), structuredClone(opened)])],
  ])('does not show its text in %s', (_where, shown) => {
    expect(shown).not.toContain('hunter2');
  });
});
