import { describe, expect, test } from 'vitest'
import { BATCH_MAX, FAULTS_MAX, enqueue, flush, inOrder, isHeld, judge, nextToSend, type Draft, type Entry, type OutboxStore, type Sent } from './outbox.ts'

const OWNER = '1:anna'
const draft = (n: number, reading = String(n), owner = OWNER): Draft => ({ owner, call: 'meters.recordReading', subject: `meter ${n}`, input: { meter_id: n, reading }, about: { label: `1-1-${n}` } })

class Failure extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string) {
    super(code)
    this.status = status
    this.code = code
  }
}
const failureOf = (e: unknown) => (e instanceof Failure ? { status: e.status, code: e.code, message: `words of ${e.code}` } : { status: 0, code: 'kernel.offline', message: '网络不通' })

/** The phone's memory; `dies` loses the tab (an exception nobody catches) at the given write. */
function memory(): OutboxStore & { entries: Map<string, Entry>; add: (d: Draft) => Entry; dies_at_remove: boolean } {
  const entries = new Map<string, Entry>()
  let n = 0
  return {
    entries,
    dies_at_remove: false,
    all: async () => [...entries.values()].map((e) => structuredClone(e)),
    change: async (e) => void (entries.has(e.request_id) && entries.set(e.request_id, structuredClone(e))),
    async remove(ids) {
      if (this.dies_at_remove) throw new Error('tab died')
      for (const id of ids) entries.delete(id)
    },
    async take(ids) {
      return ids.flatMap((id) => {
        const e = entries.get(id)
        if (!e) return []
        e.tries++
        return [structuredClone(e)]
      })
    },
    add(d) {
      const q = enqueue([...entries.values()], d, { request_id: `request ${++n}`, queued_at: '2026-11-22T08:00:00Z' })
      if (q.kind !== 'queued') throw new Error('under way')
      if (q.replaces) entries.delete(q.replaces)
      entries.set(q.entry.request_id, q.entry)
      return q.entry
    },
  }
}

/** A server as ours is: the first answer of a request_id is its answer for ever, and a meter takes one reading. */
function server() {
  const answers = new Map<string, unknown>()
  const readings = new Map<unknown, string>()
  const log: string[] = []
  const send = async (e: Entry): Promise<unknown> => {
    log.push(e.request_id)
    if (answers.has(e.request_id)) return answers.get(e.request_id)
    if (readings.has(e.input['meter_id'])) throw new Failure(409, 'meters.already_read')
    readings.set(e.input['meter_id'], String(e.input['reading']))
    const answer = { reading_id: `r${readings.size}` }
    answers.set(e.request_id, answer)
    return answer
  }
  return { send, readings, log }
}
/** A batch as the server takes it: each by itself, after a failure the rest of its chain held; a broken network loses all answers. */
const batch = (send: (e: Entry) => Promise<unknown>) => async (entries: readonly Entry[]): Promise<Sent[]> => {
  const stopped = new Set<string>()
  const sent: Sent[] = []
  for (const e of entries) {
    if (e.chain !== undefined && stopped.has(e.chain)) {
      sent.push({ held: true })
      continue
    }
    try {
      sent.push({ answer: await send(e) })
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      if (e.chain !== undefined) stopped.add(e.chain)
      sent.push({ failure: failureOf(error) })
    }
  }
  return sent
}
const with_ = (store: OutboxStore, send: (e: Entry) => Promise<unknown>, done: (e: Entry, a: unknown) => Promise<void> = async () => {}) => ({ store, owner: OWNER, send: batch(send), failureOf, done })

describe('enqueue', () => {
  test('a new subject goes to the end, a corrected one keeps its place with a new request_id', () => {
    const store = memory()
    store.add(draft(1))
    store.add(draft(2))
    const again = store.add(draft(1, '15'))
    expect(inOrder([...store.entries.values()]).map((e) => [e.subject, e.input['reading']])).toEqual([['meter 1', '15'], ['meter 2', '2']])
    expect(again.request_id).toBe('request 3')
    expect(store.entries.size).toBe(2)
  })
  test('a value that may have reached the server cannot be changed before its answer', () => {
    const tried: Entry = { ...draft(1), request_id: 'a', queued_at: '', seq: 1, tries: 1, state: 'waiting', refusal: null }
    expect(enqueue([tried], draft(1, '9'), { request_id: 'b', queued_at: '' })).toEqual({ kind: 'under_way' })
  })
  test('a refused one can be changed: it waits again without its refusal', () => {
    const refused: Entry = { ...draft(1), request_id: 'a', queued_at: '', seq: 4, tries: 1, state: 'refused', refusal: { code: 'x', message: 'y' } }
    expect(enqueue([refused], draft(1, '9'), { request_id: 'b', queued_at: '' })).toMatchObject({ kind: 'queued', replaces: 'a', entry: { seq: 4, tries: 0, state: 'waiting', refusal: null } })
  })
  test('the same subject of two people on one phone are two entries', () => {
    const store = memory()
    store.add(draft(1))
    store.add(draft(1, '7', '1:bert'))
    expect(store.entries.size).toBe(2)
    expect(nextToSend([...store.entries.values()], '1:bert').map((e) => e.input['reading'])).toEqual(['7'])
  })
})

