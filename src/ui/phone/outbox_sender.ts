// When the outbox is sent: at once after an entry, when the network or the page comes back, and every half minute. Background sync is not
// used: iPhones have none. The lock keeps two tabs from sending at the same time; where a browser has no locks the request_id alone does.
import { useSyncExternalStore, type ReactNode } from 'react'
import { asRefused, queries, sendBatch } from '../api.ts'
import type { Call } from '../api.ts'
import { dropPhotos, withPhotoIds } from './kept_photos.ts'
import { ownerOf, type PhoneMe } from './me.ts'
import { flush, ofOwner, type Draft, type Entry, type Failure, type FlushResult, type Queued, type Sent } from './outbox.ts'
import { outboxStore, putInOutbox } from './phone_store.ts'

const LOCK = 'heyuan-outbox'
const EVERY_MS = 30_000

/** A call that may wait in the outbox: how it is sent, what follows, how a person reads it. A module hands in a list of these. */
export interface OutboxKind {
  call: Call
  /** The input as it is sent; without this, the photos of `photo_keys` go up and their ids stand in `photo_ids`. */
  input?: (entry: Entry) => Promise<Record<string, unknown>>
  /** When it went through; may be called again after a crash. */
  done?: (me: PhoneMe, entry: Entry, answer: unknown) => Promise<void>
  /** Where and what: '1-2-301 厨房'. */
  title: (entry: Entry) => string
  /** The small line beneath. */
  under: (entry: Entry) => string
  /** What was entered: '完工', '444'. */
  value: (entry: Entry) => string
  /** Where a person looks the matter up. */
  link?: (entry: Entry) => string
  /** Form in a sheet to put a refused one right; `saved` closes it. */
  edit?: (entry: Entry, saved: () => void) => ReactNode
}
interface Sender {
  me: PhoneMe
  owner: string
  kinds: ReadonlyMap<string, OutboxKind>
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
/** What became of entries in this tab's lifetime, for a form that waits for its answer. */
const ends = new Map<string, (end: End) => void>()
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

export function startSender(me: PhoneMe, kinds: readonly OutboxKind[]): () => void {
  const s: Sender = { me, owner: ownerOf(me), kinds: new Map(kinds.map((k) => [k.call.name, k])) }
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
    let through = false
    await alone(async () => {
      const result = await flush({
        store: outboxStore,
        owner: s.owner,
        send: (entries) => send(s, entries),
        failureOf,
        done: async (entry, answer) => {
          await s.kinds.get(entry.call)?.done?.(s.me, entry, answer)
          await dropPhotos(entry.photo_keys ?? [])
          through = true
          ends.get(entry.request_id)?.({ kind: 'sent', answer })
        },
        changed: async () => {
          // First what the server has now, then the entries go: the other way round a page would fall back to before the step for as long as the
          // answer takes, and its button would offer the step again.
          if (through) await readAgain(s)
          through = false
          await refresh()
        },
      })
      show({ stopped: result.stopped })
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
/** What pages show of the modules that took something, read again; a slow network is not waited for longer than this. */
const READ_AGAIN_MS = 5000
async function readAgain(s: Sender): Promise<void> {
  const modules = new Set([...s.kinds.keys()].map(moduleOf))
  let timer: ReturnType<typeof setTimeout> | undefined
  const long_enough = new Promise<void>((done) => (timer = setTimeout(done, READ_AGAIN_MS)))
  await Promise.race([queries.invalidateQueries({ predicate: (q) => modules.has(moduleOf(String(q.queryKey[0]))) }), long_enough])
  clearTimeout(timer)
}
const moduleOf = (call: string): string => call.split('.')[0]!
const failureOf = (error: unknown): Failure => {
  const { status, code, message } = asRefused(error)
  return { status, code, message }
}
/** One request for all of them. Photos go up before; one whose photo is refused is not sent. */
async function send(s: Sender, entries: readonly Entry[]): Promise<Sent[]> {
  const sent: (Sent | undefined)[] = []
  const asked: { at: number; call: string; input: Record<string, unknown>; chain?: string }[] = []
  const stopped = new Set<string>()
  for (const [at, entry] of entries.entries()) {
    if (entry.chain !== undefined && stopped.has(entry.chain)) {
      sent[at] = { held: true }
      continue
    }
    try {
      const kind = s.kinds.get(entry.call)
      if (!kind) throw new Error(`这个版本不认识 ${entry.call},请刷新页面`)
      const input = await (kind.input ?? withPhotoIds)(entry)
      asked.push({ at, call: entry.call, input: { ...input, request_id: entry.request_id }, ...(entry.chain === undefined ? {} : { chain: entry.chain }) })
    } catch (error) {
      const failure = failureOf(error)
      sent[at] = { failure }
      if (entry.chain !== undefined) stopped.add(entry.chain)
      // No network: the rest would wait for it in vain, one after the other.
      if (failure.status === 0 || failure.status === 401) break
    }
  }
  if (asked.length > 0) {
    const outcomes = await sendBatch(asked.map(({ at: _, ...one }) => one))
    for (const [i, { at }] of asked.entries()) {
      const o = outcomes[i]
      sent[at] = o === undefined || 'held' in o ? { held: true } : 'answer' in o ? { answer: o.answer } : { failure: { status: o.status, code: o.problem.error, message: o.problem.message } }
    }
  }
  return entries.map((_, i) => sent[i] ?? { held: true })
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
export type End = { kind: 'sent'; answer: unknown } | { kind: 'refused'; message: string } | { kind: 'kept' } | { kind: 'under_way' }
/** How long a form waits for the answer before it says that the entry is safe on the phone. */
const ANSWER_MS = 8000
/**
 * Puts an entry into the outbox and waits a moment for its answer, so that somebody with network hears a refusal in the form; it is then taken
 * out again, because he sees it here. Without network (or with a slow one) it is 'kept'.
 */
export async function putAndWait(draft: Draft): Promise<End> {
  const queued = await putInOutbox(draft)
  if (queued.kind === 'under_way') return { kind: 'under_way' }
  const { request_id } = queued.entry
  await changed()
  if (!navigator.onLine) return { kind: 'kept' }
  let timer: ReturnType<typeof setTimeout> | undefined
  const end = new Promise<End>((done) => {
    ends.set(request_id, done)
    timer = setTimeout(() => done({ kind: 'kept' }), ANSWER_MS)
  })
  void sendNow().then(async () => {
    const still = view.entries.find((e) => e.request_id === request_id)
    if (still?.state === 'refused') ends.get(request_id)?.({ kind: 'refused', message: still.refusal?.message ?? '没有通过' })
    else if (still && !view.sending) ends.get(request_id)?.({ kind: 'kept' })
  })
  const how = await end
  clearTimeout(timer)
  ends.delete(request_id)
  if (how.kind === 'refused') await discardEntry(queued.entry)
  return how
}
/** Out of the outbox, with its photos: what it said is given up. */
export async function discardEntry(...entries: readonly Pick<Entry, 'request_id' | 'photo_keys'>[]): Promise<void> {
  await outboxStore.remove(entries.map((e) => e.request_id))
  for (const e of entries) await dropPhotos(e.photo_keys ?? [])
  await changed()
  void sendNow()
}
/** Sent once more as it is: what stood against it may be gone. */
export async function tryAgain(entry: Entry): Promise<void> {
  await outboxStore.change({ ...entry, state: 'waiting', refusal: null })
  await changed()
  void sendNow()
}

export const useOutbox = (): OutboxView =>
  useSyncExternalStore(
    (l) => {
      listeners.add(l)
      return () => void listeners.delete(l)
    },
    () => view,
  )
