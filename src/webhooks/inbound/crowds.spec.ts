import { Crowds } from './crowds.js';

function added(crowds: Crowds, subject: string, count: number, nowMs: number): boolean[] {
  return Array.from({ length: count }, () => crowds.add(subject, nowMs));
}

describe('crowds', () => {
  it('begin with the twenty-first webhook of a subject within a second; others are none', () => {
    const crowds = new Crowds();
    expect(added(crowds, 'a', 20, 5_000)).toEqual(Array(20).fill(false));
    expect(crowds.add('a', 5_999)).toBe(true);
    expect(crowds.add('b', 5_999)).toBe(false);
  });

  it('go on from one second to the next, and end after a calm one', () => {
    const crowds = new Crowds();
    added(crowds, 'a', 21, 5_000);
    expect(crowds.add('a', 6_100)).toBe(true);
    expect(crowds.add('a', 7_200)).toBe(false);
  });

  it('are forgotten when nothing came for long', () => {
    const crowds = new Crowds();
    added(crowds, 'a', 21, 5_000);
    expect(crowds.add('a', 60_000)).toBe(false);
  });
});
