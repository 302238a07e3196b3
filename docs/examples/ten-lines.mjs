import { io } from 'socket.io-client';
const [url, email, password] = process.argv.slice(2);
const stop = (why) => {
  console.error(why);
  process.exit(1);
};
if (!password) stop('usage: node ten-lines.mjs ADDRESS EMAIL PASSWORD');
const headers = { 'content-type': 'application/json' };
const login = await fetch(`${url}/auth/login`, { method: 'POST', headers, body: JSON.stringify({ email, password }) });
const { accessToken, error } = await login.json();
if (error) stop(error);
const list = await fetch(`${url}/chats`, { headers: { authorization: `Bearer ${accessToken}` } });
const [chat] = (await list.json()).items;
if (!chat) stop(`${email} is in no chat yet`);
const socket = io(url, { auth: { token: accessToken }, transports: ['websocket'] });
socket.on('session:ready', ({ replica }) => console.log(`connected to ${replica}`));
socket.on('message:new', ({ seq, sender, text }) => console.log(`${seq} ${sender.displayName}: ${text}`));
await socket.emitWithAck('chat:join', { chatId: chat.id });
await socket.emitWithAck('message:send', {
  chatId: chat.id,
  text: 'Hello from ten lines',
  clientMessageId: crypto.randomUUID(),
});
