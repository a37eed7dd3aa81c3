import { ok } from '../../credentials/result.js';
import { giveUpWith } from './flinks-waiting.js';

const never = new Promise<never>(() => undefined);

describe('waiting for work that is shared', () => {
  it('gives what comes', async () => {
    expect(await giveUpWith(new AbortController().signal, Promise.resolve(ok(7)))).toEqual(ok(7));
  });

  it('ends with the caller', async () => {
    const timeout = AbortSignal.abort(new DOMException('late', 'TimeoutError'));
    expect(await giveUpWith(timeout, never)).toMatchObject({ failure: { code: 'provider.timeout' } });
    const caller = new AbortController();
    const waiting = giveUpWith(caller.signal, never);
    caller.abort();
    expect(await waiting).toMatchObject({ failure: { code: 'provider.aborted', mayHaveHappened: false } });
  });
});
