// What both phone faces do before the first page: transport, cache rules, antd-mobile under React 19, toasts, service worker.
import './old_browsers.ts'
import { Toast, unstableSetRender } from 'antd-mobile'
import type { ReactElement } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { Refused, listen, queries, speakAs } from '../api.ts'
import { keepLook } from './look.ts'
import { startRouter } from './router.tsx'
import { registerShell } from './shell_update.ts'
import './phone.css'

type Container = (Element | DocumentFragment) & { phone_root?: Root }

// antd-mobile 5.43 calls ReactDOM.render for Toast and Dialog, which React 19 no longer has.
unstableSetRender((node: ReactElement, container: Container) => {
  container.phone_root ??= createRoot(container)
  container.phone_root.render(node)
  return async () => {
    await Promise.resolve()
    container.phone_root?.unmount()
    delete container.phone_root
  }
})

const TRIES = 2

export function startPhone(face: 'resident' | 'staff'): void {
  speakAs(face)
  startRouter(`/${face}`)
  keepLook()
  const before = queries.getDefaultOptions()
  queries.setDefaultOptions({
    ...before,
    queries: {
      ...before.queries,
      // A phone without network must hear so at once, not wait on a paused query.
      networkMode: 'always',
      refetchOnWindowFocus: true,
      refetchOnReconnect: true,
      retry: (count, error) => navigator.onLine && count < TRIES && error instanceof Refused && (error.status === 0 || error.status === 503),
      retryDelay: (count) => 600 * 2 ** count,
    },
    mutations: { networkMode: 'always' },
  })
  listen({
    refused: (r) => void Toast.show({ content: r.message, duration: 4000 }),
    done: (text) => void Toast.show({ icon: 'success', content: text, duration: 1800 }),
  })
  registerShell(face)
}
