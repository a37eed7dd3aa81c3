import { createHash, randomUUID } from 'node:crypto';
import { type Json, isObject } from '../simulator/json.js';
import { objectOf, optionalFlag, optionalText, requiredText, textMap } from './body.js';
import { signIn } from './data/demo-users.js';
import { type DemoProvider, PROVIDERS } from './data/providers.js';
import { modify, start } from './machine/credential-machine.js';
import type { Credential } from './machine/credential.js';
import { TinkError, badRequest, conflict, notFound } from './tink-error.js';
import { type TinkWorld, newId } from './tink-world.js';

const DAY_MS = 86_400_000;
const DEFAULT_APP_URI = 'tink://open';
const MAX_SESSION_SECONDS = 7_776_000;

type FieldMap = Readonly<Record<string, string>>;
type Login = Pick<Credential, 'fields' | 'fieldsDigest' | 'login' | 'outcome' | 'sessionMs'>;

/** What the credentials routes do, between the wire and the machine. */
export class CredentialsDesk {
  constructor(private readonly world: TinkWorld) {}

  /** @throws TinkError 404 for unknown credentials and for those of somebody else. */
  get(userId: string, id: string): Credential {
    const credential = this.world.find(id);
    if (credential?.userId !== userId) throw notFound('Credentials');
    return credential;
  }

  create(userId: string, body: Json): Credential {
    const provider = PROVIDERS.get(requiredText(body, 'providerName'));
    if (!provider) throw notFound('Provider');
    const login = this.loginOf(provider, userId, textMap(body, 'fields'), null);
    const now = this.world.now();
    const { name: providerName, type, flow, openBanking } = provider;
    const created: Credential = {
      ...{ id: newId(), userId, providerName, type, flow, openBanking, created: now, ...login, ...returnUris(body) },
      ...{ status: 'CREATED', statusUpdated: now, statusPayload: null, updated: null, dataAsOf: null },
      ...{ detailedError: null, sessionExpiryDate: null, sessionAlive: false, run: null },
    };
    return this.world.put(optionalFlag(body, 'triggerRefresh') === false ? created : this.begin(created, body));
  }

  update(userId: string, id: string, body: Json): Credential {
    const credential = this.idle(userId, id, 409);
    if (credential.status === 'PERMANENT_ERROR') throw badRequest('The provider is disabled');
    const provider = PROVIDERS.get(credential.providerName);
    if (!provider) throw notFound('Provider');
    const given = body['fields'] !== undefined && body['fields'] !== null;
    const login = given ? this.loginOf(provider, userId, textMap(body, 'fields'), id) : {};
    const uris = body['appUri'] === undefined && body['callbackUri'] === undefined ? {} : returnUris(body);
    const modified = modify({ ...credential, ...login, ...uris }, this.world.now());
    return this.world.put(optionalFlag(body, 'triggerRefresh') === false ? modified : this.begin(modified, body));
  }

  refresh(userId: string, id: string, body: Json, authenticate: boolean): void {
    const credential = this.idle(userId, id, this.world.options.busyStatus ?? 409);
    if (isStuck(credential, authenticate)) throw badRequest(`Credentials cannot be refreshed in ${credential.status}`);
    if (Array.isArray(body['selectedAuthenticationOptions']) && body['selectedAuthenticationOptions'].length > 0) {
      if (!authenticate) throw badRequest('selectedAuthenticationOptions needs authenticate=true');
    }
    this.world.put(this.begin(this.withUris(credential, body), body, { authenticate }));
  }

  authenticate(userId: string, id: string, body: Json): void {
    const credential = this.idle(userId, id, this.world.options.busyStatus ?? 409);
    if (!credential.openBanking) throw badRequest('The provider is not an open banking provider');
    if (credential.status === 'PERMANENT_ERROR') throw badRequest('The provider is disabled');
    const present = { authenticate: true, pulls: false, userAvailable: true };
    this.world.put(this.begin(this.withUris(credential, body), body, present));
  }

