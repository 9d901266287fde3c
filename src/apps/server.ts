// The HTTP process: API, downloads, uploads and the three faces. Stateless: any number may run behind a balancer.
import statics from '@fastify/static'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { httpServer } from '../kernel/http.ts'
import { log } from '../kernel/log.ts'
import { giveBackAfterStart } from '../kernel/startup_heap.ts'
import { refreshRoles } from '../modules/identity/server/index.ts'
import { registerMessageRoutes } from '../modules/messages/server/index.ts'
import { backgroundDone, closeChannels, registerPaymentRoutes } from '../modules/payment/server/index.ts'
import { appFromEnv } from './modules.ts'

const app = appFromEnv('server')
const port = Number(process.env['HEYUAN_PORT'] ?? 8080)
const host = process.env['HEYUAN_HOST'] ?? '127.0.0.1'
const f = await httpServer(app)
await registerPaymentRoutes(f, app)
await registerMessageRoutes(f, app)
const dist = new URL('../../dist/', import.meta.url).pathname

f.get('/', (_req, reply) => reply.redirect('/admin/'))
for (const face of ['admin', 'resident', 'staff']) {
  const root = join(dist, face)
  if (!existsSync(root)) continue
  await f.register(statics, {
    root,
    prefix: `/${face}/`,
    decorateReply: face === 'admin',
    preCompressed: true,
    cacheControl: false,
    setHeaders: (res, path) => void res.header('cache-control', /-[\w-]{8}\.\w+(\.gz|\.br)?$/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache'),
  })
  f.get(`/${face}`, (_req, reply) => reply.redirect(`/${face}/`))
}
// A page address without a file is a route of that face's router.
f.setNotFoundHandler((req, reply) => {
  const face = /^\/(admin|resident|staff)\//.exec(req.url)?.[1]
  if (req.method === 'GET' && face && !/\.\w{2,5}(\?|$)/.test(req.url)) return reply.header('cache-control', 'no-cache').sendFile('index.html', join(dist, face))
  return reply.status(404).send({ error: 'kernel.not_found', message: '没有这个地址' })
})

await refreshRoles(app)
await f.listen({ port, host })
giveBackAfterStart()
log('info', 'server listens', { port, host })
process.send?.({ ready: true, port })

let stopping = false
const stop = async () => {
  if (stopping) return
  stopping = true
  await f.close()
  await backgroundDone()
  closeChannels()
  await app.d.end()
  process.exit(0)
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
process.on('disconnect', stop)
