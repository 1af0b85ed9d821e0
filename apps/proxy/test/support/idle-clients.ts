import { connect } from 'node:net';

/**
 * A program: connects so many clients to that port, one request each, and keeps the connections. Prints a line when
 * every one has its answer. A process of its own, because both ends of a connection count as open files.
 */
const [port = 0, count = 0] = process.argv.slice(2).map(Number);
const atOnce = 50;
let began = 0;
let answered = 0;

const next = (): void => {
  if (began === count) return;
  began += 1;
  const socket = connect(port, '127.0.0.1');
  socket.once('data', () => {
    answered += 1;
    if (answered === count) console.log('all have their answers');
    next();
  });
  for (const event of ['error', 'close']) {
    socket.once(event, () => {
      console.log('a connection was lost');
      process.exit(1);
    });
  }
  socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
};

for (let client = 0; client < atOnce; client += 1) next();
