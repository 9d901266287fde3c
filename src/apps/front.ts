// What answers HTTP, whole: calls, downloads, uploads, what payment channels and WeChat send, and the pages of the three faces.
import statics from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { App } from '../kernel/app.ts'
import { httpServer } from '../kernel/http.ts'
import { registerDoorRoutes } from '../modules/doors/server/index.ts'
import { registerBeaconRoutes } from '../modules/muster/server/index.ts'
import { registerMessageRoutes } from '../modules/messages/server/index.ts'
import { registerParkingRoutes } from '../modules/parking/server/index.ts'
import { registerVideoRoutes } from '../modules/video/server/index.ts'
import { registerPaymentRoutes } from '../modules/payment/server/index.ts'

export async function makeFront(app: App): Promise<FastifyInstance> {
  const f = await httpServer(app)
  await registerPaymentRoutes(f, app)
  await registerMessageRoutes(f, app)
  await registerParkingRoutes(f, app)
  await registerDoorRoutes(f, app)
  registerVideoRoutes(f)
  await registerBeaconRoutes(f, app)
  await pages(f)
  return f
}

async function pages(f: FastifyInstance): Promise<void> {
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
    // What follows the question mark may end like a file: an instant does, 12:00:00.000Z.
    if (req.method === 'GET' && face && !/\.\w{2,5}$/.test(req.url.split('?')[0]!)) return reply.header('cache-control', 'no-cache').sendFile('index.html', join(dist, face))
    return reply.status(404).send({ error: 'kernel.not_found', message: '没有这个地址' })
  })
}
