import 'reflect-metadata';

import { Controller, Get, Post, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';

import { Public } from './public.decorator.js';
import { RequireScope } from './require-scope.decorator.js';
import { RoutePolicyCheck } from './route-policy-check.js';

@Controller('a')
class Declared {
  @Get()
  @RequireScope('users:read')
  read(): void {
    return;
  }

  @Post()
  @Public('a test')
  open(): void {
    return;
  }

  notARoute(): void {
    return;
  }
}

@Controller('b')
@Public('a test')
class DeclaredAsAWhole {
  @Get()
  read(): void {
    return;
  }
}

@Controller('c')
class Forgetful extends Declared {
  @Get('forgotten')
  forgotten(): void {
    return;
  }

  @Post('forgotten')
  forgottenToo(): void {
    return;
  }
}

async function start(controllers: Type[]): Promise<void> {
  const module = await Test.createTestingModule({
    imports: [DiscoveryModule],
    controllers,
    providers: [RoutePolicyCheck],
  }).compile();
  await module.init();
  await module.close();
}

describe('RoutePolicyCheck', () => {
  it('starts with routes that all declare a policy', async () => {
    await expect(start([Declared, DeclaredAsAWhole])).resolves.toBeUndefined();
  });

  it('refuses to start otherwise, and names every route', async () => {
    await expect(start([Declared, Forgetful])).rejects.toThrow('Forgetful.forgotten, Forgetful.forgottenToo.');
  });
});
