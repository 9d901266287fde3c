// The outbox (待上传): what was entered without network, sent later, once, in order. Queue logic only; where entries are kept and how
// they are sent is given in. Doubles are impossible because an entry keeps its request_id for life and the server answers a repeated
// request_id with its first answer; so a tab that dies between sending and removing only asks again.

/** What the person sees of a refusal. */
export interface Refusal {
  code: string
  message: string
}
export interface Entry {
  request_id: string
  /** Order of entry on this phone. */
  seq: number
  /** Company and account that entered it: nobody else's session may send it. */
  owner: string
  /** 'meters.recordReading' */
  call: string
  /** What it is about; one subject has one entry. */
  subject: string
  /** Entries that build on one another (the steps of one order): when one is refused, the later ones wait for a person. */
  chain?: string
  /** Photos on this phone that go up before it (phone/kept_photos.ts). */
  photo_keys?: readonly string[]
  input: Record<string, unknown>
  /** Shown beside it: house, meter, value. */
  about: Record<string, string>
  queued_at: string
  /** Above 0 it may have reached the server. */
  tries: number
  state: 'waiting' | 'refused'
  refusal: Refusal | null
}
export type Draft = Pick<Entry, 'owner' | 'call' | 'subject' | 'chain' | 'photo_keys' | 'input' | 'about'>

export interface OutboxStore {
  all: () => Promise<Entry[]>
  /** One more try of these, written before they are sent; what was changed or discarded in the meantime is left out. */
  take: (request_ids: readonly string[]) => Promise<Entry[]>
  /** Changes one that is still there; one that another tab has sent or a person has given up does not come back. */
  change: (entry: Entry) => Promise<void>
  remove: (request_ids: readonly string[]) => Promise<void>
}

export const inOrder = (entries: readonly Entry[]): Entry[] => [...entries].sort((a, b) => a.seq - b.seq)
export const ofOwner = (entries: readonly Entry[], owner: string): Entry[] => inOrder(entries.filter((e) => e.owner === owner))
/** Together in one request at most; the server takes no more (kernel/batch.ts). */
export const BATCH_MAX = 50
/** What may go next, in order. Behind a refused entry of a chain its later ones stand still. */
export function nextToSend(entries: readonly Entry[], owner: string, max = BATCH_MAX): Entry[] {
  const stopped = new Set<string>()
  const next: Entry[] = []
  for (const e of ofOwner(entries, owner)) {
    if (e.chain !== undefined && stopped.has(e.chain)) continue
    if (e.state === 'waiting') next.push(e)
    else if (e.chain !== undefined) stopped.add(e.chain)
    if (next.length === max) break
  }
  return next
}
/** Whether something refused stands before it. */
export const isHeld = (entries: readonly Entry[], e: Entry): boolean => e.chain !== undefined && e.state === 'waiting' && entries.some((x) => x.owner === e.owner && x.chain === e.chain && x.state === 'refused' && x.seq < e.seq)
const seqAfter = (entries: readonly Entry[]): number => entries.reduce((most, e) => Math.max(most, e.seq), 0) + 1

export type Queued = { kind: 'queued'; entry: Entry; replaces: string | null } | { kind: 'under_way' }

/**
 * A new entry, or a changed one. A changed value is a new intention and gets a new request_id. While an earlier value of the same
 * subject may have reached the server without an answer, a change has to wait for that answer.
 */
export function enqueue(entries: readonly Entry[], draft: Draft, at: { request_id: string; queued_at: string }): Queued {
  const before = entries.find((e) => e.owner === draft.owner && e.subject === draft.subject)
  if (before && before.state === 'waiting' && before.tries > 0) return { kind: 'under_way' }
  // A corrected entry keeps its place in the order.
  const seq = before?.seq ?? seqAfter(entries)
  return { kind: 'queued', entry: { ...draft, ...at, seq, tries: 0, state: 'waiting', refusal: null }, replaces: before?.request_id ?? null }
}

export type Verdict = 'later' | 'sign_in' | 'refused'
/** A server that faults on one entry again and again must not hold up the rest. */
export const FAULTS_MAX = 5

