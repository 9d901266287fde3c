// The video service: cameras on one side, browsers on the other. Apart from the server, so that pictures never stand in the way of the work.
import { log } from '../kernel/log.ts'
import { startMedia } from '../modules/video/server/index.ts'
import { appFromEnv } from './modules.ts'
import { underParent } from './parent.ts'

const env = process.env
const app = appFromEnv('media', 4)
const media = await startMedia(app, { host: env['HEYUAN_MEDIA_HOST'] ?? '127.0.0.1', port: Number(env['HEYUAN_MEDIA_PORT'] ?? 8098) })
log('info', 'video service runs')
underParent({ ready: true }, async () => {
  await media.stop()
  await app.d.end()
})