  /** Confirms a living session again, without a sign-in. */
  extend(userId: string, id: string): Credential {
    const credential = this.get(userId, id);
    const { providerName, status, run, sessionAlive, sessionMs } = credential;
    const allowed = PROVIDERS.get(providerName)?.extendable === true;
    if (!allowed || !sessionAlive || status !== 'UPDATED' || run) throw badRequest('The session cannot be extended');
    return this.world.put({ ...credential, sessionExpiryDate: this.world.now() + sessionMs });
  }

  private begin(
    credential: Credential,
    body: Json,
    request: { authenticate?: boolean; pulls?: boolean; userAvailable?: boolean } = {},
  ): Credential {
    const { authenticate = false, pulls = true, userAvailable = availabilityOf(body) } = request;
    const { stepMs } = this.world;
    return start(credential, {
      ...{ authenticate, pulls, userAvailable, stepMs },
      token: randomUUID(),
      now: this.world.now(),
    });
  }

  private idle(userId: string, id: string, busyStatus: number): Credential {
    const credential = this.get(userId, id);
    this.world.maxConcurrentRefreshes = Math.max(this.world.maxConcurrentRefreshes, credential.run ? 2 : 1);
    if (credential.run) throw new TinkError(busyStatus, 'Another request is ongoing for these credentials');
    return credential;
  }

  private withUris(credential: Credential, body: Json): Credential {
    return body['appUri'] === undefined && body['callbackUri'] === undefined
      ? credential
      : { ...credential, ...returnUris(body) };
  }

  private loginOf(provider: DemoProvider, userId: string, given: FieldMap, own: string | null): Login {
    for (const { name, optional } of provider.fields) {
      if (!optional && !given[name]) throw badRequest(`Missing field: ${name}`);
    }
    const fieldsDigest = Object.keys(given).length === 0 ? null : digest(given);
    const twin = this.world
      .credentialsOf(userId)
      .find((other) => other.providerName === provider.name && other.id !== own && other.fieldsDigest === fieldsDigest);
    if (twin && fieldsDigest !== null) throw conflict('Identical credentials already exist');
    const secrets = provider.fields.filter(({ masked, sensitive }) => masked || sensitive).map(({ name }) => name);
    return {
      fields: Object.fromEntries(Object.entries(given).filter(([name]) => !secrets.includes(name))),
      fieldsDigest,
      ...signIn(given, { asks: provider.fields.map(({ name }) => name), test: provider.test }),
      sessionMs: sessionOf(provider, given),
    };
  }
}

/** After a failed sign-in a password type needs new fields or the user; others may just try again. */
function isStuck({ status, type }: Credential, authenticate: boolean): boolean {
  if (status === 'PERMANENT_ERROR') return true;
  return status === 'AUTHENTICATION_ERROR' && type === 'PASSWORD' && !authenticate;
}

function availabilityOf(body: Json): boolean | null {
  const availability = body['userAvailability'];
  if (availability === undefined || availability === null) return null;
  if (!isObject(availability)) throw badRequest('userAvailability must be an object');
  const present = optionalFlag(availability, 'userPresent');
  const interactive = optionalFlag(availability, 'userAvailableForInteraction');
  if (present === null || interactive === null) {
    throw badRequest('userAvailability needs userPresent and userAvailableForInteraction');
  }
  return present && interactive;
}

function returnUris(body: Json): Pick<Credential, 'appUri' | 'callbackUri'> {
  const appUri = optionalText(objectOf(body), 'appUri') ?? DEFAULT_APP_URI;
  const callbackUri = optionalText(body, 'callbackUri');
  for (const uri of [appUri, callbackUri]) {
    if (uri !== null && !URL.canParse(uri)) throw badRequest('appUri and callbackUri must be absolute URIs');
  }
  return { appUri, callbackUri };
}

function sessionOf(provider: DemoProvider, given: FieldMap): number {
  const asked = given['sessionExpiryTime'];
  if (!provider.name.endsWith('-configurable-session-expiry') || asked === undefined) {
    return provider.sessionDays * DAY_MS;
  }
  const seconds = Number(asked);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_SESSION_SECONDS) {
    throw badRequest('sessionExpiryTime must be 1 to 7776000');
  }
  return seconds * 1000;
}

function digest(fields: FieldMap): string {
  const sorted = Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}
