// chattor by WebSocket, for browsers and Node 22: calls, and events that go on through whatever happens in between.
//
//     const chattor = new Chattor("ws://127.0.0.1:8790", token);
//     await chattor.call("send", { friend: "f1", text: "hello" });
//     for await (const event of chattor.events()) { … }

const FIRST = 1000, LONGEST = 60000;        // ms between two attempts
const MAILBOX = 100;                        // events that wait to be taken; who is slower takes the rest in pages
const BEYOND = "9".repeat(17);              // a cursor behind every event: a page from there leads back to the newest
const MENDS = ["busy", "fell_behind", "locked", "no_daemon"];

export class Failed extends Error {
  constructor({ message, data }) { super(message); this.code = data?.code; this.hint = data?.hint; }
}

const gone = () => new Failed({ message: "the connection is gone", data: { code: "no_daemon" } });
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Chattor {
  #url; #token; #socket = null; #opening = null; #number = 0; #calls = new Map(); #boxes = new Map();

  constructor(url, token) { this.#url = url; this.#token = token; }

  // The answer to one call. It is not repeated when the connection breaks: it may have been done.
  async call(method, params = {}) { return this.#ask(await this.#connected(), method, params); }

  // Events for ever, each at least once: behind a cursor, or from now on.
  async *events(since = null) {
    let cursor = since, wait = FIRST;
    for (;;) {
      try {
        cursor ??= (await this.call("recv", { since: BEYOND, limit: 1 })).cursor;
        for await (const event of this.#told(cursor)) { cursor = event.cursor; wait = FIRST; yield event; }
      } catch (error) {
        if (!MENDS.includes(error.code)) throw error;
        if (error.code === "fell_behind") continue;
      }
      await pause(wait);
      wait = Math.min(2 * wait, LONGEST);
    }
  }

  close() { this.#socket?.close(); }

  // What is past in pages, then what happens, over one connection.
  async *#told(cursor) {
    const socket = await this.#connected();
    for (;;) {
      const page = await this.#ask(socket, "recv", { since: cursor, limit: 100 });
      if (page.cursor === cursor) break;
      yield* page.events;
      cursor = page.cursor;
    }
    const { subscription } = await this.#ask(socket, "events.subscribe", { since: cursor });
    const box = this.#boxes.get(subscription);
    if (!box) throw gone();
    try {
      for (;;) {
        while (box.waiting.length === 0) await new Promise((resolve) => { box.wake = resolve; });
        const { item, error } = box.waiting.shift();
        if (error) throw new Failed(error);
        if (!item) return;
        yield item;
      }
    } finally {
      this.#boxes.delete(subscription);
      if (socket === this.#socket) this.#ask(socket, "events.unsubscribe", { subscription }).catch(() => {});
    }
  }

  #connected() {
    if (this.#socket) return this.#socket;
    this.#opening ??= this.#open().finally(() => { this.#opening = null; });
    return this.#opening;
  }

  async #open() {
    const socket = new WebSocket(this.#url);
    socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
    await new Promise((resolve, reject) => { socket.onopen = resolve; socket.onclose = () => reject(gone()); });
    socket.onclose = () => this.#end(socket);
    await this.#ask(socket, "agent.login", { token: this.#token });
    return (this.#socket = socket);
  }

  #ask(socket, method, params) {
    const id = ++this.#number;
    return new Promise((resolve, reject) => {
      if (socket.readyState !== WebSocket.OPEN) return reject(gone());
      this.#calls.set(id, { resolve, reject });
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    });
  }

  #take(said) {
    if (said.method) return this.#put(this.#boxes.get(said.params.subscription), said.params);
    const call = this.#calls.get(said.id);
    this.#calls.delete(said.id);
    if (said.error) return call?.reject(new Failed(said.error));
    if (said.result?.subscription) this.#boxes.set(said.result.subscription, { waiting: [], wake: null, behind: false });
    call?.resolve(said.result);
  }

  #put(box, told) {
    if (!box || (told.item && box.behind)) return;
    box.behind = Boolean(told.item) && box.waiting.length >= MAILBOX;
    box.waiting.push(box.behind ? { error: { data: { code: "fell_behind" } } } : told);
    box.wake?.();
  }

  #end(socket) {
    if (socket === this.#socket) this.#socket = null;
    for (const { reject } of this.#calls.values()) reject(gone());
    for (const box of this.#boxes.values()) this.#put(box, { error: { data: { code: "no_daemon" } } });
    this.#calls.clear();
    this.#boxes.clear();
  }
}
