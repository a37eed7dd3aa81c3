import { Injectable } from '@nestjs/common';

import type { Field } from '../../credentials/field.js';
import { actionBody, ConnectionView, fieldBody } from '../connection-view.js';
import type { Connection } from '../domain/connection.js';
import type { NextAction } from '../domain/next-action.js';
import type { ConnectionResponse, FieldResponse, NextActionResponse } from './connection.response.js';

/** The view of a connection as the REST API documents it. */
@Injectable()
export class ConnectionResponseMapper {
  constructor(private readonly view: ConnectionView) {}

  toResponse(connection: Connection): ConnectionResponse {
    return this.view.of(connection);
  }
}

export function toActionResponse(action: NextAction): NextActionResponse {
  return actionBody(action);
}

export function toFieldResponse(field: Field): FieldResponse {
  return fieldBody(field);
}
