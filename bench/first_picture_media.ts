// The video service of the bench: a process of its own, as in the product, but it lets a camera go half a second after the last look, so that each look begins with nothing.
import { appFromEnv } from '../src/apps/modules.ts'
import { startMedia } from '../src/modules/video/server/index.ts'

await startMedia(appFromEnv('media', 4), { port: Number(process.env['HEYUAN_MEDIA_PORT']), limits: { linger_ms: 500, again_ms: [500, 1000] } })
process.send?.('ready')
process.on('disconnect', () => process.exit(0))
