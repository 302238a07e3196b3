import { Global, Module } from '@nestjs/common';
import { Clock, SystemClock } from './clock.js';
import { Faults } from './faults.js';

/** What every part may ask for. */
@Global()
@Module({ providers: [Faults, { provide: Clock, useClass: SystemClock }], exports: [Faults, Clock] })
export class KernelModule {}
