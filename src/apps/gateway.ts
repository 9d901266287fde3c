// The gateway process: the doors for devices (MQTT, HTTP) and the buses. One works at a time; a second waits.
import { log } from '../kernel/log.ts'
import { startGateway } from '../modules/iot/server/index.ts'
import { appFromEnv } from './modules.ts'
import { underParent } from './parent.ts'

const env = process.env
const app = appFromEnv('gateway', 6)
const gateway = await startGateway(app, { host: env['HEYUAN_GATEWAY_HOST'] ?? '127.0.0.1', mqtt_port: Number(env['HEYUAN_MQTT_PORT'] ?? 1883), http_port: Number(env['HEYUAN_IOT_HTTP_PORT'] ?? 8095), fire_port: Number(env['HEYUAN_FIRE_PORT'] ?? 8096), printer_port: Number(env['HEYUAN_FIRE_PRINTER_PORT'] ?? 8094), station_port: Number(env['HEYUAN_STATION_PORT'] ?? 8097) })
log('info', 'gateway runs')
underParent({ ready: true }, async () => {
  await gateway.stop()
  await app.d.end()
})
