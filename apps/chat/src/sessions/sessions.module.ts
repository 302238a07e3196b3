import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import type { Settings } from '@roost/settings';
import { SETTINGS } from '../settings.module.js';
import { AccessTokens } from './access-tokens.js';
import { Passwords } from './passwords.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';

const algorithm = 'HS256';

@Module({
  imports: [
    JwtModule.registerAsync({
      inject: [SETTINGS],
      useFactory: ({ jwtSecret, jwtIssuer, jwtAudience }: Settings) => ({
        secret: jwtSecret,
        signOptions: { algorithm, issuer: jwtIssuer, audience: jwtAudience },
        // The list of algorithms is what refuses `alg: none` and keys of another kind.
        verifyOptions: { algorithms: [algorithm], issuer: jwtIssuer, audience: jwtAudience },
      }),
    }),
  ],
  controllers: [SessionsController],
  providers: [SessionsService, Passwords, AccessTokens],
  exports: [SessionsService],
})
export class SessionsModule {}
