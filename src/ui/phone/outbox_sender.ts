// When the outbox is sent: at once after an entry, when the network or the page comes back, and every half minute. Background sync is not
// used: iPhones have none. The lock keeps two tabs from sending at the same time; where a browser has no locks the request_id alone does.
import { useSyncExternalStore } from 'react'
import { asRefused } from '../api.ts'
import { flush, ofOwner, type Draft, type Entry, type FlushResult, type Queued } from './outbox.ts'
import { outboxStore, putInOutbox } from './phone_store.ts'

const LOCK = 'heyuan-outbox'
const EVERY_MS = 30_000

interface Sender {
  owner: string
  send: (entry: Entry) => Promise<unknown>
  done: (entry: Entry, answer: unknown) => Promise<void>
  /** Something was sent, and now nothing more is. */
  over: () => void
}
export interface OutboxView {
  entries: readonly Entry[]
  sending: boolean
  /** Why the last sending ended. */
  stopped: FlushResult['stopped'] | undefined
  /** The phone's memory cannot be used (private window): nothing can be entered without network. */
  broken: boolean
}

let sender: Sender | undefined
let view: OutboxView = { entries: [], sending: false, stopped: undefined, broken: false }
let again = false
const listeners = new Set<() => void>()
const others = 'BroadcastChannel' in globalThis ? new BroadcastChannel(LOCK) : undefined

function show(change: Partial<OutboxView>): void {
  view = { ...view, ...change }
  listeners.forEach((l) => l())
}
async function refresh(): Promise<void> {
  try {
    const all = await outboxStore.all()
    show({ entries: sender ? ofOwner(all, sender.owner) : [], broken: false })
  } catch {
    show({ entries: [], broken: true })
  }
}
async function changed(): Promise<void> {
  await refresh()
  others?.postMessage('changed')
}

export function startSender(s: Sender): () => void {
  sender = s
  const wake = (): void => {
    if (document.visibilityState === 'visible') void sendNow()
  }
  const heard = (): void => void refresh()
  addEventListener('online', wake)
  document.addEventListener('visibilitychange', wake)
  others?.addEventListener('message', heard)
  const timer = setInterval(wake, EVERY_MS)
  void refresh().then(wake)
  return () => {
    removeEventListener('online', wake)
    document.removeEventListener('visibilitychange', wake)
    others?.removeEventListener('message', heard)
    clearInterval(timer)
    if (sender === s) sender = undefined
  }
}

export async function sendNow(): Promise<void> {
  if (view.sending) {
    again = true
    return
  }
  if (!sender || !navigator.onLine || !view.entries.some((e) => e.state === 'waiting')) return
  const s = sender
  show({ sending: true })
  try {
    await alone(async () => {
      const result = await flush({
        store: outboxStore,
        owner: s.owner,
        send: s.send,
        failureOf: (error) => {
          const r = asRefused(error)
          return { status: r.status, code: r.code, message: r.message }
        },
        done: async (entry, answer) => {
          await s.done(entry, answer)
          await refresh()
        },
      })
      show({ stopped: result.stopped })
      if (result.sent > 0) s.over()
    })
  } finally {
    show({ sending: false })
    await changed()
  }
  if (again) {
    again = false
    await sendNow()
  }
}
async function alone(run: () => Promise<void>): Promise<void> {
  // Another tab has it: that one sends everything, this tab's entries too.
  if ('locks' in navigator) await navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => (lock ? run() : undefined))
  else await run()
}

export async function putEntry(draft: Draft): Promise<Queued> {
  const queued = await putInOutbox(draft)
  await changed()
  void sendNow()
  return queued
}
export async function discardEntry(request_id: string): Promise<void> {
  await outboxStore.remove(request_id)
  await changed()
}

export const useOutbox = (): OutboxView =>
  useSyncExternalStore(
    (l) => {
      listeners.add(l)
      return () => void listeners.delete(l)
    },
    () => view,
  )
