// The HTTP process: API, downloads, uploads and the three faces. Stateless: any number may run behind a balancer.
import { log } from '../kernel/log.ts'
import { giveBackAfterStart } from '../kernel/startup_heap.ts'
import { refreshRoles } from '../modules/identity/server/index.ts'
import { backgroundDone, closeChannels } from '../modules/payment/server/index.ts'
import { makeFront } from './front.ts'
import { appFromEnv } from './modules.ts'
import { underParent } from './parent.ts'

const app = appFromEnv('server')
const port = Number(process.env['HEYUAN_PORT'] ?? 8080)
const host = process.env['HEYUAN_HOST'] ?? '127.0.0.1'
const f = await makeFront(app)
await refreshRoles(app)
await f.listen({ port, host })
giveBackAfterStart()
log('info', 'server listens', { port, host })
underParent({ ready: true, port }, async () => {
  await f.close()
  await backgroundDone()
  closeChannels()
  await app.d.end()
})
