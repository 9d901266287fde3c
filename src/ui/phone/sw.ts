/// <reference lib="webworker" />
// The service worker of a phone face. Keeps the shell of one version for days without network; answers of the server are never kept.
// tools/phone_pwa.ts writes the list of files and the version in place of the two names below.
declare const __SHELL_FILES__: readonly string[]
declare const __SHELL_VERSION__: string

const worker = globalThis as unknown as ServiceWorkerGlobalScope
const SCOPE = new URL(worker.registration.scope).pathname
const CACHE = `heyuan ${SCOPE} ${__SHELL_VERSION__}`
const INDEX = `${SCOPE}index.html`
const NETWORK_WAIT_MS = 3000

const OFFLINE = `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>没有网络</title>
<body style="font:18px/1.6 sans-serif;text-align:center;padding:25vh 24px 0;color:#1f2329"><h1 style="font-size:22px">没有网络</h1><p>请连接网络后再打开。</p>
<p><a style="color:#0a54a8" href="${SCOPE}">重新打开</a></p>`

worker.addEventListener('install', (e) => e.waitUntil(caches.open(CACHE).then((c) => c.addAll(__SHELL_FILES__.map((f) => new Request(SCOPE + f, { cache: 'reload' }))))))
worker.addEventListener('activate', (e) => e.waitUntil(dropOlder().then(() => worker.clients.claim())))
worker.addEventListener('message', (e) => {
  if (e.data === 'take over') e.waitUntil(worker.skipWaiting())
})
worker.addEventListener('fetch', (e) => {
  const { request } = e
  const url = new URL(request.url)
  // /api, /dl and /up lie outside the scope's path: they always go to the server.
  if (request.method !== 'GET' || url.origin !== worker.location.origin || !url.pathname.startsWith(SCOPE)) return
  if (request.mode === 'navigate') e.respondWith(page(request))
  else e.respondWith(file(request))
})

worker.addEventListener('push', (e) => e.waitUntil(ring(e.data)))
worker.addEventListener('notificationclick', (e) => {
  e.notification.close()
  e.waitUntil(openAt((e.notification.data as { link?: unknown } | null)?.link))
})

/** A message without sense still rings: a browser that was promised a visible one takes the permission away otherwise. */
async function ring(data: PushMessageData | null): Promise<void> {
  let m: { id?: unknown; title?: unknown; body?: unknown; link?: unknown } = {}
  try {
    m = (data?.json() ?? {}) as typeof m
  } catch {
    // not ours
  }
  const text = (v: unknown): string => (typeof v === 'string' ? v : '')
  await worker.registration.showNotification(text(m.title) || '新消息', { body: text(m.body), tag: text(m.id), icon: `${SCOPE}icon-192.png`, lang: 'zh-CN', data: { link: m.link } })
}
/** In the window that is open, else in a new one. Only addresses of this face. */
async function openAt(link: unknown): Promise<void> {
  const url = new URL(SCOPE + (typeof link === 'string' ? link.replace(/^\/+/, '') : ''), worker.location.origin)
  const to = url.pathname.startsWith(SCOPE) ? url.href : SCOPE
  const [open] = (await worker.clients.matchAll({ type: 'window', includeUncontrolled: true })) as WindowClient[]
  if (!open) return void (await worker.clients.openWindow(to))
  await open.focus()
  await open.navigate(to)
}

async function dropOlder(): Promise<void> {
  const names = await caches.keys()
  await Promise.all(names.filter((n) => n.startsWith(`heyuan ${SCOPE} `) && n !== CACHE).map((n) => caches.delete(n)))
}

/** The server's page if it comes soon, else the kept one: a face that was rolled out is seen at the next opening. */
async function page(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE)
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(NETWORK_WAIT_MS) })
    if (answer.status < 500) return answer
  } catch {
    // no network, or too slow
  }
  return (await cache.match(INDEX)) ?? new Response(OFFLINE, { headers: { 'content-type': 'text/html; charset=utf-8' } })
}
async function file(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE)
  return (await cache.match(request)) ?? fetch(request)
}
