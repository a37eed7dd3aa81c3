import type { Challenge } from '../../credentials/challenge.js';
import type { Field } from '../../credentials/field.js';
import { Opened } from '../../platform/crypto/opened.js';
import { toInformation } from './tink-answers.js';

const now = new Date('2026-11-20T10:00:00Z');
const field = (name: string, more: Partial<Field> = {}): Field => ({
  name,
  label: name,
  type: 'text',
  required: true,
  masked: false,
  ...more,
});
const asking = (...fields: readonly Field[]): Challenge => ({
  kind: 'submit_information',
  expiresAt: new Date('2026-11-20T10:02:00Z'),
  fields,
});
const answers = (given: Record<string, string>) =>
  new Map(Object.entries(given).map(([name, value]) => [name, new Opened(value)]));

describe('answers to a challenge', () => {
  it('go out as texts by name, with the texts that were shown', () => {
    const challenge = asking(field('shown', { type: 'info', value: '8842' }), field('code'));
    expect(toInformation(challenge, answers({ code: '1234' }), now)).toEqual({
      ok: true,
      value: { shown: '8842', code: '1234' },
    });
  });

  it('never untick an account by leaving it out', () => {
    const box = (name: string, value?: string) => field(name, { type: 'checkbox', ...(value && { value }) });
    const challenge = asking(box('kept', 'true'), box('dropped', 'true'), box('off', 'false'), box('unset'));
    expect(toInformation(challenge, answers({ dropped: 'false' }), now)).toEqual({
      ok: true,
      value: { kept: 'true', dropped: 'false', off: 'false', unset: 'false' },
    });
  });

  it('are refused for a field that was not asked, with its place', () => {
    const challenge = asking(field('code'), field('shown', { type: 'info', value: 'x' }));
    for (const name of ['other', 'shown']) {
      expect(toInformation(challenge, answers({ code: '1', [name]: '2' }), now)).toMatchObject({
        ok: false,
        failure: { code: 'challenge.unknown_field', pointer: '/fields/1/name', mayHaveHappened: false },
      });
    }
  });

  it('are refused when the time is over, to the millisecond', () => {
    const challenge = asking(field('code'));
    const end = challenge.expiresAt?.getTime() ?? 0;
    expect(toInformation(challenge, answers({ code: '1' }), new Date(end - 1)).ok).toBe(true);
    expect(toInformation(challenge, answers({ code: '1' }), new Date(end))).toMatchObject({
      failure: { code: 'challenge.expired' },
    });
  });

  it('are refused where nothing is asked', () => {
    for (const challenge of [
      { kind: 'scan_qr', expiresAt: null },
      { kind: 'open_app', expiresAt: null },
      { kind: 'follow_redirect', expiresAt: null, url: 'https://x.test' },
    ] as const) {
      expect(toInformation(challenge, answers({}), now)).toMatchObject({ failure: { code: 'challenge.none' } });
    }
  });
});
