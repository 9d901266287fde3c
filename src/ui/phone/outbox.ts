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
  input: Record<string, unknown>
  /** Shown beside it: house, meter, value. */
  about: Record<string, string>
  queued_at: string
  /** Above 0 it may have reached the server. */
  tries: number
  state: 'waiting' | 'refused'
  refusal: Refusal | null
}
export type Draft = Pick<Entry, 'owner' | 'call' | 'subject' | 'input' | 'about'>

export interface OutboxStore {
  all: () => Promise<Entry[]>
  /** One more try of this entry, written before it is sent; undefined when it was changed or discarded in the meantime. */
  take: (request_id: string) => Promise<Entry | undefined>
  put: (entry: Entry) => Promise<void>
  remove: (request_id: string) => Promise<void>
}

export const inOrder = (entries: readonly Entry[]): Entry[] => [...entries].sort((a, b) => a.seq - b.seq)
export const ofOwner = (entries: readonly Entry[], owner: string): Entry[] => inOrder(entries.filter((e) => e.owner === owner))
export const nextToSend = (entries: readonly Entry[], owner: string): Entry | undefined => ofOwner(entries, owner).find((e) => e.state === 'waiting')
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
export interface FlushWith {
  store: OutboxStore
  owner: string
  send: (entry: Entry) => Promise<unknown>
  /** How a failure is read; thrown things that are no refusal count as a broken network. */
  failureOf: (error: unknown) => { status: number; code: string; message: string }
  /** Called before the entry goes; may be called again for the same entry after a crash. */
  done: (entry: Entry, answer: unknown) => Promise<void>
}

/** Sends what waits, one after the other, until nothing is left or the network or the session ends. */
export async function flush(w: FlushWith): Promise<FlushResult> {
  const result: FlushResult = { sent: 0, refused: 0, left: 0, stopped: 'empty' }
  for (;;) {
    const entries = await w.store.all()
    const entry = nextToSend(entries, w.owner)
    result.left = ofOwner(entries, w.owner).filter((e) => e.state === 'waiting').length
    if (!entry) return result
    // After a crash the entry counts as possibly sent and cannot be changed unseen.
    const tried = await w.store.take(entry.request_id)
    if (!tried) continue
    try {
      const answer = await w.send(tried)
      await w.done(tried, answer)
      await w.store.remove(tried.request_id)
      result.sent++
    } catch (error) {
      const failure = w.failureOf(error)
      const verdict = judge(failure, tried.tries)
      if (verdict !== 'refused') return { ...result, stopped: verdict }
      await w.store.put({ ...tried, state: 'refused', refusal: { code: failure.code, message: failure.message } })
      result.refused++
    }
  }
}
