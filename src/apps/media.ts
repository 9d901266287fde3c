// The video service: cameras on one side, browsers on the other. Apart from the server, so that pictures never stand in the way of the work.
import { log } from '../kernel/log.ts'
import { startMedia } from '../modules/video/server/index.ts'
import { appFromEnv } from './modules.ts'
import { underParent } from './parent.ts'

const env = process.env
const app = appFromEnv('media', 4)
// GB devices come from outside to a port of their own, and send pictures to a range of ports that a firewall must let through.
const [first = 30_000, last = 30_498] = (env['HEYUAN_GB_MEDIA_PORTS'] ?? '30000-30498').split('-').map(Number)
const gb = { bind: env['HEYUAN_SIP_HOST'] ?? '0.0.0.0', port: Number(env['HEYUAN_SIP_PORT'] ?? 5060), media_ports: [first, last] as const }
const media = await startMedia(app, { host: env['HEYUAN_MEDIA_HOST'] ?? '127.0.0.1', port: Number(env['HEYUAN_MEDIA_PORT'] ?? 8098), gb })
log('info', 'video service runs')
underParent({ ready: true }, async () => {
  await media.stop()
  await app.d.end()
})
