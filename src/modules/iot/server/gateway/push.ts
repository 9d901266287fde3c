// The door for devices that send by HTTP: POST /v1/{device_id}/telemetry|event with the secret as bearer or as basic password. Answered 200 when stored.
import type { Server as HttpsServer } from 'node:https'
import fastify, { type FastifyInstance } from 'fastify'
import { nowMs } from '../../../../kernel/clock.ts'
import { uuidv7 } from '../../../../kernel/ids.ts'
import { log } from '../../../../kernel/log.ts'
import { PAYLOAD_MAX, readEvents, readTelemetry, replayAfterMs } from './message.ts'
import type { Operators } from './operators.ts'
import type { Pipeline } from './pipeline.ts'
import type { Registry } from './registry.ts'
import { secretMatches } from './secrets.ts'
import { HANDSHAKE_MS, type Pem } from './tls.ts'

export interface Push {
  port: number
  /** Of the door over TLS. */
  server: HttpsServer
  close(): Promise<void>
}
function secretOf(header: string | undefined): string | undefined {
  if (header?.startsWith('Bearer ')) return header.slice(7)
  if (header?.startsWith('Basic ')) return Buffer.from(header.slice(6), 'base64').toString('utf8').split(':').slice(1).join(':')
  return undefined
}
export async function startPush(o: { host: string; port: number; registry: Registry; pipeline: Pipeline; operators?: Operators; tls?: Pem }): Promise<Push> {
  const limits = { bodyLimit: PAYLOAD_MAX, requestTimeout: 30_000, connectionTimeout: 30_000, logger: false }
  const f = o.tls ? (fastify({ ...limits, https: { cert: o.tls.cert, key: o.tls.key, minVersion: 'TLSv1.2', handshakeTimeout: HANDSHAKE_MS } }) as unknown as FastifyInstance) : fastify(limits)
  f.removeAllContentTypeParsers()
  f.addContentTypeParser('*', { parseAs: 'buffer' }, (_req, body, done) => done(null, body))
  f.post('/v1/:device_id/:kind', async (req, reply) => {
    const { device_id, kind } = req.params as { device_id: string; kind: string }
    const d = o.registry.devices.get(device_id)
    const secret = secretOf(req.headers.authorization)
    const right = d?.secret_hash && secret !== undefined && secretMatches(Buffer.from(secret), d.secret_hash)
    if (!d || !right) return reply.status(401).send({ error: 'unauthorized' })
    if (kind !== 'telemetry' && kind !== 'event') return reply.status(404).send({ error: 'not_found' })
    const received = nowMs()
    const body = (req.body as Buffer | undefined) ?? Buffer.alloc(0)
    const read = kind === 'telemetry' ? readTelemetry(body, received, replayAfterMs(d)) : readEvents(body, received, replayAfterMs(d), uuidv7)
    if (!read.ok) {
      o.pipeline.refuse(d, read.why)
      return reply.status(400).send({ error: 'bad_payload', message: read.why })
    }
    try {
      await (kind === 'telemetry' ? o.pipeline.telemetry(d, read.items as Parameters<Pipeline['telemetry']>[1], received) : o.pipeline.events(d, read.items as Parameters<Pipeline['events']>[1], received))
      return await reply.send({ ok: true, stored_count: read.items.length })
    } catch {
      return reply.status(503).header('retry-after', '5').send({ error: 'not_stored' })
    }
  })
  o.operators?.register(f)
  await f.listen({ port: o.port, host: o.host })
  const port = (f.server.address() as { port: number }).port
  log('info', 'http push listens', { port })
  return { port, server: f.server as unknown as HttpsServer, close: () => f.close() }
}
