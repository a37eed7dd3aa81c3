import type { ProviderFailure } from '../../credentials/failure.js';
import { ok, type Result } from '../../credentials/result.js';
import { giveUpWith } from './tink-waiting.js';

const never = new Promise<Result<string, ProviderFailure>>(() => undefined);

describe('waiting for shared work', () => {
  it('gives its outcome', async () => {
    expect(await giveUpWith(new AbortController().signal, Promise.resolve(ok('done')))).toEqual(ok('done'));
  });

  it('ends with the caller, also one who has given up before', async () => {
    const caller = new AbortController();
    const waiting = giveUpWith(caller.signal, never);
    caller.abort();
    expect(await waiting).toMatchObject({ failure: { code: 'provider.aborted', mayHaveHappened: false } });
    expect(await giveUpWith(caller.signal, never)).toMatchObject({ failure: { code: 'provider.aborted' } });
  });

  it('tells a deadline from a caller who gave up', async () => {
    expect(await giveUpWith(AbortSignal.timeout(1), never)).toMatchObject({ failure: { code: 'provider.timeout' } });
  });
});
