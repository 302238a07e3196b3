import { io } from 'socket.io-client';
const [url, email, password] = process.argv.slice(2);
const headers = { 'content-type': 'application/json' };
const login = await fetch(`${url}/auth/login`, { method: 'POST', headers, body: JSON.stringify({ email, password }) });
const { accessToken } = await login.json();
const list = await fetch(`${url}/chats`, { headers: { authorization: `Bearer ${accessToken}` } });
const [chat] = (await list.json()).items;
const socket = io(url, { auth: { token: accessToken }, transports: ['websocket'] });
socket.on('session:ready', ({ replica }) => console.log(`connected to ${replica}`));
socket.on('message:new', ({ seq, sender, text }) => console.log(`${seq} ${sender.displayName}: ${text}`));
await socket.emitWithAck('chat:join', { chatId: chat.id });
await socket.emitWithAck('message:send', {
  chatId: chat.id,
  text: 'Hello from ten lines',
  clientMessageId: crypto.randomUUID(),
});
