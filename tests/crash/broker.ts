// A broker of somebody else as a process of its own, so that it can be killed: its sessions and what waits in them are gone with it. It tells what the gateway acknowledged.
import { createServer } from 'node:net'
import { Aedes } from 'aedes'

const broker = await Aedes.createBroker({ authenticate: (_c, user, password, done) => done(null, user === 'dev' || (user === 'heyuan' && String(password) === 'right')) })
broker.on('ack', (packet, client) => {
  if (!client?.id.startsWith('heyuan-') || !packet) return
  const { topic, payload } = packet as { topic?: string; payload?: Buffer }
  if (topic && payload) process.send?.({ acked: `${topic.split('/')[1]} ${(JSON.parse(String(payload)) as { ts: number }).ts}` }, undefined, undefined, () => {})
})
const server = createServer((s) => broker.handle(s.on('error', () => {})))
server.listen(Number(process.env['BROKER_PORT']), '127.0.0.1', () => process.send?.({ ready: true }))
process.on('disconnect', () => process.exit(0))
