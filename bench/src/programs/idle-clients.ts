/**
 * Opens COUNT connections, sends one request on each, and keeps them open: `idle-clients.ts URL COUNT`. One second
 * after the last response it prints the number of open connections as one line of JSON. It exits when its standard
 * input ends.
 */
import { connect } from 'node:net';

const [address = '', countText = '0'] = process.argv.slice(2);
const { hostname, port, pathname, search, host } = new URL(address);
const count = Number(countText);
/** Limits concurrent requests, because idle connections are measured and not the rush of connecting. */
const atOnce = 100;
const killAfterMs = 10_000;
const settleMs = 1000;

let begun = 0;
let done = 0;
let open = 0;

const openNext = (): void => {
  if (begun === count) return;
  begun += 1;
  const socket = connect({ host: hostname, port: Number(port) });
  let isDone = false;
  const goOn = (): void => {
    if (isDone) return;
    isDone = true;
    done += 1;
    if (done === count) setTimeout(() => console.log(JSON.stringify({ open })), settleMs);
    else openNext();
  };
  socket.setTimeout(killAfterMs, () => {
    if (!isDone) socket.destroy();
  });
  socket.on('data', () => {
    if (!isDone) open += 1;
    goOn();
  });
  // An error is followed by 'close', which is counted.
  socket.on('error', () => undefined);
  socket.on('close', () => {
    if (isDone) open -= 1;
    goOn();
  });
  socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
};

process.stdin.on('end', () => process.exit(0)).resume();
for (let started = 0; started < atOnce; started += 1) openNext();
