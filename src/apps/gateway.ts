// The gateway process: the doors for devices (MQTT, HTTP) and the buses. One works at a time; a second waits.
import { log } from '../kernel/log.ts'
import { join } from 'node:path'
import { startGateway, TLS_FILES } from '../modules/iot/server/index.ts'
import { appFromEnv } from './modules.ts'
import { underParent } from './parent.ts'

const env = process.env
const app = appFromEnv('gateway', 6)
// The plain doors can be shut: then only devices over TLS get in.
const plain = !['off', '0', 'no'].includes((env['HEYUAN_IOT_PLAIN'] ?? '').toLowerCase())
const file = (name: string, own: string): string => env[name] || join(env['HEYUAN_DATA'] ?? '.heyuan', 'tls', own)
const gateway = await startGateway(app, { host: env['HEYUAN_GATEWAY_HOST'] ?? '127.0.0.1', mqtt_port: plain ? Number(env['HEYUAN_MQTT_PORT'] ?? 1883) : null, http_port: plain ? Number(env['HEYUAN_IOT_HTTP_PORT'] ?? 8095) : null, tls: { mqtt_port: Number(env['HEYUAN_MQTTS_PORT'] ?? 8883), http_port: Number(env['HEYUAN_IOT_HTTPS_PORT'] ?? 8443), cert_path: file('HEYUAN_TLS_CERT', TLS_FILES.cert), key_path: file('HEYUAN_TLS_KEY', TLS_FILES.key) }, fire_port: Number(env['HEYUAN_FIRE_PORT'] ?? 8096), printer_port: Number(env['HEYUAN_FIRE_PRINTER_PORT'] ?? 8094), station_port: Number(env['HEYUAN_STATION_PORT'] ?? 8097) })
log('info', 'gateway runs')
underParent({ ready: true }, async () => {
  await gateway.stop()
  await app.d.end()
})