describe('judge', () => {
  test.each([
    [0, 'kernel.offline', 1, 'later'],
    [0, 'kernel.offline', 500, 'later'],
    [503, 'kernel.busy', 9, 'later'],
    [429, 'x', 9, 'later'],
    [401, 'kernel.not_signed_in', 1, 'sign_in'],
    [409, 'meters.reading_back', 1, 'refused'],
    [403, 'kernel.forbidden', 1, 'refused'],
    [404, 'kernel.not_found', 1, 'refused'],
    [409, 'kernel.conflict', 1, 'later'],
    [500, 'kernel.fault', 1, 'later'],
    [500, 'kernel.fault', FAULTS_MAX, 'refused'],
  ] as const)('%i %s after %i tries: %s', (status, code, tries, verdict) => {
    expect(judge({ status, code }, tries)).toBe(verdict)
  })
})

describe('flush', () => {
  test('sends in the order of entry, only the own entries, and tells of each', async () => {
    const store = memory()
    const s = server()
    for (const n of [3, 1, 2]) store.add(draft(n))
    store.add(draft(9, '9', '1:bert'))
    const told: string[] = []
    const r = await flush(with_(store, s.send, async (e, a) => void told.push(`${e.subject} ${JSON.stringify(a)}`)))
    expect(r).toEqual({ sent: 3, refused: 0, left: 0, stopped: 'empty' })
    expect([...s.readings.keys()]).toEqual([3, 1, 2])
    expect(told[0]).toBe('meter 3 {"reading_id":"r1"}')
    expect([...store.entries.values()].map((e) => e.owner)).toEqual(['1:bert'])
  })
  test('stops at a broken network and goes on where it stopped, nothing twice', async () => {
    const store = memory()
    const s = server()
    for (const n of [1, 2, 3]) store.add(draft(n))
    let calls = 0
    const flaky = async (e: Entry): Promise<unknown> => {
      if (++calls === 2) throw new TypeError('network')
      return s.send(e)
    }
    // The first went through, its answer was lost with the others'.
    expect(await flush(with_(store, flaky))).toMatchObject({ sent: 0, left: 3, stopped: 'later' })
    expect(await flush(with_(store, flaky))).toMatchObject({ sent: 3, left: 0, stopped: 'empty' })
    expect([...s.readings.keys()]).toEqual([1, 2, 3])
  })
  test('the answer is lost after the server wrote: the repeat is recognised and settles the entry', async () => {
    const store = memory()
    const s = server()
    store.add(draft(1))
    const lost = async (e: Entry): Promise<unknown> => {
      await s.send(e)
      throw new TypeError('network')
    }
    expect((await flush(with_(store, lost))).stopped).toBe('later')
    expect([...store.entries.values()][0]).toMatchObject({ tries: 1, state: 'waiting' })
    expect(await flush(with_(store, s.send))).toMatchObject({ sent: 1, refused: 0 })
    expect(s.readings.size).toBe(1)
    expect(new Set(s.log).size).toBe(1)
  })
  test('the tab dies between answer and removal: the next one ends it without a second reading', async () => {
    const store = memory()
    const s = server()
    store.add(draft(1))
    store.dies_at_remove = true
    await flush(with_(store, s.send))
    store.dies_at_remove = false
    expect(store.entries.size).toBe(1)
    expect(await flush(with_(store, s.send))).toMatchObject({ sent: 1, stopped: 'empty' })
    expect(s.readings.size).toBe(1)
    expect(store.entries.size).toBe(0)
  })
  test('a refusal is kept with its words and does not hold up the others; edited, it goes', async () => {
    const store = memory()
    const s = server()
    s.readings.set(2, '5')
    for (const n of [1, 2, 3]) store.add(draft(n))
    expect(await flush(with_(store, s.send))).toEqual({ sent: 2, refused: 1, left: 0, stopped: 'empty' })
    expect([...store.entries.values()]).toMatchObject([{ subject: 'meter 2', state: 'refused', refusal: { code: 'meters.already_read', message: 'words of meters.already_read' } }])
    s.readings.delete(2)
    store.add(draft(2, '6'))
    expect(await flush(with_(store, s.send))).toMatchObject({ sent: 1 })
    expect(s.readings.get(2)).toBe('6')
  })
  test('one that was changed while its turn came is not sent, its change is', async () => {
    const store = memory()
    const s = server()
    store.add(draft(1))
    const take = store.take.bind(store)
    let first = true
    store.take = async (id) => {
      if (first) {
        first = false
        store.add(draft(1, '77'))
      }
      return take(id)
    }
    expect(await flush(with_(store, s.send))).toMatchObject({ sent: 1 })
    expect(s.readings.get(1)).toBe('77')
    expect(store.entries.size).toBe(0)
  })
  test('an ended session keeps everything', async () => {
    const store = memory()
    store.add(draft(1))
    const r = await flush(with_(store, async () => { throw new Failure(401, 'kernel.not_signed_in') }))
    expect(r).toMatchObject({ stopped: 'sign_in', left: 1 })
    expect([...store.entries.values()]).toMatchObject([{ state: 'waiting' }])
  })
  test('an entry the server faults on goes to the person after some tries, and the rest is sent', async () => {
    const store = memory()
    const s = server()
    store.add(draft(1))
    store.add(draft(2))
    const faulty = async (e: Entry): Promise<unknown> => {
      if (e.input['meter_id'] === 1) throw new Failure(500, 'kernel.fault')
      return s.send(e)
    }
    expect(await flush(with_(store, faulty))).toMatchObject({ sent: 1, stopped: 'later' })
    for (let i = 2; i < FAULTS_MAX; i++) expect((await flush(with_(store, faulty))).stopped).toBe('later')
    expect(await flush(with_(store, faulty))).toMatchObject({ sent: 0, refused: 1, stopped: 'empty' })
  })
  test('hundreds go in few requests, in order', async () => {
    const store = memory()
    const s = server()
    for (let n = 0; n < 3 * BATCH_MAX + 1; n++) store.add(draft(n))
    let requests = 0
    const w = with_(store, s.send)
    const r = await flush({ ...w, send: (e) => { requests++; return w.send(e) } })
    expect(r).toEqual({ sent: 3 * BATCH_MAX + 1, refused: 0, left: 0, stopped: 'empty' })
    expect(requests).toBe(4)
    expect([...s.readings.keys()]).toEqual(Array.from({ length: 3 * BATCH_MAX + 1 }, (_, n) => n))
  })
})

