import { Module } from '@nestjs/common';
import { InjectConnection, MongooseModule } from '@nestjs/mongoose';
import { ChatError } from '@roost/contract';
import type { Settings } from '@roost/settings';
import type { Connection } from 'mongoose';
import { Faults } from '../kernel/faults.js';
import { SETTINGS } from '../kernel/settings.module.js';
import { observeCommands, observePool } from './command-times.js';
import { metrics } from './metrics.js';
import { mongoOptions } from './mongo-connection.js';
import { storeTroubleOf } from './store-trouble.js';

/** The connection to MongoDB. Each part brings its own collections and repositories. */
@Module({
  imports: [
    MongooseModule.forRootAsync({
      inject: [SETTINGS],
      useFactory: (settings: Settings) => ({
        uri: settings.mongodbUri,
        ...mongoOptions(settings),
        // `main.ts` has made sure that it answers; a second, longer wait here would hide what is wrong.
        retryAttempts: 0,
        monitorCommands: true,
        verboseRetryLog: false,
      }),
    }),
  ],
})
export class StoreModule {
  constructor(@InjectConnection() connection: Connection, faults: Faults) {
    observeCommands(connection);
    observePool(connection);
    faults.translate((cause) => {
      const reason = storeTroubleOf(cause);
      if (reason === undefined) return undefined;
      metrics.storeErrorsTotal.inc({ reason });
      return { told: new ChatError('store/unavailable', {}, { cause }), reason };
    });
  }
}
