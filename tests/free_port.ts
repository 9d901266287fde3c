// A port for a process that cannot choose one itself, or that must come back on the one it had. Numbers the system gives to whoever asks for any (32768 and up on Linux) are
// avoided: between the look and the use such a one may go to any connection of the same machine. No number is given twice within a process.
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

const [FIRST, COUNT] = [20_000, 10_000]
const given = new Set<number>()
const tcp = (port: number): Promise<boolean> => new Promise((done) => { const s = createServer(); s.once('error', () => done(false)); s.listen(port, '127.0.0.1', () => s.close(() => done(true))) })
const udp = (port: number): Promise<boolean> => new Promise((done) => { const s = createSocket('udp4'); s.once('error', () => { s.close(); done(false) }); s.bind(port, '127.0.0.1', () => s.close(() => done(true))) })

export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 200; tries++) {
    const port = FIRST + Math.floor(Math.random() * COUNT)
    if (given.has(port)) continue
    given.add(port)
    if ((await tcp(port)) && (await udp(port))) return port
  }
  throw new Error(`no free port from ${FIRST} to ${FIRST + COUNT - 1}`)
}
