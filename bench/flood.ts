// A process that sends messages of devices at a pace until it is told to stop, beside a figure that is to hold under them. Told by message: {port, device_ids, per_s}.
import { sender } from './ingest.ts'

const MANY = 100_000_000
process.once('message', (o: { port: number; device_ids: string[]; per_s: number }) => {
  for (const device_id of o.device_ids) void sender({ port: o.port, device_id, count: MANY, base_ms: Date.now() - 30_000, per_s: o.per_s / o.device_ids.length }).catch(() => {})
  process.send?.('sending')
})
