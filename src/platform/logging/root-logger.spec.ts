import { Logger as NestBase } from '@nestjs/common';

import { LoggingConfig } from '../../config/slices.js';
import { NestLogger } from './nest-logger.js';
import { RequestContext } from './request-context.js';
import { createRootLogger } from './root-logger.js';

const SECRET = 'hunter2';

function capture(level: LoggingConfig['level'] = 'debug') {
  const lines: string[] = [];
  const root = createRootLogger(new LoggingConfig(level, false), { write: (line) => void lines.push(line) });
  return { root, text: () => lines.join(''), last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
}

describe('the log', () => {
  it('writes one JSON line with level and time', () => {
    const { root, last } = capture();

    root.info('hello');

    const { time, ...line } = last();
    expect(line).toEqual({ level: 'info', msg: 'hello' });
    expect(time).toMatch(/^\d{4}-.*Z$/);
  });

  it('carries the request id through whatever the request awaits', async () => {
    const { root, last } = capture();

    await RequestContext.run({ requestId: 'r-1' }, async () => {
      await new Promise(setImmediate);
      root.info('inside');
    });

    expect(last()).toMatchObject({ requestId: 'r-1' });
    root.info('outside');
    expect(last()).not.toHaveProperty('requestId');
  });

  it.each([
    ['a member with a telling name', { token: SECRET }],
    ['a nested member with a telling name', { client: { secret: SECRET } }],
    ['a bearer token in a text', { note: `Bearer ${SECRET}` }],
    ['the message of a foreign error', { err: new Error(SECRET) }],
    ['the message of a foreign error under another name', { error: new Error(SECRET) }],
  ])('leaves out %s', (_what, members) => {
    const { root, text } = capture();

    root.info(members, 'logged by mistake');

    expect(text()).toContain('logged by mistake');
    expect(text()).not.toContain(SECRET);
  });
});

describe('an error without a message of ours', () => {
  it.each([
    ['alone', new Error(SECRET)],
    ['as a member', { err: new Error(SECRET) }],
  ])('is logged without its own: %s', (_what, given) => {
    const { root, text, last } = capture();

    root.error(given);

    expect(last()).toMatchObject({ msg: 'error', err: { type: 'Error' } });
    expect(text()).not.toContain(SECRET);
  });
});

describe('NestLogger', () => {
  it.each([
    ['an error', [new Error(SECRET)]],
    ['an error among members', [{ err: new Error(SECRET) }, 'it failed']],
    ['an error after a text', ['it failed', new Error(SECRET)]],
    ['a stack as text', ['it failed', `Error: ${SECRET}\n    at place (file.ts:1:1)`]],
  ])('leaves out the message of %s', (_what, [message, ...parameters]) => {
    const { root, text, last } = capture();

    new NestLogger(root).error(message, ...parameters, 'Room');

    expect(last()).toMatchObject({ level: 'error', context: 'Room' });
    expect(text()).not.toContain(SECRET);
  });

  it('takes texts and members in the ways in which Nest gives them', () => {
    const { root, last } = capture();
    const logger = new NestLogger(root);

    logger.warn({ msg: 'query', table: 'users' }, 'Database');
    expect(last()).toMatchObject({ level: 'warn', context: 'Database', msg: 'query', table: 'users' });
    logger.log('synced', { count: 3 }, 'Sync');
    expect(last()).toMatchObject({ level: 'info', context: 'Sync', msg: 'synced', count: 3 });
  });

  it('says what Nest does at its start only at level debug', () => {
    const { root, last, text } = capture('info');
    const logger = new NestLogger(root);

    logger.log('Mapped route', 'RouterExplorer');
    expect(text()).toBe('');
    logger.log('Started', 'Sync');
    expect(last()).toMatchObject({ msg: 'Started' });
  });

  it('serves the loggers that rooms make for themselves', () => {
    const { root, last } = capture();
    NestBase.overrideLogger(new NestLogger(root));

    new NestBase('Room').warn({ err: new Error(SECRET), attempt: 2 });

    expect(last()).toMatchObject({ level: 'warn', context: 'Room', attempt: 2, err: { type: 'Error' } });
    NestBase.overrideLogger(false);
  });
});
