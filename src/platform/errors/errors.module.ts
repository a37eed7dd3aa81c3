import { Global, Module, type DynamicModule } from '@nestjs/common';

import { RouteTable } from '../server/route-table.js';
import { ProblemFilter } from './problem.filter.js';
import { ProblemResponder } from './problem-responder.js';

@Global()
@Module({})
export class ErrorsModule {
  static forRoot(routes: RouteTable): DynamicModule {
    return {
      module: ErrorsModule,
      providers: [{ provide: RouteTable, useValue: routes }, ProblemResponder, ProblemFilter],
      exports: [ProblemResponder, ProblemFilter],
    };
  }
}
