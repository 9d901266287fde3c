// What a phone keeps without network: the outbox, and answers that a round needs. IndexedDB, so that it survives the death of the tab.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { nowIso } from '../../kernel/clock.ts'
import { newRequestId } from '../request_id.ts'
import { enqueue, type Draft, type Entry, type OutboxStore, type Queued } from './outbox.ts'

interface Schema extends DBSchema {
  outbox: { key: string; value: Entry }
  kept: { key: string; value: { key: string; saved_at: string; value: unknown } }
}
let opened: Promise<IDBPDatabase<Schema>> | undefined
function open(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>('heyuan-staff', 1, {
    upgrade(db) {
      db.createObjectStore('outbox', { keyPath: 'request_id' })
      db.createObjectStore('kept', { keyPath: 'key' })
    },
    terminated: () => (opened = undefined),
  }).catch((error: unknown) => {
    opened = undefined
    throw error
  })
  return opened
}

export const outboxStore: OutboxStore = {
  all: async () => (await open()).getAll('outbox'),
  async take(request_ids) {
    const tx = (await open()).transaction('outbox', 'readwrite')
    const tried: Entry[] = []
    for (const id of request_ids) {
      const entry = await tx.store.get(id)
      if (!entry) continue
      tried.push({ ...entry, tries: entry.tries + 1 })
      await tx.store.put(tried.at(-1)!)
    }
    await tx.done
    return tried
  },
  async change(entry) {
    const tx = (await open()).transaction('outbox', 'readwrite')
    if (await tx.store.getKey(entry.request_id)) await tx.store.put(entry)
    await tx.done
  },
  async remove(request_ids) {
    const tx = (await open()).transaction('outbox', 'readwrite')
    for (const id of request_ids) await tx.store.delete(id)
    await tx.done
  },
}

/** In one transaction, so that a send beginning at this moment sees either the old or the new value. */
export async function putInOutbox(draft: Draft): Promise<Queued> {
  const tx = (await open()).transaction('outbox', 'readwrite')
  const queued = enqueue(await tx.store.getAll(), draft, { request_id: newRequestId(), queued_at: nowIso() })
  if (queued.kind === 'queued') {
    if (queued.replaces) await tx.store.delete(queued.replaces)
    await tx.store.put(queued.entry)
  }
  await tx.done
  return queued
}

export interface Kept<T> {
  saved_at: string
  value: T
}
export async function keep(key: string, value: unknown): Promise<void> {
  await (await open()).put('kept', { key, saved_at: nowIso(), value })
}
export async function kept<T>(key: string): Promise<Kept<T> | undefined> {
  return (await (await open()).get('kept', key)) as Kept<T> | undefined
}
export async function changeKept<T>(key: string, change: (value: T) => T): Promise<void> {
  const tx = (await open()).transaction('kept', 'readwrite')
  const row = await tx.store.get(key)
  if (row) await tx.store.put({ ...row, value: change(row.value as T) })
  await tx.done
}
/** At sign-out: what was kept of the company's data goes; the outbox stays until it is sent. */
export async function dropKept(prefix: string): Promise<void> {
  await (await open()).delete('kept', IDBKeyRange.bound(prefix, `${prefix}\uffff`))
}
