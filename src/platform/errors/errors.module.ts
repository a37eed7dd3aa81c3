import { Global, Module } from '@nestjs/common';

import { ProblemFilter } from './problem.filter.js';
import { ProblemResponder } from './problem-responder.js';

@Global()
@Module({ providers: [ProblemResponder, ProblemFilter], exports: [ProblemResponder, ProblemFilter] })
export class ErrorsModule {}
