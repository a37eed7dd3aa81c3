import { Injectable, type OnModuleInit } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';

import { policyOf } from './route-policy.js';

/** Refuses to start an application with a route that says nothing about who may call it. */
@Injectable()
export class RoutePolicyCheck implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** @throws Error that names every such handler. */
  onModuleInit(): void {
    const open = this.discovery.getControllers().flatMap(({ metatype }) => {
      if (!metatype) return [];
      const prototype = metatype.prototype as Record<string, object>;
      return this.scanner
        .getAllMethodNames(prototype)
        .filter((name) => isRouteWithoutPolicy(prototype[name], metatype))
        .map((name) => `${metatype.name}.${name}`);
    });
    if (open.length === 0) return;
    throw new Error(`No @RequireScope and no @Public on: ${open.join(', ')}.`);
  }
}

function isRouteWithoutPolicy(handler: object | undefined, controller: object): boolean {
  return handler !== undefined && Reflect.hasMetadata(METHOD_METADATA, handler) && !policyOf(handler, controller);
}
