// Registers the service worker and tells when a newer shell waits. Browsers without one (WeChat on iOS) simply load from the network.
import { useSyncExternalStore } from 'react'

let waiting: ServiceWorker | undefined
const listeners = new Set<() => void>()
const LOOK_EVERY_MS = 30 * 60_000

export function registerShell(face: string): void {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return
  const had_one = navigator.serviceWorker.controller !== null
  let reloading = false
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (!had_one || reloading) return
    reloading = true
    location.reload()
  })
  addEventListener('load', () => void register(face).catch(() => undefined))
}

async function register(face: string): Promise<void> {
  const reg = await navigator.serviceWorker.register(`/${face}/sw.js`, { scope: `/${face}/` })
  const found = (): void => {
    if (!reg.waiting || !navigator.serviceWorker.controller) return
    waiting = reg.waiting
    listeners.forEach((l) => l())
  }
  found()
  reg.addEventListener('updatefound', () => reg.installing?.addEventListener('statechange', found))
  setInterval(() => void reg.update().catch(() => undefined), LOOK_EVERY_MS)
}

export const useNewShell = (): boolean =>
  useSyncExternalStore(
    (l) => {
      listeners.add(l)
      return () => void listeners.delete(l)
    },
    () => waiting !== undefined,
  )
export const takeNewShell = (): void => waiting?.postMessage('take over')