describe('a chain', () => {
  test('what another tab has sent meanwhile does not come back', async () => {
    const store = memory()
    for (const n of [1, 2]) store.add({ ...draft(n), chain: 'a' })
    const elsewhere = async (es: readonly Entry[]): Promise<Sent[]> => {
      store.entries.clear()
      return es.map(() => ({ held: true }))
    }
    await flush({ ...with_(store, async () => null), send: elsewhere })
    expect(store.entries.size).toBe(0)
  })
  const step = (n: number, chain: string): Draft => ({ ...draft(n), chain })
  test('behind what was refused its later steps wait for a person; other chains go on', async () => {
    const store = memory()
    const s = server()
    s.readings.set(2, '5')
    for (const d of [step(1, 'a'), step(2, 'a'), step(3, 'b'), step(4, 'a'), step(5, 'b')]) store.add(d)
    expect(await flush(with_(store, s.send))).toMatchObject({ sent: 3, refused: 1, left: 1, stopped: 'empty' })
    const left = inOrder([...store.entries.values()])
    expect(left.map((e) => [e.subject, e.state, e.tries, isHeld(left, e)])).toEqual([['meter 2', 'refused', 1, false], ['meter 4', 'waiting', 0, true]])
    // Given up: what stood behind it goes.
    await store.remove([left[0]!.request_id])
    expect(await flush(with_(store, s.send))).toMatchObject({ sent: 1, left: 0 })
    expect([...s.readings.keys()]).toEqual([2, 1, 3, 5, 4])
  })
  test('a step that the server could not do now holds those behind it, and all go in order later', async () => {
    const store = memory()
    const s = server()
    for (const d of [step(1, 'a'), step(2, 'a'), step(3, 'a')]) store.add(d)
    let busy = true
    const send = async (e: Entry): Promise<unknown> => {
      if (busy && e.subject === 'meter 2') throw new Failure(503, 'kernel.busy')
      return s.send(e)
    }
    expect(await flush(with_(store, send))).toMatchObject({ sent: 1, stopped: 'later' })
    busy = false
    expect(await flush(with_(store, send))).toMatchObject({ sent: 2, stopped: 'empty' })
    expect([...s.readings.keys()]).toEqual([1, 2, 3])
  })
  test('a server that ran out of its time is not asked for ever without an answer', async () => {
    const store = memory()
    store.add(step(1, 'a'))
    expect(await flush({ ...with_(store, async () => null), send: async (es) => es.map(() => ({ held: true })) })).toMatchObject({ sent: 0, left: 1, stopped: 'later' })
    expect([...store.entries.values()]).toMatchObject([{ tries: 0, state: 'waiting' }])
  })
})
