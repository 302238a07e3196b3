import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { ChatError } from '@roost/contract';
import { Faults } from '../kernel/faults.js';
import { ChangeApplier } from './change-applier.js';
import { ChangeKinds } from './change-kinds.js';
import { ChangeLog } from './change-log.js';
import { ChangeRepair } from './change-repair.js';
import { ChangeTeller } from './change-teller.js';
import { ChangeDocument, ChangeSchema } from './change.schema.js';
import { ChangesRepository } from './changes.repository.js';
import { TooContended } from './sequenced-log.js';

/** The numbered logs that everything durable stands on; knows no kind of message or change. */
@Module({
  imports: [MongooseModule.forFeature([{ name: ChangeDocument.name, schema: ChangeSchema }])],
  providers: [ChangesRepository, ChangeKinds, ChangeApplier, ChangeLog, ChangeTeller, ChangeRepair],
  exports: [ChangesRepository, ChangeKinds, ChangeLog, ChangeTeller],
})
export class LogsModule {
  constructor(faults: Faults) {
    faults.translate((cause) =>
      cause instanceof TooContended
        ? { told: new ChatError('store/unavailable', {}, { cause }), reason: 'too_contended' }
        : undefined,
    );
  }
}