/** What a failed try means. Only a definite refusal goes to the person. */
export function judge(failure: { status: number; code: string }, tries: number): Verdict {
  if (failure.status === 401) return 'sign_in'
  if (failure.status === 0 || failure.status === 429 || failure.status === 502 || failure.status === 503 || failure.status === 504) return 'later'
  if (failure.code === 'kernel.conflict' || failure.status >= 500) return tries < FAULTS_MAX ? 'later' : 'refused'
  return 'refused'
}

export interface FlushResult {
  sent: number
  refused: number
  left: number
  stopped: 'empty' | 'later' | 'sign_in'
}
export interface Failure {
  status: number
  code: string
  message: string
}
/** How it went with one entry; held: not tried, because one before it in its chain did not go through. */
export type Sent = { answer: unknown } | { failure: Failure } | { held: true }
export interface FlushWith {
  store: OutboxStore
  owner: string
  /** One outcome for each, in the same order; what it throws concerns the whole request. */
  send: (entries: readonly Entry[]) => Promise<readonly Sent[]>
  /** How a thrown thing is read; what is no refusal counts as a broken network. */
  failureOf: (error: unknown) => Failure
  /** Called before the entry goes; may be called again for the same entry after a crash. */
  done: (entry: Entry, answer: unknown) => Promise<void>
  /** After each request: something on the phone is different now. */
  changed?: () => Promise<void>
}

/** Sends what waits, in order, some fifty in a request, until nothing is left or the network or the session ends. */
export async function flush(w: FlushWith): Promise<FlushResult> {
  const result: FlushResult = { sent: 0, refused: 0, left: 0, stopped: 'empty' }
  for (;;) {
    const entries = await w.store.all()
    const next = nextToSend(entries, w.owner)
    result.left = ofOwner(entries, w.owner).filter((e) => e.state === 'waiting').length
    if (next.length === 0) return result
    // After a crash an entry counts as possibly sent and cannot be changed unseen.
    const tried = await w.store.take(next.map((e) => e.request_id))
    if (tried.length === 0) continue
    const stop = await settle(w, tried, await outcomes(w, tried), result)
    await w.changed?.()
    if (stop) return { ...result, stopped: stop }
  }
}

async function outcomes(w: FlushWith, tried: readonly Entry[]): Promise<readonly Sent[]> {
  try {
    return await w.send(tried)
  } catch (error) {
    const failure = w.failureOf(error)
    // Refused as a whole (too large, a server that does not know batches): nobody can tell for which of them, so it is tried again later.
    return tried.map(() => ({ failure: failure.status === 401 ? failure : { ...failure, status: 0 } }))
  }
}

/** Writes down how it went; says why sending ends here, if it does. */
async function settle(w: FlushWith, tried: readonly Entry[], sent: readonly Sent[], result: FlushResult): Promise<'later' | 'sign_in' | undefined> {
  let stop: 'later' | 'sign_in' | undefined
  const gone: string[] = []
  for (const [i, entry] of tried.entries()) {
    const s = await doneWith(w, entry, sent[i] ?? { held: true })
    if ('answer' in s) gone.push(entry.request_id)
    else if ('held' in s) await w.store.change({ ...entry, tries: entry.tries - 1 })
    else {
      const verdict = judge(s.failure, entry.tries)
      if (verdict !== 'refused') stop = stop === 'sign_in' ? stop : verdict
      else {
        await w.store.change({ ...entry, state: 'refused', refusal: { code: s.failure.code, message: s.failure.message } })
        result.refused++
      }
    }
  }
  try {
    if (gone.length > 0) await w.store.remove(gone)
    result.sent += gone.length
  } catch {
    // They are still there and will be asked for again: the server knows them.
    stop ??= 'later'
  }
  // Everything held: the server ran out of its time. Sending ends here, so that it cannot go round for ever without an answer.
  return stop ?? (sent.every((s) => 'held' in s) ? 'later' : undefined)
}
async function doneWith(w: FlushWith, entry: Entry, s: Sent): Promise<Sent> {
  if (!('answer' in s)) return s
  try {
    await w.done(entry, s.answer)
    return s
  } catch (error) {
    return { failure: w.failureOf(error) }
  }
}
