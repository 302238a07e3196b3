import mongoose from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngine, useEngine } from './support/engine.js';

const { uri, db } = useEngine(openEngine);

const messageSchema = new mongoose.Schema(
  {
    chatId: { type: mongoose.Schema.Types.ObjectId, required: true },
    seq: { type: Number, required: true },
    text: { type: String, required: true },
    readBy: { type: [String], default: [] },
  },
  { timestamps: true, autoIndex: false },
);
messageSchema.index({ chatId: 1, seq: 1 }, { unique: true });

describe('mongoose', () => {
  let connection: mongoose.Connection;
  beforeAll(async () => {
    connection = await mongoose.createConnection(uri(), { bufferCommands: false }).asPromise();
  });
  afterAll(() => connection?.close());

  const model = () => connection.useDb(db().databaseName).model('Message', messageSchema);

  it('creates, finds, saves and deletes', async () => {
    const Message = model();
    const chatId = new mongoose.Types.ObjectId();
    const message = await Message.create({ chatId, seq: 1, text: 'Hello Grace' });
    message.text = 'Hello, Grace';
    message.readBy.push('grace');
    await message.save();
    const found = await Message.findOne({ chatId, seq: 1 }).orFail();
    expect(found.text).toBe('Hello, Grace');
    expect([...found.readBy]).toEqual(['grace']);
    expect(found.updatedAt.getTime()).toBeGreaterThanOrEqual(found.createdAt.getTime());
    expect((await Message.deleteOne({ _id: found._id })).deletedCount).toBe(1);
  });

  it('synchronises indexes and reports duplicates', async () => {
    const Message = model();
    await Message.createIndexes();
    const again = await Message.syncIndexes();
    expect(again).toEqual([]);
    const chatId = new mongoose.Types.ObjectId();
    await Message.insertMany([{ chatId, seq: 1, text: 'one' }]);
    const second = Message.create({ chatId, seq: 1, text: 'two' });
    await expect(second).rejects.toMatchObject({ code: 11000, keyValue: { seq: 1 } });
  });

  it('reads lean pages, counts and updates with options', async () => {
    const Message = model();
    const chatId = new mongoose.Types.ObjectId();
    await Message.insertMany(
      Array.from({ length: 30 }, (_, i) => ({ chatId, seq: i + 1, text: `${i}` })),
      { ordered: true },
    );
    const page = await Message.find({ chatId, seq: { $lt: 20 } }).sort({ seq: -1 }).limit(5).select({ seq: 1, _id: 0 }).lean(); // prettier-ignore
    expect(page).toEqual([19, 18, 17, 16, 15].map((seq) => ({ seq })));
    expect(await Message.countDocuments({ chatId })).toBe(30);
    expect(await Message.exists({ chatId, seq: 31 })).toBeNull();
    const updated = await Message.findOneAndUpdate({ chatId, seq: 3 }, { $set: { text: 'x' } }, { returnDocument: 'after' }).lean(); // prettier-ignore
    expect(updated!.text).toBe('x');
    const write = await Message.updateMany({ chatId }, { $set: { text: 'y' } }).setOptions({ writeConcern: { w: 'majority', j: true } }); // prettier-ignore
    expect(write.modifiedCount).toBe(30);
  });
});
