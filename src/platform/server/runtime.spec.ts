import { checkRuntime, RuntimeError } from './runtime.js';

describe('checkRuntime', () => {
  it.each(['24.0.0', '24.21.0', '25.1.0', '100.0.0'])('takes Node.js %s', (version) => {
    expect(() => {
      checkRuntime(version);
    }).not.toThrow();
  });

  it.each(['20.19.5', '22.12.0', '', 'nonsense'])('refuses %j and says what to do', (version) => {
    expect(() => {
      checkRuntime(version);
    }).toThrow(RuntimeError);
    expect(() => {
      checkRuntime(version);
    }).toThrow(/npm start/);
  });
});
