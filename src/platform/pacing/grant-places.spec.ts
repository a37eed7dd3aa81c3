import fc from 'fast-check';

import { grantPlaces, unattendedLimit, type PlacesHeld } from './grant-places.js';

const asked = { limit: 10, attended: true, wanted: 3, running: 0 };
const held = (places: number, wanted = places, attended = true): PlacesHeld => ({ attended, places, wanted });

describe('granting places', () => {
  it('gives what is wanted while there is enough', () => {
    expect(grantPlaces(asked, [])).toEqual({ places: 3, allowed: 3, contended: false });
    expect(grantPlaces(asked, [held(7)])).toEqual({ places: 3, allowed: 3, contended: false });
  });

  it('gives no more than is free', () => {
    expect(grantPlaces(asked, [held(9)])).toMatchObject({ allowed: 1, contended: true });
    expect(grantPlaces(asked, [held(10)])).toMatchObject({ allowed: 0, contended: true });
  });

  it('lets a process that has everything begin no more than its share, while its calls end', () => {
    const greedy = { ...asked, wanted: 30, running: 10 };
    expect(grantPlaces(greedy, [held(0, 20)])).toEqual({ places: 10, allowed: 5, contended: true });
  });

  it('gives to one what the others do not want', () => {
    expect(grantPlaces({ ...asked, wanted: 30 }, [held(2)])).toMatchObject({ allowed: 8 });
  });

  it('keeps a fifth for calls that somebody waits for', () => {
    expect(grantPlaces({ ...asked, attended: false, wanted: 30 }, [])).toMatchObject({ allowed: 8 });
    expect(grantPlaces({ ...asked, wanted: 5 }, [held(8, 30, false)])).toMatchObject({ allowed: 2 });
    expect(unattendedLimit(1)).toBe(1);
  });

  it('never takes a place from a call that runs, and never gives one twice', () => {
    const count = fc.nat({ max: 20 });
    const other = fc.record({ attended: fc.boolean(), places: count, wanted: count });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.boolean(), count, count, fc.array(other), (...given) => {
        const [limit, attended, running, waiting, others] = given;
        const granted = grantPlaces({ limit, attended, running, wanted: running + waiting }, others);
        const taken = others.reduce((sum, { places }) => sum + places, 0);
        expect(granted.places).toBeGreaterThanOrEqual(running);
        expect(granted.allowed).toBeLessThanOrEqual(Math.max(0, limit - taken));
        expect(granted.allowed).toBeLessThanOrEqual(running + waiting);
      }),
    );
  });
});
