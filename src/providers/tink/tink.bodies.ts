import type { Shape } from '../../platform/http/json-shape.js';
import { fitsHeader } from '../../platform/http/outgoing-refusal.js';
import type {
  TinkBank,
  TinkCredentials,
  TinkField,
  TinkProviderConsent,
  TinkSelectOption,
  TinkTokenAnswer,
} from './tink.types.js';
import { parseTinkTime } from './tink-time.js';

/** Readers of Tink's bodies, for `parsed`. */

export function readCredentials(body: Shape): TinkCredentials {
  return {
    id: body.text('id'),
    providerName: body.text('providerName'),
    status: body.text('status'),
    statusUpdated: body.as('statusUpdated', parseTinkTime),
    updated: body.optionalAs('updated', parseTinkTime),
    fields: body.optionalTexts('fields'),
    supplementalInformation: body.optionalText('supplementalInformation'),
    sessionExpiryDate: body.optionalAs('sessionExpiryDate', parseTinkTime),
  };
}

export function readConsent(body: Shape): TinkProviderConsent {
  const error = body.optionalObject('detailedError');
  return {
    credentialsId: body.text('credentialsId'),
    status: body.text('status'),
    detailedError: error
      ? { type: error.text('type'), reason: error.optionalObject('details')?.optionalText('reason') ?? null }
      : null,
  };
}

export function readField(body: Shape): TinkField {
  return {
    name: body.text('name'),
    description: body.optionalText('description'),
    value: body.optionalText('value') ?? body.optionalText('defaultValue'),
    helpText: body.optionalText('helpText'),
    hint: body.optionalText('hint'),
    immutable: body.optionalFlag('immutable', false),
    masked: body.optionalFlag('masked', false),
    numeric: body.optionalFlag('numeric', false),
    optional: body.optionalFlag('optional', false),
    checkbox: body.optionalFlag('checkbox', false),
    minLength: body.optionalNumeric('minLength'),
    maxLength: body.optionalNumeric('maxLength'),
    pattern: body.optionalText('pattern'),
    patternError: body.optionalText('patternError'),
    selectOptions: body.optionalList('selectOptions', readSelectOption),
    additionalInfo: body.optionalText('additionalInfo'),
  };
}

function readSelectOption(body: Shape): TinkSelectOption {
  const value = body.text('value');
  return { value, text: body.optionalText('text') ?? value, iconUrl: body.optionalText('iconUrl') };
}

export function readBank(body: Shape): TinkBank {
  const name = body.text('name');
  return {
    name,
    displayName: body.optionalText('displayName') ?? name,
    market: body.text('market'),
    status: body.optionalText('status') ?? 'ENABLED',
    fields: body.optionalList('fields', readField),
    icon: body.optionalObject('images')?.optionalText('icon') ?? null,
  };
}

export function readToken(body: Shape): TinkTokenAnswer | undefined {
  const accessToken = body.text('access_token');
  const expiresIn = body.optionalNumeric('expires_in');
  if (!fitsHeader(accessToken) || expiresIn === undefined || expiresIn < 0) return undefined;
  return { accessToken, expiresIn, scope: body.optionalText('scope') };
}
