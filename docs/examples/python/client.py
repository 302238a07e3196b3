"""A chat client for the terminal, with python-socketio 5: python3 client.py ADDRESS EMAIL PASSWORD

Prints what is said in one's first chat, sends what is typed, and goes on after a break: on another replica, with another
access token. Needs python-socketio and websocket-client (Debian: python3-socketio, python3-websocket).
"""

import json
import queue
import random
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid

import socketio


class Refused(Exception):
    """What the server said no to, with what it says of it."""

    def __init__(self, refusal):
        super().__init__(refusal.get("error", "refused"))
        self.code = refusal.get("code", "")
        self.retryable = refusal.get("retryable", True)
        self.wait = refusal.get("retryAfterMs", 0) / 1000


def rest(url, method, path, body=None, token=None):
    headers = {"content-type": "application/json"}
    if token:
        headers["authorization"] = "Bearer " + token
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise Refused(json.load(error)) from None


class Session:
    """The tokens. A refresh token is used once: keep the pair that comes for it, on disk as well."""

    def __init__(self, url, tokens):
        self.url, self.tokens, self.lock = url, tokens, threading.Lock()

    @classmethod
    def sign_in(cls, url, email, password):
        return cls(url, rest(url, "POST", "/auth/login", {"email": email, "password": password}))

    @property
    def access_token(self):
        return self.tokens["accessToken"]

    def refresh(self):
        # A token that is lost on the way may be sent again, so a time-out here is no harm; two at once are kept apart.
        with self.lock:
            self.tokens = rest(self.url, "POST", "/auth/refresh", {"refreshToken": self.tokens["refreshToken"]})


class Client:
    def __init__(self, session, say=print):
        self.session, self.say = session, say
        self.positions = {}  # by chat: how far we are, {"seq": …, "rev": …}
        self.socket = None

    def run(self):
        """Stays connected until the server says that coming back makes no sense."""
        pause = 0.5
        while True:
            try:
                self.stay_connected()
                pause = 0.5
            except Refused as refusal:
                if refusal.code == "auth/token_expired" or refusal.code == "auth/token_invalid":
                    self.session.refresh()  # refused in its turn, it ends the program: sign in again
                    continue
                if not refusal.retryable:
                    raise
                pause = max(pause, refusal.wait)
            except (OSError, socketio.exceptions.ConnectionError, queue.Empty):
                pause = min(pause * 2, 5)
            time.sleep(pause * random.uniform(0.5, 1))

    def stay_connected(self):
        # Its own reconnecting would send a token that was refused for ever: a new client for each attempt.
        self.socket = socket = socketio.Client(reconnection=False)
        opened, ended = queue.Queue(), queue.Queue()
        socket.on("session:ready", lambda ready: opened.put(ready))
        # {"message": …, "data": {"code": …}} for what Roost refuses, a sentence where there is no server.
        socket.on("connect_error", lambda error=None: opened.put(refusal_in(error)))
        socket.on("session:expiring", lambda _: self.in_background(self.renew, socket))
        socket.on("session:closing", lambda closing: ended.put(closing))
        socket.on("server:draining", lambda told: self.in_background(move_away, socket, told["reconnectInMs"] / 1000))
        socket.on("message:new", self.heard)
        socket.on("disconnect", lambda: ended.put(None))
        try:
            socket.connect(
                self.session.url, auth={"token": self.session.access_token}, transports=["websocket"], wait=False
            )
            ready = opened.get(timeout=10)
            if isinstance(ready, Refused):
                raise ready
            self.say("connected to " + ready["replica"])
            self.catch_up()
            closing = ended.get()
            if closing and not closing["reconnect"]:
                raise Refused({"code": closing["code"], "error": closing["code"], "retryable": False})
        finally:
            socket.disconnect()

    def ask(self, command, payload):
        answer = self.socket.call(command, payload, timeout=10)
        if not answer["success"]:
            raise Refused(answer)
        return answer

    def catch_up(self):
        """Asks for what was said meanwhile, page by page, and for chats that are new."""
        chats = self.positions
        while True:
            answer = self.ask("sync", {"chats": chats})
            again = {}
            for chat_id, told in answer["chats"].items():
                if told.get("gone"):
                    self.positions.pop(chat_id, None)
                    continue
                for message in told.get("messages", []):
                    self.show(message)
                chat = told.get("chat")  # new to us, or too far away: the state as it is now
                self.positions[chat_id] = (
                    {"seq": chat["lastSeq"], "rev": chat["rev"]} if chat else {"seq": told["seq"], "rev": told["rev"]}
                )
                if told.get("more"):
                    again[chat_id] = self.positions[chat_id]
            if not again and not answer.get("more"):
                return
            chats = again or self.positions

    def heard(self, message):
        position = self.positions.setdefault(message["chatId"], {"seq": message["seq"] - 1, "rev": 0})
        if message["seq"] <= position["seq"]:
            return
        if message["seq"] == position["seq"] + 1:
            self.show(message)
            position["seq"] = message["seq"]
        else:
            self.in_background(self.catch_up)  # one is missing

    def show(self, message):
        self.say("{seq} {name}: {text}".format(name=message["sender"]["displayName"], **message))

    def send(self, chat_id, text):
        """Again under the same name until it is answered: it is stored once."""
        draft = {"chatId": chat_id, "text": text, "clientMessageId": str(uuid.uuid4())}
        while True:
            try:
                return self.ask("message:send", draft)
            except Refused as refusal:
                if not refusal.retryable:
                    raise
                time.sleep(max(0.5, refusal.wait))
            except socketio.exceptions.SocketIOError:
                time.sleep(0.5)  # not connected, or no answer

    def renew(self, socket):
        """Keeps the socket: another access token before this one ends."""
        try:
            self.session.refresh()
            socket.call("auth:refresh", {"token": self.session.access_token}, timeout=10)
            self.say("token renewed")
        except (Refused, OSError, socketio.exceptions.SocketIOError) as error:
            self.say("not renewed: " + str(error))  # the server ends the connection; run() then does what is to be done

    def in_background(self, act, *args):
        # Handlers run on the thread that reads: waiting for an answer there would wait for ever.
        threading.Thread(target=self.unless_gone, args=(act, *args), daemon=True).start()

    def unless_gone(self, act, *args):
        try:
            act(*args)
        except (Refused, socketio.exceptions.SocketIOError) as error:
            self.say(str(error) or type(error).__name__)


def move_away(socket, seconds):
    time.sleep(seconds)
    socket.disconnect()


def refusal_in(error):
    known = error.get("data") if isinstance(error, dict) else None
    return Refused(known or {"error": str(error)})


def main():
    if len(sys.argv) != 4:
        sys.exit("usage: python3 client.py ADDRESS EMAIL PASSWORD")
    url, email, password = sys.argv[1:]
    try:
        client = Client(Session.sign_in(url, email, password), say=lambda line: print(line, flush=True))
        chats = rest(url, "GET", "/chats", token=client.session.access_token)["items"]
        if not chats:
            sys.exit(email + " is in no chat yet")
        client.in_background(lambda: [client.send(chats[0]["id"], line.rstrip("\n")) for line in sys.stdin if line.strip()])
        client.run()
    except Refused as refusal:
        sys.exit("{} ({})".format(refusal, refusal.code))
    except OSError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
