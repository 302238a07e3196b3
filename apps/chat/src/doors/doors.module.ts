import { Global, Module } from '@nestjs/common';
import type { DynamicModule, FactoryProvider, ModuleMetadata } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { Admission } from './admission.js';
import { AuthGuard } from './rest/auth.guard.js';
import { Entrance } from './entrance.js';
import { HttpErrorFilter } from './rest/error.filter.js';
import { InputGuard } from './rest/input.guard.js';
import { RefusedTokens } from './refused-tokens.js';
import { Admittance } from './socket/admittance.js';
import { AliveAnswer } from './socket/alive-answer.js';
import { CommandDispatcher } from './socket/command-dispatcher.js';
import { Drain } from './socket/drain.js';
import { Gatekeeper } from './socket/gatekeeper.js';
import { Welcome } from './socket/welcome.js';

/** Who answers what the doors ask of the features: the parts it is made of, and how. */
export type AdmissionBy = Pick<ModuleMetadata, 'imports'> & Omit<FactoryProvider<Admission>, 'provide'>;

/** What stands before every gateway and controller. */
@Global()
@Module({})
export class DoorsModule {
  static forRoot({ imports, ...admission }: AdmissionBy): DynamicModule {
    return {
      module: DoorsModule,
      ...(imports && { imports }),
      providers: [
        { provide: Admission, ...admission },
        { provide: APP_GUARD, useClass: AuthGuard },
        { provide: APP_GUARD, useClass: InputGuard },
        { provide: APP_FILTER, useClass: HttpErrorFilter },
        Admittance,
        AliveAnswer,
        CommandDispatcher,
        Entrance,
        Drain,
        Gatekeeper,
        RefusedTokens,
        Welcome,
      ],
      exports: [AliveAnswer, CommandDispatcher, Drain, Gatekeeper],
    };
  }
}
