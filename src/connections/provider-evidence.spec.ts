import { evidenceOf } from './provider-evidence.js';

const failure = { code: 'provider.bad_response' as const, message: 'Nonsense.', mayHaveHappened: true };

describe('evidenceOf', () => {
  it('keeps the three facts and the code', () => {
    const evidence = { httpStatus: 502, providerErrorCode: 'x.y', providerRequestId: 'r-1' };
    expect(evidenceOf({ ...failure, evidence })).toEqual({ note: 'provider.bad_response', ...evidence });
  });

  it('keeps nothing else, and nothing of another kind', () => {
    const evidence = { httpStatus: '502', providerErrorCode: 7, token: 'secret' };
    expect(evidenceOf({ ...failure, evidence })).toEqual({ note: 'provider.bad_response' });
  });
});
